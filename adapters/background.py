"""Work that nobody waits for and that is not worth doing late."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from adapters.deliveries import TryAgain
from adapters.traces import trace

logger = logging.getLogger(__name__)


class Background:
    """Keeps hold of tasks until they end; what the platform refuses is said in the log, once, and let go."""

    def __init__(self, refused: type[Exception]) -> None:
        """*refused* is the error by which the platform says that it will not do something."""
        self._refused = refused
        self._tasks: set[asyncio.Task[None]] = set()

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Do *work*, once."""
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        """End what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except TryAgain:
            logger.info("something could not be shown in time")
        except self._refused as refused:
            logger.warning("something could not be shown: %s", refused)
        except Exception as error:  # noqa: BLE001 - the edge of a click: logged for who mends it
            logger.error("a click failed: %s", trace(error))
