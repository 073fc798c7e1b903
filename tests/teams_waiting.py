"""Waiting in tests for what the stand-in of the Bot Framework is about to be told."""

import asyncio
from collections.abc import Callable


class Waiting:
    """Wakes whoever waits for something as soon as a look finds that it holds."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[], bool], asyncio.Event]] = []

    async def until(self, holds: Callable[[], bool], *, within_s: float, told: Callable[[], str]) -> None:
        """Return as soon as *holds*; raises TimeoutError, with what *told* says then."""
        if holds():
            return
        happened = asyncio.Event()
        entry = (holds, happened)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(within_s):
                await happened.wait()
        except TimeoutError:
            raise TimeoutError(told()) from None
        finally:
            self._waiting.remove(entry)

    def look(self) -> None:
        """See whether anything that is waited for holds now."""
        for holds, happened in self._waiting:
            if holds():
                happened.set()
