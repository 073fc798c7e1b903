"""promise 5, in Teams: nobody is ever shown a clause, a title or a route of another organisation.

Three organisations share two Signposts, a database, conversations and the ids of everything in their libraries.
`SIGNPOST_STEPS=10000 pytest tests/scenarios/test_no_data_crosses_tenants.py` takes as many steps.
"""

import asyncio
import os
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import teams_activities as activities
import teams_invokes as invokes
import teams_organisations as three
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from slack_organisations import library_of, mark
from teams_ids import Json
from teams_organisations import ORGANISATIONS, PEOPLE, SHARED, Signposts, person

STEPS = int(os.environ.get("SIGNPOST_STEPS", "80"))
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
ROOTS = [str(1_795_000_000_000 + number) for number in range(3)]
organisations = st.sampled_from(ORGANISATIONS)
people = st.integers(0, PEOPLE - 1)
questions = st.sampled_from(QUESTIONS)
threads = st.tuples(st.sampled_from(SHARED), st.sampled_from(ROOTS))
either = st.sampled_from([0, 1])
some = st.integers(0, 10_000)


def crossed(signposts: Signposts) -> list[tuple[str, str]]:
    """Who was shown what names another organisation."""
    shown = signposts.shown()
    return [
        (owner, other) for owner, said in shown for other in ORGANISATIONS if other != owner and mark(other) in said
    ]


class Organisations(RuleBasedStateMachine):
    """Staff of three organisations ask, ask on, change, delete, search and click, in the same places."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.asked: list[tuple[str, Json]] = []
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.signposts: Signposts = self.run(self.stack.enter_async_context(three.serving(Path(folder), LIBRARIES)))

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    def send(self, name: str, activity: Json, to: int) -> None:
        assert self.run(self.signposts.sends(name, activity, to=to)) == 200

    @rule(name=organisations, who=people, text=questions, to=either)
    def asks_in_private(self, name: str, who: int, text: str, to: int) -> None:
        activity = activities.message(text, user=person(name, who))
        self.asked.append((name, activity))
        self.send(name, activity, to)

    @rule(name=organisations, who=people, text=questions, place=threads, to=either)
    def asks_in_a_thread_that_is_called_the_same_everywhere(
        self, name: str, who: int, text: str, place: tuple[str, str], to: int
    ) -> None:
        channel, root = place
        activity = activities.mention(text, user=person(name, who), channel=channel, root=root)
        self.asked.append((name, activity))
        self.send(name, activity, to)

    @precondition(lambda self: self.asked)
    @rule(which=some, text=questions, to=either)
    def changes_a_question(self, which: int, text: str, to: int) -> None:
        name, activity = self.asked[which % len(self.asked)]
        self.send(name, activities.edited(activity, text), to)

    @precondition(lambda self: self.asked)
    @rule(which=some, to=either)
    def deletes_a_question(self, which: int, to: int) -> None:
        name, activity = self.asked[which % len(self.asked)]
        self.send(name, activities.deleted(activity), to)

    @rule(name=organisations, who=people, text=questions, to=either)
    def searches(self, name: str, who: int, text: str, to: int) -> None:
        self.send(name, invokes.queried(text, user=person(name, who)), to)

    @rule(name=organisations, who=people, text=questions, place=threads, to=either)
    def asks_about_somebodys_message(self, name: str, who: int, text: str, place: tuple[str, str], to: int) -> None:
        self.send(name, invokes.fetched(text, user=person(name, who), place=activities.in_channel(*place[::-1])), to)

    @rule(which=some, name=organisations, who=people, is_new=st.booleans(), to=either)
    def clicks_what_anybody_was_shown(self, which: int, name: str, who: int, is_new: bool, to: int) -> None:
        buttons = self.signposts.buttons()
        # No precondition: what has been shown by now depends on the machine, and rules may not.
        if not buttons:
            return
        data, user = buttons[which % len(buttons)], person(name, who)
        clicked = invokes.executed(data["signpost"]["action"], data, user=user)
        self.send(name, clicked if is_new else activities.submitted(data, reply_to=ROOTS[0], user=user), to)

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


async def test_one_id_in_one_conversation_of_three_tenants_is_three_questions(tmp_path: Path):
    async with three.serving(tmp_path, LIBRARIES) as signposts:
        asked = {
            name: activities.mention(user=person(name, 0), channel=SHARED[0], root=ROOTS[0]) for name in ORGANISATIONS
        }
        for name, activity in asked.items():
            await signposts.sends(name, activity | {"id": asked["garden"]["id"]})
        sent = await signposts.service.posted(3)

    assert {name for name in ORGANISATIONS for one in sent if mark(name) in str(one.activity)} == set(ORGANISATIONS)
    assert all(sum(mark(name) in str(one.activity) for name in ORGANISATIONS) == 1 for one in sent)


async def test_a_record_of_another_organisations_answer_shows_ones_own_or_nothing(tmp_path: Path):
    async with three.serving(tmp_path, LIBRARIES) as signposts:
        await signposts.sends("garden", activities.message(user=person("garden", 0)))
        await signposts.service.posted(1)
        refreshing = [data | {"signpost": data["signpost"] | {"action": "refresh"}} for data in signposts.buttons()]
        for data in refreshing:
            await signposts.sends("meadow", invokes.refreshed(data=data, user=person("meadow", 0)))

    assert refreshing
    assert crossed(signposts) == []
