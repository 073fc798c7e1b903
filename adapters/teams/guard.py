"""Lets only genuine activities of Teams in: the token first, then the body, before the SDK sees anything of them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from adapters.teams import bearer, service_hosts
from adapters.teams.bearer import Bearer, Keys
from adapters.teams.refusals import Refusal

CHANNEL = "msteams"
MOST_BODY_BYTES = 256 * 1024
MOST_DEPTH = 64
_ID = re.compile(r"[!-~]{1,1000}", re.ASCII)
_NAME = re.compile(r"[\w/.-]{1,100}", re.ASCII)
_TENANT = re.compile(r"[\w.-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Registration:
    """Our bot as it is registered, and whom it answers.

    Without *app_id* nobody is answered; but with *dev* everybody who sends from this machine, without a token.
    """

    app_id: str
    tenants: frozenset[str]
    hosts: frozenset[str] = service_hosts.HOSTS
    issuer: str = bearer.ISSUER
    dev: bool = False

    @property
    def is_open(self) -> bool:
        """Whether no token is asked for; then any tenant is answered, and only at addresses of this machine."""
        return self.dev and not self.app_id


@dataclass(frozen=True, slots=True)
class Genuine:
    """An activity that Teams has sent us, and the tenant that it comes from, in lower case."""

    activity: Mapping[str, Any]
    tenant: str


async def check(headers: Mapping[str, str], body: bytes, registration: Registration, keys: Keys) -> Genuine:
    """The activity in *body*, once the *headers* prove that it is Teams's; raise `Refusal`, never with 5xx."""
    return activity(await sender(headers, registration, keys), body, registration)


async def sender(headers: Mapping[str, str], registration: Registration, keys: Keys) -> Bearer | None:
    """Whose request it is, by its *headers* alone; None where no token is asked for. Raise `Refusal` (400, 401)."""
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(400, "content_type")
    if registration.is_open:
        return None
    if not registration.app_id:
        raise Refusal(401, "not_switched_on")
    return await bearer.verified(headers.get("Authorization", ""), keys, registration.app_id, registration.issuer)


def activity(whose: Bearer | None, body: bytes, registration: Registration) -> Genuine:
    """The activity in *body*, that came with the token of *whose*; raise `Refusal` (400, 403, 413)."""
    told = _object(body)
    if not _is_complete(told):
        raise Refusal(400, "incomplete")
    if told.get("channelId") != CHANNEL or (whose and CHANNEL not in whose.endorsements):
        raise Refusal(403, "not_endorsed")
    hosts = frozenset[str]() if whose is None else registration.hosts
    service_url = told.get("serviceUrl")
    if not service_hosts.allowed(service_url, hosts, dev=registration.dev):
        raise Refusal(403, "service_url")
    if whose and whose.service_url != service_url:
        raise Refusal(403, "service_url_claim")
    return Genuine(told, _tenant(told, registration))


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > MOST_BODY_BYTES:
        raise Refusal(413, "too_big")
    try:
        found = json.loads(body.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal(400, "malformed") from None
    if not isinstance(found, dict) or _is_deep(found):
        raise Refusal(400, "malformed")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _is_deep(found: dict[str, Any]) -> bool:
    level: list[Any] = [found]
    for _ in range(MOST_DEPTH):
        inside = (each.values() if isinstance(each, dict) else each for each in level)
        level = [value for values in inside for value in values if isinstance(value, dict | list)]
        if not level:
            return False
    return True


def _is_complete(told: Mapping[str, Any]) -> bool:
    """Whether every activity's parts are there, by https://github.com/microsoft/Agents/tree/main/specs/activity."""
    if not _is(_NAME, told.get("type")):
        return False
    known_by = (_NAME, told.get("name")) if told["type"] == "invoke" else (_ID, told.get("id"))
    return _is(*known_by) and all(_is(_ID, _inside(told, part, "id")) for part in ("from", "conversation", "recipient"))


def _tenant(told: Mapping[str, Any], registration: Registration) -> str:
    """Whose tenant it is; Teams always says, and where it says so twice, both must agree."""
    named = (_inside(told, "channelData", "tenant", "id"), _inside(told, "conversation", "tenantId"))
    said = [each for each in named if each is not None]
    if not said or not all(_is(_TENANT, each) for each in said):
        raise Refusal(403, "tenant")
    tenants = {each.lower() for each in said}
    tenant = tenants.pop()
    if tenants or not (registration.is_open or tenant in {each.lower() for each in registration.tenants}):
        raise Refusal(403, "tenant")
    return str(tenant)


def _inside(told: object, *path: str) -> Any:
    for name in path:
        told = told.get(name) if isinstance(told, Mapping) else None
    return told


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
