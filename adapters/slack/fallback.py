"""The same answer as text: for notifications and screen readers, and in plain sections where Slack refuses blocks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapters import answer_text, quoting
from adapters.slack import rich
from adapters.slack.rich import Block
from bot.model import Answer

MOST_TEXT = 12_000


def text(answer: Answer) -> str:
    """What the answer says, up to 12,000 characters and whole clauses only, with Slack's characters escaped."""
    return escaped(answer_text.text(answer, MOST_TEXT, lambda part: len(escaped(part))))


def escaped(said: str) -> str:
    """*said* with the three characters escaped that make links and mentions in Slack's markup.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sections(blocks: Iterable[Mapping[str, Any]]) -> list[Block]:
    """The blocks' texts in plain sections, as few as hold them, and each button beside a section of its own."""
    found: list[Block] = []
    room = 0
    for said, button in _said(blocks):
        for piece in quoting.pieces(said, rich.MOST_RICH):
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
