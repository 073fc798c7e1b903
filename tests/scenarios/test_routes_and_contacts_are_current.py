"""promise 51: a contact that nobody has checked for six months is warned of, and never the only one."""

from datetime import date, timedelta

import pytest
from builders import SITUATIONS, TODAY, a_bot, a_library, some_packs
from sentences import DANGER, read

from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome, WarningId
from knowledge.library import Library
from knowledge.lint import lint
from knowledge.model import Kind
from knowledge.people import RouteScope

DISCLOSURES = [line.removeprefix(DANGER) for line in read("disclosures")]
DAYS = [TODAY + timedelta(days=days) for days in (0, 150, 215, 400, 2_000)]


def stale(got: Answer) -> list[str]:
    return [route.id for route in got.routes if route.contact.is_stale(got.on)]


def test_every_national_contact_carries_its_source_and_the_month_in_which_it_was_checked(shipped: Library):
    national = [route for route in shipped.routes.values() if route.contact.text]

    assert {"regulator", "independent_advice", "emergency"} <= {route.id for route in national}
    for route in national:
        assert route.contact.source.startswith("https://")
        assert route.contact.reviewed is not None
        assert not route.contact.is_stale(TODAY), route.id


def test_no_internal_route_has_a_contact_that_its_organisation_did_not_set(shipped: Library):
    internal = [route for route in shipped.routes.values() if route.scope is RouteScope.INTERNAL]

    assert internal
    assert {route.contact.text for route in internal} == {""}


def warned(got: Answer) -> bool:
    return WarningId.CONTACT_STALE in {each.id for each in got.warnings}


@pytest.mark.parametrize("on", DAYS)
def test_an_answer_warns_of_a_stale_contact_once_and_only_of_a_stale_one(on: date):
    situations = SITUATIONS.replace("routes: [hr]", "routes: [hr, regulator, independent_advice]")
    bot = a_bot(a_library(some_packs(situations__sheds=situations)), today=on)

    painting, locking = (bot.ask("", situation=name) for name in ("painting-the-shed", "locking-the-shed"))

    assert {"regulator", "independent_advice"} <= {route.id for route in painting.routes}
    assert warned(painting) == bool(stale(painting)) == (on > TODAY + timedelta(days=200))
    assert len([each for each in painting.warnings if each.id is WarningId.CONTACT_STALE]) <= 1
    assert not warned(locking)


@pytest.mark.parametrize("on", DAYS)
def test_nobody_in_need_is_told_to_doubt_help_and_everybody_sees_when_it_was_checked(trust: PolicyBot, on: date):
    for text in DISCLOSURES:
        got = trust.ask(text, as_of=on)

        if got.outcome is Outcome.SENSITIVE:
            assert not warned(got)
            for route in got.routes:
                assert not route.contact.text or "(checked November 2026)" in wording.contact_line(route)


@pytest.mark.parametrize("on", DAYS)
def test_a_stale_route_outside_never_stands_alone(trust: PolicyBot, on: date):
    sensitive = [each.id for each in trust.library.situations.values() if each.kind is Kind.SENSITIVE]
    for name in sensitive:
        got = trust.ask("", situation=name, as_of=on)

        assert got.outcome is Outcome.SENSITIVE
        current = [r.id for r in got.routes if r.scope is RouteScope.EXTERNAL and r.id not in stale(got)]
        assert current, name


def test_no_answer_leaves_only_a_stale_route(trust: PolicyBot):
    far = max(DAYS)

    for name in trust.library.situations:
        got = trust.ask("", situation=name, as_of=far)

        assert got.routes == () or len(stale(got)) < len(got.routes)


def test_the_warning_says_what_to_do():
    said = wording.WARNINGS[WarningId.CONTACT_STALE]

    assert "over six months ago" in said
    assert "Check it before you rely on it" in said


def test_whoever_keeps_the_library_is_told_which_contacts_to_check(shipped: Library):
    trust = shipped.organisations["trust"]

    now = [f.where for f in lint(shipped, trust, TODAY) if f.rule == "stale-contact"]
    later = {f.where: f.what for f in lint(shipped, trust, max(DAYS)) if f.rule == "stale-contact"}

    assert now == []
    assert set(later) == {route.id for route in shipped.routes.values() if route.contact.reviewed}
    for name, what in later.items():
        assert shipped.routes[name].contact.source in what
