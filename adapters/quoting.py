"""What every chat does alike with a clause: its exceptions, its section, and where its document is to be read."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bot.model import WarningId
from bot.warnings import warnings_for
from knowledge.model import Citation, Clause, Edition
from knowledge.people import Organisation

_LONGEST_URL = 3_000


def marked(clause: Clause) -> Iterator[tuple[str, bool]]:
    """The clause's text in parts, each with whether it is an exception; joined, the parts are the text."""
    longest_first = sorted(filter(None, clause.exceptions), key=len, reverse=True)
    pattern = f"((?:{'|'.join(map(re.escape, longest_first))})+)"
    for at, part in enumerate(re.split(pattern, clause.text) if longest_first else [clause.text]):
        if part:
            yield part, at % 2 == 1


def source_url(edition: Edition, organisation: Organisation) -> str:
    """Where the organisation keeps the document; nothing unless that is an https address."""
    url = organisation.source_urls.get(edition.document.id, "")
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    printable = url.isascii() and url.isprintable() and not set(url) & set(' <>|"')
    return url if parts.scheme == "https" and parts.hostname and printable and len(url) <= _LONGEST_URL else ""


def section(citation: Citation) -> tuple[Clause, ...]:
    """The clauses of the edition that stand under the same main heading, in order."""
    heading = citation.clause.heading[:1]
    return tuple(c for c in citation.edition.clauses if heading and c.heading[:1] == heading)


def has_section(citation: Citation) -> bool:
    """Whether there is more to the clause's section than the clause."""
    return len(section(citation)) > 1


def needs_rider(cited: Sequence[Citation]) -> bool:
    """Whether a clause among these may not stand without the rider on protected disclosures."""
    return any(warned.id is WarningId.SPEAKING_UP_RIDER for warned in warnings_for(cited, (), silent=False))


def pieces(text: str, most: int) -> Iterator[str]:
    """*text* in pieces of at most *most* characters, cut behind white space; a longer word is cut anywhere."""
    while len(text) > most:
        cut = next((at for at in range(most, 0, -1) if text[at - 1].isspace()), most)
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text
