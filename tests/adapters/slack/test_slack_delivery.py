"""Deliveries and payloads of the stand-in of Slack are what an app gets from Slack: Slack's own code reads them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from aiohttp import web
from pytest_aiohttp import AiohttpServer
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_delivery import Delivery
from slack_payloads import encoded, way_of
from slack_sdk.signature import SignatureVerifier
from slack_service import SlackService
from slack_world import Message, View

Json = dict[str, Any]
DM = ids.dm_of(ids.ASKER)
MESSAGE = Message(ids.CHANNEL, "1.000002", "Lock the shed.", [], ids.BOT_USER)
EPHEMERAL = Message(ids.CHANNEL, "1.000003", "Lock the shed.", [], ids.BOT_USER, only_for=ids.ASKER)
MODAL = View("V0MODAL001", ids.TEAM, ids.ASKER, {"type": "modal", "callback_id": "signpost.reasons"}, "1.a")
HOME = View("V0HOME0001", ids.TEAM, ids.ASKER, {"type": "home"}, "1.b")
BUTTON = {"type": "button", "action_id": "signpost.open", "block_id": "b", "value": "v"}


@dataclass
class Receiver:
    """An app that looks at signatures with Slack's own verifier and answers as a test tells it to."""

    answers: list[int] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    genuine: list[bool] = field(default_factory=list)
    silent: asyncio.Event | None = None

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.text()
        headers = {name: value for name, value in request.headers.items() if name.startswith("X-Slack")}
        self.requests.append(headers)
        self.genuine.append(SignatureVerifier(ids.SECRET_OF_SIGNING).is_valid_request(body, headers))
        if self.silent is not None:
            await self.silent.wait()
        return web.Response(status=self.answers.pop(0) if self.answers else 200, text="seen")


Listening = Callable[..., Awaitable[Delivery]]


@pytest.fixture
async def listening(aiohttp_server: Callable[..., Awaitable[AiohttpServer]]) -> AsyncIterator[Listening]:
    async with AsyncExitStack() as stack:

        async def listen(receiver: Receiver, **about: Any) -> Delivery:
            app = web.Application()
            app.router.add_post("/slack/events", receiver.answer)
            server = await aiohttp_server(app)
            return await stack.enter_async_context(Delivery.to(str(server.make_url("/slack/events")), **about))

        yield listen


async def test_every_delivery_is_signed(listening: Listening):
    receiver = Receiver()
    delivery = await listening(receiver)

    for payload in (events.message(), interactions.command("é & ü"), interactions.shortcut()):
        got = await delivery.deliver(payload)

    assert receiver.genuine == [True] * 3
    assert (got.status, got.body, got.ok) == (200, "seen", True)
    assert len(delivery.acknowledgements) == 3


async def test_another_secret_makes_no_genuine_signature(listening: Listening):
    receiver = Receiver()
    delivery = await listening(receiver, secret="another")

    await delivery.deliver(events.message())

    assert receiver.genuine == [False]


async def test_an_event_is_repeated_until_it_is_acknowledged_and_says_so(listening: Listening):
    receiver = Receiver(answers=[500, 503, 200])
    delivery = await listening(receiver)

    got = await delivery.insist(events.message(), after_s=(0, 0, 0))

    told = [(one.get("X-Slack-Retry-Num"), one.get("X-Slack-Retry-Reason")) for one in receiver.requests]
    assert [one.status for one in got] == [500, 503, 200]
    assert told == [(None, None), ("1", "http_error"), ("2", "http_error")]


async def test_a_command_is_delivered_once_whatever_comes_back(listening: Listening):
    delivery = await listening(Receiver(answers=[500]))

    got = await delivery.insist(interactions.command(), after_s=(0, 0, 0))

    assert [one.status for one in got] == [500]


async def test_who_does_not_answer_in_time_has_not_acknowledged(listening: Listening):
    receiver = Receiver(silent=asyncio.Event())
    delivery = await listening(receiver, within_s=0.05)

    got = await delivery.deliver(events.message())
    receiver.silent.set()

    assert (got.status, got.reason, got.ok) == (0, "http_timeout", False)


async def test_who_is_not_there_has_not_acknowledged(unused_tcp_port: int):
    async with Delivery.to(f"http://127.0.0.1:{unused_tcp_port}/slack/events") as delivery:
        got = await delivery.deliver(events.message())

    assert (got.status, got.reason) == (0, "connection_failed")


QUESTION = events.message()
# For each payload: how it travels, and the person and the channel that Bolt finds in it (in the older pane: no person).
PAYLOADS: dict[str, tuple[Json, str, str | None, str | None]] = {
    "message": (QUESTION, "json", ids.ASKER, DM),
    "message in a thread": (events.message(thread_ts="1.000001"), "json", ids.ASKER, DM),
    "mention": (events.mention(), "json", ids.ASKER, ids.CHANNEL),
    "edited mention": (events.mention(edited={"user": ids.ASKER, "ts": "2.0"}), "json", ids.ASKER, ids.CHANNEL),
    "edited": (events.edited(QUESTION, "and at night"), "json", ids.ASKER, DM),
    "unfurled": (events.unfurled(QUESTION), "json", ids.ASKER, DM),
    "deleted": (events.deleted(QUESTION), "json", ids.ASKER, DM),
    "another bot": (events.bot_message(), "json", None, DM),
    "our own": (events.own_message(), "json", ids.BOT_USER, DM),
    "pane opened": (events.pane_opened(), "json", None, DM),
    "pane moved": (events.pane_moved(), "json", None, DM),
    "home opened": (events.home_opened(), "json", ids.ASKER, DM),
    "messages tab opened": (events.home_opened("messages"), "json", ids.ASKER, DM),
    "uninstalled": (events.uninstalled(), "json", None, None),
    "tokens revoked": (events.tokens_revoked(), "json", None, None),
    "command": (interactions.command(), "form", ids.ASKER, ids.CHANNEL),
    "shortcut": (interactions.shortcut(), "payload", ids.ASKER, ids.CHANNEL),
    "click": (interactions.click(MESSAGE, BUTTON), "payload", ids.ASKER, ids.CHANNEL),
    "click in private": (interactions.click(EPHEMERAL, BUTTON), "payload", ids.ASKER, ids.CHANNEL),
    "click in a modal": (interactions.click_in_view(MODAL, BUTTON), "payload", ids.ASKER, None),
    "click at home": (interactions.click_in_view(HOME, BUTTON), "payload", ids.ASKER, None),
    "submission": (interactions.submission(MODAL), "payload", ids.ASKER, None),
    "closed": (interactions.closed(MODAL), "payload", ids.ASKER, None),
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_bolt_finds_team_person_and_channel_in_every_payload(name: str):
    payload, way, person, channel = PAYLOADS[name]
    content_type, body = encoded(payload)

    request = AsyncBoltRequest(body=body.decode(), headers={"content-type": content_type})

    assert way_of(payload) == way
    assert request.context.team_id == ids.TEAM
    assert (request.context.user_id, request.context.channel_id) == (person, channel)


def test_a_form_holds_the_interaction_as_json():
    content_type, body = encoded(interactions.shortcut())

    payload = json.loads(parse_qs(body.decode())["payload"][0])

    assert content_type == "application/x-www-form-urlencoded"
    assert (payload["type"], payload["callback_id"]) == ("message_action", "signpost.shortcut")


def test_an_edit_tells_of_before_and_after_under_one_timestamp():
    question = events.message("do i lock the shed")

    edit = events.edited(question, "do i lock the gate")["event"]

    assert edit["previous_message"]["ts"] == edit["message"]["ts"] == question["event"]["ts"]
    assert (edit["previous_message"]["text"], edit["message"]["text"]) == ("do i lock the shed", "do i lock the gate")
    assert edit["ts"] != question["event"]["ts"]


def test_a_stranger_in_a_shared_channel_is_of_another_team():
    payload = events.from_other_team(events.mention())

    assert payload["is_ext_shared_channel"]
    assert payload["team_id"] == payload["context_team_id"] == ids.TEAM
    assert payload["event"]["user_team"] == payload["event"]["source_team"] == ids.OTHER_TEAM


def test_no_event_and_no_message_has_the_id_of_another():
    payloads = [events.message() for _ in range(100)]

    assert len({payload["event_id"] for payload in payloads}) == 100
    assert len({payload["event"]["ts"] for payload in payloads}) == 100


async def test_a_live_interaction_has_a_trigger_and_a_response_url_that_work():
    async with SlackService.running() as service:
        command = service.live(interactions.command())
        click = service.live(interactions.click(MESSAGE, BUTTON))
        at_home = service.live(interactions.click_in_view(HOME, BUTTON))

        assert {one["trigger_id"] for one in (command, click, at_home)} == set(service.world.triggers)
        assert click["response_url"].startswith(f"{service.url}/response/")
        assert "response_url" not in at_home


def test_a_button_is_found_by_the_beginning_of_its_action_id():
    blocks = [{"type": "actions", "block_id": "b", "elements": [BUTTON, BUTTON | {"action_id": "signpost.close"}]}]

    assert interactions.action_in(blocks, "signpost.op") == BUTTON
    with pytest.raises(LookupError):
        interactions.action_in(blocks, "signpost.")
