"""promise 5: one library serves several organisations, and each gets the answer that is right for its own staff.

Their ids are the same: only whose word each document is makes the difference.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
import slack_organisations as three
from block_kit import texts
from builders import a_library, some_packs
from slack_organisations import BOT_USERS, ORGANISATIONS, SHARED, Signposts, person
from slack_payloads import Json

from bot import wording
from bot.model import WarningId
from knowledge.library import Library
from knowledge.model import Authority

OWN, UNION, PONDS = "You may paint the shed green.", "Do not paint a shed at all.", "Ponds may hold fish."
OF_THE_EMPLOYER = wording.AUTHORITIES[Authority.EMPLOYER_POLICY]
SILENT = wording.WARNINGS[WarningId.NOT_EMPLOYER_POLICY]


@dataclass(frozen=True)
class Asked:
    """A question, the situation that it is about, and what each employer's own policy says of that, if anything."""

    text: str
    situation: str
    said: Mapping[str, str]


ASKED = {
    "paint": Asked("may i paint the shed green", "painting-the-shed", {"garden": OWN, "meadow": UNION}),
    "ponds": Asked("can i put goldfish in the pond", "fish-in-the-pond", {"meadow": PONDS}),
}
# Whose own policy is the shed policy, whose is what the union says, and who has none.
THE_THREE = """
organisations:
  - {id: garden, name: The Garden Trust, documents: {own: employer_policy, other: union_advice}}
  - {id: meadow, name: The Meadow Trust, documents: {own: other_employer, other: employer_policy}}
  - {id: orchard, name: The Orchard Trust, documents: {own: other_employer, other: union_advice}}
"""


@pytest.fixture(scope="module")
def library() -> Library:
    return a_library(some_packs(organisations=THE_THREE))


@pytest.fixture
async def signposts(library: Library, tmp_path: Path) -> AsyncIterator[Signposts]:
    async with three.serving(tmp_path, dict.fromkeys(ORGANISATIONS, library)) as signposts:
        yield signposts


def by_message(name: str, asked: Asked) -> Json:
    return events.message(asked.text, user=person(name, 0), **three.around(name))


def by_mention(name: str, asked: Asked) -> Json:
    return three.mention(name, asked.text, user=person(name, 0), channel=SHARED[0])


def by_command(name: str, asked: Asked) -> Json:
    return three.command(name, asked.text, person(name, 0), SHARED[0])


def by_shortcut(name: str, asked: Asked) -> Json:
    return three.interaction(interactions.shortcut(asked.text, channel={"id": SHARED[0]}), name, person(name, 0))


def by_a_pick(name: str, asked: Asked) -> Json:
    clicked = three.interaction(interactions.shortcut(channel={"id": SHARED[0]}), name, person(name, 0)) | {
        "type": "block_actions",
        "container": {"type": "message", "message_ts": ids.new_ts(), "channel_id": SHARED[0]},
        "actions": [{"type": "button", "action_id": "signpost.choose.1", "value": asked.situation}],
    }
    return {key: value for key, value in clicked.items() if key not in ("callback_id", "message")}


WAYS: tuple[Callable[[str, Asked], Json], ...] = (by_message, by_mention, by_command, by_shortcut, by_a_pick)


def answers(signposts: Signposts) -> dict[str, str]:
    """What each organisation's app has said in messages, by organisation; one answer of each."""
    owners = {bot: name for name, bot in BOT_USERS.items()}
    world = signposts.service.world
    said = [one for place in world.messages.values() for one in place.values()] + world.ephemerals
    return {owners[one.user]: one.text for one in said}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ASKED)
async def test_the_same_question_is_answered_with_each_employer_s_own_policy(name: str, way, signposts: Signposts):
    asked = ASKED[name]

    for organisation in ORGANISATIONS:
        assert await signposts.sends(way(organisation, asked)) == 200
    await signposts.service.until(lambda: len(answers(signposts)) == len(ORGANISATIONS), what="an answer of each")

    for organisation, text in answers(signposts).items():
        own = asked.said.get(organisation)
        assert text.count(f"({OF_THE_EMPLOYER}):") == (own is not None)
        assert (SILENT in text) is (own is None)
        assert own is None or own in text


@pytest.mark.parametrize("name", ASKED)
async def test_what_is_asked_on_app_home_is_answered_with_each_employer_s_own_policy(name: str, signposts: Signposts):
    asked, service = ASKED[name], signposts.service
    for organisation in ORGANISATIONS:
        await signposts.sends(events.home_opened(user=person(organisation, 0), **three.around(organisation)))
    await service.until(lambda: len(service.published) == len(ORGANISATIONS), what="a home of each")

    for organisation in ORGANISATIONS:
        typed = {"type": "plain_text_input", "action_id": "signpost.ask", "block_id": "b", "value": asked.text}
        clicked = interactions.click_in_view(service.published[person(organisation, 0)], typed)
        await signposts.sends(three.interaction(clicked, organisation, person(organisation, 0)))
    await service.until(lambda: len(service.views) == len(ORGANISATIONS), what="a modal of each")

    shown = {view.user: "".join(texts(view.shape["blocks"])) for view in service.views}
    for organisation in ORGANISATIONS:
        own, said = asked.said.get(organisation), shown[person(organisation, 0)]
        assert (SILENT in said) is (own is None)
        assert own is None or own in said
