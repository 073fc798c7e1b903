"""Socket Mode: Slack's payloads by a WebSocket that we open, so that no public address is needed."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from adapters.slack.guard import Refusal
from adapters.slack.rotating import error_of
from adapters.slack.sdk_log import sdk_logger
from adapters.slack.web_client import WebClient
from adapters.slack.workspaces import WrongToken
from bot.config import SlackSettings

logger = logging.getLogger(__name__)

# A connection that breaks without a word is found dead after one such time, one that only stalls after four.
PING_EVERY_S = 2.5
# What only another token cures: https://docs.slack.dev/reference/methods/apps.connections.open
_WRONG_TOKEN = frozenset(
    "invalid_auth not_authed not_allowed_token_type token_revoked account_inactive missing_scope".split()
)

# An address to connect to is good once and for a short while; Slack does not say for how long.
ADDRESS_S = 20.0

Dispatch = Callable[[dict[str, Any]], Awaitable[BoltResponse]]


class _Client(SocketModeClient):
    """Slack's client; it would go on trying an address that never opens, this one asks for another."""

    address_s = ADDRESS_S

    async def connect(self) -> None:
        """Open a WebSocket, trying until one opens."""
        while not self.closed:
            try:
                async with asyncio.timeout(self.address_s):
                    await super().connect()  # type: ignore[no-untyped-call]
                return
            except TimeoutError:
                # Outside the time limit: it waits for as long as Slack's rate limit asks.
                self.wss_uri = await self._another_address()

    async def _another_address(self) -> str | None:
        try:
            return await self.issue_new_wss_url()
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return None


class Socket:
    """One WebSocket to Slack, opened anew whenever it breaks; each payload is acknowledged when it is dealt with."""

    def __init__(
        self,
        settings: SlackSettings,
        session: aiohttp.ClientSession,
        dispatch: Dispatch,
        *,
        address_s: float = ADDRESS_S,
    ) -> None:
        """An address that Slack gave is tried for *address_s* seconds."""
        self._app_token = settings.app_token or ""
        self._web_client = WebClient(settings.api_url, logger=sdk_logger(), session=session)
        self._dispatch = dispatch
        self._address_s = address_s
        self._address = ""
        self._client: _Client | None = None

    async def prepare(self) -> None:
        """Ask Slack where to connect; raise `WrongToken` where it does not take the app-level token."""
        try:
            told = await self._web_client.apps_connections_open(app_token=self._app_token)
        except SlackApiError as refused:
            error = error_of(refused)
            if error in _WRONG_TOKEN:
                raise WrongToken(
                    f"Slack does not take SLACK_APP_TOKEN ({error}): make an app-level token with the scope "
                    "connections:write (api.slack.com/apps, Basic Information) and set it"
                ) from None
            raise
        self._address = str(told["url"])

    async def connect(self) -> None:
        """Open the WebSocket at the address that `prepare` got, or at another one, trying until it opens."""
        # Not before: it opens a session of its own, and logs what `prepare` raises.
        self._client = _Client(
            app_token=self._app_token,
            web_client=self._web_client,
            logger=sdk_logger(),
            ping_interval=PING_EVERY_S,
        )
        self._client.address_s = self._address_s
        self._client.wss_uri = self._address
        self._client.socket_mode_request_listeners.append(self._take)
        await self._client.connect()
        logger.info("connected to Slack by Socket Mode")

    async def close(self) -> None:
        """Take nothing more; Slack sends what comes now to other connections, or later."""
        if self._client is not None:
            await self._client.close()  # type: ignore[no-untyped-call]

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            response = await self._dispatch(dict(request.payload))
        except Refusal as refusal:
            if refusal.status == 503:
                return  # not acknowledged, so Slack sends it again
            response = BoltResponse(status=refusal.status)
        payload = json.loads(response.body) if response.status == 200 and response.body else None
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))
