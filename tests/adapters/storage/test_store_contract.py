"""What every store promises, on SQLite and on PostgreSQL."""

import asyncio
import time
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select, text

from adapters.storage import statements
from adapters.storage.store import SqlStore
from adapters.storage.tables import claims, feedback, notes
from adapters.storage.writing import MOST_WAITING
from bot.ports import Overdue, StoreUnavailable

DAY_S = 24 * 60 * 60


async def rows(store: SqlStore, organisation: str, *columns) -> list[tuple]:
    async with store.engine.begin() as connection:
        await connection.run_sync(statements.enter, organisation)
        query = select(*columns).where(columns[0].table.c.organisation == organisation).order_by(*columns)
        return [tuple(row) for row in await connection.execute(query)]


@asynccontextmanager
async def locked(store: SqlStore):
    """Holds what every write waits for, as another process that hangs in the middle of writing would."""
    async with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("LOCK TABLE claims, notes, feedback"))
        yield


async def a_claim(store: SqlStore, name: str = "claim", **changes: object) -> bool:
    values = {"organisation": "garden", "platform": "chat", "owner": "first", "sealed": b"address"} | changes
    return await store.claim(claim=name, **values)


async def until_taken(store: SqlStore, name: str) -> bool:
    """Claim until the store answers; it does so by itself."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await a_claim(store, name)
            except StoreUnavailable:
                continue


async def test_a_claim_is_taken_once(store):
    taken = [await a_claim(store, owner="first"), await a_claim(store, owner="first"), await a_claim(store, owner="b")]

    assert taken == [True, False, False]


async def test_a_claim_that_fifty_want_at_once_is_taken_once(store):
    taken = await asyncio.gather(*(a_claim(store, owner=str(number)) for number in range(50)))

    assert sorted(taken) == [False] * 49 + [True]


async def test_claims_that_two_processes_want_in_different_orders_are_taken_once_each(store, open_another):
    other = await open_another()
    names = [f"claim {number}" for number in range(300)]

    mine, theirs = await asyncio.gather(
        asyncio.gather(*(a_claim(store, name) for name in names)),
        asyncio.gather(*(a_claim(other, name) for name in reversed(names))),
    )

    assert [one + another for one, another in zip(mine, reversed(theirs), strict=True)] == [1] * 300


async def test_two_processes_that_do_everything_at_once_never_wait_for_one_another_in_a_circle(store, open_another):
    other = await open_another()

    async def everything(one: SqlStore, number: int) -> None:
        await a_claim(one, f"claim {number % 7}", owner=str(id(one)))
        await one.count_feedback("garden", "2026-11", "chat", f"situation {number % 5}", "helpful", "")
        await one.keep("garden", f"note {number % 3}", b"x", 60)
        await one.renew("garden", str(id(one)))
        await one.settle("garden", f"claim {number % 7}")
        await one.take_over("garden", "chat", str(id(one)), 5)
        await one.forget_old("garden")

    await asyncio.gather(*(everything(one, number) for number in range(40) for one in (store, other)))

    assert sum(row[0] for row in await rows(store, "garden", feedback.c.count, feedback.c.situation)) == 80


async def test_settling_deletes_what_the_delivery_needed(store):
    await a_claim(store)

    await store.settle("garden", "claim")

    assert await rows(store, "garden", claims.c.claim, claims.c.sealed) == [("claim", None)]
    assert not await a_claim(store)


async def test_settling_what_nobody_claimed_does_nothing(store):
    await store.settle("garden", "claim")

    assert await a_claim(store)


async def test_a_claim_is_taken_over_after_ten_seconds_and_not_before(store, clock):
    await a_claim(store)

    clock.at += 10
    early = await store.take_over("garden", "chat", "second", 10)
    clock.at += 0.5
    late = await store.take_over("garden", "chat", "second", 10)

    assert early == []
    assert late == [Overdue("claim", b"address")]


async def test_whoever_took_over_has_ten_seconds_too(store, clock):
    await a_claim(store)
    clock.at += 11
    await store.take_over("garden", "chat", "second", 10)

    at_once = await store.take_over("garden", "chat", "third", 10)
    clock.at += 11
    later = await store.take_over("garden", "chat", "third", 10)

    assert at_once == []
    assert later == [Overdue("claim", b"address")]


async def test_nobody_takes_over_from_itself(store, clock):
    await a_claim(store, owner="first")
    clock.at += 11

    assert await store.take_over("garden", "chat", "first", 10) == []


async def test_an_owner_that_renews_keeps_its_claims(store, clock):
    await a_claim(store, "renewed", owner="first")
    await a_claim(store, "left", owner="second")
    clock.at += 8
    await store.renew("garden", "first")
    clock.at += 8

    got = await store.take_over("garden", "chat", "third", 10)

    assert got == [Overdue("left", b"address")]


async def test_settled_claims_and_claims_without_a_delivery_are_not_taken_over(store, clock):
    await a_claim(store, "settled")
    await store.settle("garden", "settled")
    await a_claim(store, "nothing to deliver", sealed=None)
    clock.at += 11

    assert await store.take_over("garden", "chat", "second", 10) == []


async def test_the_oldest_claims_are_taken_over_first_and_no_more_than_asked_for(store, clock):
    for name in ("z", "m", "a"):
        await a_claim(store, name)
        clock.at += 1
    clock.at += 11

    first = await store.take_over("garden", "chat", "second", 2)
    rest = await store.take_over("garden", "chat", "second", 2)

    assert [overdue.claim for overdue in first] == ["z", "m"]
    assert [overdue.claim for overdue in rest] == ["a"]


async def test_two_processes_that_take_over_at_once_never_get_the_same_claim(store, open_another, clock):
    other = await open_another()
    await asyncio.gather(*(a_claim(store, f"claim {number:03}") for number in range(100)))
    clock.at += 11

    got = await asyncio.gather(
        *(one.take_over("garden", "chat", f"{number}", 7) for number in range(15) for one in (store, other))
    )

    assert sorted(overdue.claim for some in got for overdue in some) == [f"claim {number:03}" for number in range(100)]


async def test_platforms_take_over_their_own_claims(store, clock):
    await a_claim(store, "a", platform="chat")
    await a_claim(store, "b", platform="post")
    clock.at += 11

    got = await store.take_over("garden", "post", "second", 10)

    assert [overdue.claim for overdue in got] == ["b"]


async def test_organisations_are_kept_apart(store, clock):
    taken = [await a_claim(store, organisation=name) for name in ("garden", "orchard")]
    await store.keep("garden", "note", b"garden's", 3600)
    await store.count_feedback("garden", "2026-11", "chat", "sheds", "helpful", "")
    await store.settle("orchard", "claim")
    clock.at += 11

    assert taken == [True, True]
    assert await store.kept("orchard", "note") is None
    assert await store.take_over("orchard", "chat", "second", 10) == []
    assert await store.take_over("garden", "chat", "second", 10) == [Overdue("claim", b"address")]


async def test_writes_of_many_organisations_at_once_end_up_with_their_own(store):
    names = [f"organisation {number % 9}" for number in range(180)]

    taken = await asyncio.gather(*(a_claim(store, str(n), organisation=name) for n, name in enumerate(names)))

    assert all(taken)
    for number, name in enumerate(names[:9]):
        assert await rows(store, name, claims.c.claim) == sorted((str(n),) for n in range(number, 180, 9))


async def test_a_note_is_kept_for_its_time_and_the_later_one_counts(store, clock):
    await store.keep("garden", "note", b"old", 5)
    await store.keep("garden", "note", b"new", 60)

    clock.at += 59
    in_time = await store.kept("garden", "note")
    clock.at += 1
    too_late = await store.kept("garden", "note")

    assert in_time == b"new"
    assert too_late is None


async def test_names_in_any_script_and_any_bytes_are_kept_as_they_are(store):
    await store.keep("Gärten – 庭", "ключ", b"\x00\xff", 60)

    assert await store.kept("Gärten – 庭", "ключ") == b"\x00\xff"


async def test_counts_of_feedback_add_up(store):
    for reason in ("", "", "too long"):
        await store.count_feedback("garden", "2026-11", "chat", "sheds", "helpful", reason)
    await store.count_feedback("garden", "2026-12", "chat", "sheds", "helpful", "")

    counts = await rows(store, "garden", feedback.c.month, feedback.c.reason, feedback.c.count)

    assert counts == [("2026-11", "", 2), ("2026-11", "too long", 1), ("2026-12", "", 1)]


async def test_what_is_older_than_a_day_and_notes_out_of_time_are_forgotten(store, clock):
    await a_claim(store, "settled")
    await store.settle("garden", "settled")
    await a_claim(store, "never delivered")
    await store.renew("garden", "first")
    await store.keep("garden", "short", b"x", 60)
    await store.keep("garden", "long", b"x", 2 * DAY_S)
    clock.at += DAY_S - 1
    await a_claim(store, "of today")
    await store.forget_old("garden")
    before = await rows(store, "garden", claims.c.claim)

    clock.at += 2
    await store.forget_old("garden")

    assert before == [("never delivered",), ("of today",), ("settled",)]
    assert await rows(store, "garden", claims.c.claim) == [("of today",)]
    assert await rows(store, "garden", notes.c.key) == [("long",)]


async def test_more_than_one_transaction_takes_is_forgotten_too(store, clock):
    await asyncio.gather(*(a_claim(store, f"{n}") for n in range(statements.FORGOTTEN_AT_ONCE + 10)))
    clock.at += DAY_S + 1

    await store.forget_old("garden")

    assert await rows(store, "garden", claims.c.claim) == []


async def test_while_another_process_holds_the_lock_writes_fail_in_time_and_then_work_again(store, open_another):
    impatient = await open_another(patience_s=0.3)

    async with locked(store):
        started = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await a_claim(impatient)
        with pytest.raises(StoreUnavailable):
            await impatient.keep("garden", "note", b"x", 60)
        waited_s = time.monotonic() - started
    recovered = await until_taken(impatient, "after")

    assert waited_s < 5
    assert recovered
    assert await rows(store, "garden", claims.c.claim) == [("after",)]


async def test_the_loop_goes_on_while_the_database_hangs(store, open_another):
    impatient = await open_another(patience_s=1.0)
    gaps = []

    async def watch() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            gaps.append(time.monotonic() - before)

    async with locked(store):
        watching = asyncio.create_task(watch())
        with pytest.raises(StoreUnavailable):
            await a_claim(impatient)
        watching.cancel()

    assert len(gaps) > 5
    assert max(gaps) < 0.5


async def test_too_many_waiting_writes_are_refused_at_once(store):
    async with locked(store):
        waiting = [asyncio.create_task(a_claim(store, str(number))) for number in range(MOST_WAITING + 1_000)]
        done, still = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        refusals = [task.exception() for task in done]
        for task in still:
            task.cancel()
        await asyncio.wait(still)

    assert {type(refusal) for refusal in refusals} == {StoreUnavailable}
    assert await until_taken(store, "after")


async def test_a_caller_that_is_cancelled_takes_nobody_with_it(store):
    async with locked(store):
        given_up = [asyncio.create_task(a_claim(store, f"given up {number}")) for number in range(3)]
        still_wanted = asyncio.create_task(a_claim(store, "still wanted"))
        await asyncio.sleep(0)
        for task in given_up:
            task.cancel()
        await asyncio.wait(given_up)

    assert await still_wanted
    assert await rows(store, "garden", claims.c.claim) == [("still wanted",)]


async def test_a_write_that_is_wrong_takes_nobody_with_it(store):
    wrong: bytes = object()  # type: ignore[assignment] # no database takes this for bytes

    got = await asyncio.gather(
        a_claim(store, "before"), a_claim(store, "wrong", sealed=wrong), a_claim(store, "xyz"), return_exceptions=True
    )

    assert got[0] is True
    assert isinstance(got[1], Exception)
    assert got[2] is True
    assert await a_claim(store, "wrong")


async def test_closing_finishes_the_writes_that_wait(store, open_another):
    closing = await open_another()
    waiting = [asyncio.create_task(a_claim(closing, str(number))) for number in range(500)]
    await asyncio.sleep(0)

    await closing.close()

    assert await asyncio.gather(*waiting) == [True] * 500
    assert len(await rows(store, "garden", claims.c.claim)) == 500


async def test_a_closed_store_says_so(open_another):
    closed = await open_another()
    await closed.close()

    with pytest.raises(StoreUnavailable, match="closed"):
        await a_claim(closed)
    with pytest.raises(StoreUnavailable, match="closed"):
        await closed.kept("garden", "note")
