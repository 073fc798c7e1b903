"""promise 36: Microsoft's limits and its `Retry-After` are kept, in each conversation and tenant; nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import teams_ids as ids
from teams_connected import TEXT, Connected, answering, connecting

from adapters.deliveries import TryAgain

PEOPLE = 40


@pytest.fixture
async def connected() -> AsyncIterator[Connected]:
    async with connecting() as connected:
        yield connected


async def test_retry_after_is_kept_in_the_conversation_and_others_go_on(connected: Connected):
    connected.service.limits.storm("send", retry_after_s=2, calls=1)

    with pytest.raises(TryAgain) as first:
        await connected.send()
    with pytest.raises(TryAgain) as meanwhile:
        await connected.send()
    await connected.send(connected.place(ids.GROUP))

    assert 2.0 <= first.value.after_s <= 2.5
    assert 1.0 < meanwhile.value.after_s <= 2.5
    assert [call.status for call in connected.service.called_so_far("send")] == [429, 201]


async def test_when_two_conversations_are_refused_the_tenant_waits(connected: Connected):
    connected.service.limits.storm("send", retry_after_s=2, calls=2)

    for place in (connected.place(), connected.place(ids.GROUP), connected.place(ids.CHANNEL)):
        with pytest.raises(TryAgain):
            await connected.send(place)

    assert connected.service.count("send") == 2


async def test_a_conversation_that_is_refused_twice_does_not_keep_the_tenant_waiting(connected: Connected):
    connected.service.limits.storm("send", retry_after_s=2, calls=2)

    refused = await asyncio.gather(*(connected.send() for _ in range(2)), return_exceptions=True)
    await connected.send(connected.place(ids.GROUP))

    assert {type(each) for each in refused} == {TryAgain}
    assert connected.service.count("send") == 3


async def test_whoever_waits_for_their_turn_hears_of_a_refusal_meanwhile(connected: Connected):
    connected.service.limits.storm("send", retry_after_s=5, calls=1)

    told = await asyncio.gather(*(connected.send() for _ in range(8)), return_exceptions=True)

    # How many were on their way when the refusal came is chance; six may be, and none sets out after it.
    assert sum(isinstance(each, TryAgain) for each in told) >= 3
    assert connected.service.count("send") <= 6


async def test_another_tenant_does_not_wait_for_it(connected: Connected):
    connected.service.limits.storm("send", retry_after_s=2, calls=2)
    for place in (connected.place(), connected.place(ids.GROUP)):
        with pytest.raises(TryAgain):
            await connected.send(place)

    await connected.send(replace(connected.place(ids.CHANNEL), tenant=ids.OTHER_TENANT))

    assert connected.service.count("send") == 3


@pytest.mark.parametrize("told", ["", "soon", "-5", "1e400", "nan", "99999999"])
async def test_a_retry_after_that_says_nothing_is_some_seconds(told: str):
    async with answering({}, status=429, headers={"Retry-After": told}) as (connector, place):
        with pytest.raises(TryAgain) as again:
            await connector.send(place, TEXT)

    assert 0.5 <= again.value.after_s <= 750


async def test_in_a_storm_of_refusals_nothing_is_lost_and_nobody_comes_too_early(connected: Connected):
    places = connected.personal_chats(PEOPLE)
    connected.service.limits.storm("send", retry_after_s=1, for_s=1.5)

    async with asyncio.timeout(30):
        await asyncio.gather(*(connected.insist(place) for place in places))

    assert sorted(message.conversation for message in connected.service.sent) == sorted(
        place.conversation for place in places
    )
    assert connected.service.violations == []
    assert any(call.status == 429 for call in connected.service.answered)


async def test_a_conversation_gets_six_at_once_and_then_one_a_second_and_others_do_not_wait(connected: Connected):
    began = asyncio.get_running_loop().time()
    busy = asyncio.gather(*(connected.insist(connected.place(ids.CHANNEL)) for _ in range(9)))
    await connected.send()
    elsewhere_s = asyncio.get_running_loop().time() - began
    await busy

    at = [call.at for call in connected.service.called_so_far("send") if call.conversation == ids.CHANNEL]
    assert elsewhere_s < 1.0
    assert at[8] - at[0] > 2.9
    assert {call.status for call in connected.service.calls} <= {200, 201}


async def test_threads_count_with_their_channel(connected: Connected):
    threads = [connected.place(ids.thread(str(number))) for number in range(9)]
    await asyncio.gather(*(connected.insist(place) for place in threads))

    assert [call.status for call in connected.service.called_so_far("send")] == [201] * 9


async def test_a_tenant_gets_twenty_five_a_second_at_most(connected: Connected):
    places = connected.personal_chats(PEOPLE + 20)

    async with asyncio.timeout(30):
        await asyncio.gather(*(connected.insist(place) for place in places))

    at = [call.at for call in connected.service.called_so_far("send")]
    busiest = max(sum(begin <= moment < begin + 1.0 for moment in at) for begin in at)
    # What two sends are apart is blurred a little on the way.
    assert busiest <= 27
    assert {call.status for call in connected.service.called_so_far("send")} == {201}
