"""Leave-one-out: every phrasing asked with itself taken out, the honest measure of new wordings.

The linear model is taken apart exactly: for ridge regression with the kernel matrix K, the penalties D and A = (K + D)^-1,
the prediction for rows S without S is y_S - A_SS^-1 (A y)_S (Cook and Weisberg 1982, applied in the dual).
BM25's counts, lengths and rarities are recounted without the rows. What stays as it is: the rarity of the
linear model's features, and the mean passage length.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge import linear
from knowledge.linear import Lessons
from knowledge.matching import Matcher, lessons
from knowledge.model import Kind
from knowledge.terms import terms, words

NEAR_DUPLICATE = 85  # token-set ratio, of 100
_ROWS_AT_ONCE = 1_000
_K1, _B = 1.5, 0.75


@dataclass(frozen=True, slots=True)
class Left:
    """For each phrasing: its situation's position, and the evidence for all situations without it."""

    own: npt.NDArray[np.int64]
    evidence: npt.NDArray[np.float32]
    matcher: Matcher

    @property
    def ranks(self) -> npt.NDArray[np.int64]:
        """How many situations stand before the own one."""
        own = self.evidence[np.arange(len(self.own)), self.own]
        before: npt.NDArray[np.int64] = (self.evidence > own[:, None]).sum(axis=1)
        return before

    def hit(self, depth: int) -> float:
        """The share of phrasings whose own situation stands among the first *depth*."""
        return float((self.ranks < depth).mean())

    @property
    def clause_hit(self) -> float:
        """The share, among phrasings of policy situations, for which the first situation's first answer answers."""
        found = [
            bool(set(self.matcher.situations[best].answers[:1]) & {*own.answers, *own.also})
            for best, at in zip(self.evidence.argmax(axis=1), self.own, strict=True)
            if (own := self.matcher.situations[at]).kind is Kind.POLICY
        ]
        return sum(found) / len(found) if found else 0.0

    @property
    def kind_hit(self) -> float:
        """The share of phrasings whose first situation is of the right kind."""
        kinds = np.array([list(Kind).index(s.kind) for s in self.matcher.situations])
        return float((kinds[self.evidence.argmax(axis=1)] == kinds[self.own]).mean())


def leave_out(matcher: Matcher, *, near_duplicates: bool = False) -> Left:
    """Ask every phrasing of *matcher* with itself, and with its near-duplicates if so wished, taken out.

    Takes minutes, and 4 bytes for each pair of phrasings.
    """
    learnt = lessons(matcher.situations)
    texts = learnt.texts
    own = np.array([classes[0] for classes in learnt.classes])
    groups = _near(texts) if near_duplicates else [[at] for at in range(len(texts))]
    by_model = _without_linear(learnt, groups)
    by_terms = _Recount(matcher, texts, own)
    evidence = np.empty((len(texts), len(matcher.situations)), np.float32)
    for at, group in enumerate(groups):
        evidence[at] = matcher.weigh(by_terms.scores(at, group), by_model[at])
    is_title = np.array([text == matcher.situations[at].title for text, at in zip(texts, own, strict=True)])
    return Left(own[~is_title], evidence[~is_title], matcher)


def _near(texts: Sequence[str]) -> list[list[int]]:
    from rapidfuzz import fuzz, process

    folded = [" ".join(words(text)) for text in texts]
    groups: list[list[int]] = []
    for start in range(0, len(folded), _ROWS_AT_ONCE):
        ratios = process.cdist(
            folded[start : start + _ROWS_AT_ONCE],
            folded,
            scorer=fuzz.token_set_ratio,
            score_cutoff=NEAR_DUPLICATE,
            dtype=np.uint8,
            workers=-1,
        )
        for row, of_row in enumerate(ratios):
            groups.append(sorted({start + row, *map(int, np.flatnonzero(of_row))}))
    return groups


def _without_linear(learnt: Lessons, groups: Sequence[Sequence[int]]) -> npt.NDArray[np.float32]:
    from scipy.linalg.lapack import spotrf, spotri

    laid_out = linear.design(learnt)
    rows = len(learnt.texts)
    kernel = np.empty((rows, rows), np.float32, order="F")
    for start in range(0, rows, _ROWS_AT_ONCE):
        part = laid_out.matrix @ laid_out.matrix[start : start + _ROWS_AT_ONCE].T
        kernel[:, start : start + _ROWS_AT_ONCE] = part.toarray()
    kernel[np.diag_indices(rows)] += laid_out.penalty
    factor, _ = spotrf(kernel, lower=1, overwrite_a=1)
    inverse, _ = spotri(factor, lower=1, overwrite_c=1)
    for start in range(
        0, rows, _ROWS_AT_ONCE
    ):  # the upper triangle, block by block: a whole copy is too large
        stop = min(start + _ROWS_AT_ONCE, rows)
        block = inverse[start:stop, start:stop]
        inverse[start:stop, start:stop] = np.tril(block) + np.tril(block, -1).T
        inverse[start:stop, stop:] = inverse[stop:, start:stop].T
    target = laid_out.target
    pulled = inverse @ target
    left = np.empty_like(target)
    for at, group in enumerate(groups):
        inside = np.linalg.solve(inverse[np.ix_(group, group)], pulled[group])
        left[at] = target[at] - inside[list(group).index(at)]
    return left


class _Recount:
    """BM25 scores with some phrasings of the situations taken out."""

    def __init__(self, matcher: Matcher, texts: Sequence[str], own: npt.NDArray[np.int64]) -> None:
        self._found = [matcher.thesaurus.expand(terms(text)) for text in texts]
        self._own = own
        self._counts: list[Counter[str]] = [Counter() for _ in matcher.situations]
        for at, found in enumerate(self._found):
            self._counts[own[at]].update(found)
        self._lengths = np.array([count.total() for count in self._counts], float)
        self._mean = float(self._lengths.mean())
        columns: dict[str, list[tuple[int, int]]] = {}
        for position, count in enumerate(self._counts):
            for term, n in count.items():
                columns.setdefault(term, []).append((position, n))
        self._columns = {
            term: (np.array([p for p, _ in entries]), np.array([n for _, n in entries], float))
            for term, entries in columns.items()
        }

    def scores(self, asked: int, without: Sequence[int]) -> npt.NDArray[np.float64]:
        """Return every situation's score for phrasing *asked*, counted without the phrasings *without*."""
        removed: dict[int, Counter[str]] = {}
        lengths = self._lengths.copy()
        for at in without:
            removed.setdefault(int(self._own[at]), Counter()).update(self._found[at])
            lengths[self._own[at]] -= len(self._found[at])
        norms = _K1 * (1 - _B + _B * lengths / self._mean)
        scores = np.zeros(len(lengths))
        for term in self._found[asked]:
            positions, counts = self._columns[term]
            if any(term in gone for gone in removed.values()):
                counts = counts - [removed[p][term] if p in removed else 0 for p in positions.tolist()]
            there = counts > 0
            if there.any():
                idf = np.log((len(lengths) + 1) / there.sum())
                at_there, n = positions[there], counts[there]
                scores[at_there] += idf * n * (_K1 + 1) / (norms[at_there] + n)
        return scores
