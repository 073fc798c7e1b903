"""An answer as JSON, for machines: whole for `signpost ask --json`, the agreed fields for `--batch`."""

from typing import Any

from bot.model import Answer, GivenRoute
from knowledge.model import Citation


def as_json(answer: Answer) -> dict[str, Any]:
    """Return *answer* as values that `json.dumps` takes, in the documented order of fields."""
    place = answer.elsewhere
    return {
        "outcome": answer.outcome.value,
        "situation": answer.situation.id if answer.situation else None,
        "citations": [_citation(citation) for citation in answer.citations],
        "also": [_citation(citation) for citation in answer.also],
        "other_views": [_citation(citation) for citation in answer.other_views],
        "choices": [{"situation": choice.situation, "title": choice.title} for choice in answer.choices],
        "routes": [_route(route) for route in answer.routes],
        "warnings": [{"id": warned.id.value, "clause": warned.clause} for warned in answer.warnings],
        "elsewhere": place and {"id": place.id, "name": place.name, "contact": place.contact or None},
        "document": answer.document.document.id if answer.document else None,
        "as_of": answer.on.isoformat(),
        "library": answer.library,
        "near": sorted(answer.near),
        "sources": {c.clause.id: c.clause.source for c in (*answer.citations, *answer.also)},
        "exceptions": {c.clause.id: list(c.clause.exceptions) for c in answer.citations if c.clause.exceptions},
    }


def as_batch_line(name: str | int, answer: Answer) -> dict[str, Any]:
    """Return *answer* to the question *name* with exactly the fields of a batch's line."""
    whole = as_json(answer)
    for field in ("document", "as_of", "near", "sources", "exceptions"):
        del whole[field]
    for field in ("citations", "also", "other_views"):
        whole[field] = [{k: v for k, v in citation.items() if k != "wording"} for citation in whole[field]]
    return {"id": name, **whole}


def _citation(citation: Citation) -> dict[str, Any]:
    edition = citation.edition
    return {
        "clause": citation.clause.id,
        "document": edition.document.id,
        "edition": edition.label,
        "authority": citation.authority.value,
        "stance": citation.clause.stance.value,
        "heading": " > ".join(citation.clause.heading),
        "text": citation.clause.text,
        "effective": edition.effective.printed,
        "review_by": edition.review_by.printed if edition.review_by else None,
        "review_state": citation.review_state.value,
        "wording": citation.wording.value,
        "score": citation.score,
    }


def _route(route: GivenRoute) -> dict[str, Any]:
    return {
        "id": route.id,
        "name": route.name,
        "contact": route.contact.text or None,
        "because": route.because,
    }
