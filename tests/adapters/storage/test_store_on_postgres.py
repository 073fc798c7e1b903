"""What PostgreSQL adds: organisations kept apart by the database itself, and a server that goes and comes back."""

import asyncio
from contextlib import suppress
from pathlib import Path

import postgres
import pytest
from sqlalchemy import text

from adapters.storage.store import SqlStore, open_store
from adapters.storage.tables import METADATA
from bot.ports import StoreUnavailable


@pytest.fixture
def url(postgres_url: str) -> str:
    return postgres_url


class Way:
    """A way to the server that can be blocked, as a firewall would: nothing is refused, nothing arrives."""

    def __init__(self, folder: Path, server: postgres.Postgres) -> None:
        self._folder = folder
        self._server = server
        self._open = asyncio.Event()
        self._open.set()
        self._relays: list[asyncio.Task] = []
        self._ends: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> "Way":
        self._listening = await asyncio.start_unix_server(self._accept, self._folder / ".s.PGSQL.5432")
        return self

    async def __aexit__(self, *_problem: object) -> None:
        self._listening.close()
        await self._listening.wait_closed()
        for task in self._relays:
            task.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)
        for end in self._ends:
            end.close()
        await asyncio.gather(*(end.wait_closed() for end in self._ends), return_exceptions=True)

    def block(self) -> None:
        self._open.clear()

    def clear(self) -> None:
        self._open.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(self._server.folder / ".s.PGSQL.5432")
        self._ends += [writer, there[1]]
        self._relays += [
            asyncio.create_task(self._relay(reader, there[1])),
            asyncio.create_task(self._relay(there[0], writer)),
        ]

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


async def a_row_everywhere(store: SqlStore, organisation: str) -> None:
    await store.claim(organisation, "chat", "claim", "first", b"x")
    await store.renew(organisation, "first")
    await store.keep(organisation, "note", b"x", 60)
    await store.count_feedback(organisation, "2026-11", "chat", "sheds", "helpful", "")


async def as_the_garden(store: SqlStore, statement: str) -> None:
    async with store.engine.begin() as connection:
        await connection.execute(text("SELECT set_config('signpost.organisation', 'garden', true)"))
        await connection.execute(text(statement))


async def until_answered(store: SqlStore) -> bytes | None:
    async with asyncio.timeout(30):
        while True:
            try:
                await store.keep("garden", "after", b"x", 60)
                return await store.kept("garden", "after")
            except StoreUnavailable:
                await asyncio.sleep(0)


@pytest.mark.parametrize("table", list(METADATA.tables))
async def test_raw_sql_sees_the_rows_of_its_own_organisation_only(store, table):
    for organisation in ("garden", "orchard"):
        await a_row_everywhere(store, organisation)
    count = text(f"SELECT count(*), min(organisation) FROM {table}")

    async with store.engine.begin() as connection:
        nobodys = (await connection.execute(count)).one()
        await connection.execute(text("SELECT set_config('signpost.organisation', 'orchard', true)"))
        orchards = (await connection.execute(count)).one()
        changed = await connection.execute(text(f"UPDATE {table} SET organisation = organisation"))
    async with store.engine.begin() as connection:
        afterwards = (await connection.execute(count)).one()

    assert tuple(nobodys) == (0, None)
    assert tuple(orchards) == (1, "orchard")
    assert changed.rowcount == 1
    assert tuple(afterwards) == (0, None)


@pytest.mark.parametrize("table", list(METADATA.tables))
async def test_raw_sql_cannot_move_a_row_to_another_organisation(store, table):
    await a_row_everywhere(store, "garden")

    with pytest.raises(Exception, match="row-level security"):
        await as_the_garden(store, f"UPDATE {table} SET organisation = 'orchard'")


async def test_the_user_of_these_tests_is_a_plain_one(store, caplog):
    async with store.engine.begin() as connection:
        asked = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        powerful = (await connection.execute(text(asked))).scalar()

    assert powerful is False
    assert "row level security" not in caplog.text


async def test_a_user_whom_row_level_security_does_not_bind_is_warned_of(server, caplog):
    opened = await open_store(server.make_database(user="chief"))
    await opened.close()

    assert "use one without SUPERUSER and BYPASSRLS" in caplog.text


async def test_a_server_that_was_restarted_is_used_again_without_a_word_from_anybody(server, open_another):
    store = await open_another(patience_s=2.0)
    await store.keep("garden", "note", b"before", 60)

    server.stop()
    try:
        with pytest.raises(StoreUnavailable):
            await store.claim("garden", "chat", "claim", "first", b"x")
        with pytest.raises(StoreUnavailable):
            await store.kept("garden", "note")
    finally:
        server.start()

    assert await until_answered(store) == b"x"
    assert await store.kept("garden", "note") == b"before"
    assert await store.claim("garden", "chat", "claim", "first", b"x")


async def test_a_restart_that_nobody_saw_harms_nothing(server, store):
    await store.keep("garden", "note", b"x", 60)
    server.stop()
    server.start()

    kept = await store.kept("garden", "note")
    taken = await store.claim("garden", "chat", "claim", "first", b"x")

    assert kept == b"x"
    assert taken


async def test_what_another_process_is_at_work_on_is_passed_over_and_not_waited_for(store, open_another, clock):
    impatient = await open_another(patience_s=2.0)
    for name in ("locked", "free"):
        await store.claim("garden", "chat", name, "first", b"x")
    clock.at += 11

    async with store.engine.begin() as connection:
        await connection.execute(text("SELECT set_config('signpost.organisation', 'garden', true)"))
        await connection.execute(text("SELECT * FROM claims WHERE claim = 'locked' FOR UPDATE"))
        await impatient.renew("garden", "nobody")
        got = await impatient.take_over("garden", "chat", "second", 10)
        await impatient.renew("garden", "first")
        clock.at += 2 * 24 * 60 * 60
        await impatient.forget_old("garden")

    assert [overdue.claim for overdue in got] == ["free"]
    assert not await store.claim("garden", "chat", "locked", "third", None)
    assert await store.claim("garden", "chat", "free", "third", None)


async def test_a_server_from_which_nothing_arrives_any_more_keeps_nobody_waiting(server, url, tmp_path, caplog):
    async with Way(tmp_path, server) as way:
        store = await open_store(url.replace(str(server.folder), str(tmp_path)), patience_s=0.5)
        await store.keep("garden", "note", b"x", 60)
        way.block()
        async with asyncio.timeout(10):
            for _ in range(2):
                with pytest.raises(StoreUnavailable):
                    await store.claim("garden", "chat", "claim", "first", b"x")
                with pytest.raises(StoreUnavailable):
                    await store.kept("garden", "note")
        way.clear()

        answered = await until_answered(store)
        await store.close()

    assert answered == b"x"


async def test_the_log_says_once_that_the_database_is_gone_and_once_that_it_is_back(server, open_another, caplog):
    store = await open_another(patience_s=2.0)

    server.stop()
    try:
        for number in range(3):
            with pytest.raises(StoreUnavailable):
                await store.claim("garden", "chat", f"canary {number}", "first", b"canary")
    finally:
        server.start()
    await until_answered(store)

    said = [record.getMessage() for record in caplog.records if record.name == "adapters.storage.writing"]
    assert [line.partition(":")[0] for line in said] == [
        "the database cannot be written, questions are answered without it",
        "the database can be written again",
    ]
    assert not any("canary" in line or "\n" in line for line in said)


async def test_reading_waits_no_longer_than_its_patience(store, open_another):
    impatient = await open_another(patience_s=0.3)

    async with store.engine.begin() as connection:
        await connection.execute(text("LOCK TABLE notes"))
        with pytest.raises(StoreUnavailable):
            await impatient.kept("garden", "note")

    assert await store.kept("garden", "note") is None
