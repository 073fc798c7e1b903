"""A clause in Slack: quoted whole, with its exceptions, its authority and what it takes to check it."""

from collections.abc import Sequence

from adapters import quoting
from adapters.slack import rich
from adapters.slack.rich import Block, Run, paragraph, quotation
from bot import wording
from bot.model import WarningId
from knowledge.model import Citation
from knowledge.people import Organisation


def card(citation: Citation, organisation: Organisation) -> list[Block]:
    """The blocks of one clause: two, and one more for each further 2,900 characters."""
    clause = citation.clause
    stance, authority = wording.STANCES[clause.stance], wording.AUTHORITIES[citation.authority]
    url, edition = quoting.source_url(citation.edition, organisation), wording.edition_line(citation)
    exceptions = [paragraph(Run(wording.exception_line(clause.exceptions)))] if clause.exceptions else []
    return [
        *rich.rich_text(
            paragraph(Run(stance, bold=True), Run(f" · {authority}")),
            quotation(*(Run(text, bold=bold) for text, bold in quoting.marked(clause))),
            *exceptions,
            *([paragraph(Run(wording.clause_name(citation), url=url))] if url else []),
        ),
        *rich.context(edition if url else f"{wording.clause_name(citation)}. {edition}"),
    ]


def rider(cited: Sequence[Citation]) -> list[Block]:
    """The rider on protected disclosures, where a clause among these needs it and stands without its answer."""
    if not quoting.needs_rider(cited):
        return []
    said = wording.WARNINGS[WarningId.SPEAKING_UP_RIDER]
    return rich.rich_text(paragraph(Run(f"{wording.NOTE}: ", bold=True), Run(said)))
