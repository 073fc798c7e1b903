"""What is stale, missing, contradictory or unreachable in a library."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.library import Library
from knowledge.model import Kind, ReviewState, Stance
from knowledge.people import Organisation
from knowledge.speaking_up import forbids_raising
from knowledge.terms import words

FORBIDDING = frozenset({Stance.MUST_NOT, Stance.SHOULD_NOT})
PERMITTING = frozenset({Stance.MAY, Stance.MAY_IF})

REPLACED_LAW = {
    "Data Protection Act 1998": "replaced by the UK GDPR and the Data Protection Act 2018",
    "Race Relations Act 1976": "replaced by the Equality Act 2010",
    "Disability Discrimination Act 1995": "replaced by the Equality Act 2010",
    "Sex Discrimination Act 1975": "replaced by the Equality Act 2010",
}
GONE = {
    "AudioBoo": "renamed Audioboom in 2014; the service for staff's own clips has ended",
    "Bebo": "closed as a social network",
    "Oovoo": "closed in 2017",
    "Health Education England": "merged into NHS England in April 2023",
    "NHS Careers": "renamed Health Careers",
    "Public Health England": "replaced by the UK Health Security Agency in 2021",
    "Twitter": "renamed X in 2023",
}
# OP1.11, HRP03: policies known by a code; "… policy" in capitals: policies known by name.
_POLICY_CODE = re.compile(r"\b(?:[A-Z]{2,4}\d{1,2}(?:\.\d{1,2})?)\b")
_POLICY_NAME = re.compile(
    r"\b(?!(?:(?:This|The|Our) )?(?:Trust |HEE )?policy\b)"
    r"((?:[A-Z][\w']+(?: (?:and|of|at|for)(?: the)?)? ){1,8}[Pp]olicy)\b"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something for the library's owner to look at: the rule, where, and what about it."""

    rule: str
    where: str
    what: str


def lint(library: Library, employer: Organisation, on: date) -> list[Finding]:
    """Return all findings for staff of *employer* on the day, grouped by rule."""
    found = [finding for rule in RULES for finding in rule(library, employer, on)]
    return sorted(found, key=lambda finding: finding.rule)


def past_review(library: Library, _employer: Organisation, on: date) -> Iterator[Finding]:
    """Documents whose review date has passed, and contacts that nobody has checked for six months."""
    for edition in library.in_force(on):
        if edition.review_state(on) is ReviewState.OVERDUE and edition.review_by:
            what = f"review was due by {edition.review_by.printed}; tell its owner: {edition.document.owner}"
            yield Finding("past-review", edition.document.id, what)
    for route in library.routes.values():
        if route.contact.is_stale(on) and route.contact.reviewed:
            what = f"contact last checked in {route.contact.reviewed.printed}; check it at {route.contact.source}"
            yield Finding("stale-contact", route.id, what)


def replaced_references(library: Library, _employer: Organisation, on: date) -> Iterator[Finding]:
    """References to law that was replaced, and to bodies and platforms that no longer exist."""
    for edition in library.in_force(on):
        for clause in edition.clauses:
            for rule, names in (("replaced-law", REPLACED_LAW), ("gone", GONE)):
                for name, fate in names.items():
                    if re.search(rf"\b{re.escape(name)}\b", clause.text, re.IGNORECASE):
                        yield Finding(rule, clause.id, f"{name}: {fate}")


def unknown_policies(library: Library, _employer: Organisation, on: date) -> Iterator[Finding]:
    """References to policies that are not in the library."""
    titles = {edition.document.title.casefold() for edition in library.in_force(on)}
    for edition in library.in_force(on):
        for clause in edition.clauses:
            named = {*_POLICY_CODE.findall(clause.text), *_POLICY_NAME.findall(clause.text)}
            for name in sorted(named):
                if not any(title in name.casefold() or name.casefold() in title for title in titles):
                    yield Finding("policy-not-in-library", clause.id, name)


def gaps(library: Library, employer: Organisation, on: date) -> Iterator[Finding]:
    """Situations that no clause of the employer answers."""
    citer = library.cite(employer, on)
    for situation in library.situations.values():
        if situation.kind is Kind.POLICY:
            cited = citer.citations(situation.answers)
            if not any(citation.authority.is_employers for citation in cited):
                yield Finding("gap-in-employers-policy", situation.id, situation.title)


def unreachable(library: Library, _employer: Organisation, on: date) -> Iterator[Finding]:
    """Clauses that no situation leads to."""
    reached = {c for s in library.situations.values() for c in (*s.answers, *s.also)}
    for edition in library.in_force(on):
        for clause in edition.clauses:
            if clause.id not in reached:
                yield Finding("clause-without-situation", clause.id, " > ".join(clause.heading))


def disagreements(library: Library, employer: Organisation, on: date) -> Iterator[Finding]:
    """Situations on which documents take opposite stances."""
    citer = library.cite(employer, on)
    for situation in library.situations.values():
        cited = citer.citations(situation.answers)
        forbidding = [c for c in cited if c.clause.stance in FORBIDDING]
        permitting = [c for c in cited if c.clause.stance in PERMITTING]
        for one in forbidding:
            for other in permitting:
                if one.edition.document.id != other.edition.document.id:
                    yield Finding("documents-disagree", situation.id, f"{one.clause.id} and {other.clause.id}")


def shared_phrasings(library: Library, _employer: Organisation, _on: date) -> Iterator[Finding]:
    """Phrasings that stand in two situations."""
    homes: dict[str, set[str]] = defaultdict(set)
    for situation in library.situations.values():
        for phrasing in situation.phrasings:
            homes[" ".join(words(phrasing))].add(situation.id)
    for phrasing, found in homes.items():
        if phrasing and len(found) > 1:
            yield Finding("phrasing-in-two-situations", ", ".join(sorted(found)), phrasing)


def speaking_up(library: Library, _employer: Organisation, on: date) -> Iterator[Finding]:
    """Clauses that tell staff not to raise concerns: their answers carry the s.43J rider."""
    for edition in library.in_force(on):
        for clause in edition.clauses:
            if forbids_raising(clause.text):
                yield Finding("forbids-raising-concerns", clause.id, "answers with it carry the s.43J rider")


Rule = Callable[[Library, Organisation, date], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    past_review,
    replaced_references,
    unknown_policies,
    gaps,
    unreachable,
    disagreements,
    shared_phrasings,
    speaking_up,
)
