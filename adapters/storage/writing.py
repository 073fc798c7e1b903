"""All writes of a process, one after another, with everything that waits committed at once.

Committing each write by itself ends at a hundred a second: each waits for the one before, and for the disk.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage import statements
from adapters.storage.engine import blocking
from adapters.storage.faults import is_unavailable, reason
from bot.ports import StoreUnavailable

logger = logging.getLogger(__name__)

MOST_WAITING = 10_000
MOST_AT_ONCE = 200
CLOSING_S = 5.0

T = TypeVar("T")


class Turn(IntEnum):
    """In which order writes of one organisation take their locks: with one order, nobody waits in a circle."""

    CLAIM = 1
    SETTLE = 2
    RENEW = 3
    TAKE_OVER = 4
    FORGET = 5
    KEEP = 6
    COUNT = 7


@dataclass(frozen=True, slots=True)
class Write(Generic[T]):
    """One write: whose rows it is about, when its turn is, and what it does inside a transaction."""

    organisation: str
    turn: Turn
    key: str
    run: Callable[[Connection], T]


@dataclass(frozen=True, slots=True)
class _Waiting:
    write: Write[Any]
    done: asyncio.Future[Any]

    def place(self) -> tuple[str, int, str]:
        return self.write.organisation, self.write.turn, self.write.key

    def end(self, result: Any = None, error: BaseException | None = None) -> None:
        """Tell the caller, unless it has given up."""
        if self.done.done():
            return
        if error is None:
            self.done.set_result(result)
        else:
            self.done.set_exception(error)


class Writer:
    """Commits writes in the order in which they come, in batches; made on the loop that it writes on."""

    def __init__(self, engine: AsyncEngine, patience_s: float) -> None:
        self._engine = engine
        self._patience_s = patience_s
        self._blocking = blocking(engine, patience_s)
        self._thread = ThreadPoolExecutor(1, "store-writer")
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(MOST_WAITING)
        self.closed = False
        self._answers = True
        self._task = asyncio.create_task(self._run(), name="store-writer")

    async def write(self, write: Write[T]) -> T:
        """Return what *write* returned, once it is committed.

        Raises `StoreUnavailable` after *patience_s*, or at once when the queue is full. What was being committed
        at that moment may be there all the same.
        """
        if self.closed:
            raise StoreUnavailable("the store is closed")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait(_Waiting(write, done))
            async with asyncio.timeout(self._patience_s):
                return await done
        except asyncio.QueueFull:
            raise StoreUnavailable(f"{MOST_WAITING} writes are waiting already") from None
        except TimeoutError:
            raise StoreUnavailable(f"nothing was written within {self._patience_s:g} s") from None

    async def close(self) -> None:
        """Take no more writes, and finish those that wait, within five seconds."""
        if self.closed:
            return
        self.closed = True
        finished = asyncio.create_task(self._queue.join())
        await asyncio.wait({finished, self._task}, timeout=CLOSING_S, return_when=asyncio.FIRST_COMPLETED)
        for task in (finished, self._task):
            task.cancel()
        await asyncio.wait({finished, self._task}, timeout=CLOSING_S)
        if self._blocking is not None:
            disposed = asyncio.get_running_loop().run_in_executor(self._thread, self._blocking.dispose)
            await asyncio.wait({disposed}, timeout=CLOSING_S)
        self._thread.shutdown(wait=False)

    async def _run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MOST_AT_ONCE and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._commit(sorted(batch, key=_Waiting.place))
            for _ in batch:
                self._queue.task_done()

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            # Longer than anybody waits: a lock is given up by the database, not by cutting the connection.
            async with asyncio.timeout(2 * self._patience_s):
                results = await self._committed(batch)
        except Exception as error:  # noqa: BLE001 - raised again where the write was asked for
            await self._fail(batch, error)
            return
        self._note(None)
        for waiting, result in zip(batch, results, strict=True):
            waiting.end(result)

    async def _committed(self, batch: list[_Waiting]) -> list[Any]:
        if self._blocking is not None:
            return await asyncio.get_running_loop().run_in_executor(self._thread, _run_at_once, self._blocking, batch)
        async with self._engine.begin() as connection:
            return await connection.run_sync(_run_all, batch)

    async def _fail(self, batch: list[_Waiting], error: Exception) -> None:
        """End all of *batch* when the database is gone, or find the one write at fault and commit the others."""
        if is_unavailable(error):
            self._note(error)
            for waiting in batch:
                waiting.end(error=StoreUnavailable(reason(error)))
        elif len(batch) == 1:
            batch[0].end(error=error)
        else:
            for waiting in batch:
                await self._commit([waiting])

    def _note(self, error: Exception | None) -> None:
        """Log when the database goes and when it comes back, not every write in between."""
        if error is not None and self._answers:
            logger.warning("the database cannot be written, questions are answered without it: %s", reason(error))
        if error is None and not self._answers:
            logger.warning("the database can be written again")
        self._answers = error is None


def _run_at_once(engine: Engine, batch: list[_Waiting]) -> list[Any]:
    with engine.begin() as connection:
        return _run_all(connection, batch)


def _run_all(connection: Connection, batch: list[_Waiting]) -> list[Any]:
    """Run each write whose caller still waits, and return what they returned."""
    results: list[Any] = []
    entered: str | None = None
    for waiting in batch:
        if waiting.done.done():
            results.append(None)
            continue
        if waiting.write.organisation != entered:
            entered = waiting.write.organisation
            statements.enter(connection, entered)
        results.append(waiting.write.run(connection))
    return results
