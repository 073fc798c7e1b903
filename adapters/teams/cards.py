"""Adaptive Cards' parts with Teams' limits kept; text from outside goes in as TextRun, in which no markdown is read.

https://adaptivecards.io/explorer, version 1.5: Teams draws no later one.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adapters import quoting
from adapters.actions import Action, Reason
from adapters.teams.inbound import DATA, REFRESH

Element = dict[str, Any]

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
VERSION = "1.5"
# https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/design-effective-cards
MOST_ACTIONS = 6
# Teams takes 28 kB; what is added on the way (addresses, ids) has the rest.
MOST_SIZE = 24_000
# What can stand by itself, so that what is longer than a message goes on in the next.
MOST_ELEMENT = 8_000
# A record is some 700 bytes; one of more than this is left out, and so is one beside a value that is long itself.
_MOST_RECORD = 2_000
_MOST_DATA = 2_400
# A line above, and room around it.
RULED: Element = {"separator": True, "spacing": "Medium"}


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look."""

    text: str
    bold: bool = False


def size(shown: object) -> int:
    """The bytes of *shown* as JSON in ASCII, which are never fewer than those in UTF-8."""
    return len(json.dumps(shown))


def rich(*runs: Run, small: bool = False, spacing: str = "", large: bool = False) -> list[Element]:
    """A paragraph, mostly one element; the texts of all its runs joined are the text, character for character."""
    look: Element = ({"size": "Small", "isSubtle": True} if small else {}) | ({"size": "Large"} if large else {})
    elements = []
    for some in _divided([run for run in runs if run.text]):
        inlines = [
            {"type": "TextRun", "text": run.text} | look | ({"weight": "Bolder"} if run.bold else {}) for run in some
        ]
        elements.append({"type": "RichTextBlock", "inlines": inlines} | ({"spacing": spacing} if spacing else {}))
    return elements


def _divided(runs: list[Run]) -> Iterator[list[Run]]:
    """The runs, cut behind white space until each part is small enough to stand in any message."""
    text = "".join(run.text for run in runs)
    if len(text) < 2 or size([[run.text, 60 * " "] for run in runs]) <= MOST_ELEMENT:
        if runs:
            yield runs
        return
    at = 0
    for piece in quoting.pieces(text, (len(text) + 1) // 2):
        yield from _divided(list(_between(runs, at, at + len(piece))))
        at += len(piece)


def _between(runs: list[Run], start: int, end: int) -> Iterator[Run]:
    at = 0
    for run in runs:
        if text := run.text[max(0, start - at) : max(0, end - at)]:
            yield Run(text, run.bold)
        at += len(run.text)


def heading(text: str, *, large: bool = False) -> Element:
    """A heading in words of our own: markdown is read in it, so nothing from outside may stand in it."""
    look = {"style": "heading", "weight": "Bolder", "size": "Large" if large else "Medium", "wrap": True}
    return {"type": "TextBlock", "text": text} | look


def box(items: Iterable[Element], style: str = "", *, spacing: str = "") -> Element:
    """The items on a ground of their own: "emphasis", "warning" or "attention"."""
    shown: Element = {"type": "Container", "items": list(items)}
    return shown | ({"style": style} if style else {}) | ({"spacing": spacing} if spacing else {})


def folded(name: str, items: Iterable[Element]) -> Element:
    """The items unseen, until the button that `toggle` makes for *name* shows them."""
    return {"type": "Container", "id": name, "isVisible": False, **RULED, "items": list(items)}


def beside(items: list[Element], action: Element) -> Element:
    """The items with a button at their right, also on a narrow screen."""
    button = {"type": "ActionSet", "actions": [action]}
    columns = [
        {"type": "Column", "width": "stretch", "verticalContentAlignment": "Center", "items": items},
        {"type": "Column", "width": "auto", "verticalContentAlignment": "Center", "items": [button]},
    ]
    return {"type": "ColumnSet", "columns": columns}


def rows(actions: Iterable[Element]) -> list[Element]:
    """The buttons in as few rows as have room for them; nothing where there is none."""
    found: list[list[Element]] = []
    for action in actions:
        if not found or len(found[-1]) == MOST_ACTIONS or size([*found[-1], action]) > MOST_ELEMENT:
            found.append([])
        found[-1].append(action)
    return [{"type": "ActionSet", "actions": row} for row in found]


def toggle(title: str, name: str) -> Element:
    """A button that shows and hides the folded part of that name."""
    return {"type": "Action.ToggleVisibility", "title": title, "targetElements": [name]}


def open_url(title: str, url: str) -> Element:
    """A button that opens an address that `quoting.source_url` gave."""
    return {"type": "Action.OpenUrl", "title": title, "url": url}


def choices(name: str, label: str, titles: dict[str, str]) -> Element:
    """One of several to pick, by value and title; which was picked comes with the next button under *name*."""
    options = [{"value": value, "title": title} for value, title in titles.items()]
    return {"type": "Input.ChoiceSet", "id": name, "label": label, "style": "expanded", "wrap": True} | {
        "choices": options
    }


def spread(elements: Iterable[Element], most: int) -> list[list[Element]]:
    """The elements in as few groups as hold *most* bytes each, at least one; none is left out."""
    groups: list[list[Element]] = [[]]
    room = most
    for element in elements:
        taken = size(element) + 2
        if taken > room and groups[-1]:
            groups.append([])
            room = most
        groups[-1].append(element)
        room -= taken
    return groups


@dataclass(frozen=True, slots=True)
class Buttons:
    """Makes the buttons of one card; all of them carry the *record* of the answer that the card shows.

    A dialog takes Action.Submit only; elsewhere that is what older clients fall back to.
    """

    record: str = ""
    in_dialog: bool = False

    def press(self, title: str, action: Action, *, tooltip: str = "") -> Element:
        """A button that says *title*; *tooltip* is what a screen reader says as well."""
        return self._button(action.name, action.encode(), {"title": title} | ({"tooltip": tooltip} if tooltip else {}))

    def send(self, title: str, situation: str) -> Element:
        """A button that sends the reason that was picked, for the answer to *situation*."""
        return self._button(Reason.name, situation, {"title": title})

    def again(self, title: str) -> list[Element]:
        """A button that shows the recorded answer again, where it is known; a dialog has no place for it."""
        return [self._refresh() | {"title": title}] if self._is_known and not self.in_dialog else []

    def refresh(self, user: str) -> Element:
        """What lets Teams fetch the answer anew for that user; nothing without one, or where it is not known."""
        return {"refresh": {"action": self._refresh(), "userIds": [user]}} if self._is_known and user else {}

    @property
    def _is_known(self) -> bool:
        return bool(self.record) and size(self.record) <= _MOST_RECORD

    def _button(self, name: str, value: str, look: Element) -> Element:
        submit = {"type": "Action.Submit"} | look | {"data": self._data(name, value)}
        if self.in_dialog:
            return submit
        return {"type": "Action.Execute", "verb": name} | look | {"data": submit["data"], "fallback": submit}

    def _refresh(self) -> Element:
        return {"type": "Action.Execute", "verb": REFRESH, "data": self._data(REFRESH, "")}

    def _data(self, name: str, value: str) -> Element:
        has_room = self._is_known and size([self.record, value]) <= _MOST_DATA
        return {DATA: {"action": name, "value": value} | ({"record": self.record} if has_room else {})}


def card(body: Sequence[Element], fallback_text: str, refresh: Element | None = None) -> Element:
    """The card itself; *fallback_text* is for clients that cannot draw it, which read markdown in it."""
    return {
        "type": "AdaptiveCard",
        "version": VERSION,
        # Two letters and no more: https://adaptivecards.io/explorer/AdaptiveCard.html
        "lang": "en",
        "fallbackText": escaped(fallback_text),
        "body": list(body),
    } | (refresh or {})


def attachment(content: Element) -> Element:
    """The card as it stands in a message or a result."""
    return {"contentType": CONTENT_TYPE, "content": content}


def escaped(text: str) -> str:
    """*text* with a backslash before each character that makes emphasis, code, links or tags in markdown."""
    return text.translate(_ESCAPES)


_ESCAPES = {ord(each): f"\\{each}" for each in "\\`*_[]<>~#|"}
