"""Leave-one-out asks each phrasing of a library that was built without it."""

from dataclasses import replace

import numpy as np
import pytest
from rapidfuzz import fuzz

from knowledge.leave_one_out import NEAR_DUPLICATE, Left, leave_out
from knowledge.library import Library
from knowledge.matching import Matcher
from knowledge.terms import words


def phrasings(matcher: Matcher) -> list[tuple[int, str]]:
    """The situation and the words of each phrasing, in the order in which they are left out."""
    return [(at, text) for at, situation in enumerate(matcher.situations) for text in situation.phrasings]


def built_without(matcher: Matcher, gone: set[str]) -> Matcher:
    """A matcher built anew without the phrasings *gone*."""
    kept = [replace(s, phrasings=tuple(p for p in s.phrasings if p not in gone)) for s in matcher.situations]
    return Matcher.build(kept, matcher.thesaurus, matcher.calibration)


def near(matcher: Matcher, text: str) -> set[str]:
    """The phrasings that say nearly the same as *text*, itself among them."""
    folded = " ".join(words(text))
    return {
        other
        for _, other in phrasings(matcher)
        if fuzz.token_set_ratio(folded, " ".join(words(other))) >= NEAR_DUPLICATE
    } | {text}


def test_with_as_many_folds_as_phrasings_each_is_left_out_by_itself(sheds: Library) -> None:
    every = phrasings(sheds.matcher)

    left, _ = leave_out(sheds.matcher, folds=len(every))

    for row, (_, text) in zip(left.evidence, every, strict=True):
        without = built_without(sheds.matcher, {text})
        np.testing.assert_array_equal(row, without.evidence(without.read(text)).astype(np.float32))


def test_its_like_are_left_out_as_well(sheds: Library) -> None:
    every = phrasings(sheds.matcher)

    _, left = leave_out(sheds.matcher, folds=len(every))

    for row, (_, text) in zip(left.evidence, every, strict=True):
        without = built_without(sheds.matcher, near(sheds.matcher, text))
        np.testing.assert_array_equal(row, without.evidence(without.read(text)).astype(np.float32))
    assert any(len(near(sheds.matcher, text)) > 1 for _, text in every)


def test_every_phrasing_is_asked_once_and_no_title(sheds: Library) -> None:
    for left in leave_out(sheds.matcher):
        assert left.own.tolist() == [at for at, _ in phrasings(sheds.matcher)]


def test_a_phrasing_that_is_left_out_no_longer_finds_itself(sheds: Library) -> None:
    present = np.array([sheds.matcher.evidence(sheds.matcher.read(text)) for _, text in phrasings(sheds.matcher)])

    left, _ = leave_out(sheds.matcher)

    asked = np.arange(len(left.own))
    assert (left.evidence[asked, left.own] < present[asked, left.own]).mean() > 0.8
    assert left.hit(1) < 1.0 == Left(left.own, present, sheds.matcher).hit(1)


def test_figures_count_places_clauses_and_kinds(sheds: Library) -> None:
    ids = [situation.id for situation in sheds.matcher.situations]
    own = np.array([ids.index("locking-the-shed"), ids.index("painting-the-shed"), ids.index("bullied")])
    evidence = np.zeros((3, len(ids)), np.float32)
    evidence[0, own[0]] = 2
    # Second, behind a situation whose first answer, own/1, is not among its own clauses.
    evidence[1, own[1]], evidence[1, own[0]] = 1, 2
    # Fourth, behind one of its own kind.
    evidence[2, own[2]], evidence[2, ids.index("in-danger")], evidence[2, own[0]], evidence[2, own[1]] = 1, 4, 3, 2

    left = Left(own, evidence, sheds.matcher)

    assert left.ranks.tolist() == [0, 1, 3]
    assert (left.hit(1), left.hit(3)) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert left.clause_hit == 0.5
    assert left.kind_hit == 1.0


def test_a_situation_that_only_supports_a_clause_counts_as_leading_to_it(sheds: Library) -> None:
    ids = [situation.id for situation in sheds.matcher.situations]
    evidence = np.zeros((1, len(ids)), np.float32)
    evidence[0, ids.index("painting-the-shed")] = 1

    left = Left(np.array([ids.index("locking-the-shed")]), evidence, sheds.matcher)

    assert left.clause_hit == 1.0
