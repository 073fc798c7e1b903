"""The index gives rank-bm25's scores, less its constant for passages that do not match, and the true best ones."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from knowledge.index import Hit, Index, bm25, of_entries

TERMS = [*"abcdefgh", "=media", "ß", ""]
PASSAGES = st.lists(st.lists(st.sampled_from(TERMS), max_size=30), max_size=40)
QUERY = st.lists(st.sampled_from([*TERMS, "unheard-of"]), max_size=40)
BLOCK = 512


def rank_bm25(passages: Sequence[Sequence[str]], query: Sequence[str]) -> np.ndarray:
    """The definition: BM25Plus, less `idf * delta` for each known term of the query; 0 where it is not defined."""
    if not any(passages):
        return np.zeros(len(passages))
    plus = BM25Plus([list(passage) for passage in passages])
    return np.asarray(plus.get_scores(query)) - sum(plus.delta * plus.idf.get(term, 0.0) for term in query)


@given(PASSAGES, QUERY)
@example([], ["a"])
@example([[], []], ["a"])
@example([["a"], [], ["a", "b"]], ["a", "a", "unheard-of"])
@example([["a"], ["a"], ["a"]], ["a"])
def test_scores_are_those_of_rank_bm25_less_its_constant_for_non_matches(
    passages: list[list[str]], query: list[str]
) -> None:
    expected = rank_bm25(passages, query)

    got = bm25(passages).scores(query)

    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-12)


@given(PASSAGES.filter(any), st.sampled_from(TERMS), st.integers(1, 1_000))
def test_a_term_that_stands_a_thousand_times_in_a_query_is_no_less_exact(
    passages: list[list[str]], term: str, times: int
) -> None:
    expected = rank_bm25(passages, [term] * times)

    got = bm25(passages).scores([term] * times)

    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-9)


@given(PASSAGES, QUERY, st.integers(1, 50))
def test_a_search_finds_only_passages_that_hold_a_term_of_the_query(
    passages: list[list[str]], query: list[str], limit: int
) -> None:
    hits = bm25(passages).search(query, limit)

    matching = [at for at, passage in enumerate(passages) if set(passage) & set(query)]
    assert len(hits) == min(limit, len(matching))
    assert {hit.position for hit in hits} <= set(matching)
    assert all(hit.score > 0 for hit in hits)


def test_nothing_is_found_in_an_empty_library() -> None:
    assert bm25([]).search(["shed"]) == []
    assert bm25([[], []]).search(["shed"]) == []


def test_a_term_in_every_passage_still_counts() -> None:
    index = bm25([["shed", "owl"], ["shed"], ["shed"]])

    hits = index.search(["shed"])

    assert [hit.position for hit in hits] == [1, 2, 0]
    assert all(hit.score > 0 for hit in hits)


def an_index(scores: Sequence[int]) -> Index:
    """An index in which the passages score as given for the term `t`."""
    return of_entries({"t": [(at, float(score)) for at, score in enumerate(scores) if score]}, len(scores))


def the_best(scores: Sequence[int], limit: int) -> list[Hit]:
    """The true best by score, then position."""
    ranked = sorted((-score, at) for at, score in enumerate(scores) if score > 0)
    return [Hit(at, float(-score)) for score, at in ranked[:limit]]


@given(
    st.integers(0, 2**32),
    st.integers(0, 6 * BLOCK),
    st.integers(1, 12),
    st.sampled_from([1, 2, 5, 1_000]),
    st.floats(0, 1),
)
@example(1, 6 * BLOCK, 3, 1, 1.0)
@example(1, 4 * BLOCK + 1, 3, 1, 0.002)
def test_a_search_of_many_blocks_returns_exactly_the_best_ties_by_position(
    seed: int, size: int, limit: int, highest: int, share: float
) -> None:
    random = np.random.default_rng(seed)
    scores = (random.integers(1, highest, size, endpoint=True) * (random.random(size) < share)).tolist()

    hits = an_index(scores).search(["t"], limit)

    assert hits == the_best(scores, limit)


@pytest.mark.parametrize("last", [0, BLOCK - 1, BLOCK, 3 * BLOCK - 1, 5 * BLOCK, 5 * BLOCK + 6])
def test_the_best_passage_is_found_wherever_in_a_block_it_stands(last: int) -> None:
    scores = [1] * (5 * BLOCK + 7)
    scores[last] = 2

    hits = an_index(scores).search(["t"], 1)

    assert hits == [Hit(last, 2.0)]


def test_the_best_may_all_stand_in_one_block() -> None:
    scores = [0] * 2_000 + [9, 8, 7] + [1] * 3_000

    hits = an_index(scores).search(["t"], 4)

    assert [hit.position for hit in hits] == [2_000, 2_001, 2_002, 2_003]


def test_a_collection_of_real_passages_larger_than_some_blocks_is_ranked_like_rank_bm25() -> None:
    random = np.random.default_rng(7)
    words = [f"w{n}" for n in range(300)]
    passages = [[words[int(n)] for n in random.zipf(1.5, 12) % 300] for _ in range(4 * BLOCK + 100)]
    query = ["w1", "w7", "w7", "w40", "w299"]

    hits = bm25(passages).search(query, 3)

    expected = rank_bm25(passages, query)
    assert [hit.score for hit in hits] == pytest.approx(np.sort(expected)[::-1][:3], rel=1e-6)
    assert [expected[hit.position] for hit in hits] == pytest.approx(np.sort(expected)[::-1][:3], rel=1e-6)


def test_a_common_term_of_a_large_collection_counts_as_often_as_it_stands_in_the_query() -> None:
    index = an_index([1, 2, 0, 4] * 2_000)

    once, thrice = index.scores(["t"]), index.scores(["t"] * 3)

    assert thrice[:4].tolist() == [3.0, 6.0, 0.0, 12.0]
    np.testing.assert_array_equal(thrice, 3 * once)
