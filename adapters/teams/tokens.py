"""Keeps the token that the connector wants: one request an hour, made ahead of time and in the background."""

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from adapters.deliveries import TryAgain
from adapters.teams.clouds import PUBLIC
from adapters.teams.documents import Unreadable, object_in
from bot.errors import SetupError

logger = logging.getLogger(__name__)

# https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
TOKEN_URL = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"  # noqa: S105 - an address
RESOURCE = PUBLIC.resource
# https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
IMDS = "http://169.254.169.254/metadata/identity/oauth2/token"
RENEWED_BEFORE_S = 5 * 60.0
# What runs out on the way to Teams is no use.
SPARE_S = 10.0
# A token that Teams does not take although it is younger than this would not be better for being new.
YOUNG_S = 60.0
TIMEOUT_S = 10.0
MOST_BYTES = 64 * 1024
FIRST_WAIT_S, MOST_WAIT_S = 1.0, 60.0
_TOKEN = re.compile(r"[\w.~+/=-]{1,20000}", re.ASCII)
_PASSING = frozenset({404, 408, 410, 429})

CHECK_ID = "check TEAMS_APP_ID and TEAMS_TENANT_ID against the app registration's overview in Azure"
MAKE_ANOTHER = "make a new one (the app registration, Certificates & secrets), and set TEAMS_APP_SECRET to its Value"
# https://learn.microsoft.com/entra/identity-platform/reference-error-codes
REMEDIES: dict[int, str] = {
    7000215: f"TEAMS_APP_SECRET is not the secret; set it to the secret's Value, not its Secret ID, or {MAKE_ANOTHER}",
    7000216: "TEAMS_APP_SECRET is missing",
    7000218: "TEAMS_APP_SECRET is missing",
    7000222: f"the client secret has expired; {MAKE_ANOTHER}",
    700016: f"the tenant has no app with that id; {CHECK_ID}",
    7000112: "the app is switched off; an administrator can enable it (Enterprise applications, Properties)",
    7000229: "the app has no service principal in the tenant; an administrator adds it (Enterprise applications)",
    90002: f"there is no such tenant; {CHECK_ID}",
    900021: f"there is no such tenant; {CHECK_ID}",
    900023: f"there is no such tenant; {CHECK_ID}",
    50194: "the app is single-tenant; set TEAMS_TENANT_ID to its tenant",
    500011: "the tenant does not know the Bot Framework; is it the right cloud's TEAMS_TOKEN_URL?",
    53003: "a Conditional Access policy keeps the app from signing in; an administrator can change that",
}
UNKNOWN_REMEDY = "see https://login.microsoftonline.com/error"
NO_IDENTITY = "assign the managed identity to this machine or app, and set TEAMS_APP_ID to its client id"


class WrongSecret(SetupError):
    """Microsoft gives no token for these settings; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Request:
    """The HTTP request that asks for a token."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    fields: Mapping[str, str] = field(repr=False)


class Source(Protocol):
    """Who gives tokens for the app."""

    def request(self) -> Request:
        """What to ask."""

    def remedy(self, code: int) -> str:
        """What to do about an error; *code* is Entra's number for it, 0 where it gives none."""


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """The app's secret, for a single-tenant app; *scope* and *token_url* are others in government clouds."""

    app_id: str
    tenant: str
    secret: str = field(repr=False)
    token_url: str = TOKEN_URL
    scope: str = f"{RESOURCE}/.default"

    def request(self) -> Request:
        """A request by OAuth 2.0's client credentials (RFC 6749, 4.4)."""
        fields = {
            "grant_type": "client_credentials",
            "client_id": self.app_id,
            "client_secret": self.secret,
            "scope": self.scope,
        }
        return Request("POST", self.token_url.replace("{tenant}", self.tenant), {}, fields)

    def remedy(self, code: int) -> str:
        """What to do about an error of Entra's."""
        return REMEDIES.get(code, f"{UNKNOWN_REMEDY}?code={code}" if code else UNKNOWN_REMEDY)


@dataclass(frozen=True, slots=True)
class ManagedIdentity:
    """The identity of the machine, or, with the *header* that App Service sets beside *endpoint*, of the app."""

    app_id: str
    endpoint: str = IMDS
    header: str = field(default="", repr=False)
    resource: str = RESOURCE

    def request(self) -> Request:
        """A request as https://learn.microsoft.com/azure/app-service/overview-managed-identity describes it."""
        version, headers = "2018-02-01", {"Metadata": "true"}
        if self.header:
            version, headers = "2019-08-01", {"X-IDENTITY-HEADER": self.header}
        fields = {"api-version": version, "resource": self.resource, "client_id": self.app_id}
        return Request("GET", self.endpoint, headers, fields)

    def remedy(self, code: int) -> str:
        """What to do about an error."""
        return REMEDIES.get(code, NO_IDENTITY)


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    got_at: float
    due_at: float
    ends_at: float


class AppTokens:
    """The app's token for the connector, shared by all who send."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        source: Source,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._session = session
        self._source = source
        self._monotonic = monotonic
        self._now = now
        self._token: _Token | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._problem: TryAgain | WrongSecret = TryAgain(FIRST_WAIT_S)
        self._again_at = monotonic()
        self._wait_s = FIRST_WAIT_S

    async def current(self) -> str:
        """A token that is valid now.

        In its last five minutes another is fetched in the background. Raise `TryAgain` where none is to be had just
        now, and `WrongSecret` where only other settings help; whoever asks again too soon hears the same again.
        """
        now = self._monotonic()
        if self._token is not None and now < self._token.ends_at - SPARE_S:
            if now >= self._token.due_at and now >= self._again_at:
                self._renew()
            return self._token.value
        if self.renewing is None and now < self._again_at:
            raise self._told_again(self._again_at - now)
        await asyncio.shield(self._renew())
        if self._token is None or self._monotonic() >= self._token.ends_at - SPARE_S:
            raise self._told_again(self._wait_s)
        return self._token.value

    @property
    def renewing(self) -> asyncio.Task[None] | None:
        """The request that is under way, if one is."""
        return None if self._renewing is None or self._renewing.done() else self._renewing

    async def prove(self) -> None:
        """Raise `WrongSecret` where Microsoft does not take the settings; while it cannot be reached, say nothing."""
        with contextlib.suppress(TryAgain):
            await self.current()

    def spoil(self, value: str) -> None:
        """Note that Teams does not take the token *value*, so that the next is a new one, unless it was just got."""
        token = self._token
        if token is not None and token.value == value and self._monotonic() - token.got_at >= YOUNG_S:
            self._token = None

    async def close(self) -> None:
        """Fetch no more."""
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)

    def _told_again(self, after_s: float) -> TryAgain | WrongSecret:
        # Always a new one: an exception that is raised twice grows its traceback.
        return TryAgain(after_s) if isinstance(self._problem, TryAgain) else WrongSecret(str(self._problem))

    def _renew(self) -> asyncio.Task[None]:
        self._renewing = self.renewing or asyncio.create_task(self._replace())
        return self._renewing

    async def _replace(self) -> None:
        try:
            self._token = await self._fetched()
            self._wait_s = FIRST_WAIT_S
        except (TryAgain, WrongSecret) as problem:
            self._problem = problem
            after_s = problem.after_s if isinstance(problem, TryAgain) else MOST_WAIT_S
            self._wait_s = max(after_s, min(MOST_WAIT_S, 2 * self._wait_s))
            self._again_at = self._monotonic() + self._wait_s
            if isinstance(problem, WrongSecret):
                logger.error("no token for Teams: %s", problem)
            else:
                logger.warning("no new token for Teams: Microsoft's login gives none just now")

    async def _fetched(self) -> _Token:
        request = self._source.request()
        sent: dict[str, Any] = {"params" if request.method == "GET" else "data": dict(request.fields)}
        asked_at = self._monotonic()
        try:
            async with (
                asyncio.timeout(TIMEOUT_S),
                self._session.request(
                    request.method, request.url, headers=request.headers, allow_redirects=False, **sent
                ) as response,
            ):
                if response.status in _PASSING or response.status >= 500:
                    raise TryAgain(_seconds(response.headers.get("Retry-After")))
                told = await object_in(response, MOST_BYTES)
                return self._read(response.status, told, asked_at)
        except (aiohttp.ClientError, TimeoutError, OSError, Unreadable):
            raise TryAgain from None

    def _read(self, status: int, told: Mapping[str, Any], asked_at: float) -> _Token:
        if status != 200:
            if status not in (400, 401, 403) or told.get("error") == "temporarily_unavailable":
                raise TryAgain
            raise WrongSecret(f"Microsoft gives the app no token: {_error(told)}: {self._source.remedy(_code(told))}")
        value, lasts_s = told.get("access_token"), self._lasts_s(told)
        if not isinstance(value, str) or not _TOKEN.fullmatch(value) or lasts_s <= 0:
            raise TryAgain
        due_s = max(lasts_s - RENEWED_BEFORE_S, lasts_s / 2)
        return _Token(value, self._monotonic(), asked_at + due_s, asked_at + lasts_s)

    def _lasts_s(self, told: Mapping[str, Any]) -> float:
        """How long the token lasts; App Service says only when it ends, in seconds since 1970."""
        if "expires_in" in told:
            return _seconds(told["expires_in"])
        return _seconds(told.get("expires_on")) - self._now()


def _seconds(told: object) -> float:
    """A number of seconds as services write it, as a number or as a text; 0 where it is none."""
    try:
        return max(0.0, float(int(str(told))))
    except (ValueError, OverflowError):
        return 0.0


def _code(told: Mapping[str, Any]) -> int:
    """Entra's number for an error (AADSTS…); 0 where there is none."""
    codes = told.get("error_codes")
    first = codes[0] if isinstance(codes, list) and codes else 0
    if isinstance(first, int) and first:
        return first
    found = re.search(r"AADSTS([0-9]{4,9})", str(told.get("error_description", "")))
    return int(found[1]) if found else 0


def _error(told: Mapping[str, Any]) -> str:
    """What may be said of an error: its number, or its name; its description could hold anything."""
    if code := _code(told):
        return f"AADSTS{code}"
    name = told.get("error")
    return name if isinstance(name, str) and re.fullmatch(r"[a-z_]{1,60}", name) else "an error without a name"
