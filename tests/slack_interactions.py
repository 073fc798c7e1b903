"""What people click and type, as Slack sends it: commands, shortcuts, buttons and views.

Keyword arguments replace fields of the payload. https://docs.slack.dev/reference/interaction-payloads
"""

from typing import Any

import slack_ids as ids
from slack_events import rich
from slack_payloads import Json
from slack_world import Message, View

# Where no service runs that could give one: port 9 is "discard".
NOWHERE = "http://127.0.0.1:9/response/none"
NO_TRIGGER = "1.1.none"


def command(text: str = "do i lock the shed", **changes: Any) -> Json:
    """`/policy` with *text*; fields of a form, all of them texts."""
    return {
        "token": "of-old-kind",
        "team_id": ids.TEAM,
        "team_domain": "garden",
        "channel_id": ids.CHANNEL,
        "channel_name": "sheds",
        "user_id": ids.ASKER,
        "user_name": "gardener",
        "command": "/policy",
        "text": text,
        "api_app_id": ids.APP,
        "is_enterprise_install": "false",
        "response_url": NOWHERE,
        "trigger_id": NO_TRIGGER,
    } | changes


def ssl_check() -> Json:
    """Slack looks at the certificate of the address that takes commands."""
    return {"ssl_check": "1", "token": "of-old-kind"}


def shortcut(text: str = "do i lock the shed", *, callback_id: str = "signpost.shortcut", **changes: Any) -> Json:
    """The message shortcut, used on what a colleague has written."""
    ts = ids.new_ts()
    on = {"type": "message", "user": ids.COLLEAGUE, "team": ids.TEAM, "ts": ts, "text": text, "blocks": rich(text)}
    payload = _interaction("message_action") | {
        "action_ts": ids.new_ts(),
        "callback_id": callback_id,
        "message_ts": ts,
        "channel": {"id": ids.CHANNEL, "name": "sheds"},
        "message": on,
        "response_url": NOWHERE,
    }
    return payload | changes


def click(message: Message, action: Json, *, user: str = ids.ASKER, **changes: Any) -> Json:
    """A click on *action* in *message*, a message that the service keeps; ephemeral ones name no message."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.only_for),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    shown = {
        "user": ids.BOT_USER,
        "type": "message",
        "ts": message.ts,
        "bot_id": ids.BOT,
        "app_id": ids.APP,
        "text": message.text,
        "team": ids.TEAM,
        "blocks": message.blocks,
    } | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
    name = "directmessage" if message.channel.startswith("D") else "sheds"
    payload = _interaction("block_actions", user) | {
        "container": container,
        "channel": {"id": message.channel, "name": name},
        "state": {"values": {}},
        "response_url": NOWHERE,
        "actions": [_acted(action)],
    }
    return payload | ({} if message.only_for else {"message": shown}) | changes


def click_in_view(view: View, action: Json, *, user: str = "", **changes: Any) -> Json:
    """A click on *action* in *view*, a modal or a home tab that the service keeps."""
    payload = _interaction("block_actions", user or view.user) | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.seen(),
        "actions": [_acted(action)],
    }
    return payload | changes


def submission(view: View, values: Json | None = None, *, user: str = "", **changes: Any) -> Json:
    """*view* is sent off with *values*: block id → action id → what was entered."""
    shown = view.seen() | {"state": {"values": values or {}}}
    return _interaction("view_submission", user or view.user) | {"view": shown, "response_urls": []} | changes


def closed(view: View, *, user: str = "", **changes: Any) -> Json:
    """*view* is closed without being sent off."""
    payload = _interaction("view_closed", user or view.user) | {"view": view.seen(), "is_cleared": False}
    del payload["trigger_id"]
    return payload | changes


def action_in(blocks: list[Json], action_id: str) -> Json:
    """The one element of *blocks* whose action id is, or starts with, *action_id*; raises LookupError."""
    found = [
        element | {"block_id": block.get("block_id", "")}
        for block in blocks
        for element in _elements(block)
        if str(element.get("action_id", "")).startswith(action_id)
    ]
    exact = [element for element in found if element["action_id"] == action_id]
    if len(exact or found) != 1:
        raise LookupError(f"{len(exact or found)} elements with the action id {action_id}")
    return (exact or found)[0]


def _elements(block: Json) -> list[Json]:
    inner = block.get("elements", []) if block.get("type") in {"actions", "context_actions"} else []
    return [*inner, *(block[name] for name in ("accessory", "element") if name in block)]


def _interaction(type_: str, user: str = ids.ASKER) -> Json:
    return {
        "type": type_,
        "user": {"id": user, "username": "gardener", "name": "gardener", "team_id": ids.TEAM},
        "api_app_id": ids.APP,
        "token": "of-old-kind",
        "team": {"id": ids.TEAM, "domain": "garden"},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": NO_TRIGGER,
    }


def _acted(action: Json) -> Json:
    kept = ("type", "action_id", "block_id", "text", "value", "style", "url", "selected_option")
    return {"action_ts": ids.new_ts()} | {name: action[name] for name in kept if name in action}
