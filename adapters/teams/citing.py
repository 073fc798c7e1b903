"""The citations of a message as Teams lists them, and the answer in a line or two for notifications."""

from collections.abc import Sequence
from typing import Any

from adapters import answer_text, quoting
from adapters.teams import cards
from bot import wording
from bot.model import Answer
from knowledge.model import Citation
from knowledge.people import Organisation

# https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bot-messages-ai-generated-content#citations
MOST_CITATIONS = 20
MOST_NAME = 80
MOST_ABSTRACT = 160
# A clause is quoted whole or not at all: a rule without its exception would mislead.
_MOST_IN_SUMMARY = 400
_MOST_SUMMARY = 1_000


def entities(cited: Sequence[Citation], organisation: Organisation) -> tuple[dict[str, Any], ...]:
    """One entity that lists the clauses, without the label "AI generated": the answers are quotations."""
    if not cited:
        return ()
    claims = [_claim(at, citation, organisation) for at, citation in enumerate(cited[:MOST_CITATIONS], 1)]
    message = {"type": "https://schema.org/Message", "@type": "Message", "@context": "https://schema.org", "@id": ""}
    return (message | {"citation": claims},)


def _claim(position: int, citation: Citation, organisation: Organisation) -> dict[str, Any]:
    url = quoting.source_url(citation.edition, organisation)
    appearance = {
        "@type": "DigitalDocument",
        "name": cut(wording.clause_name(citation), MOST_NAME),
        "abstract": cut(citation.clause.text, MOST_ABSTRACT),
    } | ({"url": url} if url else {})
    return {"@type": "Claim", "position": position, "appearance": appearance}


def summary(answer: Answer) -> str:
    """The answer for notifications and screen readers: how it ends, the first clause if it is short, and its name."""
    danger, title, _ = answer_text.opening(answer)
    said = [*danger, f"{wording.heading(answer)}.", *(f"{each}." for each in title)]
    if answer.leading and not answer.choices:
        first = answer.leading[0]
        whole = f"{wording.STANCES[first.clause.stance]}: “{first.clause.text}”"
        said += [whole] if len(whole) <= _MOST_IN_SUMMARY else []
        said.append(f"{wording.clause_name(first)}.")
    said += [f"{number}. {choice.title}." for number, choice in enumerate(answer.choices, 1)]
    return short(" ".join(said).replace("?.", "?"))


def short(text: str) -> str:
    """*text* as a summary that takes little of a message's room, in any script."""
    most = _MOST_SUMMARY
    while cards.size(cut(text, most)) > 2 * _MOST_SUMMARY:
        most //= 2
    return cut(text, most)


def cut(text: str, most: int) -> str:
    """*text*, or as much of it as *most* characters hold with an ellipsis at the end."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
