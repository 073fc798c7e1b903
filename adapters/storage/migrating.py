"""Brings the tables of a database up to date as it is opened, one process after another."""

import asyncio
import logging
from importlib.resources import files

import stamina
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, exc, text

from adapters.storage.engine import open_engine, shown
from adapters.storage.faults import StoreUnreachable, StoreUnusable, is_unreachable, reason

logger = logging.getLogger(__name__)

# As long may another replica take for the same migration.
MIGRATING_S = 60.0
# Any number that nobody else locks in this database.
_LOCK = 0x5167_9057


async def migrate(url: str) -> None:
    """Bring the database at *url* to the newest revision, all or nothing; other processes wait for it.

    Raises `StoreUnusable` when that cannot be done, `StoreUnreachable` when a server may answer later.
    """
    engine = open_engine(url, patience_s=MIGRATING_S)
    try:
        async with asyncio.timeout(MIGRATING_S):
            async for attempt in stamina.retry_context(on=_is_locked, attempts=None, timeout=MIGRATING_S, wait_max=1.0):
                with attempt:
                    # On SQLite the transaction itself is the lock: it is the only one that may write.
                    async with engine.begin() as connection:
                        await connection.run_sync(_upgrade, shown(url))
    except TimeoutError:
        raise StoreUnusable(f"{shown(url)}: not ready within {MIGRATING_S:g} s; see who holds its locks") from None
    except (exc.DBAPIError, OSError) as error:
        what_to_do = "see that it runs, and that this user may make tables in it"
        # Not chained: a traceback may hold more of the URL than may be shown.
        kind = StoreUnreachable if url.startswith("postgres") and is_unreachable(error) else StoreUnusable
        raise kind(f"{shown(url)}: {reason(error)}; {what_to_do}") from None
    finally:
        await engine.dispose()


def configuration(connection: Connection) -> Config:
    """Alembic's settings for its commands on *connection*, inside the transaction that is open there."""
    # At INFO it tells of every start, between the lines that somebody has to see.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = Config(attributes={"connection": connection})
    folder = str(files("adapters.storage") / "migrations")
    settings.set_main_option("script_location", folder.replace("%", "%%"))
    return settings


def _is_locked(problem: Exception) -> bool:
    # Who turns a new SQLite file to write-ahead logging while others open it is refused without being made to wait.
    return isinstance(problem, exc.OperationalError) and "locked" in reason(problem)


def _upgrade(connection: Connection, where: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        _warn_of_power(connection)
    settings = configuration(connection)
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    unknown = set(MigrationContext.configure(connection).get_current_heads()) - known
    if unknown:
        what_to_do = "upgrade Signpost, or restore a copy from before"
        raise StoreUnusable(f"{where}: made by a newer Signpost (revision {', '.join(sorted(unknown))}); {what_to_do}")
    command.upgrade(settings, "head")


def _warn_of_power(connection: Connection) -> None:
    asked = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    if connection.execute(text(asked)).scalar():
        logger.warning(
            "the database's user may read past row level security, which keeps organisations apart; "
            "use one without SUPERUSER and BYPASSRLS"
        )
