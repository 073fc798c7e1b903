"""A store whose server is not there yet opens later; what waiting cannot mend is refused at once."""

from collections.abc import Iterator

import postgres
import pytest
from heard import Lines, heard

from adapters import late_store
from adapters.storage.faults import StoreUnreachable, StoreUnusable
from adapters.storage.store import open_store
from bot.ports import StoreUnavailable


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Postgres]:
    try:
        server = postgres.Postgres()
    except postgres.NoPostgres as missing:
        if postgres.REQUIRED:
            raise
        pytest.skip(str(missing))
    yield server
    server.remove()


@pytest.fixture
def log() -> Iterator[Lines]:
    with heard() as lines:
        yield lines


async def test_a_store_opens_once_its_server_is_there(server, log):
    url = server.make_database()
    server.stop()

    async with late_store.opened(url) as store:
        with pytest.raises(StoreUnavailable):
            await store.claim("garden", "slack", "one", "me", None)
        server.start()
        await log.said("the database is reached", within_s=20)
        claimed = await store.claim("garden", "slack", "one", "me", None)

    assert claimed
    assert log.count("questions are answered, but not protected against repeats") == 1


async def test_a_server_that_is_never_there_does_not_keep_the_process_from_ending(server):
    url = server.make_database()
    server.stop()

    async with late_store.opened(url):
        pass

    server.start()


async def test_a_newer_database_that_appears_later_stays_closed_and_is_said(server, log):
    url = server.make_database()
    await (await open_store(url)).close()
    name = url.partition("@/")[2].partition("?")[0]
    server.tell("UPDATE alembic_version SET version_num = '9999'", name)
    server.stop()

    async with late_store.opened(url) as store:
        server.start()
        await log.said("made by a newer Signpost", within_s=20)
        with pytest.raises(StoreUnavailable):
            await store.claim("garden", "slack", "one", "me", None)


@pytest.mark.parametrize("wrong", ["app@", "/test"])
async def test_a_server_that_refuses_us_is_a_wrong_setting(server, wrong):
    url = server.make_database().replace(wrong, f"{wrong[0]}nobody{wrong[-1]}")

    with pytest.raises(StoreUnusable, match="does not exist") as refused:
        async with late_store.opened(url):
            pass

    assert not isinstance(refused.value, StoreUnreachable)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////dev/null/signpost.db",
        "mysql://app@host/x",
        "postgresql://app@no-such-host.invalid/x",
    ],
)
async def test_a_wrong_url_is_refused(url):
    with pytest.raises(StoreUnusable) as refused:
        async with late_store.opened(url):
            pass

    assert not isinstance(refused.value, StoreUnreachable)


async def test_a_database_of_a_newer_signpost_is_refused(tmp_path, server):
    url = server.make_database()
    await (await open_store(url)).close()
    server.tell("UPDATE alembic_version SET version_num = '9999'", url.partition("@/")[2].partition("?")[0])

    with pytest.raises(StoreUnusable, match="newer Signpost"):
        async with late_store.opened(url):
            pass
