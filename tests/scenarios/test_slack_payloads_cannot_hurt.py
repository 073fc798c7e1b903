"""promise 9: what is too long or too large is refused cheaply, and no payload ends in an error of ours."""

import asyncio
import itertools
import json
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from builders import TODAY
from mutilated import INSTEAD, changed, errors, paths
from slack_app import HTTP, SlackApp, serving, settings
from slack_delivery import signed
from slack_payloads import FORM_TYPE, JSON_TYPE, Json, encoded, way_of
from slack_probes import calls_since_start
from slack_service import SlackService
from slack_world import Message, View

from adapters import actions
from adapters.slack import views
from bot import wording
from knowledge.library import Library

LIMIT = 256 * 1024
LONG = "shed " * 400 + "x"


@pytest.fixture
async def app(tmp_path: Path, sheds: Library) -> AsyncIterator[SlackApp]:
    async with (
        SlackService.running() as service,
        serving(sheds, settings(service, tmp_path, HTTP), service) as app,
    ):
        service.limits.enforced = False
        yield app


@pytest.mark.parametrize(
    "payload",
    [events.message(LONG), events.mention(LONG), interactions.command(LONG), interactions.shortcut(LONG)],
    ids=["message", "mention", "command", "shortcut"],
)
async def test_more_than_2_000_characters_get_a_polite_refusal_and_no_clause(payload: Json, app: SlackApp):
    await app.sends(payload)
    await app.service.until(lambda: bool(app.service.messages() or app.service.ephemerals))

    [answer] = [*app.service.messages(), *app.service.ephemerals]
    assert wording.TOO_LONG in answer.text
    assert "Lock the shed" not in json.dumps(answer.blocks)


async def send(app: SlackApp, body: bytes, content_type: str = JSON_TYPE, **headers: str) -> int:
    """Send *body*, rightly signed, and return the status."""
    return (await app.slack.send(body, signed(body) | {"Content-Type": content_type, **headers})).status


def of_length(length: int, payload: Json) -> bytes:
    """An event as JSON, so many bytes long."""
    _, body = encoded(payload)
    return body + b" " * (length - len(body))


async def test_a_body_of_256_kilobytes_is_taken_and_one_byte_more_is_not(app: SlackApp):
    taken = await send(app, of_length(LIMIT, events.message()))
    refused = await send(app, of_length(LIMIT + 1, events.message()), Connection="close")
    form = await send(app, b"payload=" + b"x" * LIMIT, FORM_TYPE, Connection="close")
    await app.service.posted(1)

    assert (taken, refused, form) == (200, 413, 413)
    assert calls_since_start(app.service).count("chat.postMessage") == 1


async def test_a_body_that_grows_when_unpacked_is_refused(app: SlackApp):
    packed = zlib.compress(b" " * 50_000_000)

    status = await send(app, packed, **{"Content-Encoding": "deflate", "Connection": "close"})

    assert status == 413
    assert calls_since_start(app.service) == []


def nested(depth: int) -> bytes:
    """A question whose blocks are nested that deep."""
    _, body = encoded(events.message(blocks="BLOCKS"))
    return body.replace(b'"BLOCKS"', b"[" * depth + b"]" * depth)


@pytest.mark.parametrize("depth", [10, 100, 500, 900, 1_000, 5_000, 100_000])
async def test_json_nested_however_deep_is_answered_or_refused(depth: int, app: SlackApp):
    status = await send(app, nested(depth))

    assert status == (200 if depth <= 500 else status)
    assert status in (200, 400)


@pytest.mark.parametrize(
    "body",
    [
        b"&".join(b"f%d=x" % n for n in range(20_000)),
        b"&" * 200_000,
        b"=" * 200_000,
        b"%" * 200_000,
        b"payload=" + b"%7B" * 60_000,
        b"payload=%7B%7D&" * 10_000,
        b"text=" + b"+" * 200_000,
    ],
    ids=["fields", "ampersands", "equals", "percents", "braces", "payloads", "spaces"],
)
async def test_a_huge_form_is_refused(body: bytes, app: SlackApp):
    status = await send(app, body, FORM_TYPE)

    assert 400 <= status < 500
    assert calls_since_start(app.service) == []


ODD_TEXTS = {
    "lone surrogates": "\ud800 may i paint the shed \udfff",
    "a zero byte": "may i \x00 paint the shed",
    "markup that never ends": "<" * 1_900,
    "mentions": "<@U1>" * 300,
    "entities": "&amp;" * 380,
    "an empty mention": f"<@{ids.BOT_USER}>",
    "nothing": "   ",
    "directions": "\u202emay i paint the shed\u202c",
}


@pytest.mark.parametrize("name", ODD_TEXTS)
async def test_an_odd_text_is_no_error(name: str, app: SlackApp, caplog: pytest.LogCaptureFixture):
    taken = await app.sends(events.message(ODD_TEXTS[name]))
    await app.sends(events.mention(ODD_TEXTS[name]))
    answers = await app.service.posted(1)

    assert taken.status == 200
    assert all(answer.text for answer in answers)
    assert errors(caplog) == []


def _clicked(user: str, channel: str, action: actions.Action) -> Json:
    button = {"type": "button", "action_id": actions.action_id(action), "block_id": "b", "value": action.encode()}
    return interactions.click(Message(channel, ids.new_ts(), "", [], ids.BOT_USER), button, user=user)


def _submitted(user: str, channel: str) -> Json:
    view = View(ids.new_id("V"), ids.TEAM, user, views.reasons_modal("locking-the-shed"), "hash")
    reason = actions.Reason("locking-the-shed", "not_clear")
    picked = {"type": "radio_buttons", "selected_option": {"value": reason.encode()}}
    return interactions.submission(view, {"b": {actions.action_id(reason): picked}})


def _asked_at_home(user: str, channel: str) -> Json:
    home = View(ids.new_id("V"), ids.TEAM, user, {"type": "home", "blocks": []}, "hash")
    typed = {"type": "plain_text_input", "action_id": "signpost.ask", "block_id": "b", "value": "do i lock the shed"}
    return interactions.click_in_view(home, typed)


# A payload of each kind, by somebody, about some channel.
KINDS: Mapping[str, Callable[[str, str], Json]] = {
    "message": lambda user, _: events.message(user=user),
    "reply": lambda user, _: events.message(user=user, thread_ts="1795000000.000100"),
    "edited": lambda user, _: events.edited(events.message(user=user), "may i paint the shed"),
    "deleted": lambda user, _: events.deleted(events.message(user=user)),
    "bot message": lambda _user, _: events.bot_message(),
    "mention": lambda user, channel: events.mention(user=user, channel=channel),
    "home": lambda user, _: events.home_opened(user=user),
    "pane": lambda user, _: events.pane_opened(user=user),
    "new pane": lambda user, _: events.home_opened("messages", user=user),
    "revoked": lambda _user, _: events.tokens_revoked(bots=()),
    "challenge": lambda _user, _: events.url_verification(),
    "command": lambda user, channel: interactions.command(user_id=user, channel_id=channel),
    "shortcut": lambda user, channel: interactions.shortcut(user={"id": user}, channel={"id": channel}),
    "choose": lambda user, channel: _clicked(user, channel, actions.Choose("locking-the-shed")),
    "show": lambda user, channel: _clicked(user, channel, actions.Show("also", TODAY, ("own/1",))),
    "more": lambda user, channel: _clicked(user, channel, actions.More(1, actions.Topic("sheds"))),
    "share": lambda user, channel: _clicked(user, channel, actions.Share('{"outcome": "answered"}')),
    "unhelpful": lambda user, channel: _clicked(user, channel, actions.Unhelpful("locking-the-shed")),
    "reason": _submitted,
    "search": _asked_at_home,
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_payload_with_any_part_missing_or_of_another_kind_is_no_error(
    kind: str, app: SlackApp, caplog: pytest.LogCaptureFixture
):
    # Each time by somebody else somewhere else: Slack takes one message a second in each place.
    numbers = itertools.count(1)
    instead = itertools.cycle(INSTEAD)

    async def put(path: tuple[Any, ...], *other: Any) -> int:
        number = next(numbers)
        payload = KINDS[kind](f"U0MANY{number:05d}", f"C0MANY{number:05d}")
        broken = changed(payload, path, *other)
        if way_of(payload) == "json":
            return await send(app, json.dumps(broken).encode())
        fields = broken if way_of(payload) == "form" else {"payload": json.dumps(broken)}
        return await send(app, urlencode(fields).encode(), FORM_TYPE)

    statuses = []
    for path in paths(KINDS[kind](ids.ASKER, ids.CHANNEL)):
        statuses += [await put(path), await put(path, next(instead))]
    await app.sends(events.message())
    await app.service.posted(1, channel=ids.dm_of(ids.ASKER))

    assert {status for status in statuses if not 200 <= status < 500} == set()
    assert errors(caplog) == []


async def test_a_flood_of_broken_payloads_leaves_no_task_behind(app: SlackApp):
    before = len(asyncio.all_tasks())

    for n in range(200):
        await send(app, json.dumps(events.event({"type": "message", "channel_type": "im", "n": n})).encode())

    assert len(asyncio.all_tasks()) <= before + 2
