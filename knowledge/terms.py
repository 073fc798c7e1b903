"""Text to search terms: folding, stop words, stemming, spelling. The only module that knows English."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

_APOSTROPHES = re.compile(r"(?<=\w)['’‘`´](?=\w)")
_WORD = re.compile(r"[a-z0-9]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_AMERICAN = re.compile(r"(?<=[a-z]{3})iz(?=(?:e|es|ed|ing|er|ers|ation|ations)$)")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
# Without its cache: words of messages must not outlive them.
_STEMMER = Stemmer.Stemmer("english", 0)

# "not", "no", "never" and "without" stay: they turn a rule round.
STOP_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below
    between both but by could did do does doing down during each few for from further had has have having
    he her here hers herself him himself his how i if in into is it its itself just me more most my myself
    of off on once only or other our ours ourselves out over own same she should so some such than that the
    their theirs them themselves then there these they this those through to too under until up very was we
    were what when where which while who whom whos why will with would you your yours yourself yourselves
    im ive id ill youre youve youd youll hes shes weve theyre theyve thats theres whats isnt arent wasnt
    u r ur ok okay please pls plz hi hello hey thanks thx ta lol tbh btw anyone anybody someone somebody
    got get gets getting can may might shall must""".split()
)


def fold(text: str) -> str:
    """Return *text* in lower case without accents, look-alike forms or apostrophes inside words."""
    # Decomposed, an acute accent standing alone would be a space: it is typed for an apostrophe.
    plain = unicodedata.normalize("NFKD", text.replace("´", "'")).casefold()
    if not plain.isascii():
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _APOSTROPHES.sub("", plain)


def words(text: str) -> list[str]:
    """Return the words of *text* in order, folded, in British spelling, stop words included."""
    return [_british(word) for word in _WORD.findall(fold(text))]


def _british(word: str) -> str:
    if "iz" in word:
        word = _AMERICAN.sub("is", word)
    return _STRETCHED.sub(r"\1\1", word)


def stem(word: str) -> str:
    """Return the Snowball English stem of one folded word."""
    return str(_STEMMER.stemWord(word))


def terms(text: str) -> list[str]:
    """Return the search terms of *text*: stems in order, without stop words."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


def stems(text: str) -> list[str]:
    """Return the stems of all words of *text* in order, stop words included."""
    return [stem(word) for word in words(text)]


def sentences(text: str) -> list[str]:
    """Return the sentences of *text*, in order, none empty."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


class Speller:
    """Corrects words that the library has never seen to one that it has, where one is near."""

    MIN_LENGTH = 4
    TWO_EDITS_FROM = 9

    def __init__(self, known: Iterable[str]) -> None:
        """Take the words to correct to, the commonest first: of equally near ones, the earlier wins."""
        self._known: Sequence[str] = list(known)
        self._set = frozenset(self._known)

    def knows(self, word: str) -> bool:
        """Whether the library has *word*."""
        return word in self._set

    def correct(self, word: str) -> str:
        """Return *word*, or the nearest known word by edits (adjacent letters swapped count as one)."""
        if len(word) < self.MIN_LENGTH or word in self._set or word in STOP_WORDS or word.isdigit():
            return word
        allowed = 2 if len(word) >= self.TWO_EDITS_FROM else 1
        near = process.extractOne(word, self._known, scorer=OSA.distance, score_cutoff=allowed)
        return near[0] if near else word
