"""Gates: nobody calls before the platform lets them, and nobody floods it afterwards."""

import asyncio
from itertools import pairwise

import pytest

from adapters.deliveries import TryAgain
from adapters.gates import MOST_AT_ONCE, Gate


class Clock:
    def __init__(self) -> None:
        self.at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


class Platform:
    """Takes calls one gate lets through, and answers them when the test says so."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.under_way: list[asyncio.Future[None]] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def call(self) -> None:
        async with self.gate.passing():
            self.under_way.append(asyncio.get_running_loop().create_future())
            await self.under_way[-1]

    async def called(self, count: int) -> None:
        self.tasks += [asyncio.create_task(self.call()) for _ in range(count)]
        await self.settled()

    async def answers(self, error: Exception | None = None) -> int:
        """Answer all that is under way; how many that was."""
        ended, self.under_way = self.under_way, []
        for one in ended:
            one.set_exception(error) if error else one.set_result(None)
        await self.settled()
        return len(ended)

    async def settled(self) -> None:
        for _ in range(3 * len(self.tasks) + 10):
            await asyncio.sleep(0)


async def test_a_refusal_closes_the_gate_for_as_long_as_the_platform_says():
    clock = Clock()
    gate = Gate(clock)
    with pytest.raises(TryAgain):
        async with gate.passing():
            raise TryAgain(30)

    clock.at_s = 29
    with pytest.raises(TryAgain) as early:
        async with gate.passing():
            pass
    clock.at_s = 30
    async with gate.passing():
        passed = True

    assert early.value.after_s == 1
    assert passed


async def test_after_a_refusal_one_goes_first_and_the_others_follow_a_few_at_a_time():
    clock = Clock()
    gate = Gate(clock)
    platform = Platform(gate)
    with pytest.raises(TryAgain):
        async with gate.passing():
            raise TryAgain(30)

    clock.at_s = 30
    await platform.called(200)
    widths = []
    while platform.under_way:
        widths.append(await platform.answers())

    assert widths[:2] == [1, 2]
    assert all(later <= earlier + 1 for earlier, later in pairwise(widths))
    assert sum(widths) == 200
    assert max(widths) <= MOST_AT_ONCE


async def test_when_the_first_is_refused_again_all_who_wait_are_told_when_to_come():
    clock = Clock()
    gate = Gate(clock)
    platform = Platform(gate)
    with pytest.raises(TryAgain):
        async with gate.passing():
            raise TryAgain(30)

    clock.at_s = 30
    await platform.called(20)
    ended = await platform.answers(TryAgain(10))
    told = await asyncio.gather(*platform.tasks, return_exceptions=True)

    assert ended == 1
    assert [one.after_s for one in told] == [10] * 20


async def test_an_error_that_says_nothing_of_limits_leaves_the_gate_open():
    gate = Gate()
    with pytest.raises(TryAgain):
        async with gate.passing():
            raise TryAgain

    platform = Platform(gate)
    await platform.called(10)

    assert await platform.answers() == 10


async def test_a_caller_who_gives_up_leaves_the_place_to_others():
    platform = Platform(Gate())
    await platform.called(MOST_AT_ONCE + 2)

    for task in platform.tasks[:1] + platform.tasks[-1:]:
        task.cancel()
    await platform.settled()

    assert len(platform.under_way) == MOST_AT_ONCE + 1
