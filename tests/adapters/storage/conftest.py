"""A fresh database of each kind, and the store in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import postgres
import pytest

from adapters.storage.store import SqlStore, open_store

OpenStore = Callable[..., Awaitable[SqlStore]]


class Clock:
    """Seconds since 1970, as the test says."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture(scope="session")
def server() -> postgres.Postgres:
    try:
        return postgres.running()
    except postgres.NoPostgres as missing:
        if postgres.REQUIRED:
            raise
        pytest.skip(str(missing))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/kept/signpost.db"


@pytest.fixture
def postgres_url(server: postgres.Postgres) -> str:
    return server.make_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def open_another(url: str, clock: Clock) -> AsyncIterator[OpenStore]:
    """Opens one more store on the same database, as another process would."""
    opened: list[SqlStore] = []

    async def open_one(**changes: object) -> SqlStore:
        # Patient, so that a busy machine fails no test; what waits for nothing says so.
        opened.append(await open_store(url, **({"now": clock, "patience_s": 20.0} | changes)))
        return opened[-1]

    yield open_one
    for store in opened:
        await store.close()


@pytest.fixture
async def store(open_another: OpenStore) -> SqlStore:
    return await open_another()
