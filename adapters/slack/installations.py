"""The installations of the Slack app in the database: of each the bot's tokens, sealed, and nothing else."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from sqlalchemy import Column, ColumnElement, MetaData, RowMapping, and_, delete, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.sealing import Seal, Unsealable
from bot.ports import StoreUnavailable

logger = logging.getLogger(__name__)

TABLE = AsyncSQLAlchemyInstallationStore.default_bots_table_name
PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Installed:
    """An installation as it stands in the database; *team* is empty for one that serves a whole enterprise."""

    row: int
    team: str
    enterprise: str
    bot_user: str
    bot: str
    token: str = field(repr=False)
    expires_at: float | None


class Installations:
    """Keeps what Slack gave at installation; every verb raises `StoreUnavailable` when the database does not answer."""

    def __init__(
        self,
        engine: AsyncEngine,
        seal: Seal,
        client_id: str,
        *,
        reading: AsyncEngine | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """*engine* has slack_sdk's tables, *reading* is it for what only reads; *now* tells seconds since 1970."""
        self._engine = engine
        self._reading = reading or engine
        self._seal = seal
        self._client_id = client_id
        self._now = now
        self._store = AsyncSQLAlchemyInstallationStore(client_id, engine, logger=logger)
        self._bots = self._store.bots

    async def keep(self, installation: Installation) -> None:
        """Keep the bot's ids and tokens in place of earlier ones; who installed it, names and webhooks are dropped."""
        bot = installation.to_bot()
        bot.enterprise_name = bot.team_name = None
        bot.custom_values = {}
        bot.bot_token = self._sealed(bot.bot_token)
        if bot.bot_refresh_token is not None:
            bot.bot_refresh_token = self._sealed(_taken(bot.bot_refresh_token, until=0))
        async with _patience():
            await self._store.async_save_bot(bot)
            column = self._bots.c
            earlier = column.installed_at < _as_stored(bot.installed_at)
            async with self._engine.begin() as connection:
                same = self._of(bot.team_id or "", bot.enterprise_id or "")
                await connection.execute(delete(self._bots).where(same, earlier))

    async def find(self, team: str, enterprise: str) -> Installed | None:
        """The installation of the workspace itself or else of its whole enterprise; None where there is neither."""
        column = self._bots.c
        either = or_(self._of(team, enterprise), self._of("", enterprise))
        wanted = select(self._bots).where(either).order_by(column.team_id.is_(None), column.installed_at.desc())
        async with _patience(), self._reading.connect() as connection:
            row = (await connection.execute(wanted.limit(1))).mappings().first()
        return None if row is None else self._opened(row)

    async def forget(self, team: str, enterprise: str) -> bool:
        """Delete the installation of the workspace, or with *team* empty the enterprise's; whether there was one."""
        async with _patience(), self._engine.begin() as connection:
            deleted = await connection.execute(delete(self._bots).where(self._of(team, enterprise)))
        return deleted.rowcount > 0

    async def take_refresh_token(self, installed: Installed, for_s: float) -> str | None:
        """The refresh token, for the caller alone during *for_s* seconds; None where somebody else took or used it.

        Slack takes each refresh token once (https://docs.slack.dev/authentication/using-token-rotation).
        """
        column = self._bots.c
        as_read = and_(column.id == installed.row, column.bot_token_expires_at == _as_stored(installed.expires_at))
        async with _patience(), self._reading.connect() as connection:
            sealed = await connection.scalar(select(column.bot_refresh_token).where(as_read))
        if sealed is None:
            return None
        until, _, token = self._seal.open(sealed.encode()).decode().partition(" ")
        if float(until) > self._now():
            return None
        mine = self._sealed(_taken(token, until=self._now() + for_s))
        # Sealing twice never gives the same, so of several processes only one still finds what all have read.
        unchanged = and_(column.id == installed.row, column.bot_refresh_token == sealed)
        async with _patience(), self._engine.begin() as connection:
            taken = await connection.execute(update(self._bots).where(unchanged).values(bot_refresh_token=mine))
        return token if taken.rowcount == 1 else None

    async def renew(self, installed: Installed, token: str, refresh_token: str, expires_at: float) -> None:
        """Put what Slack gave for a refresh token in the place of what it replaces."""
        column = self._bots.c
        values = {
            "bot_token": self._sealed(token),
            "bot_refresh_token": self._sealed(_taken(refresh_token, until=0)),
            "bot_token_expires_at": _as_stored(expires_at),
        }
        async with _patience(), self._engine.begin() as connection:
            await connection.execute(update(self._bots).where(column.id == installed.row).values(values))

    def _of(self, team: str, enterprise: str) -> ColumnElement[bool]:
        """Rows of the workspace, whichever enterprise it was in when it installed the app, or of the enterprise."""
        column = self._bots.c
        whole = and_(column.team_id.is_(None), column.enterprise_id == enterprise)
        return and_(column.client_id == self._client_id, column.team_id == team if team else whole)

    def _opened(self, row: RowMapping) -> Installed | None:
        team, enterprise = row["team_id"] or "", row["enterprise_id"] or ""
        try:
            token = self._seal.open(row["bot_token"].encode()).decode()
        except Unsealable:
            logger.error(
                "the token of Slack workspace %s was sealed with a key that is not among the keys: "
                "put that key behind the others, or install the app again",
                team or enterprise,
            )
            return None
        expires = row["bot_token_expires_at"]
        expires_at = None if expires is None else expires.replace(tzinfo=UTC).timestamp()
        return Installed(row["id"], team, enterprise, row["bot_user_id"], row["bot_id"], token, expires_at)

    def _sealed(self, text: str) -> str:
        return self._seal.seal(text.encode()).decode()


def _taken(refresh_token: str, until: float) -> str:
    """A refresh token as it is sealed: behind the second until which somebody is exchanging it."""
    return f"{until:.3f} {refresh_token}"


def _as_stored(when: float | None) -> datetime | None:
    """slack_sdk stores universal time without saying so."""
    return None if when is None else datetime.fromtimestamp(when, UTC).replace(tzinfo=None)


async def rotate_seals(engine: AsyncEngine, seal: Seal) -> int:
    """Seal every stored token with the first key; return how many. Raises `Unsealable` when some could not be opened.

    Processes that know both keys may go on meanwhile. Raises `StoreUnavailable`.
    """
    bots = AsyncSQLAlchemyInstallationStore.build_bots_table(MetaData(), TABLE)
    done, unsealable = 0, dict[str, int]()
    async with _patience(), engine.connect() as connection:
        rows = list(await connection.execute(select(bots.c.id, bots.c.team_id, bots.c.enterprise_id)))
    for row, team, enterprise in rows:
        for column in (bots.c.bot_token, bots.c.bot_refresh_token):
            try:
                done += await _rotate(engine, seal, column, bots.c.id == row)
            except Unsealable:
                unsealable[team or enterprise] = unsealable.get(team or enterprise, 0) + 1
    if unsealable:
        raise Unsealable(
            f"{sum(unsealable.values())} of Slack's tokens (workspace {', '.join(unsealable)}) were sealed with a key "
            f"that is not among the keys; {done} done"
        )
    return done


async def _rotate(engine: AsyncEngine, seal: Seal, column: Column[str], where: ColumnElement[bool]) -> int:
    while True:
        async with _patience(), engine.connect() as connection:
            sealed = await connection.scalar(select(column).where(where))
        if sealed is None:
            return 0
        again = seal.rotate(sealed.encode()).decode()
        async with _patience(), engine.begin() as connection:
            unchanged = and_(where, column == sealed)
            replaced = await connection.execute(update(column.table).where(unchanged).values({column.name: again}))
        if replaced.rowcount == 1:
            return 1


@contextlib.asynccontextmanager
async def _patience() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield
    except (OperationalError, InterfaceError, NoConnectionFree, TimeoutError) as failed:
        # Without the statement, whose parameters are nobody's business.
        raise StoreUnavailable(type(failed).__name__) from None
