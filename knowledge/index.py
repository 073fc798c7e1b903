"""Weighted terms held as one column for each term, and BM25 as one way to weigh them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int32]

_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that matched: its position among the indexed passages, and its score."""

    position: int
    score: float


@dataclass(frozen=True, slots=True)
class Index:
    """Passages searchable by their terms; a search reads the columns of its own terms and nothing else.

    Column *t* is `positions[starts[t]:starts[t + 1]]`, ascending, with the weights beside them.
    """

    columns: Mapping[str, int]
    starts: Positions
    positions: Positions
    weights: Weights
    size: int

    def scores(self, terms: Iterable[str]) -> Weights:
        """Return every passage's score; a term that stands twice in *terms* counts twice."""
        scores = np.zeros(self.size, np.float32)
        for term, times in Counter(terms).items():
            column = self.columns.get(term)
            if column is not None:
                chosen = slice(self.starts[column], self.starts[column + 1])
                scores[self.positions[chosen]] += times * self.weights[chosen]
        return scores

    def search(self, terms: Iterable[str], limit: int = 5) -> list[Hit]:
        """Return the best-scoring passages, best first, ties by position; never one that matches nothing."""
        scores = self.scores(terms)
        candidates = _candidates(scores, limit)
        best = candidates[np.lexsort((candidates, -scores[candidates]))][:limit]
        return [Hit(int(p), float(scores[p])) for p in best if scores[p] > 0]


def bm25(passages: Sequence[Sequence[str]]) -> Index:
    """Index *passages*, each a list of terms, by BM25 (repeat a term to weigh its field).

    The weights are those of rank-bm25's `BM25Plus` (Lv and Zhai 2011), less the constant `idf * delta`
    that it gives to every passage, matching or not: so a passage without any of a query's terms scores
    0, and the order is rank-bm25's. Empty passages, or none at all, are allowed and match nothing.
    """
    if not any(passages):
        return of_entries({}, len(passages))
    from rank_bm25 import BM25Plus  # needed to build an index, not to search one

    plus = BM25Plus([list(passage) for passage in passages])
    norms = plus.k1 * (1 - plus.b + plus.b * np.array(plus.doc_len) / plus.avgdl)
    entries: dict[str, list[tuple[int, float]]] = {term: [] for term in plus.idf}
    for position, counts in enumerate(plus.doc_freqs):
        for term, n in counts.items():
            weight = plus.idf[term] * n * (plus.k1 + 1) / (norms[position] + n)
            entries[term].append((position, weight))
    return of_entries(entries, len(passages))


def of_entries(entries: Mapping[str, Sequence[tuple[int, float]]], size: int) -> Index:
    """Return the index whose columns are *entries*: for each term, ascending positions and weights."""
    flat = [entry for column in entries.values() for entry in column]
    return Index(
        columns={term: column for column, term in enumerate(entries)},
        starts=np.cumsum([0, *map(len, entries.values())], dtype=np.int32),
        positions=np.fromiter((p for p, _ in flat), np.int32, len(flat)),
        weights=np.fromiter((w for _, w in flat), np.float32, len(flat)),
        size=size,
    )


def _candidates(scores: Weights, limit: int) -> npt.NDArray[np.intp]:
    """Return positions among which the *limit* best are: those of the blocks with the best maxima."""
    whole = len(scores) // _BLOCK
    if whole <= limit:
        return np.arange(len(scores))
    maxima = scores[: whole * _BLOCK].reshape(whole, _BLOCK).max(axis=1)
    blocks = np.lexsort((np.arange(whole), -maxima))[:limit]
    inside = (blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
    return np.concatenate((inside, np.arange(whole * _BLOCK, len(scores))))
