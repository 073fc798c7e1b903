"""Lets the administrators of workspaces that the settings name install the Slack app, in a browser by OAuth."""

import contextlib
import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from aiohttp import web
from aiolimiter import AsyncLimiter
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from yarl import URL

from adapters.sealing import Seal
from adapters.slack import installing_pages as pages
from adapters.slack.manifest import REDIRECT_PATH, SCOPES
from adapters.slack.rotating import OAuthClient, error_of
from adapters.slack.workspaces import InstalledWorkspaces
from bot.ports import StoreUnavailable

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.Response]]

# The prefix makes browsers refuse it from any other host and over plain HTTP (RFC 6265bis, section 4.1.3.2).
COOKIE = "__Host-signpost-install"
STATE_KEPT_S = 10 * 60
LONGEST_PARAMETER = 500
# Each start writes a row: enough for every administrator, too few to fill a disk.
STARTS_A_MINUTE = 30


class States(AsyncSQLAlchemyOAuthStateStore):
    """The installations that were started and have not ended."""

    async def async_consume(self, state: str) -> bool:
        """Whether *state* was issued less than ten minutes ago and is used for the first time."""
        # In one statement: slack_sdk's own lets two requests at once both go on.
        column = self.oauth_states.c
        known = delete(self.oauth_states).where(column.state == state, column.expire_at > _now())
        async with self.engine.begin() as connection:
            consumed = await connection.execute(known)
        return consumed.rowcount == 1

    async def forget_old(self) -> None:
        """Delete the states that came to nothing."""
        async with self.engine.begin() as connection:
            await connection.execute(delete(self.oauth_states).where(self.oauth_states.c.expire_at <= _now()))


@dataclass(frozen=True, slots=True)
class Application:
    """The Slack app that is installed, as api.slack.com shows it, and where Slack sends the browser back to."""

    client_id: str
    client_secret: str
    public_url: str

    def __repr__(self) -> str:
        return f"Application(client_id={self.client_id!r})"

    @property
    def redirect(self) -> str:
        """The address that the manifest names."""
        return self.public_url.rstrip("/") + REDIRECT_PATH


class Installing:
    """The two pages of an installation; what an administrator sees never holds a token or the text of an error."""

    def __init__(
        self,
        application: Application,
        workspaces: InstalledWorkspaces,
        states: States,
        seal: Seal,
        client: OAuthClient,
    ) -> None:
        """*client* keeps codes and tokens out of the log."""
        self._application = application
        self._workspaces = workspaces
        self._states = states
        self._seal = seal
        self._client = client
        self._starts = AsyncLimiter(STARTS_A_MINUTE, 60)

    async def start(self, _request: web.Request) -> web.Response:
        """Send the browser to Slack, with a state that only the same browser can bring back."""
        if not self._starts.has_capacity():
            return pages.shown(pages.TOO_MANY)
        await self._starts.acquire()
        try:
            await self._states.forget_old()
            state = await self._states.async_issue()
        except SQLAlchemyError as failed:
            logger.error("an installation of the Slack app could not be started error=%s", type(failed).__name__)
            return pages.shown(pages.NOT_STORED)
        asked = {
            "client_id": self._application.client_id,
            "scope": ",".join(sorted(SCOPES)),
            "redirect_uri": self._application.redirect,
            "state": state,
        }
        # GovSlack and stand-ins ask for consent where they answer calls.
        consent = URL(self._client.base_url).with_path("/oauth/v2/authorize").with_query(asked)
        response = web.Response(status=302, headers={**pages.HEADERS, "Location": str(consent)})
        response.set_cookie(
            COOKIE,
            self._mark(state),
            max_age=STATE_KEPT_S,
            path="/",
            secure=True,
            httponly=True,
            samesite="Lax",  # not Strict: the browser comes back from Slack's pages
        )
        return response

    async def finish(self, request: web.Request) -> web.Response:
        """Exchange the code that the browser brings from Slack for a bot token, and keep that."""
        response = await self._finished(request)
        response.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
        return response

    async def _finished(self, request: web.Request) -> web.Response:
        state, code = request.query.get("state", ""), request.query.get("code", "")
        if max(len(state), len(code)) > LONGEST_PARAMETER or not await self._started_here(request, state):
            return pages.shown(pages.NOT_STARTED_HERE)
        if request.query.get("error") == "access_denied":
            return pages.shown(pages.CANCELLED)
        installation = await self._exchanged(code) if code and "error" not in request.query else None
        if installation is None or not installation.bot_token:
            return pages.shown(pages.REFUSED)
        team, enterprise = installation.team_id or "", installation.enterprise_id or ""
        organisation = self._workspaces.organisation(team, enterprise)
        if organisation is None:
            logger.warning("workspace %s is not in slack.workspaces and was not let in", team or enterprise)
            await self._give_back(installation.bot_token)
            return pages.shown(pages.NOT_MAPPED, workspace=team or enterprise)
        try:
            await self._workspaces.keep(installation)
        except StoreUnavailable:
            logger.error("the installation of workspace %s could not be stored", team or enterprise)
            return pages.shown(pages.NOT_STORED)
        logger.info("installed workspace=%s organisation=%s", team or enterprise, organisation)
        return pages.shown(
            pages.INSTALLED, workspace=installation.team_name or installation.enterprise_name or team or enterprise
        )

    async def _started_here(self, request: web.Request, state: str) -> bool:
        cookie = request.cookies.get(COOKIE, "")
        if not state or not hmac.compare_digest(cookie.encode(errors="replace"), self._mark(state).encode()):
            return False
        try:
            return await self._states.async_consume(state)
        except SQLAlchemyError as failed:
            logger.error("an installation of the Slack app could not be looked up error=%s", type(failed).__name__)
            return False

    async def _exchanged(self, code: str) -> Installation | None:
        application = self._application
        try:
            given = await self._client.oauth_v2_access(
                client_id=application.client_id,
                client_secret=application.client_secret,
                code=code,
                redirect_uri=application.redirect,
            )
            told = await self._client.auth_test(token=given.get("access_token") or "")
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as failed:
            error = error_of(failed) if isinstance(failed, SlackApiError) else type(failed).__name__
            logger.warning("Slack did not confirm an installation error=%s", error)
            return None
        return _installation(given, told)

    async def _give_back(self, token: str) -> None:
        """Revoke the token of a workspace that is not served: without one, the app is gone from it.

        Never after a failure: where the app was installed before, that would end it.
        """
        with contextlib.suppress(SlackApiError, aiohttp.ClientError, TimeoutError):
            await self._client.auth_revoke(token=token)

    def _mark(self, state: str) -> str:
        # Not the state itself, which stands in addresses: who reads it there cannot make the cookie.
        return self._seal.key("slack installation", state)


def routes(start: Handler, finish: Handler) -> list[web.RouteDef]:
    """The two addresses of an installation, taken by an `Installing`'s *start* and *finish*."""
    return [
        web.get(pages.INSTALL_PATH, start, allow_head=False),
        web.get(REDIRECT_PATH, finish, allow_head=False),
    ]


def states(engine: AsyncEngine) -> States:
    """The states in the table that the store's migrations make."""
    return States(expiration_seconds=STATE_KEPT_S, engine=engine, logger=logger)


def _installation(given: AsyncSlackResponse, told: AsyncSlackResponse) -> Installation:
    """What of https://docs.slack.dev/reference/methods/oauth.v2.access concerns the bot."""
    team, enterprise = given.get("team") or {}, given.get("enterprise") or {}
    whole = bool(given.get("is_enterprise_install"))
    return Installation(
        app_id=given.get("app_id") or "",
        enterprise_id=enterprise.get("id"),
        enterprise_name=enterprise.get("name"),
        team_id=None if whole else team.get("id"),
        team_name=None if whole else team.get("name"),
        bot_token=given.get("access_token"),
        bot_id=told.get("bot_id") or "",
        bot_user_id=given.get("bot_user_id") or told.get("user_id") or "",
        bot_scopes=given.get("scope") or "",
        bot_refresh_token=given.get("refresh_token"),
        bot_token_expires_in=given.get("expires_in"),
        user_id="",
        is_enterprise_install=whole,
    )


def _now() -> datetime:
    """Universal time, without saying so: as slack_sdk stores it."""
    return datetime.now(UTC).replace(tzinfo=None)
