"""A database of its own for a test of Slack's installations, and installations to keep in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import slack_ids as ids
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.sealing import Seal, new_key
from adapters.slack.installations import Installations
from adapters.slack.rotating import OAuthClient, Rotation
from adapters.slack.workspaces import InstalledWorkspaces

SEAL = Seal([new_key()])
IN_TWELVE_HOURS = 12 * 60 * 60


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[AsyncEngine]:
    """An engine on a file below *folder*, in WAL mode, with slack_sdk's tables; two of them share the file."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'signpost.db'}")

    @event.listens_for(engine.sync_engine, "connect")
    def _wal(connection: Any, _entry: Any) -> None:
        connection.execute("PRAGMA journal_mode = WAL")

    await AsyncSQLAlchemyInstallationStore(ids.CLIENT_ID, engine).create_tables()
    await AsyncSQLAlchemyOAuthStateStore(600, engine).create_tables()
    try:
        yield engine
    finally:
        await engine.dispose()


def an_installation(**changes: Any) -> Installation:
    """The first workspace's, with a token that never runs out."""
    values: dict[str, Any] = {
        "app_id": ids.APP,
        "team_id": ids.TEAM,
        "bot_token": ids.BOT_TOKEN,
        "bot_id": ids.BOT,
        "bot_user_id": ids.BOT_USER,
        "bot_scopes": "chat:write",
        "user_id": ids.ASKER,
    }
    return Installation(**values | changes)


def installed_workspaces(engine: AsyncEngine, api_url: str, seal: Seal = SEAL, **about: Any) -> InstalledWorkspaces:
    """What a process has that serves many workspaces; the first one is the garden's unless *about* says otherwise."""
    installations = Installations(engine, seal, ids.CLIENT_ID)
    rotator = AsyncTokenRotator(client_id=ids.CLIENT_ID, client_secret=ids.CLIENT_SECRET, client=OAuthClient(api_url))
    values: dict[str, Any] = {"organisations": {ids.TEAM: "garden"}}
    return InstalledWorkspaces(installations, Rotation(installations, rotator), **values | about)


async def all_rows(engine: AsyncEngine) -> str:
    """Everything that the three tables hold, as text."""
    async with engine.connect() as connection:
        tables = ("slack_bots", "slack_installations", "slack_oauth_states")
        return repr([list(await connection.execute(text(f"SELECT * FROM {table}"))) for table in tables])


async def change(engine: AsyncEngine, statement: str) -> None:
    """Change the database behind the product's back."""
    async with engine.begin() as connection:
        await connection.execute(text(statement))
