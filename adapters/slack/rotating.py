"""Replaces bot tokens before they run out, using each refresh token once, however many processes there are."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.installations import Installations, Installed
from adapters.slack.web_client import TIMEOUT_S, WebClient
from bot.ports import StoreUnavailable

logger = logging.getLogger(__name__)

ROTATED_BEFORE_S = 2 * 60 * 60
# Longer than an exchange may take with the writing of its outcome: then whoever took the refresh token has died.
TAKEN_S = 30.0
LOOK_AGAIN_S = 0.2
WRITE_AGAIN_S = 1.0
# Errors after which no attempt can succeed: https://docs.slack.dev/reference/methods/oauth.v2.access
FINAL = frozenset({"invalid_refresh_token", "invalid_grant", "token_revoked", "account_inactive"})


class NoTokenNow(Exception):
    """The token has run out and Slack gives no other just now; it may in a minute."""


class OAuthClient(WebClient):
    """For calls that carry or bring tokens: it does not log them."""

    def __init__(self, api_url: str) -> None:
        quiet = logging.getLogger(f"{__name__}.client")
        # At DEBUG slack_sdk logs bodies, and here these hold codes and tokens.
        quiet.setLevel(logging.INFO)
        super().__init__(api_url, logger=quiet)

    async def oauth_v2_access(self, *, client_id: str, client_secret: str, **given: Any) -> AsyncSlackResponse:
        """As slack_sdk's, without the class of aiohttp that it uses and aiohttp is about to remove."""
        authorization = {"Authorization": aiohttp.encode_basic_auth(client_id, client_secret)}
        return await self.api_call("oauth.v2.access", data=given, headers=authorization)


def error_of(problem: SlackApiError) -> str:
    """Slack's word for what went wrong; `no_answer` where it sent none."""
    told = getattr(problem.response, "data", None)
    return str(told.get("error") or "no_answer") if isinstance(told, dict) else "no_answer"


class Rotation:
    """Exchanges refresh tokens with Slack."""

    def __init__(
        self,
        installations: Installations,
        rotator: AsyncTokenRotator,
        now: Callable[[], float] = time.time,
    ) -> None:
        """*rotator* has a client that is an `OAuthClient`; *now* tells seconds since 1970."""
        self._installations = installations
        self._rotator = rotator
        self._now = now
        self._under_way: dict[int, asyncio.Task[str | None]] = {}

    def due(self, installed: Installed, ahead_s: float = 0.0) -> bool:
        """Whether the token is in its last two hours, or will be in *ahead_s* seconds."""
        return not self._lasts(installed, ROTATED_BEFORE_S + ahead_s)

    async def valid(self, installed: Installed) -> str | None:
        """A token that is valid now, a new one where it is due; None where the installation is no longer good.

        Raises `NoTokenNow` and `StoreUnavailable`.
        """
        if not self.due(installed):
            return installed.token
        task = self._under_way.get(installed.row)
        if task is None:
            task = asyncio.create_task(self._rotated(installed))
            self._under_way[installed.row] = task
            task.add_done_callback(lambda done: self._ended(installed.row, done))
        # What Slack has exchanged must be written down, also when whoever asked is gone.
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Finish the exchanges that are under way."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _rotated(self, installed: Installed) -> str | None:
        for _ in range(int(TIMEOUT_S / LOOK_AGAIN_S)):
            refresh_token = await self._installations.take_refresh_token(installed, TAKEN_S)
            if refresh_token is not None:
                return await self._exchanged(installed, refresh_token)
            # Somebody else is exchanging it, or has; the old token does until then.
            current = await self._installations.find(installed.team, installed.enterprise)
            if current is None:
                return None
            if self._lasts(current, LOOK_AGAIN_S):
                return current.token
            installed = current
            await asyncio.sleep(LOOK_AGAIN_S)
        raise NoTokenNow(f"workspace {installed.team or installed.enterprise}: another process has not got one either")

    async def _exchanged(self, installed: Installed, refresh_token: str) -> str | None:
        expired = Bot(
            bot_token=installed.token,
            bot_id=installed.bot,
            bot_user_id=installed.bot_user,
            bot_refresh_token=refresh_token,
            bot_token_expires_at=0,
            installed_at=0.0,
        )
        try:
            rotated = await self._rotator.perform_bot_token_rotation(bot=expired)
            error = "unexpected_token_type"
        except SlackTokenRotationError as refused:
            rotated, error = None, error_of(refused.api_error)
        except (aiohttp.ClientError, TimeoutError, SlackApiError) as failed:
            rotated, error = None, type(failed).__name__
        if rotated is None or rotated.bot_refresh_token is None or rotated.bot_token_expires_at is None:
            return self._without_another(installed, error)
        await self._written(installed, rotated.bot_token, rotated.bot_refresh_token, rotated.bot_token_expires_at)
        return rotated.bot_token

    def _without_another(self, installed: Installed, error: str) -> str | None:
        workspace = installed.team or installed.enterprise
        final = error in FINAL
        cure = "install the app again from /slack/install" if final else "tried again in half a minute"
        logger.error("Slack gives no new token for workspace %s (%s): %s", workspace, error, cure)
        if self._lasts(installed, 0):
            return installed.token
        if final:
            return None
        raise NoTokenNow(f"workspace {workspace}: {error}")

    async def _written(self, installed: Installed, token: str, refresh_token: str, expires_at: float) -> None:
        """Write down what cannot be had again, for as long as nobody else may take the old one."""
        last = self._now() + TAKEN_S - TIMEOUT_S
        while True:
            try:
                return await self._installations.renew(installed, token, refresh_token, expires_at)
            except StoreUnavailable:
                if self._now() > last:
                    workspace = installed.team or installed.enterprise
                    logger.error(
                        "the new token of Slack workspace %s could not be stored: install the app again", workspace
                    )
                    return None
                await asyncio.sleep(WRITE_AGAIN_S)

    def _lasts(self, installed: Installed, seconds: float) -> bool:
        return installed.expires_at is None or installed.expires_at - self._now() > seconds

    def _ended(self, row: int, task: asyncio.Task[str | None]) -> None:
        del self._under_way[row]
        if not task.cancelled():
            task.exception()  # somebody who waits gets it; nobody may be left who does
