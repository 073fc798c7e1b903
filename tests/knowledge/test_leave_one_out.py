"""Leave-one-out gives what a library without the phrasing would give, without building it anew each time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from rapidfuzz import fuzz

from knowledge import linear
from knowledge.leave_one_out import _SMALL as AT_ONCE
from knowledge.leave_one_out import NEAR_DUPLICATE, Left, leave_out
from knowledge.leave_one_out import _invert as invert_in_place
from knowledge.library import Library
from knowledge.matching import Matcher, lessons, passage
from knowledge.terms import terms, words

K1, B = 1.5, 0.75


def phrasings(matcher: Matcher) -> list[tuple[int, str]]:
    """The situation and the words of each phrasing, in the order in which they are left out."""
    return [(at, text) for at, situation in enumerate(matcher.situations) for text in situation.phrasings]


def rows(matcher: Matcher) -> list[tuple[int, str]]:
    """All that is learnt from: of each situation its title, then its phrasings."""
    return [(at, text) for at, s in enumerate(matcher.situations) for text in (s.title, *s.phrasings)]


def near(matcher: Matcher, text: str) -> set[int]:
    """The rows that say nearly the same as *text*, and *text* itself."""
    folded = " ".join(words(text))
    alike = {
        row
        for row, (_, other) in enumerate(rows(matcher))
        if fuzz.token_set_ratio(folded, " ".join(words(other))) >= NEAR_DUPLICATE
    }
    return alike | {row for row, (_, other) in enumerate(rows(matcher)) if other == text}


def evidence_without(matcher: Matcher, text: str, left_out: set[int]) -> np.ndarray:
    """The evidence for *text* when the rows *left_out* were never there: learnt and counted from the rest.

    The rarity of features, the weight of each kind, the mean length and the vocabulary are those of the whole
    library, as leave-one-out has it.
    """
    every = rows(matcher)
    kept = [row for row in range(len(every)) if row not in left_out]
    laid_out = linear.design(lessons(matcher.situations))
    matrix = laid_out.matrix.toarray().astype(float)
    learnt = matrix[kept]
    penalised = learnt @ learnt.T + np.diag(laid_out.penalty[kept].astype(float))
    asked = matrix[next(row for row, (_, other) in enumerate(every) if other == text)]
    by_model = asked @ learnt.T @ np.linalg.solve(penalised, laid_out.target[kept].astype(float))
    return matcher.weigh(counted(matcher, text, [every[row] for row in kept]), by_model)


def counted(matcher: Matcher, text: str, kept: Sequence[tuple[int, str]]) -> np.ndarray:
    """BM25 by its formula over the rows *kept*, with the mean length of the whole library."""
    counts = [Counter[str]() for _ in matcher.situations]
    for at, other in kept:
        counts[at].update(matcher.thesaurus.expand(terms(other)))
    mean = np.mean([len(passage(situation, matcher.thesaurus)) for situation in matcher.situations])
    scores = np.zeros(len(counts))
    for term in matcher.thesaurus.expand(terms(text)):
        holding = sum(term in count for count in counts)
        for at, count in enumerate(counts):
            if count[term]:
                rarity = np.log((len(counts) + 1) / holding)
                norm = K1 * (1 - B + B * count.total() / mean)
                scores[at] += rarity * count[term] * (K1 + 1) / (count[term] + norm)
    return scores


# The two compute the same sums in another order, one of them in 32 bits: a thousandth is far below what would
# move a situation's place (evidence runs to about 10).
SAME = 1e-3


def test_leaving_a_phrasing_out_equals_learning_and_counting_without_it(sheds: Library) -> None:
    left, _ = leave_out(sheds.matcher)

    expected = [
        evidence_without(
            sheds.matcher, text, {row for row, other in enumerate(rows(sheds.matcher)) if other[1] == text}
        )
        for _, text in phrasings(sheds.matcher)
    ]
    np.testing.assert_allclose(left.evidence, expected, atol=SAME)


def test_leaving_its_like_out_as_well_equals_learning_and_counting_without_any_of_them(sheds: Library) -> None:
    _, left = leave_out(sheds.matcher)

    expected = [
        evidence_without(sheds.matcher, text, near(sheds.matcher, text)) for _, text in phrasings(sheds.matcher)
    ]
    np.testing.assert_allclose(left.evidence, expected, atol=SAME)
    assert any(len(near(sheds.matcher, text)) > 1 for _, text in phrasings(sheds.matcher))


def test_a_matcher_really_built_without_the_phrasing_puts_the_same_situation_first(sheds: Library) -> None:
    """A library built anew also has other rarities, kinds and lengths: its evidence differs by up to 1 of about 10.

    That may swap near-equals, so the first situation is compared, and one phrasing in twenty may differ.
    """
    left, _ = leave_out(sheds.matcher)

    rebuilt = [
        without(sheds.matcher, at, text).evidence(sheds.matcher.read(text)).argmax()
        for at, text in phrasings(sheds.matcher)
    ]

    assert np.mean(left.evidence.argmax(axis=1) == rebuilt) >= 0.95


def without(matcher: Matcher, at: int, text: str) -> Matcher:
    """A matcher built anew without one phrasing."""
    situations = list(matcher.situations)
    kept = tuple(phrasing for phrasing in situations[at].phrasings if phrasing != text)
    situations[at] = replace(situations[at], phrasings=kept)
    return Matcher.build(situations, matcher.thesaurus, matcher.calibration)


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


def test_a_kernel_too_large_for_one_inversion_is_inverted_by_halves_as_well() -> None:
    random = np.random.default_rng(0)
    texts = random.standard_normal((AT_ONCE + 100, 200), dtype=np.float32) / 10
    kernel = texts @ texts.T + np.eye(len(texts), dtype=np.float32)
    asked = random.standard_normal((len(texts), 5), dtype=np.float32)

    inverse = kernel.copy()
    invert_in_place(inverse)

    np.testing.assert_allclose(kernel @ (inverse @ asked), asked, atol=1e-3)
