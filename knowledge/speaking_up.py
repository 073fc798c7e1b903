"""Clauses that tell staff not to raise, post or discuss concerns: they need the protected-disclosure rider.

Nothing in a policy or contract prevents a protected disclosure: Employment Rights Act 1996, section 43J.
"""

import re

from knowledge.terms import fold, sentences

_FORBIDS = re.compile(
    r"\b(?:not|never|dont|cannot|cant|mustnt|shouldnt|wont|prohibit\w*|forbid\w*|forbidden|ban|bans|banned|"
    r"refrain\w*|avoid\w*|inappropriate|unacceptable|unauthori[sz]ed|misconduct|disciplin\w*|breach|without "
    r"(?:permission|approval|authori[sz]ation|consent)|only (?:through|by|via|to|with|be)|instead of|rather than|"
    r"keep \w+ (?:to|in)|restricted to|no (?:member|employee|one|staff|worker)|solely|exclusively|stay silent)\b"
)
_RAISING = re.compile(
    r"\b(?:rais\w+|post\w*|discuss\w*|escalat\w*|air|airs|airing|aired|report\w*|shar\w+|comment\w*|speak\w*|spoken|"
    r"talk\w*|complain\w*|critici\w+|disclos\w+|publi\w+|voic\w+|express\w*|vent\w*|tweet\w*|blog\w*|"
    r"campaign\w*|whistle\w*|contact\w*|approach\w*|tell|telling|mention\w*|highlight\w*|expos\w+|go public|"
    r"going public|bring\w*|take|taken|taking|write|writing|use|used|using|pass\w*|leak\w*|alert\w*)\b"
)
_CONCERN = re.compile(
    r"\b(?:concern\w*|complaint\w*|complain\w*|grievance\w*|worr\w+|wrongdoing|malpractice|whistle\w*|"
    r"(?:patient |unsafe |poor )?safety|unsafe|staffing|short[- ]?staff\w*|poor (?:care|practice)|failings?|"
    r"criticism\w*|critici\w+|bad practice|incidents?|problems? (?:at|with|about) (?:work|care|the)|"
    r"(?:issues?|matters?) (?:at|about|relating to|related to|to do with) (?:work|care|the)|"
    r"work[- ]related (?:issues?|matters?|problems?)|malpractice|neglect|abuse of (?:patients|residents)|fraud)\b"
)


def forbids_raising(text: str) -> bool:
    """Whether a clause with this *text* forbids or discourages raising, posting or discussing concerns."""
    return any(
        _FORBIDS.search(part) and _RAISING.search(part) and _CONCERN.search(part)
        for part in (fold(sentence) for sentence in sentences(text))
    )
