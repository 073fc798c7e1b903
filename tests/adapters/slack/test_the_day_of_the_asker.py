"""An edition takes effect at midnight: where the asker is, or, until that is known, where the organisation is."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from builders import OWN_DOCUMENT, a_library, some_packs
from slack_app import HTTP, SlackApp, serving, settings
from slack_service import SlackService
from slack_world import Clock, Message

from knowledge.library import Library

OLD = "Lock the shed at night, unless the owl is inside."
NEW = "Leave the shed open for the owl."
# Midnight between the two days is at 00:00 in London, 15:00 the day before in Tokyo's favour, 06:00 in Jamaica.
BEFORE = datetime(2026, 11, 20, 23, 59, 59, tzinfo=ZoneInfo("Europe/London")).timestamp()


@pytest.fixture(scope="module")
def changing_sheds() -> Library:
    """The library about sheds, whose policy changes on 21 November 2026."""
    later = OWN_DOCUMENT.replace('edition: "1"', 'edition: "2"').replace("effective: 2020-01", "effective: 2026-11-21")
    later = later.replace(OLD, NEW).replace('exceptions: ["unless the owl is inside"]', "exceptions: []")
    return a_library(some_packs(documents__own2=later))


@pytest.fixture
def clock() -> Clock:
    """What the product takes for the time: the last second of 20 November in London."""
    return Clock(BEFORE)


@pytest.fixture
async def app(service: SlackService, changing_sheds: Library, tmp_path: Path, clock: Clock) -> AsyncIterator[SlackApp]:
    """Signpost with the changing library and a clock of the tests'."""
    async with serving(changing_sheds, settings(service, tmp_path, HTTP), service, now=clock) as app:
        yield app


async def answer_to(app: SlackApp, user: str) -> Message:
    """The next answer to a question of *user*, by command."""
    before = len([one for one in app.service.ephemerals if one.only_for == user])
    await app.sends(interactions.command("do i lock the shed", user_id=user))
    return (await app.service.shown(user, before + 1))[-1]


async def test_the_edition_changes_at_midnight_of_the_organisation(app: SlackApp, clock: Clock):
    before = await answer_to(app, ids.ASKER)
    clock.advance(1)
    after = await answer_to(app, ids.ASKER)

    assert OLD in before.text
    assert NEW in after.text
    assert "Edition 2, effective 21 November 2026." in after.text


@pytest.mark.parametrize(("zone", "says"), [("Asia/Tokyo", NEW), ("America/Jamaica", OLD), ("not a zone", OLD)])
async def test_it_changes_at_midnight_of_the_asker_once_that_is_known(
    app: SlackApp, service: SlackService, zone: str, says: str
):
    user = service.world.add_user(tz=zone).id

    first = await answer_to(app, user)
    second = await answer_to(app, user)

    assert OLD in first.text
    assert says in second.text


async def test_another_organisation_has_a_midnight_of_its_own(
    service: SlackService, changing_sheds: Library, tmp_path: Path, clock: Clock
):
    config = settings(service, tmp_path, HTTP, timezone="Asia/Tokyo")
    async with serving(changing_sheds, config, service, now=clock) as app:
        answer = await answer_to(app, ids.ASKER)

    assert NEW in answer.text


async def test_a_button_shows_the_clauses_of_the_day_of_its_answer(app: SlackApp, service: SlackService, clock: Clock):
    await app.sends(events.message("do i lock the shed"))
    [answer] = await service.posted()
    clock.advance(1)

    await app.clicks(answer, "signpost.section.1")
    await service.called("views.open")

    assert "Edition 1, effective January 2020." in str(service.views[0].shape)
