"""The values everything else is made of: documents, editions, clauses, situations, citations."""

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

_AS_PRINTED = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")


class Stance(StrEnum):
    """What a clause does."""

    MUST = "must"
    MUST_NOT = "must_not"
    MAY = "may"
    MAY_IF = "may_if"
    SHOULD = "should"
    SHOULD_NOT = "should_not"
    INFORMS = "informs"


class Authority(StrEnum):
    """Whose word a clause is, for the asker's organisation; listed from the highest tier down."""

    EMPLOYER_POLICY = "employer_policy"
    EMPLOYER_GUIDANCE = "employer_guidance"
    NATIONAL_POLICY = "national_policy"
    OTHER_EMPLOYER = "other_employer"
    UNION_ADVICE = "union_advice"
    COMMENTARY = "commentary"

    @property
    def tier(self) -> int:
        """0 for the employer's own policy, growing as authority falls."""
        return list(Authority).index(self)

    @property
    def is_employers(self) -> bool:
        """Whether this is the asker's own employer speaking."""
        return self in (Authority.EMPLOYER_POLICY, Authority.EMPLOYER_GUIDANCE)


class Wording(StrEnum):
    """Whether a document's clauses stand word for word, in our words, or as somebody reported them."""

    VERBATIM = "verbatim"
    RESTATED = "restated"
    REPORTED = "reported"


class Kind(StrEnum):
    """What a situation leads to."""

    POLICY = "policy"
    ELSEWHERE = "elsewhere"
    SENSITIVE = "sensitive"
    HELP = "help"


class ReviewState(StrEnum):
    """Whether a document's review date has passed."""

    CURRENT = "current"
    OVERDUE = "overdue"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as a document prints it: a day (`2017-06-05`) or a month (`2015-08`)."""

    printed: str

    def __post_init__(self) -> None:
        if not _AS_PRINTED.fullmatch(self.printed):
            raise ValueError("a date is YYYY-MM or YYYY-MM-DD")
        date.fromisoformat(self.printed if len(self.printed) == 10 else f"{self.printed}-01")

    @property
    def first_day(self) -> date:
        """The day it is compared by: the day itself, or the first of the month."""
        return date.fromisoformat(self.printed if len(self.printed) == 10 else f"{self.printed}-01")

    @property
    def last_day(self) -> date:
        """The last day that the printed words still name: the day itself, or the end of the month."""
        if len(self.printed) == 10:
            return self.first_day
        first = self.first_day
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])


@dataclass(frozen=True, slots=True)
class Clause:
    """The smallest citable passage: a rule together with its exceptions.

    `exceptions` are parts of `text`, character for character, so that a screen may point them out
    without showing anything twice. `authority` is set where the clause's word is not its document's.
    """

    id: str
    number: str
    heading: tuple[str, ...]
    text: str
    stance: Stance
    exceptions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    authority: Authority | None = None
    wording: Wording | None = None
    source: str = ""

    @property
    def place(self) -> str:
        """Where one finds it in its document: its number where a `5.6` is printed, else its heading."""
        # A "1" stands under more than one heading.
        return self.number if "." in self.number else ": ".join((*self.heading, self.number)).rstrip(": ")


@dataclass(frozen=True, slots=True)
class Document:
    """A policy, whose identity outlives its wording."""

    id: str
    title: str
    issuer: str
    authority: Authority
    wording: Wording
    owner: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """One immutable publication of a document."""

    document: Document
    label: str
    effective: PrintedDate
    review_by: PrintedDate | None
    withdrawn: PrintedDate | None
    clauses: tuple[Clause, ...]

    def in_force(self, on: date) -> bool:
        """Whether this edition had taken effect, and was not withdrawn, on the day."""
        return self.effective.first_day <= on and (self.withdrawn is None or on < self.withdrawn.first_day)

    def review_state(self, on: date) -> ReviewState:
        """Overdue from the day after the printed month or day."""
        if self.review_by is None:
            return ReviewState.NOT_STATED
        return ReviewState.OVERDUE if on > self.review_by.last_day else ReviewState.CURRENT


@dataclass(frozen=True, slots=True)
class Situation:
    """What a member of staff is in, how people say it, and the clauses that answer it.

    `answers` are clause ids that each settle the question, best first; `also` apply as well and never
    lead. `go_to` is the place to ask for what these policies do not cover (kind `elsewhere`).
    """

    id: str
    title: str
    topic: str
    kind: Kind = Kind.POLICY
    routes: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    go_to: str = ""
    clinical: bool = False
    danger: bool = False
    phrasings: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause of one edition, with whose word it is for the asker: checkable by hand."""

    clause: Clause
    edition: Edition
    authority: Authority
    wording: Wording
    review_state: ReviewState
    score: float = 0.0
