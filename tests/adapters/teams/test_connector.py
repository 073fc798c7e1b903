"""promises 4 and 36: what is sent arrives, and each failure says whether to try again."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace

import aiohttp
import pytest
import teams_ids as ids
from slack_probes import logged
from teams_connected import TEXT, Connected, answering, connecting
from teams_gaps import gaps
from teams_service import TeamsService

from adapters.deliveries import TryAgain
from adapters.teams.connector import GONE, REMEDIES, Connector, Place, Refused


@pytest.fixture
async def connected() -> AsyncIterator[Connected]:
    async with connecting() as connected:
        yield connected


async def test_a_message_arrives_as_it_is_and_its_id_comes_back(connected: Connected):
    sent = await connected.connector.send(connected.place(), TEXT | {"text": "Lock the shed – “at night” 🔒"})

    [message] = connected.service.messages(ids.personal_of(ids.ASKER))
    assert message.id == sent
    assert message.activity == TEXT | {"text": "Lock the shed – “at night” 🔒"}


async def test_a_reply_stands_below_what_it_answers(connected: Connected):
    root = await connected.send(connected.place(ids.CHANNEL))
    await connected.send(connected.place(ids.thread(root)), reply_to=root)

    [_, reply] = connected.service.messages(ids.CHANNEL)
    assert reply.conversation == ids.thread(root)
    assert reply.reply_to == root


async def test_a_message_can_be_changed_and_taken_back(connected: Connected):
    sent = await connected.send()
    await connected.connector.update(connected.place(), sent, TEXT | {"text": "Lock it"})
    changed = [message.activity["text"] for message in connected.service.messages()]
    await connected.connector.delete(connected.place(), sent)

    assert changed == ["Lock it"]
    assert connected.service.messages() == []


async def test_a_personal_chat_is_opened_with_whom_it_is_for(connected: Connected):
    url = connected.service.service_url

    chat = await connected.connector.create_personal(url, ids.TENANT, ids.COLLEAGUE, ids.BOT)
    await connected.send(connected.place(chat))

    assert chat == ids.personal_of(ids.COLLEAGUE)
    assert connected.service.world.conversations[chat].members == {ids.COLLEAGUE}
    assert len(connected.service.messages(chat)) == 1


async def test_a_member_is_looked_up(connected: Connected):
    told = await connected.connector.member(connected.place(ids.CHANNEL), ids.ASKER)

    assert told["aadObjectId"] == ids.aad_of(ids.ASKER)
    assert told["tenantId"] == ids.TENANT
    assert told["userRole"] == "user"


async def test_everything_in_an_id_is_quoted(connected: Connected):
    hostile = "19:a/../b?c#d%2e;x=y@z é"

    with pytest.raises(Refused, match="ConversationNotFound"):
        await connected.send(connected.place(hostile))

    assert connected.service.calls[-1].conversation == hostile


@pytest.mark.parametrize("conversation", [".", "..", "", "a\ud800"])
async def test_an_id_that_would_lead_elsewhere_is_not_sent(conversation: str, connected: Connected):
    place = replace(connected.place(), conversation=conversation)

    with pytest.raises(Refused, match="not_an_id"):
        await connected.send(place)

    assert connected.service.calls == []


Call = Callable[[Connected], Awaitable[object]]
CALLS: Mapping[str, Call] = {
    "send": lambda c: c.send(),
    "update": lambda c: c.connector.update(c.place(), "1", TEXT),
    "delete": lambda c: c.connector.delete(c.place(), "1"),
    "create": lambda c: c.connector.create_personal(c.service.service_url, ids.TENANT, ids.ASKER, ids.BOT),
    "member": lambda c: c.connector.member(c.place(), ids.ASKER),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("status", [408, 412, 429, 500, 502, 503, 504])
async def test_what_passes_is_tried_again(status: int, name: str, connected: Connected):
    connected.service.faults.fail(name, status)

    with pytest.raises(TryAgain):
        await CALLS[name](connected)


@pytest.mark.parametrize("name", CALLS)
async def test_a_dropped_connection_is_tried_again(name: str, connected: Connected):
    await connected.tokens.current()
    # One more for the client, which tries a kept connection again by itself.
    connected.service.faults.drop(name, times=2)

    with pytest.raises(TryAgain):
        await CALLS[name](connected)


@pytest.mark.parametrize("error", sorted(GONE))
async def test_a_refusal_says_what_can_be_done(error: str, connected: Connected):
    connected.service.faults.refuse("send", error)

    with pytest.raises(Refused) as told:
        await connected.send()

    assert told.value.error == error
    assert REMEDIES[error] in str(told.value)


async def test_a_refusal_that_stands_inside_another_is_found():
    inner = json.dumps({"subCode": "MessageWritesBlocked", "details": None})

    async with answering({"errorCode": 209, "message": inner}, status=403) as (connector, place):
        with pytest.raises(Refused) as told:
            await connector.send(place, TEXT)

    assert told.value.error == "MessageWritesBlocked"


@pytest.mark.parametrize(
    ("status", "error"), [(400, "status_400"), (403, "status_403"), (404, "status_404"), (413, "too_big")]
)
async def test_a_refusal_without_a_name_is_told_by_its_status(status: int, error: str, connected: Connected):
    connected.service.faults.fail("send", status)

    with pytest.raises(Refused) as told:
        await connected.send()

    assert told.value.error == error


async def test_a_message_that_is_too_big_is_refused_as_such(connected: Connected):
    with pytest.raises(Refused) as told:
        await connected.connector.send(connected.place(), TEXT | {"text": "x" * 30_000})

    assert told.value.error == "too_big"


async def test_letters_that_are_not_ascii_count_as_little_as_they_can(connected: Connected):
    await connected.connector.send(connected.place(), TEXT | {"text": "é" * 13_000})

    assert len(connected.service.sent) == 1


async def test_a_token_that_is_not_taken_is_renewed_once(connected: Connected):
    await connected.send()
    connected.clock.at += 120
    connected.service.login.revoke()

    await connected.send()

    assert [call.status for call in connected.service.called_so_far("send")] == [201, 401, 201]
    assert connected.service.count("login") == 2


async def test_while_the_app_is_not_taken_at_all_nothing_is_lost_and_the_log_says_so(
    connected: Connected, caplog: pytest.LogCaptureFixture
):
    connected.service.faults.fail("send", 401, times=10)

    with pytest.raises(TryAgain) as told:
        await connected.send()

    assert told.value.after_s >= 30
    assert "unauthorised: Teams does not take the app's token" in caplog.text
    assert connected.service.count("login") == 1


async def test_with_a_wrong_secret_nothing_is_lost():
    async with connecting(secret="guessed") as connected:
        with pytest.raises(TryAgain) as told:
            await connected.send()

        assert told.value.after_s >= 30


async def test_while_the_login_is_away_nothing_is_lost(connected: Connected):
    connected.service.faults.fail("login", 503)

    with pytest.raises(TryAgain):
        await connected.send()


async def test_without_an_app_id_nothing_is_said_of_who_we_are():
    async with TeamsService.running() as service, aiohttp.ClientSession() as session:
        connector = Connector(session, None, dev=True)
        with pytest.raises(Refused, match="unauthorised"):
            await connector.send(Place(service.service_url, ids.TENANT, ids.GROUP), TEXT)
        with pytest.raises(Refused, match="not_a_host_of_teams"):
            await connector.send(Place(ids.SERVICE_URL, ids.TENANT, ids.GROUP), TEXT)

        assert [call.token for call in service.calls] == [""]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"id": 7}', b"[" * 50_000])
async def test_an_answer_that_holds_no_id_is_an_answer_all_the_same(body: bytes, connected: Connected):
    connected.service.garbled["send"] = body

    assert await connected.send() == ""


async def test_while_teams_hangs_the_loop_turns_and_others_are_answered(connected: Connected):
    await connected.tokens.current()
    hung = connected.service.faults.hang("send", times=3)

    async with gaps() as found:
        waiting = [asyncio.create_task(connected.send()) for _ in range(3)]
        await connected.service.caught(hung, 3)
        await connected.connector.member(connected.place(ids.CHANNEL), ids.ASKER)
        hung.release()
        await asyncio.gather(*waiting)

    assert found.longest_s <= 0.25
    assert len(connected.service.sent) == 3


async def test_nothing_of_a_message_a_person_or_a_token_is_logged(
    connected: Connected, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    connected.service.faults.refuse("send", "ConversationBlockedByUser", times=1)
    connected.service.faults.fail("send", 502)
    told = []

    for _ in range(3):
        try:
            await connected.send()
        except (Refused, TryAgain) as failed:
            told.append(str(failed))

    said = logged(caplog) + "".join(told)
    assert len(told) == 2
    assert "Lock the shed" not in said
    assert "gardener" not in said
    assert await connected.tokens.current() not in said
