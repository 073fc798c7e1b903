"""Leave-one-out: every phrasing asked with itself taken out, the honest measure of new wordings.

The linear model is taken apart exactly: for ridge regression with the kernel matrix K, the penalties D and
A = (K + D)^-1, the prediction for rows S without S is y_S - A_SS^-1 (A y)_S (Cook and Weisberg 1982, in the dual).
BM25's counts, lengths and rarities are recounted without the rows. What stays as it is: the rarity of the
linear model's features, and the mean passage length.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge import linear
from knowledge.matching import Matcher, lessons
from knowledge.model import Kind
from knowledge.terms import terms, words

NEAR_DUPLICATE = 85  # token-set ratio, of 100
_ROWS_AT_ONCE = 1_000
_SMALL = 4_096
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


def leave_out(matcher: Matcher) -> tuple[Left, Left]:
    """Ask every phrasing of *matcher* with itself taken out, and once more with its near-duplicates out too.

    Takes minutes, and 8 bytes for each pair of phrasings.
    """
    learnt = lessons(matcher.situations)
    own = np.array([classes[0] for classes in learnt.classes])
    is_title = np.array([t == matcher.situations[at].title for t, at in zip(learnt.texts, own, strict=True)])
    by_terms = _Recount(matcher, learnt.texts, own)
    laid_out = linear.design(learnt)
    inverse = _inverse_kernel(laid_out)
    pulled = inverse @ laid_out.target

    def left(groups: Sequence[Sequence[int]]) -> Left:
        evidence = np.empty((len(own), len(matcher.situations)), np.float32)
        for at, group in enumerate(groups):
            inside = np.linalg.solve(inverse[np.ix_(group, group)], pulled[group])
            by_model = laid_out.target[at] - inside[list(group).index(at)]
            evidence[at] = matcher.weigh(by_terms.scores(at, group), by_model.astype(float))
        return Left(own[~is_title], evidence[~is_title], matcher)

    return left([[at] for at in range(len(own))]), left(_near(learnt.texts))


def _near(texts: Sequence[str]) -> list[list[int]]:
    """For each text, the positions of those whose token-set ratio to it is high enough, itself among them.

    Only pairs that share half of the shorter one's words are compared: the ratio cannot be reached with less.
    """
    from rapidfuzz import fuzz, process
    from scipy.sparse import csr_matrix

    folded = [" ".join(words(text)) for text in texts]
    rows = [sorted(set(text.split())) for text in folded]
    columns = {word: at for at, word in enumerate(dict.fromkeys(word for row in rows for word in row))}
    indices = [columns[word] for row in rows for word in row]
    sizes = np.array([len(row) for row in rows])
    holds = csr_matrix((np.ones(len(indices), np.float32), indices, np.cumsum([0, *sizes])))
    groups: list[list[int]] = []
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        shared = (holds[start : start + _ROWS_AT_ONCE] @ holds.T).toarray()
        for row, counts in enumerate(shared, start):
            likely = np.flatnonzero(2 * counts >= np.minimum(sizes, sizes[row]))
            ratios = process.cdist(
                [folded[row]], [folded[at] for at in likely], scorer=fuzz.token_set_ratio, score_cutoff=NEAR_DUPLICATE
            )
            groups.append(sorted({row, *(int(at) for at in likely[ratios[0] > 0])}))
    return groups


def _inverse_kernel(laid_out: linear.Design) -> npt.NDArray[np.float32]:
    """Return (X X' + penalty)^-1 for all rows."""
    rows = len(laid_out.target)
    kernel = np.empty((rows, rows), np.float32)
    for start in range(0, rows, _ROWS_AT_ONCE):
        part = laid_out.matrix[start : start + _ROWS_AT_ONCE] @ laid_out.matrix.T
        kernel[start : start + _ROWS_AT_ONCE] = part.toarray()
    kernel[np.diag_indices(rows)] += laid_out.penalty
    _invert(kernel)
    return kernel


def _invert(matrix: npt.NDArray[np.float32]) -> None:
    """Invert a symmetric positive definite *matrix* in place, by halves: LAPACK's own fails at this size."""
    if len(matrix) <= _SMALL:
        matrix[:] = np.linalg.inv(matrix)
        return
    half = len(matrix) // 2
    first, corner, second = matrix[:half, :half], matrix[:half, half:], matrix[half:, half:]
    _invert(first)
    reached = first @ corner
    second -= corner.T @ reached
    _invert(second)
    crossed = reached @ second
    first += crossed @ reached.T
    matrix[:half, half:] = -crossed
    matrix[half:, :half] = -crossed.T


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
