"""Questions that name a clause or a document, such as "5.6" or "show me the whole policy"."""

import re
from dataclasses import dataclass
from datetime import date

from knowledge.library import Library
from knowledge.model import Citation, Edition
from knowledge.people import Organisation
from knowledge.terms import STOP_WORDS, fold, words

_ID = re.compile(r"(?<![\w/-])([a-z][a-z0-9-]*(?:/[a-z0-9.-]*[a-z0-9])+)(?![\w/])")
_NUMBER = re.compile(
    r"(?:^|\b(clause|section|para|paragraph|rule|point|part|item|number|no|policy)s?\.? ?|\s)"
    r"(\d{1,2}(?:\.\d{1,2}){1,3})(?![\d.]*\d)\b"
)
_SECTION = re.compile(r"\b(?:clause|section|part|chapter|paragraph) (\d{1,2})$")
# "show me the whole policy", "can i read the unite factsheet": a verb of seeing, then a document, then nothing.
_WHOLE = re.compile(
    r"^(?:(?:can|could|may|please|pls|i|you|we|want|to|id|like|would|let|me|where|do) )*"
    r"(?:(?:show|see|read|open|view|give|send|find)\b(?: me| us)?|where is|wheres|whats in|the|whole|full|entire)"
    r"((?: [a-z]+){0,7}?) (?:policy|document|guidance|factsheet|blog)(?: please| pls)?$"
)
# What may stand beside a clause's number in a message that asks for nothing but the clause.
_ASKING = frozenset(
    "clause clauses section sections para paragraph paragraphs rule rules point part item number no policy show see "
    "read open say says said tell give find look up text wording quote trust hee unite his care social media whole "
    "full document".split()
)


_WHOLLY = frozenset("whole full entire actual copy link policy document".split())


@dataclass(frozen=True, slots=True)
class Named:
    """What a question named: clauses, or a whole document."""

    clauses: tuple[Citation, ...] = ()
    edition: Edition | None = None


def find(text: str, library: Library, organisation: Organisation, on: date) -> Named | None:
    """Return the clauses or the document that *text* asks for by name; None where it names none in force."""
    plain = " ".join(fold(text).split()).rstrip(" ?!.")
    citer = library.cite(organisation, on)
    by_id = citer.citations(_ID.findall(plain))
    if by_id:
        return Named(tuple(by_id))
    numbers = [number for _, number in _NUMBER.findall(plain)]
    asks_for_it = all(w in _ASKING or w in STOP_WORDS or w.isdigit() for w in words(plain))
    if numbers and (asks_for_it or _NUMBER.search(plain)[1]):  # type: ignore[index]
        cited = citer.citations(
            clause.id for edition in library.in_force(on) for clause in edition.clauses if clause.number in numbers
        )
        employers = [c for c in cited if c.authority.is_employers]
        if cited:
            return Named(tuple(employers or cited))
    if section := _SECTION.search(plain):
        inside = citer.citations(
            clause.id
            for edition in library.in_force(on)
            for clause in edition.clauses
            if clause.number.split(".")[0] == section[1]
        )
        own = tuple(citation for citation in inside if citation.authority.is_employers)
        if own:
            return Named(own)
    if whole := _WHOLE.search(plain):
        return _document(whole[1], library, organisation, on)
    return None


def _document(between: str, library: Library, organisation: Organisation, on: date) -> Named | None:
    """The document that the words *between* a verb and "policy" name; the employer's where they name none."""
    said = {word for word in words(between) if word not in STOP_WORDS} - _WHOLLY
    editions = library.in_force(on)
    names = {e.document.id: {e.document.id, *words(f"{e.document.title} {e.document.issuer}")} for e in editions}
    employers = [e for e in editions if organisation.authorities.get(e.document.id)]
    others = [e for e in editions if e not in employers]
    fitting = (e for e in (*employers, *others) if said <= names[e.document.id])
    found = next(fitting, None)
    return Named(edition=found) if found else None
