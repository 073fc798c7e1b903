"""What must run no code at `POST /api/messages`: the matrix of the promise, and more of the same kinds."""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import teams_ids as ids
from teams_activities import message
from teams_entrance import JSON, Entered

from adapters.teams.guard import MOST_BODY_BYTES

CANARY = "zyxcanary"
MINUTE_S = 60


Send = Callable[[Entered], Awaitable[int]]


@dataclass(frozen=True)
class Refused:
    """A request that must not run code, and the statuses that say so."""

    send: Send
    statuses: tuple[int, ...] = (401,)


def question(**changes: Any) -> dict[str, Any]:
    """A message with the canary in it."""
    return message(f"do i lock the shed {CANARY}", **changes)


def without(name: str) -> dict[str, Any]:
    return {part: told for part, told in question().items() if part != name}


def claiming(**claims: Any) -> Send:
    """A question with a token of those claims."""
    return lambda app: app.activity(question(), **claims)


def telling(told: Callable[[], Any], **claims: Any) -> Send:
    """Another activity with a right token."""
    return lambda app: app.activity(told(), **claims)


def bearing(token: Callable[[Entered], str]) -> Send:
    """A question with that token."""
    return lambda app: app.activity(question(), token=token(app))


def authorised(header: Callable[[str], str]) -> Send:
    """A question with a header made from a right token."""
    body = json.dumps(question()).encode()
    return lambda app: app.send(body, JSON | {"Authorization": header(app.bearer())})


def holding(body: bytes) -> Send:
    """That body, with a right token."""
    return lambda app: app.send(body, JSON | {"Authorization": f"Bearer {app.bearer()}"})


def typed(content_type: str | None) -> Send:
    """A genuine request but for its content type."""
    kind = {} if content_type is None else {"Content-Type": content_type}
    body = json.dumps(question()).encode()
    return lambda app: app.send(body, kind | {"Authorization": f"Bearer {app.bearer()}"})


def now(app: Entered) -> int:
    return int(app.service.clock())


def part(told: bytes) -> str:
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def with_header(told: bytes) -> Callable[[Entered], str]:
    """A token with that header, and a signature of another."""
    return lambda app: ".".join((part(told), *app.bearer().split(".")[1:]))


def with_claims(told: bytes) -> Callable[[Entered], str]:
    """A token with those claims, and a signature of others."""

    def token(app: Entered) -> str:
        header, _, signature = app.bearer().split(".")
        return f"{header}.{part(told)}.{signature}"

    return token


async def signed_by_another(app: Entered) -> int:
    """By a key that nobody published, under the name of one that is."""
    return await app.activity(question(), key=app.service.keys.another(), header={"kid": app.service.keys.signing.kid})


async def unknown_key(app: Entered) -> int:
    return await app.activity(question(), key=app.service.keys.another())


async def not_endorsed(app: Entered) -> int:
    return await app.activity(question(), key=app.service.keys.elsewhere)


async def elsewhere_and_endorsed(app: Entered) -> int:
    return await app.activity(question(channelId="webchat"), key=app.service.keys.elsewhere)


OTHERS = {"tenant": {"id": ids.OTHER_TENANT}}
DEEP = b"[" * 50_000 + b"]" * 50_000

# The numbers are those of the matrix; those without one are more of the same kind.
REFUSED: Mapping[str, Refused] = {
    "2 no header": Refused(lambda app: app.send(json.dumps(question()).encode(), JSON)),
    "3 garbage token": Refused(bearing(lambda app: "garbage")),
    "4 three garbage parts": Refused(bearing(lambda app: "gar.ba.ge")),
    "5 alg none": Refused(claiming(alg="none")),
    "alg none, and a signature": Refused(claiming(header={"alg": "none"})),
    "alg HS256 with the public key as its secret": Refused(claiming(alg="HS256")),
    "alg RS512": Refused(claiming(alg="RS512")),
    "alg in lower case": Refused(claiming(header={"alg": "rs256"})),
    "6 signed by another key": Refused(signed_by_another),
    "7 unknown key id": Refused(unknown_key),
    "8 no key id": Refused(claiming(header={"kid": None})),
    "an empty key id": Refused(claiming(header={"kid": ""})),
    "a key id that is a list": Refused(claiming(header={"kid": ["x"]})),
    "a key id that is a path": Refused(claiming(header={"kid": "../../etc/passwd"})),
    "a critical header": Refused(claiming(header={"crit": ["exp"]})),
    "a key of its own in the header": Refused(claiming(header={"jwk": {"kty": "RSA"}, "kid": None})),
    "9 wrong audience": Refused(claiming(aud="00000000-0000-4000-8000-00000000dead")),
    "audiences in a list": Refused(claiming(aud=[ids.APP])),
    "no audience": Refused(claiming(aud=None)),
    "10 wrong issuer": Refused(claiming(iss="https://sts.windows.net/x/")),
    "the government's issuer": Refused(claiming(iss="https://api.botframework.us")),
    "11 no issuer": Refused(claiming(iss=None)),
    "12 expired ten minutes": Refused(lambda app: app.activity(question(), exp=now(app) - 10 * MINUTE_S)),
    "14 not valid for ten minutes yet": Refused(lambda app: app.activity(question(), nbf=now(app) + 10 * MINUTE_S)),
    "15 no exp": Refused(claiming(exp=None)),
    "no nbf": Refused(claiming(nbf=None)),
    "exp that is a text": Refused(claiming(exp="never")),
    "exp that is infinite": Refused(claiming(exp=float("inf"))),
    "16 serviceUrl claim and activity disagree": Refused(
        claiming(serviceurl="https://smba.trafficmanager.net/amer/"), (403, 401)
    ),
    "no serviceUrl claim": Refused(claiming(serviceurl=None), (403, 401)),
    "17 activity without serviceUrl": Refused(telling(lambda: without("serviceUrl")), (403, 401)),
    "neither claims nor has a serviceUrl": Refused(telling(lambda: without("serviceUrl"), serviceurl=None), (403, 401)),
    "18 key not endorsed for the channel": Refused(not_endorsed, (403, 401)),
    "another channel, and endorsed for it": Refused(elsewhere_and_endorsed, (403, 401)),
    "no channel": Refused(telling(lambda: without("channelId")), (403, 401)),
    "19 another tenant": Refused(telling(lambda: question(tenant=ids.OTHER_TENANT)), (403, 401)),
    "two tenants, of which one is ours": Refused(telling(lambda: question(channelData=OTHERS)), (403, 401)),
    "no tenant": Refused(telling(lambda: question(channelData={}, conversation={"id": "a:1"})), (403, 401)),
    "a tenant that is a list": Refused(telling(lambda: question(channelData={"tenant": {"id": [ids.TENANT]}})), (403,)),
    "21 no content type": Refused(typed(None), (400, 401)),
    "a form": Refused(typed("application/x-www-form-urlencoded"), (400, 401)),
    "plain text": Refused(typed("text/plain"), (400, 401)),
    "22 malformed JSON": Refused(holding(b'{"type": '), (400, 401)),
    "23 JSON array": Refused(holding(b"[]"), (400, 401)),
    "24 empty object": Refused(holding(b"{}"), (400, 401)),
    "nothing at all": Refused(holding(b""), (400, 401)),
    "bad UTF-8": Refused(holding(b'{"type": "\xff"}'), (400, 401)),
    "UTF-16": Refused(holding(json.dumps(question()).encode("utf-16")), (400, 401)),
    "not a number": Refused(telling(lambda: question(value=float("nan"))), (400, 401)),
    "a number of 10,000 digits": Refused(holding(b'{"type": ' + b"9" * 10_000 + b"}"), (400, 401)),
    "JSON nested 50,000 deep": Refused(holding(DEEP), (400, 401)),
    "an activity nested 100 deep": Refused(
        holding(json.dumps(question()).encode()[:-1] + b', "value": ' + b"[" * 100 + b"]" * 100 + b"}"), (400, 401)
    ),
    "no type": Refused(telling(lambda: without("type")), (400, 401)),
    "a type that is a list": Refused(telling(lambda: question(type=["message"])), (400, 401)),
    "no id": Refused(telling(lambda: without("id")), (400, 401)),
    "nobody sent it": Refused(telling(lambda: without("from")), (400, 401)),
    "sent by a text": Refused(telling(lambda: question(**{"from": "gardener"})), (400, 401)),
    "no conversation": Refused(telling(lambda: without("conversation")), (400, 401)),
    "a conversation with a lone surrogate": Refused(
        telling(lambda: question(conversation={"id": "a:\ud800", "tenantId": ids.TENANT})), (400, 401)
    ),
    "no recipient": Refused(telling(lambda: without("recipient")), (400, 401)),
    "an invoke without a name": Refused(telling(lambda: question(type="invoke")), (400, 401)),
    "25 body of 1.5 MB": Refused(holding(CANARY.encode() * 170_000), (413,)),
    "a body of one byte too many": Refused(holding(b" " * (MOST_BODY_BYTES + 1)), (413,)),
    "another scheme": Refused(authorised(lambda token: f"Basic {token}")),
    "the scheme alone": Refused(authorised(lambda token: "Bearer ")),
    "the token alone": Refused(authorised(lambda token: token)),
    "two tokens": Refused(authorised(lambda token: f"Bearer {token}, Bearer {token}")),
    "a token with padding": Refused(authorised(lambda token: f"Bearer {token}==")),
    "a token without signature": Refused(authorised(lambda token: f"Bearer {token.rpartition('.')[0]}.")),
    "a token with a cut signature": Refused(authorised(lambda token: f"Bearer {token[:-4]}")),
    "a token in letters that are not ASCII": Refused(authorised(lambda token: f"Bearer é{token}")),
    "a header nested 1,400 deep": Refused(bearing(with_header(b"[" * 1_400))),
    "a header that is a list": Refused(bearing(with_header(b"[]"))),
    "a header that is not UTF-8": Refused(bearing(with_header(b"\xff\xfe{}"))),
    "claims nested 2,000 deep": Refused(bearing(with_claims(b"[" * 2_000 + b"]" * 2_000))),
    "claims that are a list": Refused(bearing(with_claims(b"[]"))),
    "claims that are not JSON": Refused(bearing(with_claims(b"{{"))),
}
