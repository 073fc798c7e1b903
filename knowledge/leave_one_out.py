"""Every phrasing asked of a library that never held it: the honest measure of how new wordings are understood.

The library is really built anew. Building it once for each of fifty thousand phrasings is out of reach, so the
phrasings are left out by tenths: each is asked without itself and without the rest of its tenth, and the figures are
a little lower than those of leaving out one at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from knowledge.matching import Matcher
from knowledge.model import Kind
from knowledge.terms import words

NEAR_DUPLICATE = 85  # token-set ratio, of 100
FOLDS = 10
_ROWS_AT_ONCE = 1_000


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


def leave_out(matcher: Matcher, folds: int = FOLDS) -> tuple[Left, Left]:
    """Ask every phrasing of *matcher* with itself taken out, and once more with its near-duplicates out too.

    As many *folds* as phrasings leave out one at a time. Builds a matcher for each fold, twice.
    """
    asked = [(text, at) for at, situation in enumerate(matcher.situations) for text in situation.phrasings]
    alone = [[at] for at in range(len(asked))]
    return _without(matcher, asked, alone, folds), _without(matcher, asked, _near([text for text, _ in asked]), folds)


def _without(matcher: Matcher, asked: Sequence[tuple[str, int]], groups: Sequence[Sequence[int]], folds: int) -> Left:
    """Ask each phrasing of a matcher built without its fold, and without the *groups* of all in the fold."""
    evidence = np.empty((len(asked), len(matcher.situations)), np.float32)
    for fold in range(folds):
        held = range(fold, len(asked), folds)
        gone = {other for at in held for other in groups[at]}
        kept: list[list[str]] = [[] for _ in matcher.situations]
        for at, (text, own) in enumerate(asked):
            if at not in gone:
                kept[own].append(text)
        situations = [replace(s, phrasings=tuple(k)) for s, k in zip(matcher.situations, kept, strict=True)]
        rebuilt = Matcher.build(situations, matcher.thesaurus, matcher.calibration)
        for at in held:
            evidence[at] = rebuilt.evidence(rebuilt.read(asked[at][0]))
    return Left(np.array([own for _, own in asked]), evidence, matcher)


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
