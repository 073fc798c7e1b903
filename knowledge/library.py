"""The library: every edition, the situations that lead to its clauses, searchable, immutable, with a digest."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from knowledge.index import Index, bm25
from knowledge.matching import Matcher
from knowledge.model import Citation, Clause, Edition, Situation
from knowledge.people import Organisation, Route
from knowledge.terms import terms


@dataclass(frozen=True)
class Library:
    """What can be asked and answered; nothing in it ever changes, so threads and requests share it."""

    editions: tuple[Edition, ...]
    matcher: Matcher
    texts: Index
    topics: Mapping[str, str]
    routes: Mapping[str, Route]
    organisations: Mapping[str, Organisation]
    digest: str

    @cached_property
    def passages(self) -> tuple[tuple[Edition, Clause], ...]:
        """Every clause of every edition, in the order in which `texts` indexes them."""
        return tuple((edition, clause) for edition in self.editions for clause in edition.clauses)

    @cached_property
    def places(self) -> Mapping[str, str]:
        """Where each clause stands in its document, by its id; in the edition listed last where it moved."""
        return {clause.id: clause.place for _, clause in self.passages}

    @cached_property
    def situations(self) -> Mapping[str, Situation]:
        """The situations by id."""
        return {situation.id: situation for situation in self.matcher.situations}

    def in_force(self, on: date) -> tuple[Edition, ...]:
        """The editions in force on the day: of each document the one that took effect last."""
        latest: dict[str, Edition] = {}
        for edition in self.editions:
            earlier = latest.get(edition.document.id)
            if edition.in_force(on) and (earlier is None or earlier.effective.first_day < edition.effective.first_day):
                latest[edition.document.id] = edition
        return tuple(latest.values())

    def cite(self, organisation: Organisation, on: date) -> "Citer":
        """Return what turns clause ids into citations for one organisation on one day."""
        return Citer(self, organisation, on)

    def nearest(self, text_terms: Iterable[str], on: date, limit: int) -> Iterator[str]:
        """The ids of clauses in force whose own text matches best, best first."""
        current = {id(edition) for edition in self.in_force(on)}
        found = 0
        for hit in self.texts.search(text_terms, self.texts.size):
            edition, clause = self.passages[hit.position]
            if id(edition) in current and found < limit:
                found += 1
                yield clause.id


@dataclass(frozen=True)
class Citer:
    """Turns clause ids into citations: the edition in force on the day, the authority for the asker."""

    library: Library
    organisation: Organisation
    on: date
    by_id: Mapping[str, tuple[Edition, Clause]] = field(init=False)

    def __post_init__(self) -> None:
        found = {c.id: (e, c) for e in self.library.in_force(self.on) for c in e.clauses}
        object.__setattr__(self, "by_id", found)

    def citation(self, clause_id: str, score: float = 0.0) -> Citation | None:
        """The clause as cited on the day; None where no edition with it was in force."""
        found = self.by_id.get(clause_id)
        if found is None:
            return None
        return self.of(*found, score)

    def of(self, edition: Edition, clause: Clause, score: float = 0.0) -> Citation:
        """The clause of *edition*, in force or not, as staff of the organisation should read it on the day."""
        return Citation(
            clause,
            edition,
            self.organisation.authority(clause, edition.document),
            clause.wording or edition.document.wording,
            edition.review_state(self.on),
            round(score, 4),
        )

    def citations(self, clause_ids: Iterable[str], score: float = 0.0) -> list[Citation]:
        """The clauses in force among *clause_ids*, each once, in order."""
        cited = (self.citation(clause_id, score) for clause_id in dict.fromkeys(clause_ids))
        return [citation for citation in cited if citation is not None]


def index_texts(editions: Iterable[Edition]) -> Index:
    """Index the clauses of *editions* by their heading, twice, and their text."""
    return bm25([terms(" ".join((*c.heading, *c.heading, c.text))) for edition in editions for c in edition.clauses])
