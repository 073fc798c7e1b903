"""How long the event loop is kept from turning."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LOOKED_EVERY_S = 0.005


class Gaps:
    """The longest time between two turns of the loop, in seconds."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def look(self) -> None:
        """Look until cancelled."""
        before = time.monotonic()
        while True:
            await asyncio.sleep(LOOKED_EVERY_S)
            now = time.monotonic()
            self.longest_s = max(self.longest_s, now - before - LOOKED_EVERY_S)
            before = now


@asynccontextmanager
async def gaps() -> AsyncIterator[Gaps]:
    """The gaps on this loop while the block runs."""
    found = Gaps()
    looking = asyncio.create_task(found.look())
    try:
        yield found
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
