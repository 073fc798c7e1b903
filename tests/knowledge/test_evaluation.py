"""Measures count what they say they count."""

from collections.abc import Mapping
from typing import Any

import pytest

from knowledge.evaluation import Got, Labelled, measure


def a_got(*clauses: str, relevant: Mapping[str, int] | None = None, **changes: Any) -> Got:
    """An answered question to which `own/1` is the right clause."""
    label = {"id": "q1", "question": "", "relevant": relevant or {"own/1": 2}, "routes": (), "kind": "in_scope"}
    got = {"outcome": "answered", "situation": "s", "clauses": clauses, "routes": ()}
    labelled = Labelled(**label | {k: v for k, v in changes.items() if k in ("kind", "id")})
    if "expected_routes" in changes:
        labelled = Labelled(**label | {"routes": changes["expected_routes"]})
    return Got(labelled, **got | {k: v for k, v in changes.items() if k in ("outcome", "routes")})


def shares(*answers: Got) -> dict[str, float]:
    return {name: share for name, (share, _) in measure(answers).shares.items()}


def test_a_hit_is_an_acceptable_clause_among_the_first() -> None:
    got = shares(a_got("own/1"), a_got("own/9", "own/2", "own/1"), a_got("own/9"), a_got())

    assert (got["hit@1"], got["hit@3"]) == (0.25, 0.5)


def test_a_clause_that_is_merely_acceptable_counts_as_well() -> None:
    assert a_got("own/2", relevant={"own/1": 2, "own/2": 1}).hit(1)


def test_the_reciprocal_rank_looks_at_ten_clauses_and_no_further() -> None:
    others = [f"own/x{n}" for n in range(20)]

    ranks = [a_got(*others[:before], "own/1").reciprocal_rank for before in (0, 1, 9, 10)]

    assert ranks == [1, 1 / 2, 1 / 10, 0]


def test_refused_means_not_covered_or_help() -> None:
    answers = [a_got(kind="out_of_scope", outcome=o) for o in ("not_covered", "help", "answered", "choose")]

    assert shares(*answers)["out of scope refused"] == 0.5


def test_a_question_in_scope_is_lost_when_refused_or_taken_for_something_else() -> None:
    outcomes = ("answered", "choose", "not_covered", "help", "sensitive", "identifiable")

    got = shares(*(a_got("own/1", outcome=outcome) for outcome in outcomes))

    assert got["in scope refused or taken for sensitive"] == pytest.approx(4 / 6)
    assert got["offered a choice"] == pytest.approx(1 / 6)


def test_an_expected_route_counts_when_it_is_among_those_given() -> None:
    got = measure(
        [
            a_got("own/1", expected_routes=("hr", "comms_team"), routes=("line_manager", "hr")),
            a_got("own/1", expected_routes=("hr",), routes=("line_manager",)),
            a_got("own/1", expected_routes=("none",), routes=("line_manager",)),
            a_got("own/1", expected_routes=(), routes=("line_manager",)),
        ]
    )

    assert got.shares["expected route given"] == (0.5, 2)


@pytest.mark.parametrize("kind", ["sensitive", "identifiable", "help"])
def test_other_kinds_are_recognised_by_their_outcome(kind: str) -> None:
    got = shares(a_got(kind=kind, outcome=kind), a_got(kind=kind, outcome="answered"))

    assert got == {f"{kind} recognised": 0.5}


def test_a_measure_without_a_question_is_left_out() -> None:
    assert measure([]).shares == {}


def test_the_misses_are_listed() -> None:
    answers = [
        a_got("own/1", id="hit"),
        a_got("own/9", "own/1", id="second"),
        a_got("own/1", id="refused", outcome="not_covered"),
        a_got(id="answered", kind="out_of_scope"),
        a_got(id="sent-away", kind="out_of_scope", outcome="not_covered"),
        a_got(id="not-seen", kind="sensitive", outcome="answered"),
    ]

    missed = measure(answers).missed

    assert [got.labelled.id for got in missed] == ["second", "refused", "answered", "not-seen"]
