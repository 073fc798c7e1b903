"""promises 22, 40 and 41: what is asked in Teams, and by whom, is in no file and no log, nor is any secret."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import teams_activities as activities
import teams_events as events
import teams_ids as ids
import teams_invokes as invokes
from hostile import strings
from slack_probes import files_with
from teams_cards import objects
from teams_delivery import Delivery
from teams_ids import Json
from teams_in_production import Production, in_production
from teams_replicas import answers, people, question, settings_of_tenants
from teams_world import Message

from adapters.sealing import new_key

CANARY = "zyxcanary"
NHS_NUMBER = "999 000 0018"
EVENT = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO|WARNING|ERROR) [a-z_.]+ \S")
ASKER, NAME = "29:1zyxasker", "zyxperson"
CHANNEL, TEAM = "19:zyxsheds@thread.tacv2", "zyxteam"
KEY = new_key()
# Each in a chat of their own: Teams takes seven messages a second in each.
OTHERS = [f"{ASKER}-{number}" for number in range(6)]
PEOPLE = ("zyxasker", NAME, "zyxsheds", TEAM, ids.aad_of(ASKER), f"{ids.aad_of(ASKER)[:8]}@garden.example")
NOT_KEPT = (CANARY, NHS_NUMBER, *PEOPLE, ids.APP_SECRET, KEY, "a-bot-token-", "Bearer")


def asked(text: str) -> str:
    return f"{text} {CANARY}"


def named(activity: Json, user: str = ASKER) -> Json:
    """*activity* by somebody with a name, in a team with one."""
    return activity | {
        "from": {"id": user, "name": NAME, "aadObjectId": ids.aad_of(user)},
        "channelData": activity["channelData"] | {"team": {"id": TEAM, "name": TEAM}},
    }


def every_way_to_ask() -> Iterator[Json]:
    """Somebody asks in each way there is, changes and deletes questions, and does what is no question."""
    first = activities.message(asked("do i lock the shed"), user=ASKER)
    root = activities.mention(asked("may i paint the shed green"), user=ASKER, channel=CHANNEL)
    for user, activity in (
        (ASKER, first),
        (ASKER, activities.edited(first, asked("may i paint the shed green"))),
        (ASKER, activities.deleted(first)),
        (ASKER, activities.undeleted(first)),
        (OTHERS[0], activities.message(asked(f"may i post about patient {NHS_NUMBER}"), user=OTHERS[0])),
        (OTHERS[1], activities.message(asked("the head gardener bullies me"), user=OTHERS[1])),
        (OTHERS[2], activities.message(asked("shed " * 500), user=OTHERS[2])),
        (OTHERS[3], activities.with_mention_of(activities.message(asked("hello"), user=OTHERS[3]), ASKER, NAME)),
        (ASKER, root),
        (ASKER, activities.mention(asked("and the planks"), user=ASKER, channel=CHANNEL, root=root["id"])),
        (OTHERS[4], activities.mention(asked("he has a knife in the shed"), user=OTHERS[4], channel=CHANNEL)),
        (OTHERS[5], activities.group_mention(asked("fish in the pond"), user=OTHERS[5])),
        (ASKER, events.typing(user=ASKER)),
        (ASKER, events.joined(ASKER)),
        (ASKER, events.installed()),
        (ASKER, events.reacted(to=first["id"])),
        (ASKER, events.event("something.new", {"text": CANARY, "who": NAME})),
        (ASKER, invokes.queried(asked("do i lock the shed"), user=ASKER)),
        (ASKER, invokes.queried(None, user=ASKER)),
        (ASKER, invokes.fetched(asked("may i paint the shed green"), user=ASKER)),
        (ASKER, invokes.judged("like", asked("good"), user=ASKER)),
        (ASKER, invokes.invoke("what/isThis", {"text": CANARY, "who": NAME}, user=ASKER)),
    ):
        yield named(activity, user)


def clicks(shown: list[Message]) -> Iterator[Json]:
    """Everything that can be clicked in these messages, in the newer and in the older way."""
    for message in shown:
        for action in objects(message.card):
            data: Any = action.get("data")
            if action.get("type") == "Action.Execute":
                yield named(invokes.executed(action["verb"], data, reply_to=message.id, user=ASKER))
            elif action.get("type") == "Action.Submit":
                yield named(activities.submitted(data, reply_to=message.id, user=ASKER))


async def send(delivery: Delivery, activity: Json) -> None:
    """Send it; what is not ours is answered so, and is no error."""
    got = await delivery.deliver(activity)
    assert got.status == 200 or (got.status == 404 and activity["type"] == "invoke"), activity["type"]


def lines_of(product: Production) -> list[str]:
    """What was logged, each line an event."""
    lines = product.replica.log.all
    assert [line for line in lines if not EVENT.match(line) and not line.startswith("Signpost answers ")] == []
    return lines


async def test_no_file_and_no_log_holds_a_question_a_person_or_a_secret(tmp_path: Path):
    async with in_production(tmp_path, SIGNPOST_KEYS=KEY) as product, product.delivery() as delivery:
        service = product.service
        service.limits.enforced = False
        for activity in every_way_to_ask():
            await send(delivery, activity)
        await service.posted(9, within_s=20.0)
        clicked, before = list(clicks(service.messages())), service.count("send")
        for activity in clicked:
            await send(delivery, activity)
        await service.called("send", before + 1, within_s=20.0)
        while_it_runs = files_with(tmp_path, NOT_KEPT)
        await product.replica.stop()

    lines = lines_of(product)
    text = "\n".join(lines)
    assert len(clicked) > 20
    assert while_it_runs == []
    assert files_with(tmp_path, NOT_KEPT) == []
    assert [canary for canary in (*NOT_KEPT, product.service.bearer()) if canary in text] == []
    assert " ERROR " not in text
    assert "Traceback" not in text


async def test_a_process_that_is_killed_before_it_has_answered_leaves_nothing_readable(tmp_path: Path):
    async with in_production(tmp_path, SIGNPOST_KEYS=KEY) as product, product.delivery() as delivery:
        hanging = product.service.faults.hang("member", times=4)
        for user, text in zip(OTHERS, ("may i paint the shed green", "the head gardener bullies me"), strict=False):
            await send(delivery, named(activities.message(asked(text), user=user), user))
            await send(delivery, named(activities.mention(asked(text), user=user, channel=CHANNEL), user))
        await product.service.caught(hanging, 4)
        await product.replica.kill()

    assert files_with(tmp_path, NOT_KEPT) == []


async def test_whatever_teams_and_the_login_answer_no_secret_and_no_person_is_logged(tmp_path: Path):
    async with in_production(tmp_path, SIGNPOST_KEYS=KEY) as product, product.delivery() as delivery:
        service = product.service
        service.login.revoke()
        service.garbled["login"] = f'{{"error": "{CANARY}", "error_description": "{ids.APP_SECRET} {NAME}"}}'.encode()
        told = f'{{"error": {{"code": "zyxcanary {NAME}", "message": "{ASKER} {CANARY}"}}}}'.encode()
        for name in ("send", "member", "create"):
            service.garbled[name] = told
            await send(delivery, named(activities.message(asked("do i lock the shed"), user=ASKER)))
            service.faults.refuse(name, "BotDisabledByAdmin", times=2)
            await send(delivery, named(activities.mention(asked("do i lock the shed"), user=ASKER, channel=CHANNEL)))
            await send(delivery, named(invokes.queried(asked("fish"), user=OTHERS[0]), OTHERS[0]))
        await service.until(lambda: len(service.answered) > 8)
        await product.replica.stop()

    text = "\n".join(lines_of(product))
    assert [canary for canary in NOT_KEPT if canary in text] == []
    assert files_with(tmp_path, NOT_KEPT) == []


async def test_a_thousand_hostile_questions_are_no_event(tmp_path: Path):
    texts = [f"{text[:1900]} {CANARY}" for text in strings(1_000, seed=44)]
    told = ("--config", str(settings_of_tenants(tmp_path, "garden")))
    async with in_production(tmp_path, *told) as product, product.delivery() as delivery:
        users = people(product.service, len(texts))
        before = len(product.replica.log.all)
        many = asyncio.Semaphore(20)

        async def ask(user: str, text: str) -> None:
            async with many:
                await send(delivery, question(text, user=user))

        await asyncio.gather(*(ask(user, text) for user, text in zip(users, texts, strict=True)))
        await product.service.until(lambda: len(answers(product.service)) == len(texts), within_s=60.0)
        await product.replica.stop()

    assert product.replica.log.all[before:] == []
    assert files_with(tmp_path, [CANARY, "1many-", ids.APP_SECRET]) == []
    assert CANARY not in str([each.activity for each in product.service.sent])
