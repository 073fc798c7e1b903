"""Work that nobody waits for and that is not worth doing late."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from adapters.deliveries import TryAgain
from adapters.traces import trace

logger = logging.getLogger(__name__)


# A click is answered within three seconds or so, or not at all.
DRAIN_S = 3.0


class Background:
    """Keeps hold of tasks until they end; what the platform refuses is said in the log, once, and let go."""

    def __init__(
        self, refused: type[Exception], is_quiet: Callable[[Exception], bool] = lambda _refused: False
    ) -> None:
        """*refused* is the platform's error for what it will not do; where *is_quiet* says so, it needs no line."""
        self._refused = refused
        self._is_quiet = is_quiet
        self._tasks: set[asyncio.Task[None]] = set()

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Do *work*, once."""
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        """Let what is under way be done, for three seconds."""
        left = set(self._tasks)
        if left:
            _, left = await asyncio.wait(left, timeout=DRAIN_S)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except TryAgain:
            logger.info("something could not be shown in time")
        except self._refused as refused:
            if not self._is_quiet(refused):
                logger.warning("something could not be shown: %s", refused)
        except Exception as error:  # noqa: BLE001 - the edge of a click: logged for who mends it
            logger.error("a click or an opened page failed: %s", trace(error))
