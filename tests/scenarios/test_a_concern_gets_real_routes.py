"""promise 27: a disclosure is recognised, and gets routes to people who can act, some of them outside."""

from datetime import date

import pytest
from builders import TODAY
from sentences import DANGER, read, share

from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome, WarningId
from knowledge.library import Library
from knowledge.people import RouteScope

DISCLOSURES = read("disclosures")
IN_DANGER = [line.removeprefix(DANGER) for line in DISCLOSURES if line.startswith(DANGER)]
ORDINARY = read("ordinary_questions")


@pytest.fixture(scope="module")
def answers(shipped: Library) -> dict[str, Answer]:
    bot = PolicyBot(shipped, shipped.organisations["trust"], today=lambda: TODAY, monotonic=lambda: 0.0)
    return {line: bot.ask(line.removeprefix(DANGER)) for line in DISCLOSURES}


def test_there_are_enough_of_each_and_none_is_a_phrasing_of_the_library(shipped: Library):
    phrasings = {phrasing.casefold() for each in shipped.situations.values() for phrasing in each.phrasings}
    sentences = {line.removeprefix(DANGER).casefold() for line in DISCLOSURES + ORDINARY}

    assert (len(DISCLOSURES), len(ORDINARY)) == (150, 100)
    assert not sentences & phrasings


def test_disclosures_are_recognised(answers: dict[str, Answer]):
    missed = [line for line, got in answers.items() if got.outcome is not Outcome.SENSITIVE]

    assert len(missed) <= 0.02 * len(answers), missed


def test_ordinary_questions_are_not_taken_for_disclosures(trust: PolicyBot):
    taken = [text for text in ORDINARY if trust.ask(text).outcome is Outcome.SENSITIVE]

    assert len(taken) <= 3, taken


def test_each_gets_at_least_three_routes_one_of_them_outside(answers: dict[str, Answer]):
    for line, got in answers.items():
        if got.outcome is Outcome.SENSITIVE:
            assert len(got.routes) >= 3, line
            assert len({route.id for route in got.routes}) == len(got.routes)
            assert any(route.scope is RouteScope.EXTERNAL for route in got.routes), line


def test_one_route_outside_can_be_reached(answers: dict[str, Answer]):
    for line, got in answers.items():
        if got.outcome is Outcome.SENSITIVE:
            assert any(route.scope is RouteScope.EXTERNAL and route.contact.text for route in got.routes), line


def test_the_line_manager_never_stands_first(answers: dict[str, Answer]):
    for line, got in answers.items():
        if got.outcome is Outcome.SENSITIVE:
            assert got.routes[0].id != "line_manager", line


def test_where_there_is_danger_help_is_named_before_anything_else(answers: dict[str, Answer]):
    assert len(IN_DANGER) >= 15

    for line in DISCLOSURES:
        if line.startswith(DANGER):
            got = answers[line]
            assert got.outcome is Outcome.SENSITIVE, line
            assert got.warnings[0].id is WarningId.DANGER, line
            assert got.routes[0].id == "emergency", line
            assert wording.lead_lines(got)[0] == wording.DANGER


def test_the_words_of_danger_name_the_number_to_call():
    assert "999" in wording.DANGER


def test_every_kind_of_disclosure_of_the_library_gets_its_routes_for_every_employer_on_any_day(shipped: Library):
    disclosures = [each for each in shipped.situations.values() if each.kind.value == "sensitive"]
    days = (date(2010, 1, 1), TODAY, date(2029, 1, 1))

    assert len(disclosures) >= 10
    for organisation in shipped.organisations.values():
        bot = PolicyBot(shipped, organisation, today=lambda: TODAY, monotonic=lambda: 0.0)
        for situation in disclosures:
            for day in days:
                got = bot.ask("", situation=situation.id, as_of=day)

                assert got.outcome is Outcome.SENSITIVE
                assert len(got.routes) >= 3
                assert any(route.scope is RouteScope.EXTERNAL for route in got.routes)
                assert got.routes[0].id != "line_manager"
                assert (WarningId.DANGER in {each.id for each in got.warnings}) == situation.danger


def test_most_disclosures_are_understood_for_what_they_are(answers: dict[str, Answer]):
    places = {
        "safeguarding": ("slap", "burns", "gets into her bed"),
        "hr": ("Nazi", "headscarf", "put his hand up my tunic"),
        "information_governance": ("looked up her neighbour's", "reads her ex-husband's"),
        "professional_body": ("inject himself", "vodka"),
    }
    found = [
        any(route.id == place for route in got.routes)
        for place, words in places.items()
        for word in words
        for line, got in answers.items()
        if word in line
    ]

    assert len(found) == 10
    assert share(found) >= 0.8
