"""A linear model over the words of phrasings: trained when a library is built, read like an index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.index import Index, Weights, of_entries
from knowledge.terms import stems

ALPHA = 1.0
# Dropping weights below this costs 0.005 of the phrasings found first, and leaves 1 weight in 50.
SMALLEST_WEIGHT = 0.025
TOLERANCE = 0.01
MOST_STEPS = 100
_TINY = 1e-20


def features(stemmed: Sequence[str]) -> set[str]:
    """Return the words of a message, stop words included, and the pairs of neighbours."""
    bounded = ["^", *stemmed, "$"]
    return {*stemmed, *(f"{a} {b}" for a, b in pairwise(bounded))}


@dataclass(frozen=True, slots=True)
class LinearModel:
    """One score for each class: a message's features, weighed by rarity and scaled to length 1."""

    weights: Index
    rarity: npt.NDArray[np.float32]

    def scores(self, found: Iterable[str]) -> Weights:
        """Return a score for each class, about 1 for a sure match and 0 for none."""
        # Sorted, because a sum of floats depends on its order, and a set's order on the process.
        known = sorted(feature for feature in found if feature in self.weights.columns)
        if not known:
            return np.zeros(self.weights.size, np.float32)
        length = np.linalg.norm(self.rarity[[self.weights.columns[f] for f in known]])
        return self.weights.scores(known) / np.float32(length)


@dataclass(frozen=True, slots=True)
class Lessons:
    """What to learn from: texts, the classes (0 to `size` - 1) of each, and how much each counts."""

    texts: tuple[str, ...]
    classes: tuple[tuple[int, ...], ...]
    importance: tuple[float, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Design:
    """Texts as rows of tf-idf features, each of length 1; their classes as rows of 0 and 1; their penalties."""

    matrix: Any
    target: npt.NDArray[np.float32]
    penalty: npt.NDArray[np.float32]
    columns: dict[str, int]
    rarity: npt.NDArray[np.float64]


def design(lessons: Lessons) -> Design:
    """Lay out *lessons* for training."""
    from scipy.sparse import csr_matrix  # learning happens when a library is compiled, never in serving

    rows = [sorted(features(stems(text))) for text in lessons.texts]
    columns: dict[str, int] = {}
    for row in rows:
        for feature in row:
            columns.setdefault(feature, len(columns))
    indices = np.fromiter((columns[feature] for row in rows for feature in row), np.int64)
    pointers = np.cumsum([0, *map(len, rows)])
    counts = np.bincount(indices, minlength=len(columns))
    rarity = np.log((1 + len(rows)) / (1 + counts)) + 1
    values = rarity[indices]
    lengths = np.sqrt(np.add.reduceat(values**2, pointers[:-1]))
    values = (values / np.repeat(lengths, np.diff(pointers))).astype(np.float32)
    target = np.zeros((len(rows), lessons.size), np.float32)
    for at, of_row in enumerate(lessons.classes):
        target[at, list(of_row)] = 1.0
    penalty = (ALPHA / np.array(lessons.importance)).astype(np.float32)
    matrix = csr_matrix((values, indices, pointers), shape=(len(rows), len(columns)))
    return Design(matrix, target, penalty, columns, rarity)


def train(lessons: Lessons) -> LinearModel:
    """Fit ridge regression (Hoerl and Kennard 1970) of class membership on tf-idf features. Deterministic."""
    if not lessons.texts:
        return LinearModel(of_entries({}, lessons.size), np.zeros(0, np.float32))
    laid_out = design(lessons)
    coefficients = _solve(laid_out)
    kept = np.abs(coefficients) > SMALLEST_WEIGHT
    entries = {}
    for feature, column in laid_out.columns.items():
        of_feature = np.flatnonzero(kept[column])
        weighed = coefficients[column, of_feature] * laid_out.rarity[column]
        entries[feature] = list(zip(of_feature.tolist(), weighed.tolist(), strict=True))
    return LinearModel(of_entries(entries, lessons.size), laid_out.rarity.astype(np.float32))


def _solve(laid_out: Design) -> npt.NDArray[np.float32]:
    """Return the coefficients, a row for each feature.

    Conjugate gradients (Hestenes and Stiefel 1952) on the dual, (X X' + penalty) A = Y, for all classes at
    once: the same matrix serves 400 right-hand sides, which library solvers take one by one, in four
    times the time.
    """
    rows, columns = laid_out.matrix, laid_out.matrix.T.tocsr()
    penalty = laid_out.penalty[:, None]
    # Rows have length 1, so this is the diagonal of the matrix: the preconditioner.
    scale = 1 / (1 + penalty)
    found = np.zeros_like(laid_out.target)
    rest = laid_out.target.copy()
    direction = scale * rest
    size = (rest * direction).sum(axis=0)
    enough = TOLERANCE * float(np.linalg.norm(laid_out.target))
    for _ in range(MOST_STEPS):
        image = rows @ (columns @ direction) + penalty * direction
        step = size / np.maximum((direction * image).sum(axis=0), _TINY)
        found += step * direction
        rest -= step * image
        if np.linalg.norm(rest) < enough:
            break
        scaled = scale * rest
        before, size = size, (rest * scaled).sum(axis=0)
        direction = scaled + size / np.maximum(before, _TINY) * direction
    coefficients: npt.NDArray[np.float32] = columns @ found
    return coefficients
