"""promises 22, 40 and 41: what is asked in Slack, and by whom, is in no file and no log, nor is any secret."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from hostile import strings
from serving import Server
from slack_delivery import Delivery
from slack_payloads import Json
from slack_probes import files_with
from slack_service import SlackService
from slack_world import Message

from adapters.sealing import new_key
from adapters.slack.mount import PATH

CANARY = "zyxcanary"
NHS_NUMBER = "999 000 0018"
EVENT = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO|WARNING|ERROR) [a-z_.]+ \S")
ASKER, CHANNEL, NAME = "U0ZYXASKER", "C0ZYXSHEDS", "zyxperson"
KEY = new_key()
HTTP = {"SLACK_BOT_TOKEN": ids.BOT_TOKEN, "SLACK_SIGNING_SECRET": ids.SECRET_OF_SIGNING}
SOCKET = {"SLACK_BOT_TOKEN": ids.BOT_TOKEN, "SLACK_APP_TOKEN": ids.APP_TOKEN}
SECRETS = (ids.BOT_TOKEN, ids.APP_TOKEN, ids.SECRET_OF_SIGNING, KEY)
# Each with direct messages of their own: Slack takes one message a second in each.
OTHERS = [f"{ASKER}{number}" for number in range(6)]
PEOPLE = (ASKER, ids.dm_of(ASKER), NAME, CHANNEL)
NOT_KEPT = (CANARY, NHS_NUMBER, *PEOPLE, *SECRETS)

Send = Callable[[Json], Awaitable[None]]


@asynccontextmanager
async def serving(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[tuple[SlackService, Server]]:
    """`signpost --verbose serve` as a process, and the Slack that it talks to."""
    async with SlackService.running() as service:
        service.limits.enforced = False
        for user in (ASKER, *OTHERS):
            service.world.add_user(user, name=NAME)
        service.world.add_channel(CHANNEL, members=(ASKER, ids.BOT_USER))
        told = {
            "SLACK_API_URL": service.api_url,
            "SIGNPOST_DATABASE_URL": f"sqlite:///{folder}/signpost.db",
            "SIGNPOST_KEYS": KEY,
            **environment,
        }
        server = await asyncio.to_thread(lambda: Server(folder, **told))
        try:
            yield service, server
        finally:
            server.kill()


@asynccontextmanager
async def over_http(folder: Path) -> AsyncIterator[tuple[SlackService, Server, Send]]:
    async with (
        serving(folder, HTTP) as (service, server),
        Delivery.to(f"http://127.0.0.1:{server.port}{PATH}", within_s=30.0) as slack,
    ):

        async def send(payload: Json) -> None:
            taken = await slack.deliver(payload)
            assert taken.status == 200, payload["type"]

        yield service, server, send


@asynccontextmanager
async def over_the_socket(folder: Path) -> AsyncIterator[tuple[SlackService, Server, Send]]:
    async with serving(folder, SOCKET) as (service, server):
        await service.socket.connected(within_s=20.0)

        async def send(payload: Json) -> None:
            await service.socket.ask(payload, within_s=20.0)

        yield service, server, send


WAYS_IN = {"http": over_http, "socket": over_the_socket}


def asked(text: str) -> str:
    return f"{text} {CANARY}"


async def ask_in_every_way(service: SlackService, send: Send) -> None:
    """Somebody asks in each way there is, changes and deletes questions, and opens what can be opened."""
    question = events.message(asked("do i lock the shed"), user=ASKER)
    elsewhere = {"user": ASKER, "channel": CHANNEL}
    root = events.mention(asked("may i paint the shed green"), **elsewhere)
    thread = {"thread_ts": root["event"]["ts"]}
    clicks = {"user": {"id": ASKER, "username": NAME, "name": NAME, "team_id": ids.TEAM}}
    for payload in (
        question,
        events.edited(question, asked("may i paint the shed green")),
        events.unfurled(question),
        events.deleted(question),
        events.message(asked("and the door"), user=OTHERS[0], thread_ts=question["event"]["ts"]),
        events.message(asked("do i lock the shed"), user=OTHERS[1], subtype="file_share"),
        events.message(asked(f"may i post about patient {NHS_NUMBER}"), user=OTHERS[2]),
        events.message(asked("the head gardener bullies me"), user=OTHERS[3]),
        events.message(asked("shed " * 500), user=OTHERS[4]),
        root,
        events.mention(asked("and what about the planks"), **elsewhere, **thread),
        events.mention(asked("he has a knife in the shed"), user=OTHERS[5], channel=CHANNEL),
        events.home_opened(user=ASKER),
        events.home_opened("messages", user=ASKER),
        events.pane_opened(user=ASKER),
        events.event({"type": "something_new", "user": ASKER, "text": CANARY, "event_ts": "1.1"}),
        interactions.command(asked("fish in the pond"), user_id=ASKER, user_name=NAME, channel_id=CHANNEL),
        interactions.command("", user_id=ASKER, user_name=NAME, channel_id=CHANNEL),
        interactions.shortcut(asked("goldfish"), channel={"id": CHANNEL, "name": CANARY}, **clicks),
    ):
        interaction = payload["type"] != "event_callback" if "type" in payload else True
        await send(service.live(payload) if interaction else payload)


async def click_everything(service: SlackService, send: Send, shown: list[Message]) -> None:
    """Every button of these messages, and the search box of the home tab with a question in it."""
    for message in shown:
        for block in message.blocks:
            for element in [*block.get("elements", ()), block.get("accessory", {})]:
                if str(element.get("action_id", "")).startswith("signpost."):
                    clicked = interactions.click(message, element | {"block_id": "b"}, user=ASKER)
                    await send(service.live(clicked))
    home = service.published[ASKER]
    search = {"type": "plain_text_input", "action_id": "signpost.ask", "block_id": "b", "value": asked("pond fish")}
    await send(service.live(interactions.click_in_view(home, search)))


@pytest.mark.parametrize("way", WAYS_IN)
async def test_no_file_and_no_log_holds_a_question_a_person_or_a_secret(way: str, tmp_path: Path):
    async with WAYS_IN[way](tmp_path) as (service, server, send):
        await ask_in_every_way(service, send)
        await service.shown(ASKER, 3, within_s=20.0)
        await service.called("views.publish", within_s=20.0)
        await click_everything(service, send, [*service.ephemerals, *service.messages(ids.dm_of(ASKER))])
        await service.called("views.open", within_s=20.0)
        await service.posted(1, channel=CHANNEL, within_s=20.0)
        while_it_runs = files_with(tmp_path, NOT_KEPT)
        lines = await asyncio.to_thread(server.stop)

    assert while_it_runs == []
    assert files_with(tmp_path, NOT_KEPT) == []
    for line in lines:
        assert EVENT.match(line) or line.startswith("Signpost answers "), line
        assert " ERROR " not in line
        assert "Traceback" not in line


async def test_a_process_that_is_killed_before_it_has_answered_leaves_nothing_readable(tmp_path: Path):
    async with over_http(tmp_path) as (service, server, send):
        await send(events.message("do i lock the shed", user=ASKER))
        await service.posted(1, within_s=20.0)
        hanging = service.faults.hang("chat.postMessage", times=5)
        for text in ("may i paint the shed green", "the head gardener bullies me"):
            await send(events.message(asked(text), user=ASKER))
            await send(events.mention(asked(text), user=ASKER, channel=CHANNEL))
        await service.caught(hanging, within_s=20.0)
        await asyncio.to_thread(server.kill)

    assert files_with(tmp_path, NOT_KEPT) == []


async def test_requests_that_are_refused_leave_no_trace(tmp_path: Path):
    refused = [
        events.message(asked("do i lock the shed"), user=ASKER, workspace=ids.OTHER_TEAM),
        interactions.command(asked("do i lock the shed"), user_id=ASKER, user_name=NAME, team_id=ids.OTHER_TEAM),
        events.event({"type": "message", "channel_type": "im", "user": ASKER, "text": CANARY}),
        interactions.shortcut(CANARY, user={"id": "", "name": NAME}),
        {"type": CANARY, "team_id": ids.TEAM, "user": ASKER},
        {CANARY: ASKER},
    ]

    async with serving(tmp_path, HTTP) as (_, server):
        url = f"http://127.0.0.1:{server.port}{PATH}"
        async with Delivery.to(url) as slack, Delivery.to(url, secret="guessed") as forger:
            statuses = [(await slack.deliver(payload)).status for payload in refused]
            forged = [(await forger.deliver(events.message(asked("shed"), user=ASKER))).status for _ in range(12)]
            broken = await slack.send(b"\xff" + CANARY.encode(), {"X-Slack-Signature": CANARY, CANARY: ASKER})
        lines = await asyncio.to_thread(server.stop)

    assert all(400 <= status < 500 for status in statuses), statuses
    assert forged == [401] * 10 + [429] * 2
    assert broken.status == 429
    assert files_with(tmp_path, NOT_KEPT) == []
    assert all(EVENT.match(line) or line.startswith("Signpost answers ") for line in lines)


async def test_a_thousand_hostile_questions_are_no_event(tmp_path: Path):
    texts = [f"{text[:1900]} {CANARY}" for text in strings(1_000, seed=44)]
    users = ids.many_users(len(texts))

    async with over_http(tmp_path) as (service, server, send):
        for user in users:
            service.world.add_user(user)
        before = len(server.log.read_text().split("\n"))
        many = asyncio.Semaphore(20)

        async def ask(user: str, text: str) -> None:
            async with many:
                await send(events.message(text, user=user))

        await asyncio.gather(*(ask(user, text) for user, text in zip(users, texts, strict=True)))
        answers = await service.posted(len(texts), within_s=60.0)
        lines = await asyncio.to_thread(server.stop)

    assert len(answers) == len(texts)
    assert lines[before - 1 :] == []
    assert files_with(tmp_path, [CANARY, "U0MANY", "D0MANY", *SECRETS]) == []
    assert CANARY not in json.dumps([answer.blocks for answer in answers])
