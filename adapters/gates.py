"""Keeps a platform's `Retry-After`, and comes back slowly: a crowd that returns at once would only be refused again."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from adapters.deliveries import TryAgain

# More calls at once only wait for connections.
MOST_AT_ONCE = 50


class Gate:
    """One kind of call of one customer: how many may be under way, and when the next may begin.

    A refusal closes it for as long as the platform says; then one call goes first, and each that is taken lets in a
    few more. https://docs.slack.dev/apis/web-api/rate-limits,
    https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._closed_until = 0.0
        self._width = float(MOST_AT_ONCE)
        self._inside = 0
        self._left = asyncio.Condition()

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Make one call; a `TryAgain` out of it with `after_s` closes the gate for so long.

        Raise `TryAgain` where it is closed.
        """
        async with self._left:
            self._check()
            while self._inside >= int(self._width):
                await self._left.wait()
                self._check()
            self._inside += 1
        try:
            yield
            self._width = min(MOST_AT_ONCE, self._width + 1 / self._width)
        except TryAgain as again:
            if again.after_s:
                self._width = 1.0
                self._closed_until = max(self._closed_until, self._monotonic() + again.after_s)
            raise
        finally:
            self._inside -= 1
            async with self._left:
                self._left.notify_all() if self._is_closed() else self._left.notify(2)

    def _check(self) -> None:
        if self._is_closed():
            raise TryAgain(self._closed_until - self._monotonic())

    def _is_closed(self) -> bool:
        return self._closed_until > self._monotonic()
