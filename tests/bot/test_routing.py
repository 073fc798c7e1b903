"""Who an answer sends people to, in which order, and on whose word."""

from datetime import date

import pytest
from builders import ROUTES, TODAY, a_clause, a_library, a_situation, some_packs
from hypothesis import given
from hypothesis import strategies as st

from bot import routing
from bot.model import GivenRoute
from knowledge.library import Library
from knowledge.model import Authority, Citation, ReviewState, Wording
from knowledge.people import Organisation, RouteScope

ALL = ("comms_team", "raising_concerns", "hr", "union_rep", "regulator", "independent_advice", "emergency")


@pytest.fixture
def garden(sheds: Library) -> Organisation:
    return sheds.organisations["garden"]


def cited(library: Library, name: str, *routes: str) -> Citation:
    clause = a_clause(id=name, routes=routes)
    return Citation(clause, library.editions[0], Authority.EMPLOYER_POLICY, Wording.VERBATIM, ReviewState.CURRENT)


def ids(routes: tuple[GivenRoute, ...]) -> list[str]:
    return [route.id for route in routes]


def outside(routes: tuple[GivenRoute, ...]) -> list[str]:
    return [route.id for route in routes if route.scope is RouteScope.EXTERNAL]


def test_clauses_name_their_routes_first_then_the_situation_then_the_default(sheds: Library, garden: Organisation):
    cites = [cited(sheds, "own/1", "comms_team"), cited(sheds, "own/2", "hr")]

    got = routing.for_clauses(sheds, garden, cites, a_situation(routes=("union_rep",)))

    assert [(route.id, route.because) for route in got] == [
        ("comms_team", "own/1"),
        ("hr", "own/2"),
        ("union_rep", None),
        ("line_manager", None),
    ]


def test_a_route_is_given_once_and_because_of_the_first_clause_that_names_it(sheds: Library, garden: Organisation):
    cites = [cited(sheds, "own/1", "hr", "line_manager"), cited(sheds, "own/2", "hr")]

    got = routing.for_clauses(sheds, garden, cites, a_situation(routes=("hr", "line_manager")))

    assert [(route.id, route.because) for route in got] == [("hr", "own/1"), ("line_manager", "own/1")]


def test_without_clause_and_situation_the_default_route_stands_alone(sheds: Library, garden: Organisation):
    assert ids(routing.for_clauses(sheds, garden, (), None)) == ["line_manager"]


def test_an_organisation_may_have_another_default(sheds: Library):
    organisation = Organisation("other", "Other", default_route="hr")

    assert ids(routing.for_clauses(sheds, organisation, (), None)) == ["hr"]


def test_the_organisations_own_contact_is_given_before_the_national_one(sheds: Library):
    organisation = Organisation("other", "Other", contacts={"hr": "ext 7", "regulator": "our inspector"})

    got = routing.for_ids(sheds, organisation, ["hr", "regulator", "independent_advice"])

    assert [route.contact.text for route in got] == ["ext 7", "our inspector", "advice.example"]


def test_no_contact_is_invented(sheds: Library, garden: Organisation):
    (got,) = routing.for_ids(sheds, garden, ["hr"])

    assert got.contact.text == ""


def test_a_national_contact_carries_its_source_and_when_it_was_checked(sheds: Library, garden: Organisation):
    (got,) = routing.for_ids(sheds, garden, ["regulator"])

    assert got.contact.source == "https://regulator.example"
    assert got.contact.reviewed is not None
    assert got.contact.reviewed.printed == "2026-10"


@given(st.lists(st.sampled_from(ALL), max_size=4, unique=True))
def test_a_disclosure_gets_three_routes_and_one_outside_and_keeps_its_own_first(sheds: Library, own: list[str]):
    garden = sheds.organisations["garden"]
    routes = routing.for_ids(sheds, garden, own)

    got = routing.with_one_outside(sheds, garden, routes, TODAY)

    assert len(got) >= 3
    assert any(route.scope is RouteScope.EXTERNAL and route.contact.text for route in got)
    assert ids(got)[: len(own)] == own
    assert len(set(ids(got))) == len(got)


def test_enough_routes_are_left_as_they_are(sheds: Library, garden: Organisation):
    routes = routing.for_ids(sheds, garden, ["hr", "comms_team", "regulator"])

    assert routing.with_one_outside(sheds, garden, routes, TODAY) == routes


def test_a_route_outside_without_a_contact_does_not_stand_alone(sheds: Library, garden: Organisation):
    routes = routing.for_ids(sheds, garden, ["hr", "comms_team", "union_rep"])

    got = routing.with_one_outside(sheds, garden, routes, TODAY)

    assert ids(got) == ["hr", "comms_team", "union_rep", "independent_advice"]


def test_a_stale_contact_outside_does_not_stand_alone():
    routes = ROUTES.replace("reviewed: 2026-10", "reviewed: 2026-01", 1)
    library = a_library(some_packs(routes=routes))
    garden = library.organisations["garden"]
    wanted = routing.for_ids(library, garden, ["hr", "comms_team", "regulator"])

    got = routing.with_one_outside(library, garden, wanted, TODAY)

    assert ids(got) == ["hr", "comms_team", "regulator", "independent_advice"]
    assert [route.id for route in routing.stale(got, TODAY)] == ["regulator"]


def test_when_every_national_contact_is_stale_the_union_still_stands_outside(sheds: Library, garden: Organisation):
    in_two_years = date(2028, 11, 20)
    wanted = routing.for_ids(sheds, garden, ["hr", "comms_team", "regulator"])

    got = routing.with_one_outside(sheds, garden, wanted, in_two_years)

    fresh = [name for name in outside(got) if name not in {r.id for r in routing.stale(got, in_two_years)}]
    assert fresh == ["union_rep"]


@pytest.mark.parametrize(("on", "stale"), [(date(2027, 4, 30), []), (date(2027, 5, 4), ["regulator"])])
def test_a_contact_is_stale_six_months_after_the_month_in_which_it_was_checked(
    sheds: Library, garden: Organisation, on: date, stale: list[str]
):
    routes = routing.for_ids(sheds, garden, ["hr", "regulator", "union_rep"])

    assert [route.id for route in routing.stale(routes, on)] == stale
