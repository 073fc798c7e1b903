"""Whether Teams would take it: its limits, Microsoft's own library of Adaptive Cards, and our own rules.

https://adaptivecards.io/explorer
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import node_tools

from adapters import actions
from adapters.actions import Action
from adapters.teams.cards import CONTENT_TYPE
from bot import wording

Card = Mapping[str, Any]
PARSE_S = 120
PARSER = Path(__file__).parent / "teams_parse_cards.cjs"

_MOST_BYTES = 28 * 1024
_MOST_ACTIONS = 6
_KINDS = {
    *("AdaptiveCard", "TextBlock", "RichTextBlock", "TextRun", "Container", "ColumnSet", "Column", "ActionSet"),
    *("Input.ChoiceSet", "Action.Execute", "Action.Submit", "Action.ToggleVisibility", "Action.OpenUrl"),
}
_OWN = [value for name, value in vars(wording).items() if name.isupper()]


def own_sentences() -> set[str]:
    """Every text that `wording` holds as it stands."""
    return set(_strings(_OWN))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for each in inside:
        yield from _strings(each)


def problems(activity: Mapping[str, Any]) -> list[str]:
    """What Teams would not take of an activity with a card, or we would not send; empty when all is well."""
    size = len(json.dumps(activity, ensure_ascii=False).encode())
    found = [f"{size} bytes"] if size > _MOST_BYTES else []
    if activity.get("text"):
        found.append("a text beside the card")
    if not activity["summary"].strip():
        found.append("no summary")
    (attachment,) = activity["attachments"]
    if attachment["contentType"] != CONTENT_TYPE:
        found.append(f"a {attachment['contentType']}")
    return [*found, *card_problems(attachment["content"]), *_citation_problems(activity.get("entities", []))]


def card_problems(card: Card) -> list[str]:
    """What is wrong with a card by itself."""
    every = list(objects(card))
    ids = [each["id"] for each in every if "id" in each]
    targets = {target for each in every for target in each.get("targetElements", [])}
    found = [f"id {each} twice" for each in set(ids) if ids.count(each) > 1]
    found += [f"nothing is called {target}" for target in targets - set(ids)]
    found += [
        f"nothing shows {each['id']}" for each in every if each.get("isVisible") is False if each["id"] not in targets
    ]
    if card["version"] != "1.5" or not card["fallbackText"].strip() or card["lang"] != "en":
        found.append("no version, fallback text or language")
    return [*found, *(said for each in every for said in _of_part(each))]


def _of_part(each: Mapping[str, Any]) -> Iterator[str]:
    kind = each.get("type", "")
    if kind and kind not in _KINDS:
        yield f"{kind} is not among the parts that we use"
    if kind == "TextBlock" and (each["text"] not in own_sentences() or each.get("wrap") is not True):
        yield f"a TextBlock that is not a sentence of ours, or does not wrap: {each['text'][:40]!r}"
    if kind == "ActionSet" and not 0 < len(each["actions"]) <= _MOST_ACTIONS:
        yield f"{len(each['actions'])} actions in a row"
    if (
        kind.startswith("Action.")
        and kind != "Action.OpenUrl"
        and not each.get("title")
        and each.get("verb") != "refresh"
    ):
        yield f"{kind} without a title"
    if kind == "Action.Execute" and each["verb"] != "refresh":
        fallback = each["fallback"]
        if fallback["type"] != "Action.Submit" or (fallback["data"], fallback["title"]) != (
            each["data"],
            each["title"],
        ):
            yield "a fallback that says something else"
        if each["data"]["signpost"]["action"] != each["verb"]:
            yield "a verb that is not its action's"
    if kind.startswith("Input.") and not each.get("label"):
        yield f"{kind} without a label"
    if kind in ("RichTextBlock", "Container", "Column") and not (each.get("inlines") or each.get("items")):
        yield f"an empty {kind}"
    for address in (each.get("url"), each.get("iconUrl")):
        if address is not None and not address.startswith("https://"):
            yield "an address that is not https"


def _citation_problems(entities: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    if "AIGeneratedContent" in json.dumps(list(entities)) or any("additionalType" in each for each in entities):
        yield "labelled as AI generated"
    for each in (claim for entity in entities for claim in entity["citation"]):
        appearance = each["appearance"]
        if len(appearance["name"]) > 80 or len(appearance["abstract"]) > 160 or not appearance["name"]:
            yield "a citation that is too long"


def objects(shown: object) -> Iterator[Mapping[str, Any]]:
    """Every object of a card, outermost first."""
    if isinstance(shown, dict):
        yield shown
    inside: Iterable[object] = shown.values() if isinstance(shown, dict) else shown if isinstance(shown, list) else ()
    for each in inside:
        if isinstance(each, dict | list):
            yield from objects(each)


def lines(card: Card) -> list[str]:
    """Every line that the card shows, folded ones too, in order: paragraphs, headings, labels and choices."""
    return [text for _, text in _lines(card)]


def quotations(card: Card) -> list[str]:
    """The quoted clauses, each whole: what stands on emphasised grounds that follow one another."""
    found: list[str] = []
    is_open = False
    for kind, text in _lines(card):
        if kind == "quote" and is_open:
            found[-1] += text
        elif kind == "quote":
            found.append(text)
        is_open = kind == "quote"
    return found


def _lines(shown: object, kind: str = "line") -> Iterator[tuple[str, str]]:
    for each in shown if isinstance(shown, list) else [shown]:
        match each:
            case {"type": "RichTextBlock", "inlines": inlines}:
                yield kind, "".join(run["text"] for run in inlines)
            case {"type": "TextBlock", "text": text}:
                yield kind, text
            case {"type": "Input.ChoiceSet", "label": label, "choices": choices}:
                yield from (("line", text) for text in (label, *(choice["title"] for choice in choices)))
            case {"type": "Container", "items": items}:
                yield from _lines(items, "quote" if each.get("style") == "emphasis" else kind)
            case {"type": "ColumnSet", "columns": columns}:
                yield from (line for column in columns for line in _lines(column["items"], kind))
            case {"type": "AdaptiveCard", "body": body}:
                yield from _lines(body)


def buttons(card: Card) -> list[Action]:
    """What each button that is sent to us stands for, in order; a reason that is not picked yet is the first one."""
    found = []
    for each in objects(card):
        if each.get("type") in ("Action.Execute", "Action.Submit") and each.get("verb") != "refresh" and "data" in each:
            told = each["data"]["signpost"]
            value = told["value"]
            if told["action"] == actions.Reason.name:
                value = actions.Reason(value, actions.REASONS[0]).encode()
            found.append(actions.decode(actions.PREFIX + told["action"], value))
    return list(dict.fromkeys(found))


def titles(card: Card) -> list[str]:
    """What stands on the buttons, in order."""
    return [each["title"] for row in objects(card) if row.get("type") == "ActionSet" for each in row["actions"]]


def parse_problems(cards: Iterable[tuple[str, Card]]) -> list[str]:
    """What Microsoft's library says of the cards, in one run; what differs in texts only is read once."""
    folder = node_tools.installed()
    alike = {json.dumps(_without_texts(card)): name for name, card in cards}
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile() as errors:
        file = Path(scratch) / "cards.json"
        file.write_text(json.dumps([[name, json.loads(card)] for card, name in alike.items()]), encoding="utf-8")
        with node_tools.start(PARSER, file, folder=folder, errors=errors) as parser:
            said, _ = parser.communicate(timeout=PARSE_S)
        errors.seek(0)
        return [*said.splitlines(), *errors.read().decode().splitlines()][:40]


_TEXTS = re.compile("text|title|value|record|fallbackText|tooltip|label")


def _without_texts(shown: object) -> object:
    """*shown* with every word replaced that no schema looks at."""
    if isinstance(shown, Mapping):
        masked = {
            name: "x" if isinstance(value, str) and _TEXTS.fullmatch(name) else value for name, value in shown.items()
        }
        return {name: _without_texts(value) for name, value in masked.items()}
    return [_without_texts(each) for each in shown] if isinstance(shown, list | tuple) else shown
