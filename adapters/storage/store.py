"""`bot.ports.Store` on a database: what each verb writes, and how long anybody waits for it."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.storage import statements
from adapters.storage.engine import PATIENCE_S, open_engine, reading
from adapters.storage.faults import is_unavailable, reason
from adapters.storage.migrating import migrate
from adapters.storage.writing import Turn, Write, Writer
from bot.ports import Overdue, StoreUnavailable

T = TypeVar("T")


async def open_store(url: str, *, now: Callable[[], float] = time.time, patience_s: float = PATIENCE_S) -> "SqlStore":
    """Return the store at *url* (`sqlite:///…` or `postgresql://…`), its tables made or brought up to date.

    *now* gives seconds since 1970; each verb answers within *patience_s* or raises `StoreUnavailable`.
    Raises `StoreUnusable` when the database cannot be reached, read or written, or belongs to a newer Signpost.
    """
    await migrate(url)
    return SqlStore(open_engine(url, patience_s=patience_s), now=now, patience_s=patience_s)


class SqlStore:
    """The store that several processes share; *engine* may be shared with whoever keeps tables beside ours."""

    def __init__(self, engine: AsyncEngine, *, now: Callable[[], float], patience_s: float) -> None:
        self.engine = engine
        self._reading = reading(engine)
        self._now = now
        self._patience_s = patience_s
        self._writer = Writer(engine, patience_s)
        self._reads: set[asyncio.Task[object]] = set()

    async def claim(self, organisation: str, platform: str, claim: str, owner: str, sealed: bytes | None) -> bool:
        """Take *claim* for *owner*; False when somebody has taken it before. Claims of all platforms share names."""
        run = partial(
            statements.claim,
            organisation=organisation,
            platform=platform,
            name=claim,
            owner=owner,
            sealed=sealed,
            at=self._now(),
        )
        return await self._writer.write(Write(organisation, Turn.CLAIM, claim, run))

    async def settle(self, organisation: str, claim: str) -> None:
        """Delete what the delivery of *claim* needed; nothing happens when there is no such claim."""
        run = partial(statements.settle, organisation=organisation, name=claim)
        await self._writer.write(Write(organisation, Turn.SETTLE, claim, run))

    async def renew(self, organisation: str, owner: str) -> None:
        """Say that *owner* is alive."""
        run = partial(statements.renew, organisation=organisation, owner=owner, at=self._now())
        await self._writer.write(Write(organisation, Turn.RENEW, owner, run))

    async def take_over(self, organisation: str, platform: str, owner: str, limit: int) -> list[Overdue]:
        """Hand *owner* up to *limit* unsettled claims of others, not heard of for ten seconds, oldest first."""
        run = partial(
            statements.take_over,
            organisation=organisation,
            platform=platform,
            owner=owner,
            limit=limit,
            at=self._now(),
        )
        return await self._writer.write(Write(organisation, Turn.TAKE_OVER, owner, run))

    async def keep(self, organisation: str, key: str, sealed: bytes, kept_s: float) -> None:
        """Keep a note under *key* for *kept_s* seconds."""
        until = self._now() + kept_s
        run = partial(statements.keep, organisation=organisation, key=key, sealed=sealed, until=until)
        await self._writer.write(Write(organisation, Turn.KEEP, key, run))

    async def kept(self, organisation: str, key: str) -> bytes | None:
        """The note under *key*; None when there is none, or its time is over."""
        return await self._read(
            organisation, partial(statements.kept, organisation=organisation, key=key, at=self._now())
        )

    async def count_feedback(  # noqa: PLR0913, PLR0917 - one parameter for each column
        self, organisation: str, month: str, platform: str, situation: str, verdict: str, reason: str
    ) -> None:
        """Add one to a count of feedback."""
        row = {
            "organisation": organisation,
            "month": month,
            "platform": platform,
            "situation": situation,
            "verdict": verdict,
            "reason": reason,
        }
        key = "\0".join(row.values())
        await self._writer.write(Write(organisation, Turn.COUNT, key, partial(statements.count_feedback, row=row)))

    async def forget_old(self, organisation: str) -> None:
        """Delete claims older than a day and notes out of time, a thousand in each transaction."""
        run = partial(statements.forget_old, organisation=organisation, at=self._now())
        while await self._writer.write(Write(organisation, Turn.FORGET, "", run)):
            pass

    async def close(self) -> None:
        """Finish what is being written and let go of the database; the verbs raise `StoreUnavailable` from now on."""
        await self._writer.close()
        for task in self._reads:
            task.cancel()
        await self.engine.dispose()

    async def _read(self, organisation: str, run: Callable[[Connection], T]) -> T:
        if self._writer.closed:
            raise StoreUnavailable("the store is closed")
        # A task of its own: a driver that is told to stop may take its time, and the caller must not wait for it.
        task = asyncio.create_task(self._run(organisation, run))
        self._reads.add(task)
        task.add_done_callback(self._ended)
        try:
            await asyncio.wait({task}, timeout=self._patience_s)
            if not task.done():
                raise StoreUnavailable(f"nothing was read within {self._patience_s:g} s")
            return task.result()
        except Exception as error:
            if not is_unavailable(error):
                raise
            raise StoreUnavailable(reason(error)) from None
        finally:
            task.cancel()

    async def _run(self, organisation: str, run: Callable[[Connection], T]) -> T:
        async with self._reading.begin() as connection:
            await connection.run_sync(statements.enter, organisation)
            return await connection.run_sync(run)

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._reads.discard(task)
        if not task.cancelled():
            task.exception()  # seen, also when nobody waits for it any more
