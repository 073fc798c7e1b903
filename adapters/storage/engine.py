"""A database's engine from the URL that an operator writes, with our drivers, time limits and file modes."""

import logging
import sqlite3
import time
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from adapters.storage.faults import StoreUnusable

PATIENCE_S = 1.0
CONNECTING_S = 5

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_FORMS = "write sqlite:///folder/signpost.db or postgresql://user:password@host/database"
_OLDEST_SQLITE = (3, 35, 0)
# SQLite looks for a lock less and less often, at last ten times a second, and a busy process leaves it free for
# a millisecond at a time. Asking anew every few milliseconds gives each process its share.
_TRYING_MS = 20


def open_engine(url: str, *, patience_s: float = PATIENCE_S) -> AsyncEngine:
    """Return an engine for `sqlite:///…` or `postgresql://…` that waits *patience_s* for a lock or a connection.

    Nothing is connected yet, but the file of an SQLite database is made, readable by its owner alone, and the
    folders above it. Transactions on SQLite take the write lock as they begin; see `reading`.
    Raises `StoreUnusable` for another URL, or a file that cannot be written.
    """
    wanted = _read(url)
    backend = wanted.get_backend_name()
    driven = wanted.set(drivername=_DRIVERS[backend])
    if backend == "sqlite":
        return _sqlite(driven, patience_s)
    return create_async_engine(
        driven,
        hide_parameters=True,
        # Connections that a restart of the server has cut are noticed and replaced.
        pool_pre_ping=True,
        pool_timeout=patience_s,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": CONNECTING_S, "client_encoding": "utf8"},
    )


def blocking(engine: AsyncEngine, patience_s: float) -> Engine | None:
    """The same SQLite file by one connection for a thread of its own; None for a server, whose answers may never come.

    Statement by statement, each would wait for the event loop, and other processes all that time for the lock.
    """
    if engine.url.get_backend_name() != "sqlite":
        return None
    url = engine.url.set(drivername="sqlite+pysqlite")
    arguments = {"timeout": patience_s, "check_same_thread": False}
    made = create_engine(url, hide_parameters=True, poolclass=StaticPool, connect_args=arguments)
    event.listen(made, "connect", _connected)
    event.listen(made, "begin", partial(_begun, patience_s=patience_s))
    return made


def reading(engine: AsyncEngine) -> AsyncEngine:
    """*engine*, for transactions that only read: on SQLite they wait for no writer."""
    return engine.execution_options(signpost_begin="BEGIN")


def shown(url: str) -> str:
    """*url* as it may be shown and logged: without its password."""
    try:
        return make_url(url).difference_update_query(["password", "sslpassword"]).render_as_string(hide_password=True)
    except (exc.ArgumentError, ValueError):
        return "the database URL"


def _read(url: str) -> URL:
    try:
        wanted = make_url(url)
    except (exc.ArgumentError, ValueError):
        # Not shown, and not chained: there may be a password in it.
        raise StoreUnusable(f"the database URL cannot be read; {_FORMS}") from None
    if wanted.get_backend_name() not in _DRIVERS:
        raise StoreUnusable(f"{shown(url)}: {wanted.get_backend_name()} is no database of ours; {_FORMS}")
    return wanted


def _sqlite(url: URL, patience_s: float) -> AsyncEngine:
    path = url.database or ""
    if path in ("", ":memory:") or path.startswith("file:"):
        raise StoreUnusable(f"{url}: names no file, and what is in memory is lost; write sqlite:///folder/signpost.db")
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreUnusable(f"{url}: SQLite {sqlite3.sqlite_version} is too old; install 3.35 or later")
    _make_private(Path(path))
    engine = create_async_engine(
        url, hide_parameters=True, pool_timeout=patience_s, connect_args={"timeout": patience_s}
    )
    # At DEBUG it logs every value that is written, also what is to be deleted soon.
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
    event.listen(engine.sync_engine, "connect", _connected)
    event.listen(engine.sync_engine, "begin", partial(_begun, patience_s=patience_s))
    return engine


def _make_private(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
    except OSError as error:
        what_to_do = "name a file in a folder that this user may write to"
        raise StoreUnusable(f"{path}: cannot be written ({error.strerror}); {what_to_do}") from error


def _connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver begins no transactions of its own; ours do, below.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # With WAL, killing the process loses nothing; only a power cut may lose the last moments, and then the
    # platform delivers again. FULL would wait for the disk at every commit.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What was delivered is overwritten, not only unlinked.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.execute(f"PRAGMA busy_timeout = {_TRYING_MS}")
    cursor.close()


def _begun(connection: Connection, *, patience_s: float) -> None:
    # A transaction that reads first and writes later fails at once when another has written in between.
    begin = connection.get_execution_options().get("signpost_begin", "BEGIN IMMEDIATE")
    give_up_at = time.monotonic() + patience_s
    while True:
        try:
            connection.exec_driver_sql(begin)
            return
        except exc.OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > give_up_at:
                raise
