"""Follow-ups and double questions: what a message leans on, and what it holds."""

import re
from datetime import date

from bot import ranking
from bot.model import Remembered
from knowledge.library import Library
from knowledge.matching import Match, Matches, Reading
from knowledge.model import Kind
from knowledge.people import Organisation
from knowledge.terms import fold

_OPENS_LIKE_A_FOLLOW_UP = re.compile(
    r"^(?:(?:ok|okay|right|thanks|yes|yeah|no|hmm),? )*(?:and|but|so|or|also|then)?,? ?"
    r"(?:what about|how about|what if|and if|same (?:for|with|if|goes)|"
    r"(?:does|is|would) (?:that|it|this)(?: \w+){0,5}$|"
    r"even if|even when|why(?: is that| not)?|who (?:do|should) i (?:ask|tell|go to)(?: then)?$|"
    r"and |but |or if|in that case)"
)
_MOST_WORDS = 12
# A follow-up says what differs: its own words count twice, and the situation it differs from a little less.
_OWN_WORDS = 2
_SAME_AGAIN = 1.0
# Two questions in one message: short, each a question of its own, each with one plain answer.
_BETWEEN_QUESTIONS = re.compile(
    r"(?<=\?) | (?:and|also|plus) (?=(?:can|could|may|am|is|do|should|what|who|how)\b)", re.IGNORECASE
)
_MOST_WORDS_FOR_TWO = 40
_LEAST_WORDS = 5
_PLAIN = 0.5


def leans_on_earlier(text: str, reading: Reading) -> bool:
    """Whether *text* is incomplete by itself: it opens like a follow-up and says little else."""
    plain = " ".join(fold(text).split()).rstrip(" ?!.")
    return len(reading.stems) <= _MOST_WORDS and bool(_OPENS_LIKE_A_FOLLOW_UP.match(plain)) and len(reading.terms) <= 5


def follow_up(reading: Reading, remembered: Remembered, library: Library) -> tuple[Reading, Matches]:
    """Read a follow-up together with the terms of the question before it."""
    joined = Reading(
        remembered.terms + reading.stems,
        remembered.terms + reading.terms * _OWN_WORDS,
        max(reading.known, 0.5),
    )
    evidence = library.matcher.evidence(joined)
    for at, situation in enumerate(library.matcher.situations):
        if situation.id == remembered.situation and reading.terms:
            evidence[at] -= _SAME_AGAIN
    return joined, library.matcher.ranked(evidence)


def two_questions(text: str, library: Library, organisation: Organisation, on: date) -> tuple[Match, ...]:
    """The likeliest situation of each question, where *text* asks two that are each plain by themselves."""
    told = text.split()
    parts = [part for part in _BETWEEN_QUESTIONS.split(" ".join(told)) if part]
    if len(parts) < 2 or len(told) > _MOST_WORDS_FOR_TWO:
        return ()
    citer = library.cite(organisation, on)
    found: dict[str, Match] = {}
    for part in parts:
        reading = library.matcher.read(part)
        matches = library.matcher.match(reading)
        ranked = ranking.rank(matches.of_kind(Kind.POLICY), citer)
        if ranked is None or len(reading.stems) < _LEAST_WORDS or ranked.confidence < _PLAIN:
            continue
        if matches.covered >= library.matcher.calibration.covered_from:
            best = next(m for m in matches.of_kind(Kind.POLICY) if m.situation is ranked.lead)
            found.setdefault(ranked.citations[0].clause.id, best)
    return tuple(found.values()) if len(found) > 1 else ()
