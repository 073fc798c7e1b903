"""The phrases that Signpost never says of itself: an employer can read its own systems."""

import re

from bot import wording
from bot.app import PolicyBot
from bot.model import Answer

FORBIDDEN = re.compile(
    r"anonym|confiden|\bsecret(?:s|ly)?\b|secrecy|\bprivate|\bprivacy|in confidence|\bpromis|\bguarant|\bassur|\bvow|"
    r"pledge|untrace|"
    r"\bsafe (?:space|place|to tell|here)|(?:nobody|no one|no-one) (?:else )?(?:will|can|could|would|shall)|"
    r"only you (?:can|will)|between (?:us|you and me)|off the record|will not be (?:shared|passed|told|identified)|"
    r"(?:cannot|can't|won't|will not) (?:be )?(?:trace|identif|track|see who|know who)|trust me|rest easy|"
    r"you (?:are|will be) (?:protected|safe)",
    re.IGNORECASE,
)


def own_words(shown: list[str], answers: list[Answer], bot: PolicyBot) -> str:
    """What the bot itself says: the texts less the words of clauses, documents, situations and topics."""
    said = "\n".join(shown)
    quoted = set(bot.library.topics.values())
    for answer in answers:
        cited = (*answer.citations, *answer.also)
        quoted |= {c.clause.text for c in cited} | {x for c in cited for x in c.clause.exceptions}
        quoted |= {wording.exception_line(c.clause.exceptions) for c in cited}
        quoted |= {wording.clause_name(c) for c in cited} | {part for c in cited for part in c.clause.heading}
        quoted |= {choice.title for choice in answer.choices}
        quoted |= {answer.elsewhere.title} if answer.elsewhere else set()
        quoted |= {answer.situation.title} if answer.situation else set()
    for words in sorted(filter(None, quoted), key=len, reverse=True):
        said = said.replace(words, "")
    return said
