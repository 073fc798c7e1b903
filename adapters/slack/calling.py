"""Calls Slack's Web API within its limits, and says of each failure whether to try again."""

import asyncio
import logging
import re
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError

from adapters.deliveries import TryAgain
from adapters.gates import Gate
from adapters.slack.pacing import Pace
from adapters.slack.rotating import NoTokenNow
from adapters.slack.web_client import TIMEOUT_S, WebClient
from adapters.slack.workspaces import NotInstalled, Workspace, Workspaces
from bot.ports import StoreUnavailable

logger = logging.getLogger(__name__)

_TIMEOUT = aiohttp.ClientTimeout(total=TIMEOUT_S)
MOST_CONVERSATIONS = 10_000
# Where buttons and commands may be answered, besides the host of the Web API (a stand-in's).
RESPONSE_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
_PLAIN = re.compile(r"[\w.~:/%?=&-]{1,2000}", re.ASCII)

_PASSING = frozenset(
    "ratelimited rate_limited internal_error fatal_error service_unavailable request_timeout "
    "team_added_to_org accesslimited external_channel_migrating".split()
)
GONE = frozenset("token_revoked account_inactive invalid_auth org_login_required".split())

# What an administrator can do about a refusal; whatever is not listed is logged by its name.
REMEDIES: dict[str, str] = {
    "is_archived": "the channel is archived; the answer goes to the asker in a direct message",
    "not_in_channel": "the app is not in the channel; invite it",
    "channel_not_found": "the app cannot see the channel; invite it",
    "restricted_action": "the workspace does not let apps post there; an administrator can change that",
    "missing_scope": "install the app again, so that it gets the scopes of `signpost slack manifest`",
    "messages_tab_disabled": "switch the Messages tab on in the app's settings, App Home",
    "token_revoked": "the app was uninstalled, or its token revoked; install it again",
    "account_inactive": "the app was uninstalled, or its account switched off; install it again",
    "invalid_auth": "Slack does not take the token; check it, and install the app again",
    "token_expired": "the token ran out and could not be renewed; install the app again",
}
UNKNOWN_REMEDY = "see Slack's documentation"


class Refused(Exception):
    """Slack will not do it, now or later; `error` is its word for why, and as text it says what can be done."""

    def __init__(self, error: str, method: str) -> None:
        super().__init__(f"Slack refused {method}: {error}: {REMEDIES.get(error, UNKNOWN_REMEDY)}")
        self.error = error


class SlackApi:
    """Slack's Web API for every workspace: `Retry-After` is kept, and each conversation's pace."""

    def __init__(self, client: WebClient, session: aiohttp.ClientSession, workspaces: Workspaces) -> None:
        self._client = client
        self._session = session
        self._workspaces = workspaces
        self._gates: defaultdict[tuple[str, str], Gate] = defaultdict(Gate)
        self._paces: OrderedDict[str, Pace] = OrderedDict()
        api = urlsplit(client.base_url)
        self._answered_at = (f"{api.scheme}://{api.netloc}/", *(f"https://{host}/" for host in sorted(RESPONSE_HOSTS)))

    async def call(self, workspace: Workspace, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call *method* for *workspace* and return what Slack says.

        Raise `TryAgain` for what passes (limits, errors of Slack's, no connection) and `Refused` for what stays.
        """
        async with self._gates[workspace.team, method].passing():
            return await self._call(workspace, method, arguments)

    async def post(self, workspace: Workspace, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call *method* in `arguments["channel"]`, at the pace that Slack asks for in one conversation."""
        async with self._pace(f"{workspace.team} {arguments['channel']}").turn():
            return await self.call(workspace, method, arguments)

    async def respond(self, url: str, body: Mapping[str, Any]) -> None:
        """Answer a command or a click at its own address, which is good five times in half an hour."""
        # Compared as text, up to the slash: no two parsers can then read different hosts in it.
        if not url.startswith(self._answered_at) or not _PLAIN.fullmatch(url):
            raise Refused("not_an_address_of_slack", "a response_url")
        try:
            async with self._session.post(url, json=dict(body), allow_redirects=False, timeout=_TIMEOUT) as response:
                status, after_s = response.status, _retry_after(response.headers)
                said = await response.text() if status == 400 else ""
                error = "invalid_blocks" if "invalid_blocks" in said else ""
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise TryAgain from None
        if status == 429 or status >= 500:
            raise TryAgain(after_s)
        if status != 200:
            raise Refused(error or f"status_{status}", "a response_url")

    async def _call(self, workspace: Workspace, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            token = await self._workspaces.token(workspace)
            return await self._send(method, token, arguments)
        except NotInstalled:
            raise Refused("account_inactive", method) from None
        except (NoTokenNow, StoreUnavailable):
            raise TryAgain from None
        except SlackApiError as problem:
            raise await self._meaning(problem, workspace, method) from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise TryAgain from None

    async def _send(self, method: str, token: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        # Reading methods take forms only; writing ones take JSON, which keeps blocks as they are.
        given = {"token": token, **arguments}
        async with asyncio.timeout(TIMEOUT_S):
            if method == "users.info":
                told = await self._client.api_call(method, params=given)
            else:
                told = await self._client.api_call(method, json=given)
        return told.data if isinstance(told.data, dict) else {}

    async def _meaning(self, problem: SlackApiError, workspace: Workspace, method: str) -> Exception:
        response = problem.response
        status = getattr(response, "status_code", None) or int(getattr(response, "status", 0))
        told = getattr(response, "data", None)
        error = str(told.get("error", "")) if isinstance(told, dict) else ""
        if status == 429 or error in ("ratelimited", "rate_limited"):
            return TryAgain(_retry_after(response.headers))
        if status >= 500 or error in _PASSING or not error:
            return TryAgain()
        if error in GONE:
            await self._workspaces.forget(workspace.team, workspace.enterprise)
        return Refused(error, method)

    def _pace(self, conversation: str) -> Pace:
        pace = self._paces.setdefault(conversation, Pace())
        self._paces.move_to_end(conversation)
        if len(self._paces) > MOST_CONVERSATIONS:
            self._paces.popitem(last=False)
        return pace


def _retry_after(headers: Mapping[str, str]) -> float:
    try:
        return max(0.5, float(headers.get("Retry-After", "1")))
    except ValueError:
        return 30.0
