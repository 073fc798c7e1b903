"""Weighted terms held as one column for each term, and BM25 as one way to weigh them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int64]

_BLOCK = 512
_MANY = 4_096
_ABOVE_NOTHING = float(np.finfo(np.float32).tiny)


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
    _full: Mapping[int, Weights] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A column that stands in an eighth of many passages is added faster whole than place by place.
        lengths = np.diff(self.starts)
        often = np.flatnonzero(lengths > self.size // 8) if self.size > _MANY else ()
        object.__setattr__(self, "_full", {int(column): self._whole(int(column)) for column in often})

    def _whole(self, column: int) -> Weights:
        whole = np.zeros(self.size, np.float32)
        chosen = slice(self.starts[column], self.starts[column + 1])
        whole[self.positions[chosen]] = self.weights[chosen]
        return whole

    def scores(self, terms: Iterable[str]) -> Weights:
        """Return every passage's score; a term that stands twice in *terms* counts twice."""
        scores = np.zeros(self.size, np.float32)
        for term, times in Counter(terms).items():
            column = self.columns.get(term)
            if column is None:
                continue
            if column in self._full:
                scores += self._full[column] if times == 1 else times * self._full[column]
            else:
                chosen = slice(self.starts[column], self.starts[column + 1])
                scores[self.positions[chosen]] += times * self.weights[chosen]
        return scores

    def search(self, terms: Iterable[str], limit: int = 5) -> list[Hit]:
        """Return the best-scoring passages, best first, ties by position; never one that matches nothing."""
        if limit < 1:
            return []
        scores = self.scores(terms)
        candidates = np.flatnonzero(scores >= _bound(scores, limit)) if limit < self.size else np.arange(self.size)
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
        starts=np.cumsum([0, *map(len, entries.values())], dtype=np.int64),
        positions=np.fromiter((p for p, _ in flat), np.int64, len(flat)),
        weights=np.fromiter((w for _, w in flat), np.float32, len(flat)),
        size=size,
    )


def _bound(scores: Weights, limit: int) -> float:
    """Return a bound above 0 that at least the *limit* best reach, or all that match, and few others."""
    whole = len(scores) // _BLOCK
    # Each of the best blocks holds one that reaches its maximum; far fewer maxima than scores need sorting.
    ranked = scores[: whole * _BLOCK].reshape(whole, _BLOCK).max(axis=1) if whole > limit * 4 else scores
    bound = np.partition(ranked, len(ranked) - limit)[len(ranked) - limit]
    return max(float(bound), _ABOVE_NOTHING)
