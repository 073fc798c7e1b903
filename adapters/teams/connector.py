"""Calls Teams's connector within its limits, and says of each failure whether to try again."""

import asyncio
import json
import logging
import random
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import aiohttp
from yarl import URL

from adapters.deliveries import TryAgain
from adapters.teams import service_hosts
from adapters.teams.documents import Unreadable, beginning, parsed
from adapters.teams.pacing import Call, Pacing
from adapters.teams.tokens import AppTokens, WrongSecret

logger = logging.getLogger(__name__)

TIMEOUT_S = 10.0
MOST_BYTES = 256 * 1024
# A header that says nothing readable, and what nobody can mean.
UNREADABLE_S, MOST_AFTER_S = 5.0, 600.0
# How much longer than told one waits, so that not all come back at once.
SPREAD = 0.25
WRONG_SECRET_AFTER_S = 60.0

# What an administrator can do about a refusal; whatever is not listed is logged by its name.
# https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages
REMEDIES: dict[str, str] = {
    "BotNotInConversationRoster": "the app is not installed there; add it to the team, the chat or for the person",
    "MessageWritesBlocked": "the person has blocked or uninstalled the app, or may not write there",
    "ConversationBlockedByUser": "the person has blocked the app, or the channel is moderated",
    "BotDisabledByAdmin": "the app is blocked for the tenant; an administrator can allow it in the Teams admin centre",
    "BotNotRegistered": "no bot is registered with TEAMS_APP_ID; look at the Azure Bot and its Teams channel",
    "ForbiddenOperationException": "the app is not installed for the person; an administrator can install it for all",
    "NotEnoughPermissions": "the app may not do that there; a team's owner or an administrator can change that",
    "ConversationNotFound": "the conversation is gone, or the app was never in it",
    "ActivityNotFoundInConversation": "the message was deleted",
    "MemberNotFoundInConversation": "the person is not a member of the conversation",
    "too_big": "the message is larger than Teams takes",
    "unauthorised": "Teams does not take the app's token; check TEAMS_APP_ID, TEAMS_APP_SECRET and TEAMS_TENANT_ID",
    "not_a_host_of_teams": "answers go to the hosts of the settings only; government clouds need TEAMS_SERVICE_HOSTS",
}
UNKNOWN_REMEDY = "see Microsoft's documentation"
# The app cannot write there at all, however it tries.
GONE = frozenset(
    "BotNotInConversationRoster MessageWritesBlocked ConversationBlockedByUser BotDisabledByAdmin BotNotRegistered "
    "ForbiddenOperationException ConversationNotFound".split()
)
_PASSING = frozenset({408, 412, 425, 429})
# Teams names some errors only inside the text of another.
_KNOWN = re.compile("|".join(name for name in REMEDIES if name[0].isupper()))
_NAME = re.compile(r"\w{1,60}", re.ASCII)


class Refused(Exception):
    """Teams will not do it, now or later; `error` is its word for why, and as text it says what can be done."""

    def __init__(self, error: str, what: str) -> None:
        super().__init__(f"Teams refused {what}: {error}: {REMEDIES.get(error, UNKNOWN_REMEDY)}")
        self.error = error


class Where(Protocol):
    """A conversation of a tenant's, and the address of the connector that serves it."""

    @property
    def service_url(self) -> str:
        """The address, as the activity said it."""

    @property
    def tenant(self) -> str:
        """Teams's id of the tenant."""

    @property
    def conversation(self) -> str:
        """Teams's id of the chat, or of the thread in a channel."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is sent, by Teams's ids."""

    service_url: str
    tenant: str
    conversation: str


@dataclass(frozen=True, slots=True)
class _Request:
    call: Call
    what: str
    method: str
    path: tuple[str, ...]
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    retry_after: str | None
    body: bytes


class Connector:
    """The Bot Framework's connector (https://learn.microsoft.com/azure/bot-service/rest-api/) for every tenant.

    Each call takes ten seconds at most, and its turn in its conversation and its tenant. Each raises `TryAgain` for
    what passes and `Refused` for what stays, and never leaves the hosts that it is given.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        tokens: AppTokens | None,
        hosts: Collection[str] = service_hosts.HOSTS,
        *,
        dev: bool = False,
        pacing: Pacing | None = None,
    ) -> None:
        """Without *tokens* (*dev* without an app id) nothing is said of who we are, and only this machine is called."""
        self._session = session
        self._tokens = tokens
        self._hosts = hosts if tokens is not None else frozenset[str]()
        self._dev = dev
        self._pacing = pacing or Pacing()

    async def send(self, where: Where, activity: Mapping[str, Any], reply_to: str = "") -> str:
        """Send *activity*, below the one with the id *reply_to* if that is set; return its id, empty without one."""
        path = (*_conversation(where), "activities", *((reply_to,) if reply_to else ()))
        told = await self._call(where, _Request(Call.SEND, "a message", "POST", path, activity))
        return _text(told.get("id"))

    async def update(self, where: Where, sent: str, activity: Mapping[str, Any]) -> None:
        """Put *activity* in the place of the one with the id *sent*."""
        path = (*_conversation(where), "activities", sent)
        await self._call(where, _Request(Call.SEND, "a changed message", "PUT", path, activity))

    async def delete(self, where: Where, sent: str) -> None:
        """Delete the activity with the id *sent*."""
        path = (*_conversation(where), "activities", sent)
        await self._call(where, _Request(Call.SEND, "a deletion", "DELETE", path))

    async def create_personal(self, service_url: str, tenant: str, user: str, bot: str) -> str:
        """The id of the personal chat of *user* and us, *bot*, made where there is none yet."""
        wanted = {
            "isGroup": False,
            "bot": {"id": bot},
            "members": [{"id": user}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        request = _Request(Call.CREATE, "a personal chat", "POST", ("v3", "conversations"), wanted)
        # Microsoft counts by conversation, and this one is the person's.
        told = await self._call(Place(service_url, tenant, user), request)
        if conversation := _text(told.get("id")):
            return conversation
        raise Refused("no_conversation", request.what)

    async def member(self, where: Where, user: str) -> dict[str, Any]:
        """What Teams says of *user*, a member of the conversation."""
        path = (*_conversation(where), "members", user)
        return await self._call(where, _Request(Call.MEMBERS, "a look at a member", "GET", path))

    async def _call(self, where: Where, request: _Request) -> dict[str, Any]:
        if not service_hosts.allowed(where.service_url, self._hosts, dev=self._dev):
            raise Refused("not_a_host_of_teams", request.what)
        url = URL(f"{where.service_url.rstrip('/')}/{_quoted(request)}", encoded=True)
        async with self._pacing.turn(where.tenant, where.conversation, request.call):
            answer = await self._asked(request.method, url, _content(request.body))
            if answer.status == 429 or (answer.status >= 500 and answer.retry_after):
                raise TryAgain(_after_s(answer.retry_after))
        try:
            return _read(answer, request.what)
        except Refused as refused:
            if refused.error != "unauthorised" or self._tokens is None:
                raise
            logger.error("%s", refused)
            # Somebody can put that right while the answer waits.
            raise TryAgain(WRONG_SECRET_AFTER_S) from None

    async def _asked(self, method: str, url: URL, content: bytes | None) -> _Answer:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                token = await self._token()
                answer = await self._once(method, url, content, token)
                if answer.status == 401 and self._tokens is not None:
                    self._tokens.spoil(token)
                    renewed = await self._token()
                    if renewed != token:
                        answer = await self._once(method, url, content, renewed)
                return answer
        except WrongSecret:
            # Said in the log already. Whoever puts it right starts us again, and what is not delivered goes out then.
            raise TryAgain(WRONG_SECRET_AFTER_S) from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise TryAgain from None

    async def _token(self) -> str:
        return "" if self._tokens is None else await self._tokens.current()

    async def _once(self, method: str, url: URL, content: bytes | None, token: str) -> _Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if content is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        async with self._session.request(method, url, data=content, headers=headers, allow_redirects=False) as response:
            held = await beginning(response, MOST_BYTES + 1)
            return _Answer(response.status, response.headers.get("Retry-After"), held)


def _conversation(where: Where) -> tuple[str, ...]:
    return ("v3", "conversations", where.conversation)


def _quoted(request: _Request) -> str:
    """The path with each part quoted whole; raise `Refused` for a part that would lead elsewhere."""
    try:
        parts = [quote(part, safe="") for part in request.path]
    except UnicodeEncodeError:
        raise Refused("not_an_id", request.what) from None
    if any(part in ("", ".", "..") for part in parts):
        raise Refused("not_an_id", request.what)
    return "/".join(parts)


def _content(body: Mapping[str, Any] | None) -> bytes | None:
    # Characters as they are: escaped, a message could be too long for Teams.
    return (
        None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    )


def _read(answer: _Answer, what: str) -> dict[str, Any]:
    """The object of an *answer* that is good; raise `TryAgain` or `Refused`."""
    if answer.status in _PASSING or answer.status >= 500:
        raise TryAgain
    if not 200 <= answer.status < 300:
        raise Refused(_error(answer), what)
    try:
        return parsed(answer.body, MOST_BYTES) if answer.body else {}
    except Unreadable:
        return {}


def _error(answer: _Answer) -> str:
    """Teams's word for what is wrong: never its description, which may hold ids of people."""
    if answer.status == 413:
        return "too_big"
    if found := _KNOWN.search(answer.body.decode(errors="replace")):
        return found[0]
    if answer.status == 401:
        return "unauthorised"
    try:
        told = parsed(answer.body, MOST_BYTES).get("error")
    except Unreadable:
        told = None
    code = told.get("code") if isinstance(told, dict) else None
    if code == "MessageSizeTooBig":
        return "too_big"
    return code if isinstance(code, str) and _NAME.fullmatch(code) else f"status_{answer.status}"


def _after_s(told: str | None) -> float:
    """How long to wait: as long as Teams says, and a little longer, each caller another little."""
    try:
        after_s = min(MOST_AFTER_S, max(0.5, float(told or UNREADABLE_S)))
    except ValueError:
        after_s = UNREADABLE_S
    return after_s * (1 + random.uniform(0, SPREAD))  # noqa: S311 - only spreads them


def _text(told: object) -> str:
    return told if isinstance(told, str) else ""
