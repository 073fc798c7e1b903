"""An answer as ids: what a delivery or a button keeps, from which the same answer is made again."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bot import routing
from bot.model import Answer, Choice, Elsewhere, GivenRoute, Outcome, Warned, WarningId
from knowledge.library import Library
from knowledge.model import Citation, Edition
from knowledge.people import Organisation


class Unrestorable(ValueError):
    """What was recorded is not an answer that this library can give again."""


def record(answer: Answer) -> dict[str, Any]:
    """Return *answer* as ids that `json.dumps` takes: no text of a clause, and none of the question."""
    edition = answer.document
    parts: dict[str, Any] = {
        "outcome": answer.outcome.value,
        "library": answer.library,
        "on": answer.on.isoformat(),
        "situation": answer.situation.id if answer.situation else None,
        "citations": [_ids(citation) for citation in answer.citations],
        "near": sorted(answer.near),
        "also": [_ids(citation) for citation in answer.also],
        "choices": [choice.situation for choice in answer.choices],
        "routes": [[route.id, route.because] for route in answer.routes],
        "warnings": [[warned.id.value, warned.clause] for warned in answer.warnings],
        "elsewhere": answer.elsewhere.id if answer.elsewhere else None,
        "document": [edition.document.id, edition.label] if edition else None,
    }
    return {name: part for name, part in parts.items() if part}


def restore(recorded: Mapping[str, Any], library: Library, organisation: Organisation) -> Answer:
    """Return the answer that was recorded, as *library* gives it to staff of *organisation*.

    Raise `Unrestorable` where something in it is no longer there, or it was never an answer.
    """
    try:
        return _Restoring(recorded, library, organisation).answer()
    except (KeyError, ValueError, TypeError, AttributeError) as missing:
        raise Unrestorable(f"the recorded answer names {missing}, which the library does not have") from None


def _ids(citation: Citation) -> list[str | float]:
    return [citation.clause.id, citation.edition.document.id, citation.edition.label, citation.score]


class _Restoring:
    """Looks up the parts of one recorded answer."""

    def __init__(self, recorded: Mapping[str, Any], library: Library, organisation: Organisation) -> None:
        self._recorded = recorded
        self._library = library
        self._organisation = organisation
        self._on = date.fromisoformat(recorded["on"])

    def answer(self) -> Answer:
        """The answer."""
        told = self._recorded
        situations = self._library.situations
        citations = self._citations("citations")
        return Answer(
            Outcome(told["outcome"]),
            told["library"],
            self._on,
            situation=situations[told["situation"]] if "situation" in told else None,
            citations=citations,
            near=frozenset(told.get("near", ())),
            also=self._citations("also"),
            other_views=tuple(c for c in citations if not c.authority.is_employers),
            choices=tuple(Choice(name, situations[name].title) for name in told.get("choices", ())),
            routes=tuple(self._routes(told.get("routes", ()))),
            warnings=tuple(Warned(WarningId(name), clause) for name, clause in told.get("warnings", ())),
            elsewhere=self._place(told["elsewhere"]) if "elsewhere" in told else None,
            document=self._edition(*told["document"]) if "document" in told else None,
        )

    def _place(self, name: str) -> Elsewhere:
        return routing.place(self._library.situations[name], self._organisation)

    def _citations(self, part: str) -> tuple[Citation, ...]:
        return tuple(self._citation(*ids) for ids in self._recorded.get(part, ()))

    def _citation(self, clause_id: str, document: str, label: str, score: float) -> Citation:
        edition = self._edition(document, label)
        for clause in edition.clauses:
            if clause.id == clause_id:
                return self._library.cite(self._organisation, self._on).of(edition, clause, score)
        raise KeyError(clause_id)

    def _edition(self, document: str, label: str) -> Edition:
        for edition in self._library.editions:
            if (edition.document.id, edition.label) == (document, label):
                return edition
        raise KeyError(f"{document} {label}")

    def _routes(self, wanted: Iterable[tuple[str, str | None]]) -> Iterable[GivenRoute]:
        for name, because in wanted:
            yield from routing.given(self._library, self._organisation, [(name, because)])
