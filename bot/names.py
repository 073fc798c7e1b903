"""Names of people in a message, told from ordinary words by what stands beside them."""

import re
import unicodedata
from collections.abc import Callable

from bot.given_names import GIVEN_NAMES, ORDINARY_WORDS
from knowledge.terms import STOP_WORDS, fold

Known = Callable[[str], bool]

_NAME = r"[^\W\d_]{1,30}(?:[-'’][^\W\d_]{1,30}){0,3}"
_TITLE = re.compile(
    rf"\b(mr|mrs|ms|mx|dr|doctor|prof|professor|miss|sister|nurse|sir|lady|lord|rev|baby|matron)\b\.? +"
    rf"(?:(?:[a-z]|van|von|de|der|den|la|le|du|di|da|al|el|st)\.? +){{0,3}}({_NAME})",
    re.IGNORECASE,
)
# Words that are also titles: only a capital on both sides makes "Miss" or "Baby" one.
_TITLES_THAT_ARE_WORDS = frozenset("miss sister nurse sir lady lord baby doctor professor matron rev".split())

_OWN = re.compile(r"\b(?:my|the|his|your|our) $", re.IGNORECASE)

_PERSON = (
    r"(?:patients?|pt|px|residents?|resi|clients?|service[ -]users?|customers?|lady|ladies|gentleman|gent|man|woman|"
    r"bloke|guy|boy|girl|lad|kid|child|baby|toddler|teenager|mum|mam|dad|mother|father|son|daughter|wife|husband|"
    r"widow|relative|nan|gran|grandad|carer|neighbour|tenant)"
)
_CALLED = re.compile(
    rf"\b{_PERSON}\b[^.?!]{{0,40}}?\b(?:called|named|name is|name's|names|name of|goes by)\b[ :]+({_NAME})",
    re.IGNORECASE,
)
_BESIDE_PERSON = re.compile(
    rf"\b(?:{_PERSON}|(?:bed|room|bay|cubicle) \w{{1,3}})\b(?: is| was|'s)?"
    rf"(?: (?:of|to) |[ ,:(\-–]+)({_NAME})(?: +({_NAME}))?",
    re.IGNORECASE,
)
_PLACE = (
    r"(?:in|from|on|at|off) (?:(?:our|my|the|a) )?(?:[\w']+ )?"
    r"(?:bed|bay|room|side ?room|cubicle|ward|flat|unit|clinic|caseload)\b"
)
_BEFORE_PLACE = re.compile(rf"\b({_NAME}),? +(?:(?:who is|who's|who was|is|was|that's) +)?{_PLACE}", re.IGNORECASE)
_BELONGING = re.compile(
    rf"\b({_NAME})['’]s? +(?:\w+ )?(?:son|daughter|wife|husband|mum|mam|dad|mother|father|parents?|family|sister|"
    r"brother|nan|partner|diagnosis|results?|operation|op|notes|scans?|x-?ray|wound|treatment|care ?plan|surgery|death|"
    r"medication|meds|blood|biopsy|dementia|cancer|stroke|baby|birth|funeral|discharge)\b",
    re.IGNORECASE,
)
_FAMILY = re.compile(rf"\bthe ({_NAME}) (?:family|twins|household)\b", re.IGNORECASE)
_PAIR = re.compile(rf"\b({_NAME})(?= +({_NAME})\b)")
_CARE = re.compile(
    r"\b(?:patients?|pt|px|residents?|clients?|service[ -]users?|admitted|discharged|diagnos\w+|bed|bay|dementia|"
    r"cancer|stroke|operation|op|appt|appointment|surgery|treated|treating|treatment|caseload|inpatient|outpatient|"
    r"scan|overdose|sectioned|miscarriage|pregnan\w+|hiv|chemo\w*|palliative|dnar|died|passed away|ward|a&e|icu|itu|"
    r"hospice|clinic|['’]s (?:mum|mam|dad|daughter|son|wife|husband|family|parents?))\b",
    re.IGNORECASE,
)
_PUBLIC_FIGURE = re.compile(
    r"\b(?:mps?|celebrit\w+|famous|singer|actor|actress|footballer|presenter|minister|journalist|reporter|author|"
    r"retweet\w*|follow(?:ing)?|campaign|quote|book|show|film|series)\b",
    re.IGNORECASE,
)


def holds_name(text: str, known: Known) -> bool:
    """Whether *text* names a person beside something that ties the name to them.

    *known* tells whether a folded word belongs to the library's own vocabulary: such a word is taken
    for a name only with a capital inside a sentence. A first name alone is no identifier.
    """
    plain = re.sub(r"[ \t]+", " ", unicodedata.normalize("NFKC", text)[:2_000])
    looks = _Looks(plain, known)
    return (
        any(looks.titled(m) for m in _TITLE.finditer(plain))
        or any(looks.strange(m, 1) or looks.named(m, 1) for m in _CALLED.finditer(plain))
        or any(looks.named(m, 1) or looks.strange_pair(m) for m in _BESIDE_PERSON.finditer(plain))
        or any(looks.named(m, 1) or looks.strange_capital(m, 1) for m in _BEFORE_PLACE.finditer(plain))
        or any(looks.named(m, 1) or looks.strange_capital(m, 1) for m in _BELONGING.finditer(plain))
        or any(looks.strange_capital(m, 1) for m in _FAMILY.finditer(plain))
        or looks.full_name(care=bool(_CARE.search(plain)), public=bool(_PUBLIC_FIGURE.search(plain)))
    )


def _plain(name: str) -> str:
    """The name as the vocabulary would have it: small letters, no apostrophes."""
    return fold(name).replace("'", "").replace("’", "")


class _Looks:
    """Whether a word looks like a name where it stands."""

    def __init__(self, text: str, known: Known) -> None:
        self._text = text
        self._known = known
        letters = [c for c in text if c.isalpha()]
        self._shouting = sum(c.isupper() for c in letters) > 0.6 * max(1, len(letters))

    def titled(self, match: re.Match[str]) -> bool:
        """A title and a surname."""
        title, name = match[1], match[2]
        if len(name) < 2 or name.casefold() in _NEVER_AFTER_TITLE:
            return False
        if title.casefold() in _TITLES_THAT_ARE_WORDS:
            after_miss = title.casefold() == "miss" and self._capital(name, match.start(2))
            return title[0].isupper() and (self.strange_capital(match, 2) or after_miss)
        # After a title no start of a sentence explains a capital: the full stop of "Mr." ends none.
        if self._has_capital(name) or self._strange(name):
            return True
        # "mr green in bed 4"; but "the mrs works here" names nobody.
        beside = not self._text[match.end(1) : match.start(2)].strip(" .")
        addressed = title.casefold() in ("mr", "mrs") and not _OWN.search(self._text[: match.start()][-8:])
        return addressed and beside and len(name) > 2 and _plain(name) not in _NOT_NAMES

    def named(self, match: re.Match[str], group: int) -> bool:
        """A given name, or an unknown word with a capital that only a name explains."""
        name = match[group]
        if name is None or len(name) < 3:
            return False
        if self._given(name):
            return True
        return self._capital(name, match.start(group)) and (self._strange(name) or _plain(name) in GIVEN_NAMES)

    def strange(self, match: re.Match[str], group: int) -> bool:
        """A word that the library has never seen."""
        return self._strange(match[group])

    def strange_capital(self, match: re.Match[str], group: int) -> bool:
        """A word that the library has never seen, with a capital, at the start of a sentence or inside."""
        return match[group][0].isupper() and self._strange(match[group])

    def strange_pair(self, match: re.Match[str]) -> bool:
        """Two words in a row that the library has never seen."""
        return match[2] is not None and self._strange(match[1]) and self._strange(match[2])

    def full_name(self, *, care: bool, public: bool) -> bool:
        """A first and a last name: a given name and a strange word, or beside a word of care two strange ones."""
        for match in _PAIR.finditer(self._text):
            first, last = match[1], match[2]
            if care and self._given(first) and first[0].isupper() and self._capital(last, match.start(2)):
                return True
            if not self._strange(last):
                continue
            capitals = first[0].isupper() and last[0].isupper() and not self._shouting
            if _plain(first) in GIVEN_NAMES and (capitals or self._given(first)) and (care or not public):
                return True
            if care and self._strange(first) and (capitals or min(len(first), len(last)) > 4):
                return True
        return False

    def _given(self, name: str) -> bool:
        """A given name that is no ordinary word."""
        return _plain(name) in _PLAINLY_GIVEN

    def _strange(self, name: str) -> bool:
        folded = _plain(name)
        return len(folded) > 2 and folded not in _NEVER_NAMES and not self._known(folded)

    def _capital(self, name: str, at: int) -> bool:
        """A capital that the start of a sentence does not explain, in a message that is not all capitals."""
        before = self._text[:at].rstrip()
        return self._has_capital(name) and bool(before) and before[-1] not in ".!?\n"

    def _has_capital(self, name: str) -> bool:
        """A capital that means something, before a word that may be a name."""
        return name[0].isupper() and not self._shouting and not name.isupper() and _plain(name) not in _NOT_NAMES


_AFTER_TITLE = frozenset(
    "who whoever google appointment appointments surgery says said told wants asked at bean whippy president nobody "
    "right wrong not no never in and or but he she it has had is was told posted".split()
)
_NOT_NAMES = frozenset(
    "facebook insta instagram tiktok tik tok twitter whatsapp snapchat linkedin reddit youtube tinder hinge bumble "
    "grindr strava nextdoor bereal threads bluesky telegram discord signal messenger google onlyfans mumsnet nhs cqc "
    "nmc gmc hcpc rcn unite unison trust monday tuesday wednesday thursday friday saturday sunday january february "
    "march april june july august september october november december christmas easter eid diwali england scotland "
    "wales britain british english polish french covid zoom teams slack outlook photos photo pictures pics story "
    "stories dms dm ffs omg lol hca hcas rgn ward bay bed room staff nurses nurse doctor doctors manager matron "
    "hospital clinic theatre theatres maternity paeds icu itu hdu camhs hospice care home".split()
)
# Made once: they are looked into for every word of every message.
_NEVER_NAMES = STOP_WORDS | _NOT_NAMES
_NEVER_AFTER_TITLE = STOP_WORDS | _AFTER_TITLE
_PLAINLY_GIVEN = GIVEN_NAMES - ORDINARY_WORDS
