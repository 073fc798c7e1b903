"""Block Kit's parts with Slack's limits kept; text from outside goes in as plain or rich text, never as mrkdwn."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from adapters import quoting
from adapters.actions import Action, action_id

Block = dict[str, Any]

# https://docs.slack.dev/reference/block-kit/blocks
MOST_BLOCKS = 50
MOST_VIEW_BLOCKS = 100
MOST_HEADER = 150
MOST_SECTION = 3_000
MOST_BUTTON = 75
MOST_VIEW_TITLE = 24
MOST_IN_ROW = 25
MOST_IN_CONTEXT = 10
# Below the 3,000 that a text object may have: an emoji counts twice with some of Slack's counters.
MOST_RICH = 2_900


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look: bold, or leading to an https address."""

    text: str
    bold: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, a quotation or an item of a list: `kind` is "section", "quote" or "item"."""

    kind: str
    runs: tuple[Run, ...]


def paragraph(*runs: Run) -> Line:
    """A paragraph."""
    return Line("section", runs)


def quotation(*runs: Run) -> Line:
    """A quotation; its texts joined are the quoted text, character for character."""
    return Line("quote", runs)


def item(*runs: Run) -> Line:
    """One item of a list."""
    return Line("item", runs)


def rich_text(*lines: Line) -> list[Block]:
    """The *lines* in as few rich_text blocks as hold 2,900 characters each; no character is lost or added."""
    blocks: list[Block] = []
    room = 0
    for line in lines:
        for runs in _chunks(line.runs):
            size = sum(len(run.text) for run in runs)
            if size > room or not blocks:
                blocks.append({"type": "rich_text", "elements": []})
                room = MOST_RICH
            room -= size
            _append(blocks[-1]["elements"], line.kind, runs)
    return blocks


def _append(elements: list[Block], kind: str, runs: list[Run]) -> None:
    inside = [_element(run) for run in runs]
    if kind != "item":
        elements.append({"type": f"rich_text_{kind}", "elements": inside})
        return
    if not elements or elements[-1]["type"] != "rich_text_list":
        elements.append({"type": "rich_text_list", "style": "bullet", "elements": []})
    elements[-1]["elements"].append({"type": "rich_text_section", "elements": inside})


def _element(run: Run) -> Block:
    element: Block = {"type": "text", "text": run.text}
    if run.url:
        element = {"type": "link", "url": run.url, "text": run.text}
    return element | ({"style": {"bold": True}} if run.bold else {})


def _chunks(runs: tuple[Run, ...]) -> Iterator[list[Run]]:
    """The runs cut where their joined text has to be cut; empty ones left out."""
    at = 0
    for piece in quoting.pieces("".join(run.text for run in runs), MOST_RICH):
        yield list(_between(runs, at, at + len(piece)))
        at += len(piece)


def _between(runs: tuple[Run, ...], start: int, end: int) -> Iterator[Run]:
    at = 0
    for run in runs:
        if text := run.text[max(0, start - at) : max(0, end - at)]:
            yield Run(text, run.bold, run.url)
        at += len(run.text)


def plain_text(text: str) -> Block:
    """A text object in which Slack reads no markup, no mention and no emoji's name."""
    return {"type": "plain_text", "text": text, "emoji": False}


def header(text: str) -> Block:
    """A heading; a longer one ends with an ellipsis, so its whole text must stand elsewhere too."""
    return {"type": "header", "text": plain_text(cut(text, MOST_HEADER))}


def sections(text: str, accessory: Block | None = None) -> list[Block]:
    """*text* as plain sections, mostly one; the *accessory* stands beside the last."""
    blocks: list[Block] = [{"type": "section", "text": plain_text(piece)} for piece in quoting.pieces(text, MOST_RICH)]
    if blocks and accessory is not None:
        blocks[-1]["accessory"] = accessory
    return blocks


def context(*texts: str) -> list[Block]:
    """Small print: one element for each text."""
    elements = [plain_text(piece) for text in texts for piece in quoting.pieces(text, 2_000)]
    return [{"type": "context", "elements": row} for row in rows(elements, MOST_IN_CONTEXT)]


def actions(buttons: Iterable[Block]) -> list[Block]:
    """The buttons, in rows as long as Slack lets them be; nothing where there is none."""
    return [{"type": "actions", "elements": row} for row in rows(list(buttons), MOST_IN_ROW)]


def button(text: str, action: Action, *, place: int | str = "", label: str = "") -> Block:
    """A button that says *text*; *label* is what a screen reader says in its place."""
    value = action.encode()
    return {
        "type": "button",
        "text": plain_text(cut(text, MOST_BUTTON)),
        "action_id": action_id(action, place),
        "accessibility_label": cut(label or text, MOST_BUTTON),
        **({"value": value} if value else {}),
    }


def cut(text: str, most: int) -> str:
    """*text*, or as much of it as *most* characters hold with an ellipsis at the end."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def rows(elements: list[Block], most: int) -> list[list[Block]]:
    """*elements* in rows of *most*."""
    ends = [*range(0, len(elements), most), len(elements)]
    return [elements[start:end] for start, end in pairwise(ends)]
