"""promises 2 and 56: only genuine requests of Slack's run code, and nothing of the others is logged."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

import aiohttp
import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from slack_app import HTTP, SlackApp, serving, settings
from slack_delivery import signed
from slack_payloads import FORM_TYPE, JSON_TYPE, encoded
from slack_probes import calls_since_start, claims_in, log_everything, logged
from slack_service import SlackService

from knowledge.library import Library

CANARY = "zyxcanary"
MINUTE_S = 60
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

Headers = dict[str, str]
Request = tuple[bytes, Headers]


@pytest.fixture
async def app(tmp_path: Path, sheds: Library) -> AsyncIterator[SlackApp]:
    async with (
        SlackService.running() as service,
        serving(sheds, settings(service, tmp_path, HTTP), service) as app,
    ):
        yield app


def a_question() -> bytes:
    return encoded(events.message(f"do i lock the shed {CANARY}"))[1]


def genuine(body: bytes | None = None, *, content_type: str = JSON_TYPE, minutes: float = 0, **about: str) -> Request:
    """A request of Slack's with *body*, signed so many *minutes* from now."""
    body = a_question() if body is None else body
    at_s = time.time() + minutes * MINUTE_S
    return body, {"Content-Type": content_type, **signed(body, at_s=at_s, **about)}


def stamped(timestamp: str) -> Request:
    """A question with this *timestamp*, and the signature that belongs to both."""
    body, headers = genuine()
    digest = hmac.new(ids.SECRET_OF_SIGNING.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return body, headers | {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def signature(change: Callable[[str], str]) -> Request:
    """A genuine request but for its signature."""
    body, headers = genuine()
    return body, headers | {"X-Slack-Signature": change(headers["X-Slack-Signature"])}


def without(*names: str) -> Request:
    body, headers = genuine()
    return body, {name: value for name, value in headers.items() if name not in names}


def altered(request: Request) -> Request:
    body, headers = request
    return body.replace(b"lock", b"burn"), headers


def unsigned(body: bytes, content_type: str) -> Request:
    return body, {"Content-Type": content_type}


def in_a_form(said: bytes) -> Request:
    return genuine(b"payload=" + quote_plus(said).encode(), content_type=FORM_TYPE)


SIGNATURE, TIMESTAMP = "X-Slack-Signature", "X-Slack-Request-Timestamp"
NESTED = b"[" * 50_000 + b"]" * 50_000
OTHER_TEAM = events.message(f"do i lock the shed {CANARY}", workspace=ids.OTHER_TEAM)
UNKNOWN_EVENT = events.event({"type": "goat_entered_garden", "event_ts": "1.1", "note": CANARY})


@dataclass(frozen=True)
class Refused:
    """A request that must not run code, and the statuses that say so."""

    request: Callable[[], Request]
    statuses: tuple[int, ...] = (401,)


# The numbers are those of the matrix; those without one are more of the same kind.
REFUSED: Mapping[str, Refused] = {
    "4 six minutes old": Refused(lambda: genuine(minutes=-6)),
    "5 six minutes ahead": Refused(lambda: genuine(minutes=6)),
    "6 wrong secret": Refused(lambda: genuine(secret="another-secret-altogether")),
    "an empty secret": Refused(lambda: genuine(secret="")),
    "7 body altered": Refused(lambda: altered(genuine())),
    "8 no headers": Refused(lambda: without(SIGNATURE, TIMESTAMP)),
    "no signature": Refused(lambda: without(SIGNATURE)),
    "no timestamp": Refused(lambda: without(TIMESTAMP)),
    "9 timestamp abc": Refused(lambda: stamped("abc")),
    "10 timestamp of 400 digits": Refused(lambda: stamped("1" * 400)),
    "timestamp below zero": Refused(lambda: stamped("-1")),
    "timestamp with a fraction": Refused(lambda: stamped(f"{time.time():.3f}")),
    "timestamp in Arabic digits": Refused(lambda: stamped(str(int(time.time())).translate(ARABIC))),
    "timestamp NaN": Refused(lambda: stamped("nan")),
    "signature of another request": Refused(lambda: (a_question(), genuine()[1])),
    "11 signature not ASCII": Refused(lambda: signature(lambda right: f"v0=é{right[4:]}")),
    "signature empty": Refused(lambda: signature(lambda _right: "")),
    "signature of another version": Refused(lambda: signature(lambda right: right.replace("v0=", "v1="))),
    "signature without version": Refused(lambda: signature(lambda right: right.removeprefix("v0="))),
    "signature cut": Refused(lambda: signature(lambda right: right[:-1])),
    "signature in the wrong digits": Refused(lambda: signature(lambda right: f"v0={'0' * 64}")),
    "12 another team": Refused(lambda: genuine(json.dumps(OTHER_TEAM).encode()), (403,)),
    "13 bad UTF-8": Refused(lambda: genuine(b'{"type": "\xff\xfe"}'), (400, 401)),
    "13 bad UTF-8 in a form": Refused(lambda: genuine(b"payload=%ff%fe", content_type=FORM_TYPE), (400, 401)),
    "14 malformed JSON": Refused(lambda: genuine(b'{"type": '), (400, 401)),
    "14 malformed JSON in a form": Refused(lambda: in_a_form(b'{"type": '), (400, 401)),
    "an array": Refused(lambda: genuine(b"[]"), (400, 401)),
    "a number of 10,000 digits": Refused(lambda: genuine(b'{"type": ' + b"9" * 10_000 + b"}"), (400, 401)),
    "nothing at all": Refused(lambda: genuine(b""), (400, 401)),
    "15 JSON nested 50,000 deep": Refused(lambda: genuine(NESTED), (400, 401)),
    "15 JSON nested 20,000 deep in a form": Refused(lambda: in_a_form(b"[" * 20_000), (400, 401)),
    "a form of 1,000 fields": Refused(
        lambda: genuine("&".join(f"f{n}=x" for n in range(1_000)).encode(), content_type=FORM_TYPE), (400, 401)
    ),
    "18 body of 1.1 MB": Refused(lambda: genuine(CANARY.encode() * 123_000), (413,)),
    "18 body of 1.1 MB, not signed": Refused(lambda: unsigned(CANARY.encode() * 123_000, JSON_TYPE), (413,)),
    "an ssl_check that is too much of one": Refused(
        lambda: unsigned(b"ssl_check=1&text=" + CANARY.encode() * 100, FORM_TYPE)
    ),
    "a command that mentions ssl_check": Refused(
        lambda: unsigned(b"command=/policy&text=ssl_check%3D1", FORM_TYPE),
    ),
}
NOTHING_DONE: Mapping[str, Callable[[], Request]] = {
    "16 unknown event type": lambda: genuine(json.dumps(UNKNOWN_EVENT).encode()),
    "17 unsigned ssl_check": lambda: unsigned(b"ssl_check=1&token=of-old-kind", FORM_TYPE),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_not_slacks_runs_no_code_and_is_not_logged(
    case: str, app: SlackApp, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    log_everything(caplog)
    body, headers = REFUSED[case].request()

    refused = await app.slack.send(body, headers)
    genuine_one = await app.sends(events.message("do i lock the shed"))
    await app.service.posted(1)

    assert refused.status in REFUSED[case].statuses
    assert genuine_one.status == 200
    assert len(app.service.messages()) == 1
    assert claims_in(tmp_path) == 1
    assert calls_since_start(app.service) == ["users.info", "chat.postMessage"]
    assert CANARY not in logged(caplog)
    assert "Traceback" not in logged(caplog)


@pytest.mark.parametrize("case", NOTHING_DONE)
async def test_what_needs_no_answer_is_acknowledged_and_nothing_is_done(case: str, app: SlackApp, tmp_path: Path):
    body, headers = NOTHING_DONE[case]()

    taken = await app.slack.send(body, headers)

    assert taken.status == 200
    assert calls_since_start(app.service) == []
    assert claims_in(tmp_path) == 0


@pytest.mark.parametrize("minutes", [-4, 0, 4])
async def test_1_a_valid_question_is_answered_also_where_clocks_differ_by_four_minutes(minutes: float, app: SlackApp):
    taken = await app.slack.send(*genuine(minutes=minutes))
    [answer] = await app.service.posted(1)

    assert taken.status == 200
    assert "Lock the shed at night" in answer.text


async def test_2_a_replayed_request_is_answered_once(app: SlackApp, tmp_path: Path):
    body, headers = genuine()

    statuses = [(await app.slack.send(body, headers)).status for _ in range(5)]
    await app.slack.send(*genuine())
    await app.service.posted(2)

    assert statuses == [200] * 5
    assert len(app.service.messages()) == 2
    assert claims_in(tmp_path) == 2


async def test_3_a_retry_is_answered_once(app: SlackApp, tmp_path: Path):
    payload = events.message()

    taken = [await app.slack.deliver(payload, retry=retry) for retry in range(4)]
    await app.slack.send(*genuine())
    await app.service.posted(2)

    assert [each.status for each in taken] == [200] * 4
    assert len(app.service.messages()) == 2
    assert claims_in(tmp_path) == 2


async def test_a_body_that_is_not_compressed_as_it_says_is_refused(app: SlackApp, caplog: pytest.LogCaptureFixture):
    log_everything(caplog)
    body, headers = genuine()

    refused = await app.slack.send(body, headers | {"Content-Encoding": "deflate", "Connection": "close"})

    assert refused.status == 400
    assert calls_since_start(app.service) == []
    assert not [record for record in caplog.records if record.name.startswith("adapters") and record.exc_info]
    assert CANARY not in logged(caplog)


async def test_commands_and_clicks_are_verified_like_events(app: SlackApp, tmp_path: Path):
    forged = [interactions.command(CANARY), interactions.shortcut(CANARY)]

    statuses = []
    for payload in forged:
        content_type, body = encoded(app.service.live(payload))
        statuses.append((await app.slack.send(*genuine(body, content_type=content_type, secret="guessed"))).status)

    assert statuses == [401, 401]
    assert calls_since_start(app.service) == []
    assert claims_in(tmp_path) == 0


async def test_a_challenge_is_answered_only_to_slack(app: SlackApp):
    challenge = events.url_verification("a-challenge")
    _, body = encoded(challenge)

    told = await app.slack.deliver(challenge)
    refused = await app.slack.send(*genuine(body, secret="guessed"))

    assert (told.status, told.body) == (200, '{"challenge": "a-challenge"}')
    assert refused.status == 401
    assert "a-challenge" not in refused.body


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_there_is_no_other_way_in(method: str, app: SlackApp):
    async with aiohttp.ClientSession() as session, session.request(method, app.slack.url) as response:
        status = response.status

    assert status in (403, 405)
    assert calls_since_start(app.service) == []


async def test_the_eleventh_failure_in_five_minutes_is_told_to_stop_and_genuine_requests_still_pass(app: SlackApp):
    statuses = []
    for _ in range(15):
        refused = await app.slack.send(*genuine(secret="guessed"))
        statuses.append(refused.status)
    genuine_one = await app.slack.send(*genuine())
    await app.service.posted(1)

    assert statuses == [401] * 10 + [429] * 5
    assert int(refused.headers["Retry-After"]) >= 1
    assert genuine_one.status == 200
