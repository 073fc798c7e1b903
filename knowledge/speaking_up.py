"""Clauses that tell staff not to raise, post or discuss concerns: they need the protected-disclosure rider.

Nothing in a policy or contract prevents a protected disclosure: Employment Rights Act 1996, section 43J.
"""

import re

from knowledge.terms import fold, sentences


def _pattern(alternatives: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\n\s*", "", alternatives))


_NOT = r"(?:not|never|nobody|no one|cannot|cant|dont|mustnt|shouldnt|wont)"
_FORBIDS = _pattern(
    rf"""\b(?:{_NOT}|prohibit\w*|forbid\w*|ban|bans|banned|refrain\w*|avoid\w*|inappropriate|unacceptable|
    unauthori[sz]ed|misconduct|disciplin\w*|dismiss\w*|sack\w*|terminat\w+|end your employment|lose your job|
    (?:is|be|as|in|constitut\w+) (?:an? )?(?:\w+ )?breach|
    without (?:\w+['’]?s? ){{0,5}}(?:permission|approval|authori[sz]ation|consent|agreement)|
    only (?:ever )?(?:be|your|through|by|via|to|with|in|inside|within)|instead of|rather than|
    (?:under|in|on|at) no \w+|no \w+ (?:\w+ ){{0,3}}(?:may|can|could|should|must|shall|will|is|are)|
    restricted to|solely|exclusively)\b"""
)
_RAISING = _pattern(
    r"""\b(?:rais\w+|post\w*|discuss\w*|escalat\w*|air|airs|airing|aired|report\w*|shar\w+|comment\w*|speak\w*|
    spoken|talk\w*|complain|complains|complained|complaining|critici\w+|disclos\w+|publi\w+|voic\w+|express\w*|
    vent\w*|tweet\w*|blog\w*|moan\w*|rant\w*|grumbl\w*|campaign\w*|whistle-?blowing|
    (?:blow\w*|blew) the whistle|contact\w*|approach\w*|tell|telling|mention\w*|highlight\w*|expos\w+|
    bring\w*|take|taken|taking|write|writing|use|used|using|pass\w*|leak\w*|alert\w*|put|putting|plac\w+|
    upload\w*|go|goes|going|say|saying)\b"""
)
_CONCERN = _pattern(
    r"""\b(?:concern\w*|complaint\w*|complain\w*|grievance\w*|worr\w+|wrongdoing|malpractice|whistle-?\w*|
    (?<!for )patient safety|(?:poor|about|over|regarding|concerning) safety|
    safety (?:concern|issue|matter|worr|problem|incident|failing|fear|lapse)\w*|
    unsafe|staffing|short[- ]?staff\w*|poor (?:care|practice)|bad practice|failings?|critici\w+|incidents?|
    near misses|problems? (?:at|with|about) (?:work|care|the)|work[- ]related (?:issues?|matters?|problems?)|
    (?:issues?|matters?) (?:at|about|from|relating to|related to|to do with) (?:work|care|the)|
    neglect|abuse of (?:patients|residents)|fraud)\b"""
)
# Concerns that may go no further, whatever the verb.
_CONFINES = _pattern(
    r"""\b(?:(?:keep|keeps|kept|keeping|stay|stays|remain|remains) (?:[\w']+ ){0,6}?
    (?:in-?house|internal|quiet|silent|to (?:yourself|yourselves|themselves|himself|herself)|
    (?:within|inside) (?:the|our|your|this) \w+)|
    (?:nobody|no[ -]one) else|
    not (?:(?:on|via|through|for|to|in|with) )?(?:the |any )?
    (?:twitter|facebook|whatsapp|instagram|tiktok|social (?:media|network\w*)|internet|online|press|media|
    newspapers?|public))\b"""
)
_HARM = (
    r"(?:disciplin|punish|dismiss|penali|blam|treated (?:any )?(?:worse|badly|unfairly|differently|less)|"
    r"victimi|bull|harass|subject|held against|afraid|scared|put off|ignored|delayed|stopped|prevented|"
    r"discouraged)\w*"
)
# A "not" that protects whoever raises a concern, or that stands in a condition, forbids nothing.
_PROTECTS = _pattern(
    rf"""\b{_NOT}(?: \w+)? (?:be|being|been|face|suffer) (?:\w+ )?{_HARM}|
    \b(?:nobody|no one|no \w+)(?: \w+){{0,8}} (?:will|shall|should|must|can|may|to) (?:be|face|suffer)[ ]
    {_HARM}|
    \b(?:{_NOT}|no)(?: \w+){{0,2}} (?:stop|stops|prevent\w*|discourag\w*|deter|deters|hinder\w*|obstruct\w*|
    delay|hesitate|fear|wait|need (?:to|any|anyone|your|the|permission|approval|proof)|have to|required to|
    tolerate|contain|blame|gag|silence|victimi\w*|retaliat\w*|disciplin\w+|
    restrict|restricts|affect|affects|override|overrides|too (?:small|late|minor)|
    (?:ignore|dismiss|bury) (?:an? |any |the |such |your |their )?(?:concern|complaint|worr|grievance)\w*)\b|
    \b(?:unacceptable|prohibited|forbidden|misconduct|unlawful) (?:for \w+ )?to (?:victimi|punish|penali|
    treat|retaliat|stop|prevent|discourag|bully|harass|threaten|ignore|silence|gag|obstruct|hinder)\w*|
    \b(?:victimi|punish|penali|retaliat|reprisal|silencing)\w*[^,;]*|
    \bfail\w* to (?:report|record|escalate|disclose|notify)[^,;]*|
    \b(?:if|where|when|whether) (?:you|they|it|we|anyone|staff|people|(?:the|an?|your|their) \w+)[ ]
    (?:(?:do|does|did|is|are|was|were|can|could|has|have|would|will) ?not|cannot|cant|dont|isnt|arent)\b|
    \b(?:if|where|when|while|although|until|unless)\b[^,;:]{{0,200}},|
    \bnot (?:only|just|merely|sure|certain)\b"""
)


def forbids_raising(text: str) -> bool:
    """Whether a clause with this *text* forbids or discourages raising, posting or discussing concerns."""
    return any(_sentence_forbids(fold(sentence)) for sentence in sentences(text))


def _sentence_forbids(sentence: str) -> bool:
    if not _CONCERN.search(sentence):
        return False
    unprotected = _PROTECTS.sub(" ", sentence)
    if _CONFINES.search(unprotected):
        return True
    return bool(_FORBIDS.search(unprotected) and _RAISING.search(sentence))
