"""The message extension: clauses to insert into any conversation, and the answer to a message in a dialog."""

import html
from collections.abc import Sequence
from typing import Any

from adapters.teams import cards, citing, clauses
from adapters.teams.render import Message
from bot import wording
from knowledge.model import Citation

# https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/search-commands/respond-to-search
MOST_RESULTS = 25
_MOST_PREVIEW = 200
_THUMBNAIL = "application/vnd.microsoft.card.thumbnail"


def clause_result(citation: Citation) -> dict[str, Any]:
    """A clause as somebody inserts it: whole, with its source and its review, no buttons; and how it is listed."""
    text = f"{citation.clause.text}\n\n{wording.clause_name(citation)}. {wording.edition_line(citation)}"
    preview = {"title": _plain(wording.clause_name(citation)), "text": _plain(citation.clause.text)}
    inserted = cards.attachment(cards.card([*clauses.quoted(citation), *clauses.rider([citation])], text))
    return inserted | {"preview": {"contentType": _THUMBNAIL, "content": preview}}


def results(cited: Sequence[Citation]) -> dict[str, Any]:
    """What a search answers; with nothing found, a sentence that says so."""
    if not cited:
        return nothing(wording.NO_CLAUSE)
    return _listed([clause_result(citation) for citation in cited[:MOST_RESULTS]])


def no_more() -> dict[str, Any]:
    """What a further page answers: everything stands on the first."""
    return _listed([])


def nothing(sentence: str) -> dict[str, Any]:
    """A sentence of ours in place of results."""
    return {"composeExtension": {"type": "message", "text": sentence}}


def dialog(shown: Message) -> dict[str, Any]:
    """*shown*, made with `in_dialog`, as the dialog of a message action."""
    value = {"title": wording.MODAL, "height": "large", "width": "medium"}
    if shown.card is None:
        return {"task": {"type": "message", "value": shown.text}}
    return {"task": {"type": "continue", "value": value | {"card": cards.attachment(shown.card)}}}


def _listed(attachments: list[dict[str, Any]]) -> dict[str, Any]:
    return {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": attachments}}


def _plain(text: str) -> str:
    """*text* for a list of results, short; a thumbnail reads HTML."""
    return html.escape(citing.cut(text, _MOST_PREVIEW), quote=False)
