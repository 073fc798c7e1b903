"""Whether Slack would take it: its documented limits, its Python models, its TypeScript types, and our own rules.

https://docs.slack.dev/reference/block-kit
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import node_tools
from slack_blocks import block_problems, view_problems
from slack_sdk.models.blocks import Block

Shown = Mapping[str, Any] | list[dict[str, Any]]
TYPES_S = 60

_RICH = 2_900
_MESSAGE_JSON, _VIEW_JSON = 100_000, 250_000
_TYPES = {
    *("header", "section", "context", "actions", "divider", "input", "rich_text", "plain_text", "button"),
    *("rich_text_section", "rich_text_quote", "rich_text_list", "text", "link", "user"),
    *("plain_text_input", "radio_buttons", "modal", "home"),
}
_KNOWN_IDS = re.compile(r"signpost\.[a-z0-9.]+")


def problems(shown: Shown) -> list[str]:
    """What Slack would not take of a message's blocks or of a view, or we would not send; empty when all is well."""
    if isinstance(shown, Mapping):
        blocks, found = shown["blocks"], view_problems(dict(shown), kind=shown["type"])
    else:
        blocks, found = shown, block_problems(shown)
    size, most = len(json.dumps(shown)), _VIEW_JSON if isinstance(shown, Mapping) else _MESSAGE_JSON
    found += [f"{size} characters of JSON"] if size > most or not blocks else []
    every = list(objects(shown))
    ids = [each["action_id"] for each in every if "action_id" in each]
    found += [f"action_id {each} twice" for each in set(ids) if ids.count(each) > 1]
    found += [f"action_id {each}" for each in ids if not _KNOWN_IDS.fullmatch(each)]
    return [
        *found,
        *(said for each in every for said in _ours(each)),
        *(said for block in blocks for said in _model(block)),
    ]


def objects(shown: object) -> Iterator[Mapping[str, Any]]:
    """Every object of a message or view, outermost first."""
    if isinstance(shown, Mapping):
        yield shown
    inside: Iterable[object] = shown.values() if isinstance(shown, Mapping) else ()
    for each in shown if isinstance(shown, list) else inside:
        yield from objects(each)


def texts(shown: object) -> Iterator[str]:
    """Every text that a message or view shows, in order; texts of links and buttons too."""
    for each in objects(shown):
        if isinstance(each.get("text"), str):
            yield each["text"]


def rich_characters(block: Mapping[str, Any]) -> int:
    """The characters of all texts of a rich_text block."""
    return sum(map(len, texts(block)))


def _ours(each: Mapping[str, Any]) -> Iterator[str]:
    """What we hold ourselves to beyond Slack's limits."""
    kind = each.get("type", "")
    if kind and kind not in _TYPES:
        yield f"{kind} is not among the types that every client draws"
    if kind == "plain_text" and each.get("emoji") is not False:
        yield "a text object that reads emoji"
    if kind == "link" and not each["url"].startswith("https://"):
        yield "a link that is not https"
    if kind == "rich_text" and rich_characters(each) > _RICH:
        yield f"rich text of {rich_characters(each)} characters"
    if kind == "button" and len(each.get("accessibility_label", "x" * 76)) > 75:
        yield "a button without a name of up to 75 characters"


def _model(block: dict[str, Any]) -> list[str]:
    """What slack_sdk's own model of the block objects to."""
    heard: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("slack_sdk")
    logger.addHandler(handler)
    try:
        parsed = Block.parse(json.loads(json.dumps(block)))
        if parsed is None:
            return [f"slack_sdk knows no {block['type']}"]
        parsed.validate_json()
        for part in (*(getattr(parsed, "elements", None) or ()), getattr(parsed, "accessory", None)):
            if hasattr(part, "validate_json"):
                part.validate_json()
    except Exception as problem:  # noqa: BLE001 - whatever the model raises is what we want to know
        heard.append(f"{block['type']}: {problem}")
    finally:
        logger.removeHandler(handler)
    return heard


def type_problems(all_shown: Iterable[Shown]) -> list[str]:
    """What tsc says of them with Slack's own types, in one run; what differs in texts only is checked once."""
    folder = node_tools.installed()
    alike = {json.dumps(_without_texts(shown)): shown for shown in all_shown}
    source = ['import type { HomeView, KnownBlock, ModalView } from "@slack/types";']
    for at, shape in enumerate(alike):
        kind = (
            {"modal": "ModalView", "home": "HomeView"}[json.loads(shape)["type"]] if shape[0] == "{" else "KnownBlock[]"
        )
        source.append(f"export const shown{at}: {kind} = {shape};")
    flags = "--noEmit --strict --skipLibCheck --module nodenext --moduleResolution nodenext --pretty false".split()
    with TemporaryDirectory(dir=folder) as scratch:
        file = Path(scratch) / "shown.ts"
        file.write_text("\n".join(source), encoding="utf-8")
        done = node_tools.run("tsc", *flags, str(file), folder=folder, timeout_s=TYPES_S)
    return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()[:40] or ["tsc failed"]


def _without_texts(shown: object) -> object:
    """*shown* with every word replaced that no type looks at."""
    if isinstance(shown, Mapping):
        return {key: _plain_word(key, value) for key, value in shown.items()}
    return [_without_texts(each) for each in shown] if isinstance(shown, list | tuple) else shown


def _plain_word(key: str, value: object) -> object:
    masked = isinstance(value, str) and key in ("text", "value", "action_id", "accessibility_label", "url")
    return "x" if masked else _without_texts(value)
