"""Leaves politely: says that it is not ready while it still answers, and only then stops listening."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable

from aiohttp import web

# So long a load balancer has to notice; with the drain of deliveries it must stay below ten seconds.
LEAVING_S = 1.0


def slowly(not_ready: Callable[[], None]) -> Callable[[web.Application], AsyncIterator[None]]:
    """A cleanup context: on SIGTERM call *not_ready*, go on answering for a second, then end.

    An interrupt from the keyboard ends at once, as before.
    """

    async def leaving(_application: web.Application) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        left: list[asyncio.TimerHandle] = []

        def leave() -> None:
            not_ready()
            # Told twice, it leaves once: a second exit would cut the drain short.
            if not left:
                left.append(loop.call_later(LEAVING_S, _end))

        # After aiohttp's own, which it replaces; where there are no signals, there is nothing to replace.
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(signal.SIGTERM, leave)
        yield

    return leaving


def _end() -> None:
    raise web.GracefulExit
