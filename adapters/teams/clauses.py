"""A clause in Teams: quoted whole, with its exceptions, its authority and what it takes to check it."""

from collections.abc import Iterator, Sequence
from datetime import date

from adapters import actions, quoting
from adapters.teams import cards
from adapters.teams.cards import Buttons, Element, Run
from bot import wording
from bot.model import WarningId
from knowledge.model import Citation
from knowledge.people import Organisation


def quoted(citation: Citation) -> list[Element]:
    """The clause, what it does and whose word it is, and where it comes from; no buttons."""
    clause = citation.clause
    stance, authority = wording.STANCES[clause.stance], wording.AUTHORITIES[citation.authority]
    quotation = cards.rich(*(Run(text, bold=bold) for text, bold in quoting.marked(clause)))
    exceptions = cards.rich(Run(wording.exception_line(clause.exceptions))) if clause.exceptions else []
    return [
        *cards.rich(Run(stance, bold=True), Run(f" · {authority}"), spacing="Medium"),
        *(cards.box([part], "emphasis", spacing="None" if at else "Small") for at, part in enumerate(quotation)),
        *exceptions,
        *cards.rich(Run(wording.clause_name(citation)), spacing="Small"),
        *cards.rich(Run(wording.edition_line(citation)), small=True, spacing="None"),
    ]


def listed(
    cited: Sequence[Citation], organisation: Organisation, *, sections: Buttons | None = None, on: date | None = None
) -> list[Element]:
    """The clauses, one below the other: the first of each document opens it, where the organisation says how.

    With *sections* and *on*, the first of each section has the button that shows all of it as on that day.
    """
    shown: list[Element] = []
    seen: set[object] = set()
    for citation in cited:
        buttons = list(_buttons(citation, organisation, sections, on, seen))
        first, *others = quoted(citation)
        shown += [first | (cards.RULED if shown else {}), *others, *cards.rows(buttons)]
    return shown


def rider(cited: Sequence[Citation]) -> list[Element]:
    """The rider on protected disclosures, where a clause among these needs it and stands without its answer."""
    return noted(wording.WARNINGS[WarningId.SPEAKING_UP_RIDER]) if quoting.needs_rider(cited) else []


def noted(note: str) -> list[Element]:
    """What a reader must know beside the clauses."""
    lines = cards.rich(Run(f"{wording.NOTE}: ", bold=True), Run(note))
    return [cards.box([line], "warning") for line in lines]


def _buttons(
    citation: Citation, organisation: Organisation, sections: Buttons | None, on: date | None, seen: set[object]
) -> Iterator[Element]:
    document = citation.edition.document.id
    url = quoting.source_url(citation.edition, organisation)
    if url and document not in seen:
        yield cards.open_url(wording.OPEN_DOCUMENT, url)
    section = (document, citation.clause.heading[:1])
    if sections is not None and on is not None and section not in seen and quoting.has_section(citation):
        yield sections.press(wording.SHOW_SECTION, actions.Section(on, citation.clause.id))
    seen |= {document, section}
