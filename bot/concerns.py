"""Danger and disclosures: recognised before anything is searched, kept or logged."""

import re
from dataclasses import dataclass

from knowledge.matching import Calibration, Matches
from knowledge.model import Kind, Situation
from knowledge.terms import fold


@dataclass(frozen=True, slots=True)
class Concern:
    """A disclosure: the situation that is likest to it, and whether somebody is in danger."""

    situation: Situation
    danger: bool


_DANGER = re.compile(
    r"\b(?:kill(?:ing)? (?:myself|himself|herself|themsel\w+|themself)|end (?:my|it) (?:own )?(?:life|all)|"
    r"(?:want|going|gonna|wanna) (?:to )?die|dont want to (?:be here|live|wake up|be alive)|better off dead|"
    r"(?:cut|cutting|hurt|hurting|harm|harming|hang|hanging) (?:myself|herself|himself)|taken an overdose|overdosed|"
    r"(?:cut|cutting|slit|slitting) (?:my (?:own )?(?:arms?|wrists?)|(?:her|his|their) (?:own )?wrists?)|"
    r"(?:threatened|threatening|threatens|says hell|says shell) (?:to )?(?:kill|stab|shoot) \w+|"
    r"(?:going|wants|want) to (?:stab|shoot) (?:me|him|her|them|us|someone|somebody)|"
    r"not breathing|being attacked|has a (?:knife|gun|weapon)|in immediate danger)\b"
)
# The bare words may be a subject (an awareness campaign, a film) as well as somebody in danger.
_NAMED = re.compile(r"\b(?:suicid\w+|self[ -]?harm\w*)\b")
_SUBJECT = re.compile(
    r"\b(?:awareness|prevention|campaign|charity|fundrais\w+|documentary|podcast|netflix|film|policy on|"
    r"helpline number|article|training|statistics|squad|mission)\b"
)


# From this probability on, a message that is likest to a clinical subject may be a clinical question.
_CLINICAL_AT_ALL = 0.25


# For a library that describes no disclosure: whoever is in danger is sent to help all the same.
_ANY_DANGER = Situation("danger", "Somebody is in danger", "sensitive", Kind.SENSITIVE, danger=True)


def recognise(text: str, matches: Matches, calibration: Calibration, *, numbered: bool) -> Concern | None:
    """Return the concern that *text* discloses, if it does.

    *numbered* says that the message holds somebody's number or address: it is refused either way, so less is
    enough.
    By rules for words of danger, and by example: messages of kind `sensitive` compete with all other
    situations, and win where they are likelier than the calibrated threshold.
    """
    plain = fold(text)
    danger = bool(_DANGER.search(plain) or (_NAMED.search(plain) and not _SUBJECT.search(plain)))
    likeliest = matches.of_kind(Kind.SENSITIVE)
    if danger:
        first = likeliest[0].situation if likeliest else _ANY_DANGER
        return Concern(next((m.situation for m in likeliest if m.situation.danger), first), True)
    if not likeliest or matches.tells_nothing:
        return None
    if matches.by_kind[Kind.SENSITIVE] >= _enough(matches, calibration, numbered=numbered):
        return Concern(likeliest[0].situation, likeliest[0].situation.danger)
    return None


def _enough(matches: Matches, calibration: Calibration, *, numbered: bool) -> float:
    if numbered:
        return calibration.sensitive_numbered_from
    elsewhere = matches.of_kind(Kind.ELSEWHERE, 1)
    if elsewhere and elsewhere[0].situation.clinical and matches.by_kind[Kind.ELSEWHERE] > _CLINICAL_AT_ALL:
        return calibration.sensitive_clinical_from
    if matches.by_kind[Kind.ELSEWHERE] > matches.by_kind[Kind.POLICY]:
        return calibration.sensitive_elsewhere_from
    return calibration.sensitive_from
