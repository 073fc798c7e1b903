"""Waiting for what the product logs."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Lines:
    """Lines of a log, and who waits for some of them."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._more = asyncio.Event()

    def add(self, line: str) -> None:
        """One more line."""
        self.all.append(line)
        self._more.set()

    def count(self, text: str) -> int:
        """How many lines hold *text*."""
        return sum(text in line for line in self.all)

    async def until(self, holds: Callable[["Lines"], bool], *, within_s: float = 10.0) -> None:
        """Return as soon as the lines are so; raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not holds(self):
                self._more.clear()
                await self._more.wait()

    async def said(self, text: str, *, within_s: float = 10.0) -> None:
        """Return as soon as a line holds *text*; raises TimeoutError."""
        await self.until(lambda lines: lines.count(text) > 0, within_s=within_s)


@contextmanager
def heard() -> Iterator[Lines]:
    """What this process logs, from warnings upwards, while the block runs."""
    lines = Lines()
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: lines.add(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(handler)
