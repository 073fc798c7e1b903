"""promise 5: nobody is ever shown a clause, a title or a route of another organisation.

Three organisations share two Signposts, a database, channels, timestamps and the ids of everything in their libraries.
`SIGNPOST_STEPS=10000 pytest tests/scenarios/test_no_data_crosses_organisations.py` takes as many steps.
"""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
import slack_organisations as three
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from slack_organisations import ORGANISATIONS, PEOPLE, SHARED, TEAMS, Signposts, library_of, mark, person
from slack_payloads import Json

from adapters.slack.inbound import Asker
from adapters.slack.replies import Reply, Way
from adapters.storage.store import open_store
from bot.app import PolicyBot
from bot.recorded import record

STEPS = int(os.environ.get("SIGNPOST_STEPS", "120"))
STEPS_OF_A_RUN = 40
LIBRARIES = {name: library_of(name) for name in ORGANISATIONS}
QUESTIONS = (
    "do i lock the shed",
    "may i paint the shed green",
    "can i put goldfish in the pond",
    "the head gardener bullies me",
    "and what about the door",
    "own/1",
    "when is payday",
    "hello",
)
THREADS = [f"{1_795_000_000 + number}.000100" for number in range(4)]
organisations = st.sampled_from(ORGANISATIONS)
people = st.integers(0, PEOPLE - 1)
questions = st.sampled_from(QUESTIONS)
channels = st.sampled_from(SHARED)
threads = st.tuples(channels, st.sampled_from(THREADS))
either = st.sampled_from([0, 1])
some = st.integers(0, 10_000)


def crossed(signposts: Signposts) -> list[tuple[str, str]]:
    """Whose app has shown what names another organisation."""
    found = []
    for owner, shown in signposts.shown():
        text = json.dumps(shown)
        found += [(owner, other) for other in ORGANISATIONS if other != owner and mark(other) in text]
    return found


class Organisations(RuleBasedStateMachine):
    """Staff of three organisations ask, ask on, change, delete, click and share, in the same places."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.asked: list[Json] = []
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.signposts: Signposts = self.run(self.stack.enter_async_context(three.serving(Path(folder), LIBRARIES)))

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    def send(self, payload: Json, to: int) -> None:
        assert self.run(self.signposts.sends(payload, to=to)) == 200

    def buttons(self) -> list[Json]:
        """Everything that can be clicked in anything that was shown to anybody."""
        shown = [one for _, one in self.signposts.shown()]
        blocks = [block for one in shown for block in (one["blocks"] if isinstance(one, dict) else one[1])]
        every = [each for block in blocks for each in (*block.get("elements", ()), block.get("accessory", {}))]
        return [each | {"block_id": "b"} for each in every if str(each.get("action_id", "")).startswith("signpost.")]

    @rule(name=organisations, who=people, text=questions, to=either)
    def asks_in_private(self, name: str, who: int, text: str, to: int) -> None:
        payload = events.message(text, user=person(name, who), **three.around(name))
        self.asked.append(payload)
        self.send(payload, to)

    @rule(name=organisations, who=people, text=questions, place=threads, to=either)
    def asks_in_a_thread_that_all_see(self, name: str, who: int, text: str, place: tuple[str, str], to: int) -> None:
        channel, ts = place
        self.send(three.mention(name, text, user=person(name, who), channel=channel, thread_ts=ts), to)

    @rule(who=people, text=questions, channel=channels, to=either)
    def mentions_all_three_in_one_message(self, who: int, text: str, channel: str, to: int) -> None:
        ts, event_id = ids.new_ts(), ids.new_id("Ev")
        for name in ORGANISATIONS:
            payload = three.mention(name, text, user=person(name, who), channel=channel, ts=ts)
            self.send(payload | {"event_id": event_id}, to)

    @rule(name=organisations, who=people, text=questions, channel=channels, to=either)
    def asks_by_command(self, name: str, who: int, text: str, channel: str, to: int) -> None:
        self.send(three.command(name, text, person(name, who), channel), to)

    @precondition(lambda self: self.asked)
    @rule(which=some, text=questions, to=either)
    def changes_a_question(self, which: int, text: str, to: int) -> None:
        payload = self.asked[which % len(self.asked)]
        changed = events.edited(payload, text)
        self.send(changed | {"authorizations": payload["authorizations"]}, to)

    @precondition(lambda self: self.asked)
    @rule(which=some, name=organisations, to=either)
    def asks_on_below_anybodys_question(self, which: int, name: str, to: int) -> None:
        payload = self.asked[which % len(self.asked)]
        place = {"channel": payload["event"]["channel"], "thread_ts": payload["event"]["ts"]}
        self.send(events.message("and the door", user=person(name, 0), **place, **three.around(name)), to)

    @rule(which=some, name=organisations, who=people, channel=channels, to=either)
    def clicks_what_anybody_was_shown(self, which: int, name: str, who: int, channel: str, to: int) -> None:
        buttons = self.buttons()
        # No precondition: what has been shown by now depends on the machine, and rules may not.
        if not buttons:
            return
        clicked = three.interaction(interactions.shortcut(), name, person(name, who)) | {
            "type": "block_actions",
            "channel": {"id": channel, "name": "shared"},
            "container": {"type": "message", "message_ts": THREADS[0], "channel_id": channel},
            "actions": [buttons[which % len(buttons)] | {"action_ts": ids.new_ts()}],
        }
        self.send({key: value for key, value in clicked.items() if key not in ("callback_id", "message")}, to)

    @rule(name=organisations, who=people, to=either)
    def opens_home(self, name: str, who: int, to: int) -> None:
        self.send(events.home_opened(user=person(name, who), **three.around(name)), to)

    @invariant()
    def nothing_has_crossed(self) -> None:
        assert crossed(self.signposts) == []

    def teardown(self) -> None:
        """Let what is under way arrive, and look once more."""
        self.run(self.stack.aclose())
        assert crossed(self.signposts) == []
        self.runner.close()


TestOrganisations = Organisations.TestCase
TestOrganisations.settings = settings(
    max_examples=max(1, STEPS // STEPS_OF_A_RUN),
    stateful_step_count=STEPS_OF_A_RUN,
    deadline=None,
    derandomize="SIGNPOST_STEPS" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)


async def test_each_organisation_is_answered_from_its_own_library(tmp_path: Path):
    async with three.serving(tmp_path, LIBRARIES) as signposts:
        for name in ORGANISATIONS:
            await signposts.sends(events.message(user=person(name, 0), **three.around(name)))
        await signposts.service.posted(3)

        shown = signposts.shown()
    assert {owner for owner, said in shown if mark(owner) in json.dumps(said)} == set(ORGANISATIONS)
    assert crossed(signposts) == []


async def test_what_a_dead_process_left_is_delivered_to_its_own_organisation_only(tmp_path: Path):
    async with three.serving(tmp_path, LIBRARIES) as signposts:
        long_ago = await open_store(f"sqlite:///{tmp_path}/signpost.db", now=lambda: time.time() - 60.0)
        for owner in ORGANISATIONS:
            for asker in ORGANISATIONS:
                bot = PolicyBot(LIBRARIES[owner], LIBRARIES[owner].organisations[owner])
                left = Reply(
                    Asker(TEAMS[asker], "", person(asker, 1)),
                    Way.DIRECT,
                    channel=ids.dm_of(person(asker, 1)),
                    answer=record(bot.ask("do i lock the shed")),
                )
                sealed = signposts.seal.seal(json.dumps({**left.as_address(), "at": time.time()}).encode())
                await long_ago.claim(owner, "slack", f"{owner} to {asker}", "dead", sealed)
        await long_ago.close()

        await signposts.service.posted(3, within_s=20.0)
        while any([await signposts.store.take_over(name, "slack", "a test", 50) for name in ORGANISATIONS]):
            pass

    assert sorted(owner for owner, _ in signposts.shown()) == sorted(ORGANISATIONS)
    assert all(mark(owner) in json.dumps(said) for owner, said in signposts.shown())
    assert crossed(signposts) == []


async def test_the_database_names_each_row_s_organisation_and_gives_no_other_its_notes(tmp_path: Path):
    async with three.serving(tmp_path, LIBRARIES) as signposts:
        await signposts.store.keep("garden", "a key", b"sealed", 60.0)

        kept = {name: await signposts.store.kept(name, "a key") for name in ORGANISATIONS}

    assert kept == {"garden": b"sealed", "meadow": None, "orchard": None}
