"""Which situation a message describes: evidence from BM25 and a linear model, as probabilities."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import numpy.typing as npt

from knowledge import linear
from knowledge.index import Index, bm25
from knowledge.linear import Lessons, LinearModel, features
from knowledge.model import Kind, Situation
from knowledge.terms import STOP_WORDS, Speller, stem, terms, words
from knowledge.thesaurus import Thesaurus

_KINDS = tuple(Kind)
MOST_OF_A_KIND = 16
MOST_CORRECTED = 32

Evidence = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How evidence becomes confidence: see docs/answering.md for what was measured.

    The log-odds of a situation are `bm25` times its BM25 score, plus `linear` times its linear score, each
    scaled so that the best situation has 1, plus `kind` times the linear score of its kind.
    `covered_from` and `sensitive_from` are probabilities (see `Matches`), `sensitive_numbered_from` the latter
    for a message with somebody's number or address, which is refused either way, and `sensitive_elsewhere_from`
    for one that is likelier to be about what no policy covers, `sensitive_clinical_from` about something clinical;
    `answered_from` is the share of the leading clause, `elsewhere_from` that of the leading subject.
    """

    bm25: float = 5.0
    linear: float = 4.0
    kind: float = 4.0
    answered_from: float = 0.30
    covered_from: float = 0.85
    sensitive_from: float = 0.15
    sensitive_numbered_from: float = 0.03
    sensitive_elsewhere_from: float = 0.35
    sensitive_clinical_from: float = 0.5
    elsewhere_from: float = 0.3


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the search sees it: its stems in order, its terms, and the share of words known."""

    stems: tuple[str, ...]
    terms: tuple[str, ...]
    known: float

    @property
    def distinct(self) -> int:
        """How many different terms the message holds."""
        return len(set(self.terms))


@dataclass(frozen=True, slots=True)
class Match:
    """A situation and the probability that the message describes it."""

    situation: Situation
    probability: float


@dataclass(frozen=True, slots=True)
class Matches:
    """How probable each situation is; `by_kind` adds up to 1, `order` holds positions by falling probability."""

    situations: Sequence[Situation]
    probabilities: tuple[float, ...]
    order: tuple[int, ...]
    by_kind: Mapping[Kind, float]

    @property
    def ranked(self) -> tuple[Match, ...]:
        """All situations by falling probability."""
        return tuple(map(self._match, self.order))

    @property
    def tells_nothing(self) -> bool:
        """Whether not one word was known: every situation is as likely as any other."""
        return not self.order or self.probabilities[self.order[0]] == self.probabilities[self.order[-1]]

    @property
    def covered(self) -> float:
        """How probable it is that the policies cover the message, given that it is no disclosure."""
        ordinary = 1.0 - self.by_kind[Kind.SENSITIVE]
        return self.by_kind[Kind.POLICY] / ordinary if ordinary > 0 else 0.0

    def of_kind(self, kind: Kind, limit: int = MOST_OF_A_KIND) -> tuple[Match, ...]:
        """The likeliest matches of one kind, best first."""
        found = (at for at in self.order if self.situations[at].kind is kind)
        return tuple(map(self._match, islice(found, limit)))

    def _match(self, at: int) -> Match:
        return Match(self.situations[at], self.probabilities[at])


@dataclass(frozen=True, slots=True)
class Matcher:
    """Everything that recognising a situation needs; built once from the situations, then only read."""

    situations: tuple[Situation, ...]
    index: Index
    linear: LinearModel
    vocabulary: tuple[str, ...]
    speller: Speller
    thesaurus: Thesaurus
    calibration: Calibration
    _kinds: npt.NDArray[np.intp] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        kinds = [_KINDS.index(situation.kind) for situation in self.situations]
        object.__setattr__(self, "_kinds", np.array(kinds, np.intp))

    @classmethod
    def build(cls, situations: Sequence[Situation], thesaurus: Thesaurus, calibration: Calibration) -> "Matcher":
        """Index the situations' titles and phrasings, and train the linear model on them."""
        passages = [passage(situation, thesaurus) for situation in situations]
        model = linear.train(lessons(situations))
        vocabulary = vocabulary_of(situations, thesaurus)
        return cls(tuple(situations), bm25(passages), model, vocabulary, Speller(vocabulary), thesaurus, calibration)

    def read(self, text: str) -> Reading:
        """Correct, stem and expand the words of *text*."""
        written = words(text)
        # A message of nothing but strange words must stay cheap: each costs a look at the whole vocabulary.
        strange = [word for word in dict.fromkeys(written) if not self.speller.knows(word)][:MOST_CORRECTED]
        mended = {word: self.speller.correct(word) for word in strange}
        corrected = [mended.get(word, word) for word in written]
        content = [word for word in corrected if word not in STOP_WORDS]
        known = sum(map(self.speller.knows, content)) / len(content) if content else 0.0
        stemmed = [stem(word) for word in corrected]
        found = self.thesaurus.expand([stem(word) for word in content])
        return Reading(tuple(stemmed), tuple(found), known)

    def match(self, reading: Reading) -> Matches:
        """Return how probable each situation is, given the message."""
        if not self.situations:
            return Matches((), (), (), dict.fromkeys(Kind, 0.0))
        return self.ranked(self.evidence(reading))

    def evidence(self, reading: Reading) -> Evidence:
        """Return the log-odds of each situation, up to a constant."""
        by_terms = self.index.scores(reading.terms).astype(float)
        return self.weigh(by_terms, self.linear.scores(features(reading.stems)).astype(float))

    def weigh(self, by_terms: Evidence, by_model: Evidence) -> Evidence:
        """Put BM25 scores of situations, and linear scores of situations and then kinds, together."""
        by_situation, by_kind = by_model[: len(self.situations)], by_model[len(self.situations) :]
        kinds = by_kind[self._kinds]
        weighed: Evidence = (
            self.calibration.bm25 * _to_one(by_terms)
            + self.calibration.linear * _to_one(by_situation - by_situation.mean())
            + self.calibration.kind * kinds
        )
        return weighed

    def ranked(self, evidence: Evidence) -> Matches:
        """Turn log-odds into probabilities over all situations."""
        odds = np.exp(evidence - evidence.max())
        probabilities = odds / odds.sum()
        shares = np.bincount(self._kinds, probabilities, len(_KINDS))
        return Matches(
            self.situations,
            tuple(probabilities.tolist()),
            tuple(np.argsort(-probabilities, kind="stable").tolist()),
            dict(zip(_KINDS, shares.tolist(), strict=True)),
        )


def _to_one(scores: Evidence) -> Evidence:
    """Scale so that the best is 1: a story's scores are low throughout, and no less telling for it."""
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0 else scores


def lessons(situations: Sequence[Situation]) -> Lessons:
    """Every title and phrasing, with its classes: its situation's position, and its kind's after them.

    A kind with fewer phrasings counts more for each, by the root of how rare it is: so that it is recognised
    although the policies' own situations are many more.
    """
    found = [(text, at, s.kind) for at, s in enumerate(situations) for text in (s.title, *s.phrasings)]
    of_kind = Counter(kind for _, _, kind in found)
    return Lessons(
        texts=tuple(text for text, _, _ in found),
        classes=tuple((at, len(situations) + _KINDS.index(kind)) for _, at, kind in found),
        importance=tuple((len(found) / len(_KINDS) / of_kind[kind]) ** 0.5 for _, _, kind in found),
        size=len(situations) + len(_KINDS),
    )


def passage(situation: Situation, thesaurus: Thesaurus) -> list[str]:
    """The terms that a situation is found by: those of its title and of all its phrasings."""
    texts = (situation.title, *situation.phrasings)
    return [term for text in texts for term in thesaurus.expand(terms(text))]


def vocabulary_of(situations: Sequence[Situation], thesaurus: Thesaurus) -> tuple[str, ...]:
    """Every word of the titles, phrasings and thesaurus, the commonest first."""
    counts: dict[str, int] = {}
    for situation in situations:
        for text in (situation.title, *situation.phrasings):
            for word in words(text):
                counts[word] = counts.get(word, 0) + 1
    for word in thesaurus.words:
        counts.setdefault(word, 0)
    return tuple(sorted(counts, key=lambda word: (-counts[word], word)))
