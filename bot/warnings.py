"""What a reader must be told beside the clauses of an answer."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.model import Warned, WarningId
from knowledge.model import Citation, Edition, ReviewState, Stance, Wording
from knowledge.speaking_up import forbids_raising

FORBIDDING = frozenset({Stance.MUST_NOT, Stance.SHOULD_NOT})
PERMITTING = frozenset({Stance.MAY, Stance.MAY_IF})


def warnings_for(cited: Sequence[Citation], settling: Sequence[Citation], *, silent: bool) -> tuple[Warned, ...]:
    """Return the warnings for all clauses *cited*, of which *settling* settle the question.

    *silent* says that the employer's own documents do not cover the question.
    """
    found: list[Warned] = []
    if silent and settling:
        found.append(Warned(WarningId.NOT_EMPLOYER_POLICY, settling[0].clause.id))
    found.extend(Warned(WarningId.DOCUMENTS_DISAGREE, c.clause.id) for c in disagreeing(settling))
    found.extend(Warned(WarningId.SPEAKING_UP_RIDER, c.clause.id) for c in cited if forbids_raising(c.clause.text))
    for warning, is_so in _DOCUMENT_WARNINGS:
        found.extend(Warned(warning, c.clause.id) for c in _first_of_each_document(filter(is_so, cited)))
    return tuple(dict.fromkeys(found))


def warnings_of(edition: Edition | None, on: date) -> tuple[Warned, ...]:
    """Return the warnings for a whole document, where one was asked for."""
    overdue = edition is not None and edition.review_state(on) is ReviewState.OVERDUE
    return (Warned(WarningId.REVIEW_OVERDUE),) if overdue else ()


def disagreeing(settling: Sequence[Citation]) -> list[Citation]:
    """The clauses that take the opposite stance to a clause of a higher-ranked document."""
    return [
        later for place, later in enumerate(settling) if any(_opposed(earlier, later) for earlier in settling[:place])
    ]


def _opposed(one: Citation, other: Citation) -> bool:
    if one.edition.document.id == other.edition.document.id:
        return False
    stances = one.clause.stance, other.clause.stance
    return any(a in FORBIDDING and b in PERMITTING for a, b in (stances, stances[::-1]))


def _first_of_each_document(cited: Iterable[Citation]) -> list[Citation]:
    first: dict[str, Citation] = {}
    for citation in cited:
        first.setdefault(citation.edition.document.id, citation)
    return list(first.values())


_DOCUMENT_WARNINGS = (
    (WarningId.REVIEW_OVERDUE, lambda c: c.review_state is ReviewState.OVERDUE),
    (WarningId.RESTATED, lambda c: c.wording is Wording.RESTATED),
    (WarningId.REPORTED, lambda c: c.wording is Wording.REPORTED),
)
