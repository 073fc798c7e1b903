"""What goes in and what comes out: questions, answers, and what a conversation remembers."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge.model import Citation, Edition, Situation
from knowledge.people import Contact, RouteScope


class Outcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    CHOOSE = "choose"
    NOT_COVERED = "not_covered"
    SENSITIVE = "sensitive"
    IDENTIFIABLE = "identifiable"
    HELP = "help"


class WarningId(StrEnum):
    """What a reader must know beside the clause; the words are in `wording`."""

    REVIEW_OVERDUE = "review_overdue"
    NOT_EMPLOYER_POLICY = "not_employer_policy"
    DOCUMENTS_DISAGREE = "documents_disagree"
    SPEAKING_UP_RIDER = "speaking_up_rider"
    RESTATED = "restated"
    REPORTED = "reported"
    REMOVE_IDENTIFIERS = "remove_identifiers"
    DANGER = "danger"
    TOO_LONG = "too_long"
    NOTHING_IN_FORCE = "nothing_in_force"
    CLINICAL = "clinical"
    CONTACT_STALE = "contact_stale"


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, on which day; the text is never kept. `situation` is set by a choice's button."""

    text: str
    on: date
    situation: str | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning, and the clause that it is about, if it is about one."""

    id: WarningId
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class GivenRoute:
    """A route with its contact (empty text: none is set), and the clause that names it, with its place, if one does."""

    id: str
    name: str
    scope: RouteScope
    contact: Contact
    because: str | None = None
    named_in: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A situation offered by its title."""

    situation: str
    title: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where to go with what these policies do not cover."""

    id: str
    title: str
    name: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, the same on every platform; it carries no prose of its own.

    `citations` is ranked: the employer's clauses, then others'; those named in `near` come from
    situations close to the leading one, the others settle the question. `other_views` repeats those
    of `citations` that are not the employer's. `document` is set where a whole document was asked for.
    """

    outcome: Outcome
    library: str
    on: date
    situation: Situation | None = None
    citations: tuple[Citation, ...] = ()
    near: frozenset[str] = frozenset()
    also: tuple[Citation, ...] = ()
    other_views: tuple[Citation, ...] = ()
    choices: tuple[Choice, ...] = ()
    routes: tuple[GivenRoute, ...] = ()
    warnings: tuple[Warned, ...] = ()
    elsewhere: Elsewhere | None = None
    document: Edition | None = None

    @property
    def is_private(self) -> bool:
        """Whether nobody but the asker may see it, wherever the question was asked."""
        return self.outcome in (Outcome.SENSITIVE, Outcome.IDENTIFIABLE)

    @property
    def settling(self) -> tuple[Citation, ...]:
        """The citations that settle the question."""
        return tuple(c for c in self.citations if c.clause.id not in self.near)

    @property
    def leading(self) -> tuple[Citation, ...]:
        """What settles the question with the highest authority: the employer's clauses, if it has any."""
        employers = tuple(c for c in self.settling if c.authority.is_employers)
        return employers or self.settling

    @property
    def differing(self) -> tuple[Citation, ...]:
        """What other documents say, beside the employer's."""
        return tuple(c for c in self.settling if c not in self.leading)

    @property
    def nearby(self) -> tuple[Citation, ...]:
        """The citations of near situations, less those that stand under `also` already."""
        shown = {c.clause.id for c in self.also}
        return tuple(c for c in self.citations if c.clause.id in self.near - shown)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a follow-up question may lean on: never text, only the situation, clauses and terms."""

    situation: str
    clauses: tuple[str, ...]
    terms: tuple[str, ...]
