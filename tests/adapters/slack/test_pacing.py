"""One message a second in each conversation."""

import asyncio

import pytest

from adapters.slack.pacing import BETWEEN_MESSAGES_S, Pace


class Clock:
    def __init__(self) -> None:
        self.at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


async def test_messages_of_one_conversation_go_a_second_apart_however_long_they_take():
    clock = Clock()
    pace = Pace(clock)
    async with pace.turn():
        clock.at_s = 7.0

    later = asyncio.create_task(asyncio.wait_for(_turn(pace), 0.2))
    with pytest.raises(TimeoutError):
        await later
    clock.at_s = 7.0 + BETWEEN_MESSAGES_S
    await _turn(pace)


async def _turn(pace: Pace) -> None:
    async with pace.turn():
        pass
