"""A linear model over the words of phrasings: trained when a library is built, read like an index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.index import Index, Weights, of_entries
from knowledge.terms import stems

# Cross-validated on the shipped phrasings: dropping weights below this keeps every figure and leaves
# 1 weight in 50.
SMALLEST_WEIGHT = 0.05
ALPHA = 1.0


def features(stemmed: Sequence[str]) -> set[str]:
    """Return the words of a message, stop words included, and the pairs of neighbours."""
    bounded = ["^", *stemmed, "$"]
    return {*stemmed, *(f"{a} {b}" for a, b in zip(bounded, bounded[1:], strict=False))}


@dataclass(frozen=True, slots=True)
class LinearModel:
    """One score for each class: a message's features, weighed by rarity and scaled to length 1."""

    weights: Index
    rarity: npt.NDArray[np.float32]
    bias: Weights

    def scores(self, found: Iterable[str]) -> Weights:
        """Return a score for each class, about 1 for a sure match and 0 for none."""
        known = [feature for feature in found if feature in self.weights.columns]
        if not known:
            return self.bias
        length = np.linalg.norm(self.rarity[[self.weights.columns[f] for f in known]])
        return self.weights.scores(known) / np.float32(length) + self.bias


def train(phrasings: Sequence[str], classes: Sequence[Sequence[int]], size: int) -> LinearModel:
    """Fit ridge regression (Hoerl and Kennard 1970) of class membership on tf-idf features.

    *classes* holds the classes, 0 to *size* - 1, that each phrasing belongs to. Deterministic.
    """
    if not phrasings:
        nothing = np.zeros(0, np.float32)
        return LinearModel(of_entries({}, size), nothing, np.zeros(size, np.float32))
    from scipy.sparse import csr_matrix  # training happens when a library is compiled, never in serving
    from sklearn.linear_model import Ridge

    rows = [features(stems(phrasing)) for phrasing in phrasings]
    columns: dict[str, int] = {}
    for row in rows:
        for feature in sorted(row):
            columns.setdefault(feature, len(columns))
    indices = np.fromiter((columns[f] for row in rows for f in sorted(row)), np.int32)
    pointers = np.cumsum([0, *map(len, rows)])
    counts = np.bincount(indices, minlength=len(columns))
    rarity = np.log((1 + len(rows)) / (1 + counts)) + 1
    values = rarity[indices]
    lengths = np.sqrt(np.add.reduceat(values**2, pointers[:-1]))
    values = values / np.repeat(lengths, np.diff(pointers))
    matrix = csr_matrix((values, indices, pointers), shape=(len(rows), len(columns)))
    target = np.full((len(rows), size), -1.0)
    for row, of_row in enumerate(classes):
        target[row, list(of_row)] = 1.0
    ridge = Ridge(alpha=ALPHA, solver="sparse_cg", tol=1e-4).fit(matrix, target)
    weighed = ridge.coef_ * rarity
    entries = {
        feature: [(int(p), float(weighed[p, column])) for p in np.flatnonzero(np.abs(ridge.coef_[:, column]) > SMALLEST_WEIGHT)]
        for feature, column in columns.items()
    }
    return LinearModel(of_entries(entries, size), rarity.astype(np.float32), ridge.intercept_.astype(np.float32))
