"""In Teams an edition takes effect at midnight where the asker is, which every message says."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import teams_activities as act
import teams_invokes as invokes
from builders import OWN_DOCUMENT, a_library, some_packs
from slack_world import Clock
from teams_app import TeamsApp, said, serving, settings, shown
from teams_service import TeamsService

from knowledge.library import Library

OLD = "Lock the shed at night, unless the owl is inside."
NEW = "Leave the shed open for the owl."
# Midnight between the two days is at 00:00 in London, nine hours earlier in Tokyo, five hours later in Jamaica.
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
async def app(service: TeamsService, changing_sheds: Library, tmp_path: Path, clock: Clock) -> AsyncIterator[TeamsApp]:
    """Signpost with the changing library and a clock of the tests'."""
    async with serving(changing_sheds, settings(service, tmp_path), service, now=clock) as app:
        yield app


async def found(app: TeamsApp, zone: str | None) -> str:
    """What a search of somebody in *zone* finds; None says nothing of where they are."""
    query = invokes.queried("lock the shed")
    del query["localTimezone"], query["entities"]
    return said(await app.sends(query | ({"localTimezone": zone} if zone is not None else {})))


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        *(("Europe/London", OLD), ("Asia/Tokyo", NEW), ("America/Jamaica", OLD), (None, OLD)),
        *(("", OLD), ("not a zone", OLD), ("../../etc/passwd", OLD), ("Asia/Tokyo\x00", OLD)),
    ],
)
async def test_the_edition_is_that_of_the_asker_s_day(app: TeamsApp, zone: str | None, says: str):
    assert says in await found(app, zone)


async def test_it_changes_at_midnight(app: TeamsApp, clock: Clock):
    before = await found(app, "Europe/London")
    clock.advance(1)
    after = await found(app, "Europe/London")

    assert OLD in before
    assert NEW in after
    assert "Edition 2, effective 21 November 2026." in after


async def test_the_zone_is_also_taken_from_what_the_client_says_of_itself(app: TeamsApp, service: TeamsService):
    asked = act.message("do i lock the shed", entities=[act.client(timezone="Asia/Tokyo")])
    del asked["localTimezone"]

    await app.sends(asked)
    [answer] = await service.posted()

    assert NEW in shown(answer.card)


async def test_another_organisation_has_a_midnight_of_its_own(
    service: TeamsService, changing_sheds: Library, tmp_path: Path, clock: Clock
):
    config = settings(service, tmp_path, timezone="Asia/Tokyo")
    async with serving(changing_sheds, config, service, now=clock) as app:
        assert NEW in await found(app, None)


async def test_a_button_shows_the_clauses_of_the_day_of_its_answer(app: TeamsApp, service: TeamsService, clock: Clock):
    await app.sends(act.message("do i lock the shed"))
    [answer] = await service.posted()
    clock.advance(1)

    section = await app.clicks(answer, "section")

    assert "Edition 1, effective January 2020." in said(section)
