"""Migrations: up, down, and in agreement with what the code and slack_sdk expect."""

from collections.abc import AsyncIterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import (
    AsyncSQLAlchemyInstallationStore,
    SQLAlchemyInstallationStore,
)
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore, SQLAlchemyOAuthStateStore
from sqlalchemy import Connection, MetaData, Text, inspect
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.storage.engine import open_engine
from adapters.storage.migrating import configuration, migrate
from adapters.storage.tables import METADATA

# What only says what, when, or which process; `sealed` opens with the key alone. Who asked has no place here.
COLUMNS = {
    "owners": {"organisation", "owner", "heard_at"},
    "claims": {"organisation", "claim", "platform", "owner", "claimed_at", "seen_at", "sealed"},
    "notes": {"organisation", "key", "sealed", "kept_until"},
    "feedback": {"organisation", "month", "platform", "situation", "verdict", "reason", "count"},
}
SECRETS = {"bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url"}


def expected() -> MetaData:
    """Our tables, and those that slack_sdk's stores read and write."""
    metadata = MetaData(naming_convention=METADATA.naming_convention)
    for table in METADATA.tables.values():
        table.to_metadata(metadata)
    SQLAlchemyInstallationStore.build_installations_table(metadata, "slack_installations")
    SQLAlchemyInstallationStore.build_bots_table(metadata, "slack_bots")
    SQLAlchemyOAuthStateStore.build_oauth_states_table(metadata, "slack_oauth_states")
    return metadata


def columns(connection: Connection) -> dict[str, set[str]]:
    """The columns of every table but Alembic's own."""
    found = inspect(connection)
    tables = (name for name in found.get_table_names() if name != "alembic_version")
    return {table: {column["name"] for column in found.get_columns(table)} for table in tables}


def wider(_context, _column, _declared, inspected, _declared_type) -> bool | None:
    """A text column holds what a shorter string column would; else as Alembic thinks."""
    return False if isinstance(inspected.type if hasattr(inspected, "type") else inspected, Text) else None


def revisions(connection: Connection) -> list[str]:
    """Every revision, oldest first."""
    scripts = ScriptDirectory.from_config(configuration(connection)).walk_revisions()
    return [script.revision for script in scripts][::-1]


def upgrade(connection: Connection, to: str = "head") -> None:
    command.upgrade(configuration(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    command.downgrade(configuration(connection), to)


@pytest.fixture
async def connection(url: str) -> AsyncIterator[AsyncConnection]:
    engine = open_engine(url, patience_s=20)
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


async def test_every_migration_goes_up_and_down_and_up_again(connection):
    seen = [await connection.run_sync(columns)]

    for revision in await connection.run_sync(revisions):
        await connection.run_sync(upgrade, revision)
        above = await connection.run_sync(columns)
        await connection.run_sync(downgrade, "-1")
        below = await connection.run_sync(columns)
        await connection.run_sync(upgrade, revision)

        assert below == seen[-1]
        assert await connection.run_sync(columns) == above != below
        seen.append(above)

    await connection.run_sync(downgrade, "base")
    assert await connection.run_sync(columns) == seen[0] == {}


async def test_the_migrated_tables_are_those_that_the_code_and_slack_sdk_expect(connection):
    await connection.run_sync(upgrade)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": wider})
        return compare_metadata(context, expected())

    assert await connection.run_sync(differences) == []


async def test_no_column_says_who_asked(connection):
    """promise 21"""
    await connection.run_sync(upgrade)

    found = await connection.run_sync(columns)

    assert {table: names for table, names in found.items() if not table.startswith("slack_")} == COLUMNS


@pytest.mark.parametrize(
    ("table", "build"),
    [
        ("slack_installations", SQLAlchemyInstallationStore.build_installations_table),
        ("slack_bots", SQLAlchemyInstallationStore.build_bots_table),
        ("slack_oauth_states", SQLAlchemyOAuthStateStore.build_oauth_states_table),
    ],
)
async def test_slack_sdk_finds_every_column_that_it_knows(connection, table, build):
    await connection.run_sync(upgrade)

    found = await connection.run_sync(columns)

    assert found[table] == {column.name for column in build(MetaData(), table).columns}


async def test_slack_sdk_keeps_and_finds_an_installation(url):
    await migrate(url)
    engine = open_engine(url, patience_s=20)
    installations = AsyncSQLAlchemyInstallationStore(
        "client", engine, bots_table_name="slack_bots", installations_table_name="slack_installations"
    )
    states = AsyncSQLAlchemyOAuthStateStore(60, engine, table_name="slack_oauth_states")
    sealed = "s" * 500

    await installations.async_save(
        Installation(app_id="A1", team_id="T1", user_id="U1", bot_token=sealed, bot_id="B1", bot_user_id="U2")
    )
    found = await installations.async_find_bot(enterprise_id=None, team_id="T1")
    state = await states.async_issue()
    consumed = [await states.async_consume(state), await states.async_consume(state)]
    await engine.dispose()

    assert found.bot_token == sealed
    assert consumed == [True, False]


async def test_secrets_have_room_for_their_encrypted_form(connection):
    await connection.run_sync(upgrade)

    def narrow(connection: Connection) -> set[str]:
        found = [
            *inspect(connection).get_columns("slack_installations"),
            *inspect(connection).get_columns("slack_bots"),
        ]
        return {column["name"] for column in found if not isinstance(column["type"], Text)}

    assert not SECRETS & await connection.run_sync(narrow)
