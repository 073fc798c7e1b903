"""One message a second in each conversation, as Slack asks for."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

# About one: https://docs.slack.dev/apis/web-api/rate-limits
BETWEEN_MESSAGES_S = 1.0


class Pace:
    """One conversation: its messages go one after another, a second apart."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._next_at = 0.0
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Send one message; the next one waits until a second after this one has arrived, or was refused."""
        async with self._turn:
            wait_s = self._next_at - self._monotonic()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            try:
                yield
            finally:
                self._next_at = self._monotonic() + BETWEEN_MESSAGES_S
