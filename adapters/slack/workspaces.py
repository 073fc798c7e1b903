"""Which Slack workspaces are answered, for which organisation, and with which token."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installations import Installations, Installed
from adapters.slack.rotating import Rotation, error_of
from bot.errors import SetupError
from bot.ports import StoreUnavailable

logger = logging.getLogger(__name__)

KEPT_S = 60.0
# Slack waits three seconds for the acknowledgement of an event.
ASKED_BACK_S = 2.0
NOT_MAPPED = (
    "Slack workspace %s belongs to no organisation and is not answered; "
    "add it to the settings: slack.workspaces: {%s: ORGANISATION}"
)
COPY_AGAIN = "copy the Bot User OAuth Token (it begins with xoxb-) again from api.slack.com/apps, OAuth & Permissions"
INSTALL_AGAIN = "install the app in the workspace again (api.slack.com/apps, Install App), and set the token it shows"
# What to do about each error of auth.test that only another token cures: https://docs.slack.dev/reference/methods/auth.test
CURES = {
    "not_authed": COPY_AGAIN,
    "invalid_auth": COPY_AGAIN,
    "not_allowed_token_type": COPY_AGAIN,
    "account_inactive": INSTALL_AGAIN,
    "token_revoked": INSTALL_AGAIN,
    "token_expired": "the app has token rotation on, which needs the installation by OAuth; " + INSTALL_AGAIN,
}


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that is answered: Slack's ids (*enterprise* empty outside a Grid), and whose policies it sees."""

    team: str
    enterprise: str
    organisation: str
    bot_user: str
    bot: str


class NotInstalled(Exception):
    """The workspace has uninstalled the app, or never had it."""


class WrongToken(SetupError):
    """Slack does not take the bot token of the settings; the message says what to do."""


class Workspaces(Protocol):
    """The workspaces that have the app installed."""

    async def find(self, team: str, enterprise: str) -> Workspace | None:
        """The workspace, where it is installed and belongs to an organisation; never asks Slack.

        *enterprise* is empty where Slack names none. Raises `StoreUnavailable` where the answer is in a database
        that does not give it.
        """

    async def token(self, workspace: Workspace) -> str:
        """A bot token for *workspace* that is valid now; raises `NotInstalled`.

        Raises `NoTokenNow` where the token has run out and Slack gives no other just now, and `StoreUnavailable`.
        """

    async def forget(self, team: str, enterprise: str) -> None:
        """Note that the workspace has uninstalled the app or revoked its bot token: it is answered no more.

        With *team* empty, an enterprise has uninstalled what it had installed for all its workspaces.
        """

    async def removed(self, team: str, enterprise: str) -> None:
        """Take an event that says that the app is gone: forget the workspace, unless it is known to have it again."""


class OneWorkspace:
    """The workspace of the bot token in the settings."""

    def __init__(self, token: str, organisations: Mapping[str, str], default: str) -> None:
        """*organisations* maps team and enterprise ids; where it is empty, the workspace belongs to *default*."""
        self._token = token
        self._organisations = organisations
        self._default = default
        self._client: AsyncWebClient | None = None
        self._workspace: Workspace | None = None
        self._whole_enterprise = False

    async def recognise(self, client: AsyncWebClient) -> None:
        """Ask Slack once, before anything else, whose token it is; raises `WrongToken`.

        What says nothing about the token (no connection, an error of Slack's) comes as the client raises it.
        """
        self._client = client
        try:
            told = await client.auth_test(token=self._token)
        except SlackApiError as refused:
            error = error_of(refused)
            if error not in CURES:
                raise
            raise WrongToken(f"Slack does not take SLACK_BOT_TOKEN ({error}): {CURES[error]}") from None
        if not told.get("bot_id"):
            raise WrongToken(f"SLACK_BOT_TOKEN is not the token of a bot: {COPY_AGAIN}")
        team, enterprise = str(told["team_id"]), str(told.get("enterprise_id") or "")
        self._whole_enterprise = bool(told.get("is_enterprise_install"))
        organisation = organisation_of(team, enterprise, self._organisations)
        if not self._organisations:
            organisation = self._default
        if organisation is None:
            logger.error(NOT_MAPPED, team, team)
            return
        self._workspace = Workspace(team, enterprise, organisation, str(told["user_id"]), str(told["bot_id"]))

    @property
    def is_answered(self) -> bool:
        """Whether the workspace is recognised, belongs to an organisation and has the app."""
        return self._workspace is not None

    async def find(self, team: str, enterprise: str) -> Workspace | None:
        """The one workspace, if it is that one."""
        known = self._workspace
        if known is None:
            return None
        if team == known.team:
            return known
        if self._whole_enterprise and enterprise and enterprise == known.enterprise:
            return Workspace(team, enterprise, known.organisation, known.bot_user, known.bot)
        return None

    async def token(self, workspace: Workspace) -> str:
        """The token of the settings; raises `NotInstalled`."""
        if await self.find(workspace.team, workspace.enterprise) is None:
            raise NotInstalled(workspace.team)
        return self._token

    async def forget(self, team: str, enterprise: str) -> None:
        """Stop answering, until the app is installed again and Signpost started again with its new token."""
        if await self.find(team, enterprise) is None:
            return
        self._workspace = None
        logger.error("Slack workspace %s has uninstalled the app or revoked its token: %s", team, INSTALL_AGAIN)

    async def removed(self, team: str, enterprise: str) -> None:
        """Forget the workspace if Slack does not take the token: the event may be older than its installation."""
        if self._client is None or await self.find(team, enterprise) is None:
            return
        try:
            async with asyncio.timeout(ASKED_BACK_S):
                await self._client.auth_test(token=self._token)
        except SlackApiError as refused:
            if error_of(refused) in CURES:
                await self.forget(team, enterprise)
        except (aiohttp.ClientError, TimeoutError, OSError):
            # Whoever uses the token next is told as much.
            return


class InstalledWorkspaces:
    """The workspaces that installed the app by OAuth; what the database says of them is used for up to a minute."""

    def __init__(
        self,
        installations: Installations,
        rotation: Rotation,
        organisations: Mapping[str, str],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """*organisations* maps team and enterprise ids to organisations; *monotonic* tells seconds."""
        self._installations = installations
        self._rotation = rotation
        self._organisations = organisations
        self._monotonic = monotonic
        self._looked_up: dict[tuple[str, str], tuple[float, Installed]] = {}
        self._said: set[str] = set()

    def organisation(self, team: str, enterprise: str) -> str | None:
        """The organisation that the settings give the workspace."""
        return organisation_of(team, enterprise, self._organisations)

    async def find(self, team: str, enterprise: str) -> Workspace | None:
        """The workspace, where it has installed the app and is mapped; raises `StoreUnavailable`."""
        organisation = self.organisation(team, enterprise)
        if organisation is None:
            self._say_once(team or enterprise)
            return None
        installed = await self._installed(team, enterprise)
        if installed is None:
            return None
        return Workspace(team, enterprise, organisation, installed.bot_user, installed.bot)

    async def token(self, workspace: Workspace) -> str:
        """A token that is valid now, rotated in its last two hours; raises as the protocol says."""
        installed = await self._installed(workspace.team, workspace.enterprise)
        # Near its end another process may have rotated it already: then only the database knows.
        if installed is not None and self._rotation.due(installed, ahead_s=KEPT_S):
            installed = await self._installations.find(workspace.team, workspace.enterprise)
        token = None if installed is None else await self._rotation.valid(installed)
        if token is None:
            raise NotInstalled(workspace.team)
        return token

    async def keep(self, installation: Installation) -> None:
        """Keep a new installation, in place of the workspace's earlier one; raises `StoreUnavailable`."""
        await self._installations.keep(installation)
        self._looked_up.clear()

    async def forget(self, team: str, enterprise: str) -> None:
        """Delete the workspace's tokens; raises `StoreUnavailable`.

        Not if another process got others since they were used here: then those count from now on, and are forgotten
        when Slack does not take them either.
        """
        used = self._looked_up.get((team, enterprise))
        self._looked_up.clear()
        if used is not None:
            current = await self._installations.find(team, enterprise)
            if current is not None and current.token != used[1].token:
                return
        if await self._installations.forget(team, enterprise):
            logger.info("Slack workspace %s has uninstalled the app, its tokens are deleted", team or enterprise)

    async def removed(self, team: str, enterprise: str) -> None:
        """Delete the workspace's tokens before the event is acknowledged; raises `StoreUnavailable`."""
        await self.forget(team, enterprise)

    async def _installed(self, team: str, enterprise: str) -> Installed | None:
        now = self._monotonic()
        looked_up = self._looked_up.get((team, enterprise))
        if looked_up is not None and now - looked_up[0] < KEPT_S:
            return looked_up[1]
        try:
            installed = await self._installations.find(team, enterprise)
        except StoreUnavailable:
            if looked_up is None:
                raise
            # What was true a minute ago serves better than nothing: uninstalling comes through `forget`.
            installed = looked_up[1]
        self._looked_up.pop((team, enterprise), None)
        # That a workspace is not installed is asked anew each time: it may install the app through another process.
        if installed is not None:
            self._looked_up[team, enterprise] = (now, installed)
        return installed

    def _say_once(self, workspace: str) -> None:
        if workspace not in self._said:
            self._said.add(workspace)
            logger.error(NOT_MAPPED, workspace, workspace)


def organisation_of(team: str, enterprise: str, organisations: Mapping[str, str]) -> str | None:
    """The organisation that *organisations* gives the team or, where it does not name that, its enterprise."""
    return organisations.get(team) or organisations.get(enterprise)
