"""What Slack accepts as blocks and views: a compact check of the documented limits.

https://docs.slack.dev/reference/block-kit/blocks and https://docs.slack.dev/reference/views
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from slack_payloads import Json

Problems = Iterator[str]

MOST_BLOCKS = 50
MOST_BLOCKS_OF_A_VIEW = 100
LONGEST_ID = 255
LONGEST_MARKDOWN = 12_000
TEXTS = ("plain_text", "mrkdwn")
PLAIN = ("plain_text",)

# The keys that each type may have beside `type`; Slack refuses any other.
KEYS: Mapping[str, frozenset[str]] = {
    name: frozenset(keys.split())
    for name, keys in {
        "actions": "block_id elements",
        "context": "block_id elements",
        "context_actions": "block_id elements",
        "divider": "block_id",
        "header": "block_id text level",
        "image": "block_id image_url slack_file alt_text title",
        "input": "block_id label element hint optional dispatch_action",
        "markdown": "block_id text",
        "rich_text": "block_id elements",
        "section": "block_id text fields accessory expand",
        "table": "block_id rows column_settings",
        "alert": "block_id text level",
        "card": "block_id title subtitle body icon hero_image actions",
        "data_table": "block_id rows columns title",
        "button": "action_id text value url style confirm accessibility_label",
        "checkboxes": "action_id options initial_options confirm focus_on_load",
        "overflow": "action_id options confirm",
        "plain_text_input": "action_id initial_value multiline min_length max_length dispatch_action_config "
        "focus_on_load placeholder",
        "radio_buttons": "action_id options initial_option confirm focus_on_load",
        "static_select": "action_id options option_groups initial_option confirm focus_on_load placeholder",
    }.items()
}
LOOSE_BLOCKS = frozenset({"file", "video", "alert", "card", "data_table", "table", "carousel", "plan", "task_card"})
LOOSE_ELEMENTS = frozenset(
    "channels_select conversations_select datepicker datetimepicker email_text_input external_select feedback_buttons "
    "file_input icon_button multi_channels_select multi_conversations_select multi_external_select multi_static_select "
    "multi_users_select number_input rich_text_input timepicker url_text_input users_select workflow_button".split()
)
MOST_OPTIONS: Mapping[str, int] = {"checkboxes": 10, "overflow": 5, "radio_buttons": 10, "static_select": 100}
RICH_CONTAINERS = frozenset({"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"})
# What each element of rich text must name.
RICH_ELEMENTS: Mapping[str, str] = {
    "broadcast": "range",
    "channel": "channel_id",
    "color": "value",
    "date": "timestamp",
    "emoji": "name",
    "link": "url",
    "team": "team_id",
    "text": "text",
    "user": "user_id",
    "usergroup": "usergroup_id",
}


def block_problems(blocks: Any, *, most: int = MOST_BLOCKS, refused: Iterable[str] = ()) -> list[str]:
    """What Slack would say against *blocks*, nothing when it takes them; *refused* are types it does not know yet."""
    if not isinstance(blocks, list):
        return ["blocks must be an array"]
    found = [f"no more than {most} items allowed [json-pointer:/blocks]"] if len(blocks) > most else []
    for number, block in enumerate(blocks):
        at = f"/blocks/{number}"
        found += _block(at, block, frozenset(refused)) if isinstance(block, dict) else [f"must be an object: {at}"]
    objects = [block for block in blocks if isinstance(block, dict)]
    block_ids = [block["block_id"] for block in objects if block.get("block_id")]
    found += [f"`block_id` {one} already exists" for one in sorted({x for x in block_ids if block_ids.count(x) > 1})]
    if sum(len(block.get("text", "")) for block in objects if block.get("type") == "markdown") > LONGEST_MARKDOWN:
        found.append(f"markdown blocks must have fewer than {LONGEST_MARKDOWN + 1} characters together")
    return found


def view_problems(view: Json, *, kind: str, refused: Iterable[str] = ()) -> list[str]:
    """What Slack would say against *view*, which must be a "modal" or a "home"."""
    found = [] if view.get("type") == kind else [f"unsupported type: {view.get('type')}"]
    texts = ("title", "submit", "close") if kind == "modal" else ()
    found += [problem for name in texts if name in view for problem in _text(f"/{name}", view[name], 24, PLAIN)]
    blocks = view.get("blocks")
    if kind == "modal" and "title" not in view:
        found.append("missing required field: title")
    if kind == "modal" and "submit" not in view and any(_type(block) == "input" for block in blocks or ()):
        found.append("missing required field: submit")
    for name, longest in (("private_metadata", 3000), ("callback_id", LONGEST_ID), ("external_id", LONGEST_ID)):
        if len(str(view.get(name, ""))) > longest:
            found.append(f"must be less than {longest + 1} characters [json-pointer:/{name}]")
    allowed = {"type", "blocks", "private_metadata", "callback_id", "external_id"} | set(texts)
    allowed |= {"clear_on_close", "notify_on_close", "submit_disabled"} if kind == "modal" else set()
    found += [f"invalid additional property: {name}" for name in sorted(view.keys() - allowed)]
    return found + block_problems(blocks, most=MOST_BLOCKS_OF_A_VIEW, refused=refused)


def _type(value: Any) -> str:
    return str(value.get("type", "")) if isinstance(value, dict) else ""


def _block(at: str, block: Json, refused: frozenset[str]) -> Problems:
    kind = _type(block)
    check = BLOCKS.get(kind)
    if kind in refused or (check is None and kind not in LOOSE_BLOCKS):
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    yield from _id(at, block, "block_id")
    yield from _additional(at, block)
    if check is not None:
        yield from check(at, block)


def _additional(at: str, value: Json) -> Problems:
    allowed = KEYS.get(_type(value))
    if allowed is not None:
        yield from (f"invalid additional property: {name} [{at}]" for name in value.keys() - allowed - {"type"})


def _id(at: str, value: Json, name: str) -> Problems:
    if name in value and not 0 < len(str(value[name])) <= LONGEST_ID:
        yield f"must be less than {LONGEST_ID + 1} characters [json-pointer:{at}/{name}]"


def _text(at: str, value: Any, longest: int, kinds: tuple[str, ...] = TEXTS) -> Problems:
    if _type(value) not in kinds:
        yield f"must provide a text object of {' or '.join(kinds)} [json-pointer:{at}]"
        return
    text = value.get("text")
    if not isinstance(text, str) or not text:
        yield f"must be more than 0 characters [json-pointer:{at}/text]"
    elif len(text) > longest:
        yield f"must be less than {longest + 1} characters [json-pointer:{at}/text]"
    extra = "emoji" if value["type"] == "plain_text" else "verbatim"
    yield from (f"invalid additional property: {name} [{at}]" for name in value.keys() - {"type", "text", extra})


def _length(at: str, value: Any, longest: int, *, required: bool = False) -> Problems:
    if value is None and not required:
        return
    if not isinstance(value, str) or not value:
        yield f"must be more than 0 characters [json-pointer:{at}]"
    elif len(value) > longest:
        yield f"must be less than {longest + 1} characters [json-pointer:{at}]"


def _items(at: str, values: Any, most: int) -> Problems:
    if not isinstance(values, list) or not values:
        yield f"must have at least 1 item [json-pointer:{at}]"
    elif len(values) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"


def _section(at: str, block: Json) -> Problems:
    if "text" not in block and "fields" not in block:
        yield f"either text or fields is required [json-pointer:{at}]"
    if "text" in block:
        yield from _text(f"{at}/text", block["text"], 3000)
    if "fields" in block:
        yield from _items(f"{at}/fields", block["fields"], 10)
        for number, one in enumerate(block["fields"]):
            yield from _text(f"{at}/fields/{number}", one, 2000)
    if "accessory" in block:
        yield from _element(f"{at}/accessory", block["accessory"])


def _header(at: str, block: Json) -> Problems:
    yield from _text(f"{at}/text", block.get("text"), 150, PLAIN)


def _context(at: str, block: Json) -> Problems:
    yield from _items(f"{at}/elements", block.get("elements"), 10)
    for number, one in enumerate(block.get("elements") or ()):
        here = f"{at}/elements/{number}"
        yield from _image(here, one) if _type(one) == "image" else _text(here, one, 3000)


def _actions(at: str, block: Json) -> Problems:
    elements = block.get("elements")
    yield from _items(f"{at}/elements", elements, 25)
    for number, one in enumerate(elements or ()):
        yield from _element(f"{at}/elements/{number}", one)
    action_ids = [one.get("action_id") for one in elements or () if isinstance(one, dict) and one.get("action_id")]
    if len(action_ids) != len(set(action_ids)):
        yield f"`action_id` already exists [json-pointer:{at}]"


def _image(at: str, block: Json) -> Problems:
    if ("image_url" in block) == ("slack_file" in block):
        yield f"one of image_url and slack_file is required [json-pointer:{at}]"
    yield from _length(f"{at}/image_url", block.get("image_url"), 3000)
    yield from _length(f"{at}/alt_text", block.get("alt_text"), 2000, required=True)


def _input(at: str, block: Json) -> Problems:
    yield from _text(f"{at}/label", block.get("label"), 2000, PLAIN)
    if "hint" in block:
        yield from _text(f"{at}/hint", block["hint"], 2000, PLAIN)
    yield from _element(f"{at}/element", block.get("element"))


def _markdown(at: str, block: Json) -> Problems:
    yield from _length(f"{at}/text", block.get("text"), LONGEST_MARKDOWN, required=True)


def _rich_text(at: str, block: Json) -> Problems:
    yield from _items(f"{at}/elements", block.get("elements"), 1000)
    for number, one in enumerate(block.get("elements") or ()):
        yield from _rich_container(f"{at}/elements/{number}", one)


def _rich_container(at: str, value: Any) -> Problems:
    kind = _type(value)
    if kind not in RICH_CONTAINERS:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    if kind == "rich_text_list" and value.get("style") not in {"bullet", "ordered"}:
        yield f"must be bullet or ordered [json-pointer:{at}/style]"
    if not isinstance(value.get("elements"), list):
        yield f"missing required field: elements [json-pointer:{at}]"
    for number, one in enumerate(value.get("elements") or ()):
        here = f"{at}/elements/{number}"
        yield from _rich_container(here, one) if kind == "rich_text_list" else _rich_element(here, one)


def _rich_element(at: str, value: Any) -> Problems:
    needed = RICH_ELEMENTS.get(_type(value))
    if needed is None:
        yield f"unsupported type: {_type(value)} [json-pointer:{at}/type]"
    elif not value.get(needed):
        yield f"missing required field: {needed} [json-pointer:{at}]"


def _element(at: str, value: Any) -> Problems:
    kind = _type(value)
    if kind == "image":
        yield from _image(at, value)
        return
    check = ELEMENTS.get(kind)
    if check is None and kind not in LOOSE_ELEMENTS:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    yield from _id(at, value, "action_id")
    yield from _additional(at, value)
    if "placeholder" in value:
        yield from _text(f"{at}/placeholder", value["placeholder"], 150, PLAIN)
    if "confirm" in value:
        yield from _confirm(f"{at}/confirm", value["confirm"])
    if check is not None:
        yield from check(at, value)


def _button(at: str, value: Json) -> Problems:
    yield from _text(f"{at}/text", value.get("text"), 75, PLAIN)
    for name, longest in (("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        yield from _length(f"{at}/{name}", value.get(name), longest)
    if value.get("style", "primary") not in {"primary", "danger"}:
        yield f"must be primary or danger [json-pointer:{at}/style]"


def _choice(at: str, value: Json) -> Problems:
    kind = _type(value)
    groups = value.get("option_groups")
    if groups is None:
        yield from _options(f"{at}/options", value.get("options"), MOST_OPTIONS[kind], kind)
        return
    yield from _items(f"{at}/option_groups", groups, 100)
    for number, group in enumerate(groups):
        here = f"{at}/option_groups/{number}"
        yield from _text(f"{here}/label", group.get("label"), 75, PLAIN)
        yield from _options(f"{here}/options", group.get("options"), MOST_OPTIONS[kind], kind)


def _options(at: str, options: Any, most: int, kind: str) -> Problems:
    yield from _items(at, options, most)
    kinds = TEXTS if kind in {"checkboxes", "radio_buttons"} else PLAIN
    for number, option in enumerate(options or ()):
        here = f"{at}/{number}"
        yield from _text(f"{here}/text", option.get("text"), 75, kinds)
        yield from _length(f"{here}/value", option.get("value"), 150, required=True)
        if "description" in option:
            yield from _text(f"{here}/description", option["description"], 75, kinds)


def _entry(at: str, value: Json) -> Problems:
    for name, least in (("min_length", 0), ("max_length", 1)):
        if name in value and not least <= value[name] <= 3000:
            yield f"must be from {least} to 3000 [json-pointer:{at}/{name}]"


def _confirm(at: str, value: Json) -> Problems:
    for name, longest in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from _text(f"{at}/{name}", value.get(name), longest, PLAIN)


Check = Callable[[str, Json], Problems]
BLOCKS: Mapping[str, Check] = {
    "actions": _actions,
    "context": _context,
    "context_actions": _actions,
    "divider": lambda at, block: iter(()),
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "section": _section,
}
ELEMENTS: Mapping[str, Check] = {
    "button": _button,
    "checkboxes": _choice,
    "overflow": _choice,
    "plain_text_input": _entry,
    "radio_buttons": _choice,
    "static_select": _choice,
}
