"""The same answer as text: for notifications and screen readers, and in plain sections where Slack refuses blocks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapters.slack import rich
from adapters.slack.rich import Block
from bot import wording
from bot.model import Answer, Outcome
from knowledge.model import Citation

MOST_TEXT = 12_000


def text(answer: Answer) -> str:
    """What the answer says, up to 12,000 characters and whole clauses only, with Slack's characters escaped."""
    before, clauses, after = ([escaped(part) for part in parts] for parts in _parts(answer))
    room = MOST_TEXT - sum(len(part) + 2 for part in (*before, *after, wording.MORE_IN_MESSAGE))
    kept = _fitting(clauses, room)
    whole = [*before, *kept, *([] if len(kept) == len(clauses) else [wording.MORE_IN_MESSAGE]), *after]
    if len("\n\n".join(whole)) > MOST_TEXT:
        whole = [*_fitting(whole, MOST_TEXT - len(wording.MORE_IN_MESSAGE) - 2), wording.MORE_IN_MESSAGE]
    return "\n\n".join(whole)


def escaped(said: str) -> str:
    """*said* with the three characters escaped that make links and mentions in Slack's markup.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def opening(answer: Answer) -> tuple[list[str], list[str], list[str]]:
    """What comes before the heading (danger), the situation's title, and the first lines."""
    lines = wording.lead_lines(answer)
    if answer.outcome is Outcome.IDENTIFIABLE:
        lines.append(wording.DELETE_IT)
    title = [answer.situation.title] if answer.situation and answer.outcome is Outcome.ANSWERED else []
    danger = [line for line in lines if line == wording.DANGER]
    return danger, title, [line for line in lines if line not in danger]


def _parts(answer: Answer) -> tuple[list[str], list[str], list[str]]:
    """What is said before the clauses, the clauses that lead, and what is said after them."""
    danger, title, lines = opening(answer)
    before = [*danger, wording.heading(answer), *title, *lines]
    before += [f"{wording.NOTE}: {note}" for note in wording.beside(answer)]
    before += [f"{number}. {choice.title}" for number, choice in enumerate(answer.choices, 1)]
    clauses = [] if answer.choices else [_clause(citation) for citation in answer.leading]
    routes = "\n".join(f"• {wording.route_line(route)}" for route in answer.routes)
    after = [f"{wording.ROUTES}\n{routes}"] if routes else []
    return before, clauses, [*after, wording.EMPLOYER_READS, wording.LIBRARY.format(digest=answer.library)]


def _clause(citation: Citation) -> str:
    stance, authority = wording.STANCES[citation.clause.stance], wording.AUTHORITIES[citation.authority]
    exceptions = citation.clause.exceptions
    said = [f"{stance} ({authority}):", citation.clause.text]
    said += [f"{wording.exception_line(exceptions)}."] if exceptions else []
    return "\n".join([*said, f"{wording.clause_name(citation)}. {wording.edition_line(citation)}"])


def _fitting(parts: Iterable[str], room: int) -> list[str]:
    kept: list[str] = []
    for part in parts:
        room -= len(part) + 2
        if room < 0:
            break
        kept.append(part)
    return kept


def sections(blocks: Iterable[Mapping[str, Any]]) -> list[Block]:
    """The blocks' texts in plain sections, as few as hold them, and each button beside a section of its own."""
    found: list[Block] = []
    room = 0
    for said, button in _said(blocks):
        for piece in rich.pieces(said, rich.MOST_RICH):
            if button is not None or len(piece) + 1 > room:
                found += rich.sections(piece)
                room = rich.MOST_RICH - len(piece)
            else:
                found[-1]["text"]["text"] += f"\n{piece}"
                room -= len(piece) + 1
        if button is not None:
            found[-1]["accessory"] = button
            room = 0
    return found


def _said(blocks: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Block | None]]:
    for block in blocks:
        if block["type"] == "rich_text":
            yield "\n".join(_line(element) for element in block["elements"]), None
        elif block["type"] == "context":
            for element in block["elements"]:
                yield element["text"], None
        elif block["type"] == "divider":
            continue
        elif block["type"] == "actions":
            for button in block["elements"]:
                yield button["text"]["text"], button
        else:
            yield block["text"]["text"], block.get("accessory")


def _line(element: Mapping[str, Any]) -> str:
    if element["type"] == "rich_text_list":
        return "\n".join(f"• {_line(each)}" for each in element["elements"])
    return "".join(run.get("text") or f"@{run['user_id']}" for run in element["elements"])
