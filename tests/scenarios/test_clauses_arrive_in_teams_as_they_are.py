"""promise 30, on the wire: what Teams is given of a clause, through the running product, is the library's clause."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import teams_activities as act
import teams_cards
import teams_invokes as invokes
from teams_app import TeamsApp, card_of, refused_shapes, serving, settings
from teams_service import TeamsService

from bot import wording
from knowledge.library import Library

# Each answer goes to somebody else's chat: a chat takes one message a second.
ASKED = 20


@pytest.fixture
async def app(tmp_path: Path, shipped: Library) -> AsyncIterator[TeamsApp]:
    async with (
        TeamsService.running() as service,
        serving(shipped, settings(service, tmp_path), service, "trust") as app,
    ):
        yield app
    assert refused_shapes(app) == []


async def test_clauses_are_posted_as_they_stand_in_the_library(app: TeamsApp, shipped: Library):
    passages = shipped.passages[:: len(shipped.passages) // ASKED][:ASKED]
    people = [app.service.world.add_user().id for _ in passages]

    asked = [act.message(clause.id, user=user) for user, (_, clause) in zip(people, passages, strict=True)]
    await asyncio.gather(*(app.sends(each) for each in asked))
    await app.service.posted(len(asked), within_s=20)

    posted = {message.reply_to: message.card or {} for message in app.service.messages()}
    for question, (edition, clause) in zip(asked, passages, strict=True):
        card = posted[question["id"]]
        assert teams_cards.quotations(card) == [clause.text]
        assert wording.edition_dates(edition) in "\n".join(teams_cards.lines(card))


async def test_clauses_are_inserted_and_shown_in_dialogs_as_they_stand_in_the_library(app: TeamsApp, shipped: Library):
    people = [app.service.world.add_user().id for _ in range(ASKED)]
    passages = shipped.passages[1 :: len(shipped.passages) // ASKED][:ASKED]

    for user, (_, clause) in zip(people, passages, strict=True):
        found = await app.sends(invokes.queried(clause.id, user=user))
        opened = await app.sends(invokes.fetched(clause.id, user=user))

        inserted = found.body["composeExtension"]["attachments"][0]["content"]
        assert teams_cards.quotations(inserted) == [clause.text]
        assert teams_cards.quotations(card_of(opened)) == [clause.text]
