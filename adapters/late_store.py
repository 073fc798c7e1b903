"""A store that opens once its server can be reached: answering does not wait for a database."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import stamina
from sqlalchemy import event

from adapters.storage.engine import PATIENCE_S, open_engine
from adapters.storage.faults import StoreUnreachable, StoreUnusable
from adapters.storage.migrating import migrate
from adapters.storage.store import SqlStore, open_store

logger = logging.getLogger(__name__)

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 10.0


@asynccontextmanager
async def opened(url: str, *, now: Callable[[], float] = time.time) -> AsyncIterator[SqlStore]:
    """The store at *url* until the end of the block; one whose verbs raise `StoreUnavailable` until it is reached.

    Raises `StoreUnusable` for what waiting does not mend: a wrong URL, a file that cannot be written, a database that
    refuses us or belongs to a newer Signpost.
    """
    opening: asyncio.Task[None] | None = None
    try:
        store = await open_store(url, now=now)
    except StoreUnreachable as away:
        logger.error("%s; until then questions are answered, but not protected against repeats", away)
        store, opening = _late(url, now)
    try:
        yield store
    finally:
        if opening is not None:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
        await store.close()


def _late(url: str, now: Callable[[], float]) -> tuple[SqlStore, asyncio.Task[None]]:
    """A store that connects to nothing before its tables are up to date, and the task that sees to that."""
    engine = open_engine(url)
    is_ready = asyncio.Event()

    def wait_for_tables(*_connecting: object) -> None:
        if not is_ready.is_set():
            raise ConnectionError("the database was not reached since the start")

    event.listen(engine.sync_engine, "do_connect", wait_for_tables)
    return SqlStore(engine, now=now, patience_s=PATIENCE_S), asyncio.create_task(_open(url, is_ready))


async def _open(url: str, is_ready: asyncio.Event) -> None:
    try:
        async for attempt in stamina.retry_context(
            on=StoreUnreachable, attempts=None, timeout=None, wait_initial=FIRST_WAIT_S, wait_max=LONGEST_WAIT_S
        ):
            with attempt:
                await migrate(url)
    except StoreUnusable as refused:
        logger.error("the store stays closed until Signpost is started again: %s", refused)
        return
    is_ready.set()
    logger.warning("the database is reached")
