"""A clause too long for one message in Teams goes on in the next ones: nothing is lost, nothing is said twice."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
import teams_activities as act
import teams_cards
import teams_ids as ids
from builders import OWN_DOCUMENT, a_library, some_packs
from teams_app import TeamsApp, refused_shapes, serving, settings, shown
from teams_service import TeamsService

from bot import wording
from knowledge.library import Library

LOCKING, EXCEPTION = "Lock the shed at night, unless the owl is inside.", '["unless the owl is inside"]'
# Characters outside ASCII take more room.
LONG = ("Lock the shed at night 🦉🦉. " * 740).strip()
PARTS = 3


@pytest.fixture(scope="module")
def long_sheds() -> Library:
    """The library about sheds, with a first clause of nearly 20,000 characters."""
    return a_library(some_packs(documents__own=OWN_DOCUMENT.replace(LOCKING, LONG).replace(EXCEPTION, "[]")))


@pytest.fixture
async def app(service: TeamsService, long_sheds: Library, tmp_path: Path) -> AsyncIterator[TeamsApp]:
    """Signpost with that library."""
    async with serving(long_sheds, settings(service, tmp_path), service) as app:
        yield app
    assert refused_shapes(app) == []


def quoted(service: TeamsService) -> str:
    """What the messages quote of the clause, one after the other."""
    found = [text for message in service.messages() for text in teams_cards.quotations(message.card or {})]
    return "".join(found)


@pytest.mark.parametrize("ask", [act.message, act.mention])
async def test_a_clause_too_long_for_one_message_stands_whole_over_several(app: TeamsApp, service: TeamsService, ask):
    question = ask("do i lock the shed")

    await app.sends(question)
    messages = await service.posted(PARTS)
    await app.ends()

    assert len(service.messages()) == PARTS
    assert quoted(service) == LONG
    assert {message.conversation for message in messages} == {question["conversation"]["id"]}
    for before, after in pairwise(messages):
        assert wording.GOES_ON in shown(before.card)
        assert wording.WENT_BEFORE in shown(after.card)
    assert wording.GOES_ON not in shown(messages[-1].card)


async def test_when_a_part_has_to_be_tried_again_the_parts_before_it_are_not_repeated(
    app: TeamsApp, service: TeamsService
):
    first = service.faults.hang("send", after=True)
    await app.sends(act.message("do i lock the shed"))
    await service.caught(first)
    second = service.faults.fail("send", 503)
    first.release()
    await service.caught(second)
    await service.posted(PARTS)
    await app.ends()

    assert len(service.messages()) == len(service.sent)
    assert quoted(service) == LONG


async def test_an_edit_into_a_short_question_leaves_one_message(app: TeamsApp, service: TeamsService):
    question = act.mention("do i lock the shed")
    await app.sends(question)
    first, *_ = await service.posted(PARTS)

    await app.sends(act.edited(question, "can i put goldfish in the pond"))
    await app.ends()

    [short] = service.messages()
    assert (short.id, "Ponds may hold fish." in shown(short.card)) == (first.id, True)


async def test_an_edit_into_a_long_answer_shows_all_of_it(app: TeamsApp, service: TeamsService):
    question = act.mention("can i put goldfish in the pond")
    await app.sends(question)
    await service.posted()

    await app.sends(act.edited(question, "do i lock the shed"))
    await app.ends()

    assert len(service.messages()) == PARTS
    assert quoted(service) == LONG


async def test_a_deletion_takes_back_every_part(app: TeamsApp, service: TeamsService):
    question = act.message("do i lock the shed")
    await app.sends(question)
    await service.posted(PARTS)

    await app.sends(act.deleted(question))
    await app.ends()

    assert service.messages(ids.personal_of(ids.ASKER)) == []
