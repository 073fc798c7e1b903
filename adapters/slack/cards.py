"""A clause in Slack: quoted whole, with its exceptions, its authority and what it takes to check it."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from adapters.slack import rich
from adapters.slack.rich import Block, Run, paragraph, quotation
from bot import wording
from knowledge.model import Citation, Clause, Edition
from knowledge.people import Organisation


def card(citation: Citation, organisation: Organisation) -> list[Block]:
    """The blocks of one clause: two, and one more for each further 2,900 characters."""
    clause = citation.clause
    stance, authority = wording.STANCES[clause.stance], wording.AUTHORITIES[citation.authority]
    url, edition = source_url(citation.edition, organisation), wording.edition_line(citation)
    exceptions = [paragraph(Run(wording.exception_line(clause.exceptions)))] if clause.exceptions else []
    return [
        *rich.rich_text(
            paragraph(Run(stance, bold=True), Run(f" · {authority}")),
            quotation(*marked(clause)),
            *exceptions,
            *([paragraph(Run(wording.clause_name(citation), url=url))] if url else []),
        ),
        *rich.context(edition if url else f"{wording.clause_name(citation)}. {edition}"),
    ]


def marked(clause: Clause) -> Iterator[Run]:
    """The clause's text, its exceptions bold; joined, the runs are the text."""
    longest_first = sorted(filter(None, clause.exceptions), key=len, reverse=True)
    pattern = f"({'|'.join(map(re.escape, longest_first))})"
    for at, part in enumerate(re.split(pattern, clause.text) if longest_first else [clause.text]):
        if part:
            yield Run(part, bold=at % 2 == 1)


def source_url(edition: Edition, organisation: Organisation) -> str:
    """Where the organisation keeps the document; nothing unless that is an https address."""
    url = organisation.source_urls.get(edition.document.id, "")
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    printable = url.isascii() and url.isprintable() and not set(url) & set(' <>|"')
    return url if parts.scheme == "https" and parts.hostname and printable and len(url) <= 3_000 else ""


def section(citation: Citation) -> tuple[Clause, ...]:
    """The clauses of the edition that stand under the same main heading, in order."""
    heading = citation.clause.heading[:1]
    return tuple(c for c in citation.edition.clauses if heading and c.heading[:1] == heading)


def has_section(citation: Citation) -> bool:
    """Whether there is more to the clause's section than the clause."""
    return len(section(citation)) > 1
