"""Deliveries: claimed before they are acknowledged, tried again for half an hour, taken over from the dead."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import pytest
from heard import heard

from adapters.deliveries import GIVEN_UP_AFTER_S, Address, Deliveries, TryAgain
from adapters.sealing import Seal, new_key
from adapters.storage.store import SqlStore, open_store
from bot.ports import StoreUnavailable

KEY = new_key()


class Clock:
    """Seconds since 1970, as the test says."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


class Post:
    """A platform that takes what it is sent once the gate is open, or fails as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.posted: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._failures = list(failures)
        self._posted = asyncio.Condition()

    async def __call__(self, organisation: str, address: Address) -> None:
        await self.gate.wait()
        if self._failures:
            raise self._failures.pop(0)
        async with self._posted:
            self.posted.append(address["number"])
            self._posted.notify_all()

    async def has(self, count: int) -> None:
        """Return when it has been sent *count* deliveries."""
        async with asyncio.timeout(10), self._posted:
            await self._posted.wait_for(lambda: len(self.posted) >= count)


class Process:
    """One of several processes that share a database."""

    def __init__(self, store: SqlStore, clock: Clock, post: Post, key: str = KEY) -> None:
        self.store, self.post = store, post
        self.deliveries = Deliveries("slack", ["garden"], store=store, seal=Seal([key]), post=post, now=clock)
        self._looking: asyncio.Task[None] | None = None

    def look_after(self, every_s: float = 0.05) -> None:
        """Look after deliveries in the background from now on."""
        self._looking = asyncio.create_task(self.deliveries.look_after(every_s))

    async def deliver(self, number: int) -> bool:
        """Deliver an event of that number."""
        return await self.deliveries.deliver("garden", f"event {number}", {"number": number})

    async def die(self) -> None:
        """End without a word to anybody."""
        if self._looking is not None:
            self._looking.cancel()
        await self.deliveries.drain(0)
        await self.store.close()


Begin = Callable[..., "asyncio.Future[Process]"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def begin(tmp_path: Path, clock: Clock) -> AsyncIterator[Begin]:
    """Begins one more process on the same database."""
    async with AsyncExitStack() as stack:

        async def begun(post: Post | None = None, *, patience_s: float = 20.0, key: str = KEY) -> Process:
            store = await open_store(f"sqlite:///{tmp_path}/signpost.db", now=clock, patience_s=patience_s)
            process = Process(store, clock, post or Post(), key)
            stack.push_async_callback(process.die)
            return process

        yield begun


@asynccontextmanager
async def locked(folder: Path) -> AsyncIterator[None]:
    """Nobody else can write the database until the end of the block."""
    connection = sqlite3.connect(folder / "signpost.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()


def unsettled(folder: Path) -> int:
    """How many claims stand in the database that are not delivered."""
    return int(found(folder, "SELECT count(*) FROM claims WHERE sealed IS NOT NULL"))


def last_heard(folder: Path) -> float:
    """When the processes were last heard of that have claims."""
    return found(folder, "SELECT coalesce(min(heard_at), 0) FROM owners")


def found(folder: Path, statement: str) -> float:
    with closing(sqlite3.connect(folder / "signpost.db")) as connection:
        return float(connection.execute(statement).fetchone()[0])


async def test_an_event_is_delivered_once_however_often_and_wherever_it_comes(begin):
    one, other = await begin(), await begin()

    ours = await asyncio.gather(*(process.deliver(1) for process in (one, other) for _ in range(4)))
    for process in (one, other):
        await process.deliveries.drain(10)

    assert sorted(ours) == [False] * 7 + [True]
    assert one.post.posted + other.post.posted == [1]


async def test_a_repetition_is_not_acknowledged_before_the_event_is_claimed(begin, tmp_path):
    process, impatient = await begin(), await begin(patience_s=0.2)

    async with locked(tmp_path):
        first = asyncio.create_task(process.deliver(1))
        again = asyncio.create_task(process.deliver(1))
        seen = asyncio.create_task(process.deliveries.has_seen("event 1"))
        with pytest.raises(StoreUnavailable):
            await impatient.store.settle("garden", "anything")
        waited = not (first.done() or again.done() or seen.done())

    assert waited
    assert (await first, await again, await seen) == (True, False, True)


async def test_what_the_platform_cannot_take_now_is_sent_again_when_it_says(begin):
    process = await begin(Post(TryAgain(), TryAgain(0.01), TryAgain(0.01)))

    await process.deliver(1)
    await process.post.has(1)

    assert process.post.posted == [1]


async def test_nothing_is_sent_after_half_an_hour(begin, clock, caplog, tmp_path):
    dead = await begin()
    dead.post.gate.clear()
    await dead.deliver(1)

    await dead.die()
    clock.at += GIVEN_UP_AFTER_S + 1
    heir = await begin()
    heir.look_after()
    while unsettled(tmp_path):
        await heir.store.kept("garden", "nothing")

    assert heir.post.posted == []
    assert caplog.text.count("an answer was given up") == 1


async def test_what_fails_otherwise_is_logged_and_holds_up_nothing(begin, caplog):
    process = await begin(Post(KeyError("a bug of ours")))

    await process.deliver(1)
    await process.deliver(2)
    await process.post.has(1)
    await process.deliveries.drain(10)

    assert len(process.post.posted) == 1
    assert caplog.text.count("an answer could not be posted platform=slack") == 1


async def test_what_a_dead_process_left_is_taken_over_whole_after_ten_seconds(begin, clock):
    dead = await begin()
    dead.post.gate.clear()
    await asyncio.gather(*(dead.deliver(number) for number in range(120)))

    await dead.die()
    heir = await begin()
    clock.at += 9
    heir.look_after()
    for _ in range(3):
        await heir.store.settle("garden", "a round later")
    early = list(heir.post.posted)
    clock.at += 2
    await heir.post.has(120)
    await heir.deliveries.drain(10)

    assert early == []
    assert sorted(heir.post.posted) == list(range(120))


async def test_nothing_is_taken_over_from_a_process_that_is_slow_but_alive(begin, clock, tmp_path):
    slow, other = await begin(), await begin()
    slow.post.gate.clear()
    await slow.deliver(1)

    slow.look_after()
    other.look_after()
    for _ in range(4):
        clock.at += 6
        while last_heard(tmp_path) < clock.at:
            await slow.store.kept("garden", "nothing")
    slow.post.gate.set()
    await slow.post.has(1)

    assert other.post.posted == []


async def test_after_an_outage_of_the_store_nothing_is_taken_over_before_everybody_could_say_they_live(
    begin, clock, tmp_path
):
    busy, other = await begin(patience_s=0.1), await begin(patience_s=0.1)
    busy.post.gate.clear()
    assert await busy.deliver(1)
    for process in (other, busy):
        process.look_after(0.2)

    with heard() as log:
        async with locked(tmp_path):
            assert await busy.deliver(2)
            assert await other.deliver(2)
            clock.at += 60
        await log.until(lambda lines: lines.count("the store answers again") >= 2)
    busy.post.gate.set()
    await busy.post.has(2)
    await other.post.has(1)

    assert sorted(busy.post.posted) == [1, 2]
    assert other.post.posted == [2]


async def test_a_store_that_was_only_busy_protects_against_repeats_again_at_once(begin, tmp_path):
    busy, other = await begin(patience_s=0.2), await begin()
    busy.look_after(60.0)
    # The first look is over when these are written.
    for number in (-3, -2, -1):
        await busy.deliver(number)

    with heard() as lines:
        async with locked(tmp_path):
            taken_meanwhile = await busy.deliver(1)
        await lines.said("the store answers again", within_s=5.0)
    taken = [await process.deliver(2) for process in (busy, other)]

    assert taken_meanwhile
    assert taken == [True, False]


async def test_what_was_sealed_with_a_lost_key_is_said_and_done_with(begin, clock, caplog, tmp_path):
    dead = await begin(key=new_key())
    dead.post.gate.clear()
    await dead.deliver(1)

    await dead.die()
    clock.at += 11
    heir = await begin()
    heir.look_after()
    while unsettled(tmp_path):
        await heir.store.kept("garden", "nothing")

    assert heir.post.posted == []
    assert caplog.text.count("sealed with a key that is not in SIGNPOST_KEYS") == 1
