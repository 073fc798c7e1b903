"""Follow-ups and double questions: what a message leans on, and what it holds."""

import re

from bot.model import Remembered
from knowledge.library import Library
from knowledge.matching import Match, Matches, Reading
from knowledge.model import Kind
from knowledge.terms import fold

_OPENS_LIKE_A_FOLLOW_UP = re.compile(
    r"^(?:ok |okay |right |thanks |yes |yeah |no |hmm )*(?:and|but|so|or|also|then)?,? ?"
    r"(?:what about|how about|what if|and if|same (?:for|with|if|goes)|does (?:that|it|this)|is (?:that|it|this)|"
    r"would (?:that|it|this)|even if|even when|why(?: is that| not)?|who (?:do|should) i (?:ask|tell|go to)(?: then)?$|"
    r"and |but |or if|in that case)"
)
_MOST_WORDS = 12
_LEAST_FOR_A_QUESTION = 4
# A follow-up says what differs: its own words count twice, and the situation it differs from a little less.
_OWN_WORDS = 2
_SAME_AGAIN = 1.0
_SURE = 0.6


def leans_on_earlier(text: str, reading: Reading) -> bool:
    """Whether *text* is incomplete by itself: it opens like a follow-up and says little else."""
    plain = " ".join(fold(text).split())
    return (
        len(reading.stems) <= _MOST_WORDS
        and bool(_OPENS_LIKE_A_FOLLOW_UP.match(plain))
        and len(reading.terms) <= 5
    )


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


def two_questions(text: str, library: Library) -> tuple[Match, ...]:
    """The likeliest situation of each question, where *text* asks two that are each plain by themselves."""
    parts = [
        part
        for part in re.split(
            r"(?<=\?)\s+|\s+(?:and|also|plus)\s+(?=(?:can|could|may|am|is|do|should|what|who|how)\b)", text
        )
        if part
    ]
    if len(parts) < 2:
        return ()
    found: dict[str, Match] = {}
    for part in parts:
        reading = library.matcher.read(part)
        if len(reading.terms) < _LEAST_FOR_A_QUESTION - 1:
            continue
        best = library.matcher.match(reading).ranked[0]
        if best.situation.kind is Kind.POLICY and best.probability >= _SURE and best.situation.answers:
            found.setdefault(best.situation.answers[0], best)
    return tuple(found.values()) if len(found) > 1 else ()
