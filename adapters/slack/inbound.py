"""Slack's payloads become values here, and go no further."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adapters.slack import actions
from adapters.slack.actions import Action


# What somebody wants who calls us and says no more.
ASKED_NOTHING = "what can you do"


class Entry(StrEnum):
    """How somebody asked."""

    DIRECT = "direct"
    MENTION = "mention"
    COMMAND = "command"
    SHORTCUT = "shortcut"


class Incomplete(ValueError):
    """A payload without a part that every one of its kind has."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever did something in Slack, and in which workspace (the enterprise is empty outside a Grid)."""

    team: str
    enterprise: str
    user: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `once` is Slack's id of the event; `message` the question's own timestamp, empty for none.

    `edited` is the timestamp of its last edit, empty for none.
    """

    asker: Asker
    once: str
    entry: Entry
    text: str
    channel: str = ""
    thread: str = ""
    message: str = ""
    response_url: str = ""
    edited: str = ""

    @property
    def is_follow_up(self) -> bool:
        """Whether it stands in a thread below another message."""
        return bool(self.thread) and self.thread != self.message


@dataclass(frozen=True, slots=True)
class Deleted:
    """A question that its asker has deleted."""

    asker: Asker
    once: str
    channel: str
    message: str


@dataclass(frozen=True, slots=True)
class Clicked:
    """A click on something of ours: in a message, in a modal or in App Home."""

    asker: Asker
    once: str
    action: Action
    trigger: str = ""
    channel: str = ""
    message: str = ""
    thread: str = ""
    response_url: str = ""
    ephemeral: bool = False
    view: str = ""
    in_modal: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody opened App Home (no channel) or the pane for asking (its channel, and thread if there is one)."""

    asker: Asker
    once: str
    channel: str = ""
    thread: str = ""


def installation(body: Mapping[str, Any]) -> tuple[str, str]:
    """The ids of the workspace and the enterprise whose installation a payload is for; empty for none."""
    authorized = body.get("authorizations")
    first = authorized[0] if isinstance(authorized, list) and authorized else {}
    view_team = _str(body, "view", "app_installed_team_id")
    team = (
        _str(first, "team_id")
        or view_team
        or _str(body, "team_id")
        or _str(body, "team", "id")
        or _str(body, "user", "team_id")
    )
    enterprise = (
        _str(first, "enterprise_id")
        or _str(body, "enterprise_id")
        or _str(body, "enterprise", "id")
        or _str(body, "team", "enterprise_id")
    )
    return team, enterprise


def direct_message(body: Mapping[str, Any], bot_user: str) -> Asked | Deleted | None:
    """A message to the bot, a change to one, or its deletion; None for what nobody asked."""
    event = _mapping(body, "event")
    if event.get("channel_type") != "im":
        return None
    match event.get("subtype"):
        case "message_changed":
            return _changed(body, event, bot_user)
        case "message_deleted":
            return _deleted(body, event)
        case None | "file_share" | "thread_broadcast":
            return _message(body, event, Entry.DIRECT, bot_user)
    return None


def mention(body: Mapping[str, Any], bot_user: str) -> Asked | None:
    """A message in a channel that mentions the bot; None for a bot's."""
    event = _mapping(body, "event")
    return _message(body, event, Entry.MENTION, bot_user)


def command(body: Mapping[str, Any]) -> Asked:
    """`/policy` with a question, or with nothing, which asks for help."""
    asker = _asker(body, _need(body, "user_id"))
    return Asked(
        asker,
        _need(body, "trigger_id"),
        Entry.COMMAND,
        readable(_str(body, "text"), "") or ASKED_NOTHING,
        channel=_str(body, "channel_id"),
        response_url=_need(body, "response_url"),
    )


def shortcut(body: Mapping[str, Any], bot_user: str) -> Asked:
    """The message shortcut: what somebody wrote is the question."""
    asker = _asker(body, _need(body, "user", "id"))
    return Asked(
        asker,
        _need(body, "trigger_id"),
        Entry.SHORTCUT,
        readable(_str(body, "message", "text"), bot_user) or ASKED_NOTHING,
        channel=_str(body, "channel", "id"),
        response_url=_need(body, "response_url"),
    )


def click(body: Mapping[str, Any]) -> Clicked:
    """A click; raise `Incomplete` where it is not one of ours."""
    clicked = body.get("actions")
    first = clicked[0] if isinstance(clicked, list) and clicked else {}
    asker = _asker(body, _need(body, "user", "id"))
    return Clicked(
        asker,
        _need(body, "trigger_id"),
        _action(_str(first, "action_id"), _value(first)),
        trigger=_need(body, "trigger_id"),
        channel=_str(body, "channel", "id") or _str(body, "container", "channel_id"),
        message=_str(body, "container", "message_ts") or _str(body, "message", "ts"),
        thread=_str(body, "container", "thread_ts") or _str(body, "message", "thread_ts"),
        response_url=_str(body, "response_url"),
        ephemeral=_mapping(body, "container").get("is_ephemeral") is True,
        view=_str(body, "view", "id"),
        in_modal=_str(body, "view", "type") == "modal",
    )


def submission(body: Mapping[str, Any]) -> Clicked:
    """A reason that somebody picked and sent; raise `Incomplete` where it is not one of ours."""
    values = _mapping(body, "view", "state", "values")
    picked = [
        _action(str(name), _value(element))
        for block in values.values()
        if isinstance(block, Mapping)
        for name, element in block.items()
        if isinstance(element, Mapping)
    ]
    if not picked:
        raise Incomplete("a submission with nothing picked")
    return Clicked(_asker(body, _need(body, "user", "id")), _need(body, "view", "id"), picked[0])


def opened(body: Mapping[str, Any]) -> Opened | None:
    """App Home or the pane was opened, in its older or newer form; None for another tab."""
    event = _mapping(body, "event")
    once = _need(body, "event_id")
    if event.get("type") == "assistant_thread_started":
        pane = _mapping(event, "assistant_thread")
        asker = _asker(body, _need(pane, "user_id"))
        return Opened(asker, once, _need(pane, "channel_id"), _need(pane, "thread_ts"))
    asker = _asker(body, _need(event, "user"))
    match event.get("tab"):
        case "home":
            return Opened(asker, once)
        case "messages":
            return Opened(asker, once, _need(event, "channel"))
    return None


def removal(body: Mapping[str, Any]) -> tuple[str, str] | None:
    """The workspace and the enterprise that the app is gone from; no workspace for a whole enterprise.

    None where only people's own tokens were revoked.
    """
    event = _mapping(body, "event")
    if event.get("type") == "tokens_revoked" and not _mapping(event, "tokens").get("bot"):
        return None
    authorized = body.get("authorizations")
    first = authorized[0] if isinstance(authorized, list) and authorized else {}
    team, enterprise = installation(body)
    is_whole_enterprise = isinstance(first, Mapping) and first.get("is_enterprise_install") is True
    return ("" if is_whole_enterprise else team), enterprise


_LINK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def readable(text: str, bot_user: str) -> str:
    """What somebody typed, from Slack's markup: no mention of the bot, links by their label, `&`, `<`, `>` as typed.

    People and groups who are mentioned become "a colleague": who they are does not matter, and is not kept.
    See https://docs.slack.dev/messaging/formatting-message-text
    """

    def plain(found: re.Match[str]) -> str:
        target, label = found[1], found[2] or ""
        if target.startswith("@"):
            return "" if bot_user and target == f"@{bot_user}" else "a colleague"
        if target.startswith("!"):
            return "everyone" if target[1:] in ("here", "channel", "everyone") else label or "a colleague"
        if target.startswith("#"):
            return "a channel"
        return label or target.removeprefix("mailto:").removeprefix("tel:")

    return " ".join(html.unescape(_LINK.sub(plain, text)).split())


def _message(body: Mapping[str, Any], event: Mapping[str, Any], entry: Entry, bot_user: str) -> Asked | None:
    if event.get("bot_id") or event.get("hidden") or event.get("user") in (bot_user, "USLACKBOT", None):
        return None
    text = readable(_str(event, "text"), bot_user)
    if not text and entry is Entry.DIRECT:
        return None
    return Asked(
        _asker(body, _need(event, "user")),
        _need(body, "event_id"),
        entry,
        text or ASKED_NOTHING,
        channel=_need(event, "channel"),
        thread=_str(event, "thread_ts") or _need(event, "ts"),
        message=_need(event, "ts"),
        edited=_str(event, "edited", "ts"),
    )


def _changed(body: Mapping[str, Any], event: Mapping[str, Any], bot_user: str) -> Asked | Deleted | None:
    message = _mapping(event, "message")
    # What somebody deletes that has replies, our answer say, changes into a gravestone.
    if message.get("subtype") == "tombstone":
        return _deleted(body, {**event, "deleted_ts": message.get("ts")})
    # Slack also says so when it has unfolded a link, or when we change a message of ours.
    if "edited" not in message or message.get("text") == _str(event, "previous_message", "text"):
        return None
    inside = {**message, "channel": event.get("channel")}
    return _message(body, inside, Entry.DIRECT, bot_user)


def _deleted(body: Mapping[str, Any], event: Mapping[str, Any]) -> Deleted | None:
    earlier = _mapping(event, "previous_message")
    user = _str(earlier, "user")
    if user in ("", "USLACKBOT") or earlier.get("bot_id"):
        return None
    return Deleted(_asker(body, user), _need(body, "event_id"), _need(event, "channel"), _need(event, "deleted_ts"))


def _asker(body: Mapping[str, Any], user: str) -> Asker:
    team, enterprise = installation(body)
    return Asker(team, enterprise, user)


def _action(action_id: str, value: str) -> Action:
    try:
        return actions.decode(action_id, value)
    except ValueError as wrong:
        raise Incomplete(str(wrong)) from None


def _value(element: Mapping[str, Any]) -> str:
    return _str(element, "selected_option", "value") or _str(element, "value")


def _mapping(body: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    inside: Any = body
    for name in path:
        inside = inside.get(name) if isinstance(inside, Mapping) else None
    return inside if isinstance(inside, Mapping) else {}


def _str(body: Any, *path: str) -> str:
    inside = _mapping(body, *path[:-1]) if isinstance(body, Mapping) else {}
    found = inside.get(path[-1])
    return found if isinstance(found, str) else ""


def _need(body: Mapping[str, Any], *path: str) -> str:
    if found := _str(body, *path):
        return found
    raise Incomplete(f"no {'.'.join(path)}")
