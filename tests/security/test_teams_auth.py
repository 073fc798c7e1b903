"""promises 1, 9 and 56: only genuine activities of Teams run code, and nothing of the others is logged."""

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import teams_ids as ids
from slack_probes import logged
from teams_activities import message
from teams_delivery import Delivery
from teams_entrance import JSON, OURS, Entered, entered
from teams_invokes import executed

from adapters.deliveries import Deliveries
from adapters.sealing import Seal, new_key
from adapters.storage.store import open_store
from adapters.teams.clouds import PUBLIC, cloud_of
from adapters.teams.guard import MOST_BODY_BYTES

CANARY = "zyxcanary"
MINUTE_S = 60
HOUR_S = 3_600.0


@pytest.fixture
async def app() -> AsyncIterator[Entered]:
    async with entered() as app:
        yield app


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
    "a header nested 1,200 deep": Refused(bearing(with_header(b"[" * 1_200 + b"]" * 1_200))),
    "a header that is a list": Refused(bearing(with_header(b"[]"))),
    "a header that is not UTF-8": Refused(bearing(with_header(b"\xff\xfe{}"))),
    "claims nested 2,000 deep": Refused(bearing(with_claims(b"[" * 2_000 + b"]" * 2_000))),
    "claims that are a list": Refused(bearing(with_claims(b"[]"))),
    "claims that are not JSON": Refused(bearing(with_claims(b"{{"))),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_not_teams_runs_no_code_and_is_not_logged(
    case: str, app: Entered, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)

    status = await REFUSED[case].send(app)
    admitted_by_then = len(app.admitted)
    genuine = await app.activity(message("do i lock the shed"))

    assert status in REFUSED[case].statuses
    assert admitted_by_then == 0
    assert genuine == 200
    assert len(app.admitted) == 1
    assert CANARY not in logged(caplog)
    assert ids.ASKER not in logged(caplog)
    assert "Traceback" not in logged(caplog)


async def test_1_a_valid_activity_is_admitted_with_its_tenant(app: Entered):
    activity = question()

    status = await app.activity(activity)

    assert status == 200
    assert [dict(each.activity) for each in app.admitted] == [activity]
    assert app.admitted[0].tenant == ids.TENANT


async def test_an_invoke_needs_a_name_and_no_id(app: Entered):
    invoke = {name: told for name, told in executed("show").items() if name != "id"}

    status = await app.activity(invoke)

    assert status == 200


async def test_13_a_token_that_expired_four_minutes_ago_is_inside_the_skew(app: Entered):
    expired = await app.activity(exp=now(app) - 4 * MINUTE_S)
    early = await app.activity(nbf=now(app) + 4 * MINUTE_S)

    assert (expired, early) == (200, 200)


async def test_20_the_same_token_and_activity_replayed_is_admitted_and_claimed_once(app: Entered, tmp_path: Path):
    activity, token = question(), app.bearer()
    store = await open_store(f"sqlite:///{tmp_path}/signpost.db")
    deliveries = Deliveries("teams", ["garden"], store=store, seal=Seal([new_key()]), post=nowhere)

    statuses = [await app.activity(activity, token=token) for _ in range(5)]
    claimed = [await deliveries.claim("garden", each.activity["id"]) for each in app.admitted]
    await store.close()

    assert statuses == [200] * 5
    assert claimed == [True] + [False] * 4


@pytest.mark.parametrize("age_s", [0.0, 2 * HOUR_S], ids=["26 cache fresh", "27 cache two hours old"])
async def test_a_token_signed_with_a_key_published_a_second_ago_is_admitted(age_s: float, app: Entered):
    await app.activity()
    app.clock.at += 1.0 + age_s
    app.service.keys.rotate()

    async with asyncio.timeout(1):
        status = await app.activity()

    assert status == 200


async def test_a_tenant_is_read_from_either_place_whatever_its_case(app: Entered):
    in_conversation = await app.activity(question(channelData={}))
    in_channel_data = await app.activity(
        question(conversation={"id": "a:1"}, channelData={"tenant": {"id": ids.TENANT.upper()}})
    )

    assert (in_conversation, in_channel_data) == (200, 200)


async def test_a_body_that_is_not_compressed_as_it_says_is_refused(app: Entered):
    headers = JSON | {"Authorization": f"Bearer {app.bearer()}", "Content-Encoding": "deflate", "Connection": "close"}

    status = await app.send(json.dumps(question()).encode(), headers)

    assert status == 400
    assert app.admitted == []


async def test_nothing_is_fetched_for_a_token_that_is_not_for_us(app: Entered):
    for claims in ({"aud": "somebody else"}, {"iss": "https://sts.windows.net/x/"}):
        await app.activity(key=app.service.keys.another(), **claims)

    assert app.service.count("keys") == 0


async def test_the_eleventh_failure_in_five_minutes_is_told_to_stop_and_genuine_requests_still_pass(app: Entered):
    statuses = [await app.activity(aud="somebody else") for _ in range(15)]
    genuine = await app.activity()

    assert statuses == [401] * 10 + [429] * 5
    assert genuine == 200


async def test_refusals_are_logged_once_a_minute_by_kind_with_what_to_look_at(
    app: Entered, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.WARNING)

    for _ in range(5):
        await app.activity(aud="somebody else")

    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 1
    assert "wrong_audience=1 (is TEAMS_APP_ID the app's id in Azure?)" in said[0]


async def test_while_the_keys_cannot_be_fetched_requests_are_refused_and_not_with_5xx(app: Entered):
    app.service.faults.fail("metadata", 500)

    refused = await app.activity()
    app.clock.at += 31
    admitted = await app.activity()

    assert (refused, admitted) == (401, 200)


async def test_in_the_governments_cloud_its_own_issuer_is_right_and_no_other():
    government = cloud_of("https://login.botframework.azure.us/v1/.well-known/openidconfiguration")

    async with entered(replace(OURS, issuer=government.issuer)) as app:
        statuses = [await app.activity(iss="https://api.botframework.us"), await app.activity()]

    assert statuses == [200, 401]
    assert cloud_of("https://login.botframework.com/v1/.well-known/openidconfiguration") == PUBLIC


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_there_is_no_other_way_in(method: str, app: Entered):
    async with aiohttp.ClientSession() as session, session.request(method, app.delivery.url) as response:
        status = response.status

    assert status in (403, 405)


async def test_without_an_app_id_nobody_is_admitted():
    async with entered(replace(OURS, app_id="")) as app:
        statuses = {await app.activity(), await app.activity(aud=""), await app.activity(token="", aud="")}

        assert statuses == {401}
        assert app.admitted == []


async def test_in_development_without_an_app_id_this_machine_is_answered_and_nobody_else():
    async with entered(replace(OURS, app_id="", dev=True)) as app:
        local = question(serviceUrl=app.service.service_url, tenant="any-tenant")
        without_token = await app.send(json.dumps(local).encode(), JSON)
        from_outside = await app.send(json.dumps(question()).encode(), JSON)

        assert (without_token, from_outside) == (200, 403)
        assert len(app.admitted) == 1


async def test_in_development_with_an_app_id_a_token_is_asked_for_all_the_same():
    async with entered(replace(OURS, dev=True)) as app:
        local = question(serviceUrl=app.service.service_url)
        without_token = await app.send(json.dumps(local).encode(), JSON)
        with_token = await app.activity(local, serviceurl=app.service.service_url)

        assert (without_token, with_token) == (401, 200)


async def test_a_stranger_is_refused_before_anything_of_the_body_is_read(app: Entered):
    reader, writer = await asyncio.open_connection("127.0.0.1", _port(app.delivery))
    writer.write(
        b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    )

    async with asyncio.timeout(5):
        line = await reader.readline()

    assert line.split()[1] == b"401"
    writer.close()
    await writer.wait_closed()


async def nowhere(_organisation: str, _address: Any) -> None:
    """Nothing is delivered here."""


def _port(delivery: Delivery) -> int:
    return int(delivery.url.split(":")[2].partition("/")[0])
