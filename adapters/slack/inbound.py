"""Slack's payloads become values here, and go no further."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adapters import actions
from adapters.actions import Action
from adapters.payloads import Incomplete, need, part, text

# What somebody wants who calls us and says no more.
ASKED_NOTHING = "what can you do"


class Entry(StrEnum):
    """How somebody asked."""

    DIRECT = "direct"
    MENTION = "mention"
    COMMAND = "command"
    SHORTCUT = "shortcut"


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever did something in Slack, and in which workspace (the enterprise is empty outside a Grid)."""

    team: str
    enterprise: str
    user: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `once` is Slack's id of the event; `message` the question's own timestamp, empty for none.

    `edited` is the timestamp of its last edit, empty for none; `among_strangers` says that another organisation
    shares the channel.
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
    among_strangers: bool = False

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
    view_team = text(body, "view", "app_installed_team_id")
    team = (
        text(first, "team_id")
        or view_team
        or text(body, "team_id")
        or text(body, "team", "id")
        or text(body, "user", "team_id")
    )
    enterprise = (
        text(first, "enterprise_id")
        or text(body, "enterprise_id")
        or text(body, "enterprise", "id")
        or text(body, "team", "enterprise_id")
    )
    return team, enterprise


def direct_message(body: Mapping[str, Any], bot_user: str) -> Asked | Deleted | None:
    """A message to the bot, a change to one, or its deletion; None for what nobody asked."""
    event = part(body, "event")
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
    event = part(body, "event")
    return _message(body, event, Entry.MENTION, bot_user)


def command(body: Mapping[str, Any]) -> Asked:
    """`/policy` with a question, or with nothing, which asks for help."""
    asker = _asker(body, need(body, "user_id"))
    return Asked(
        asker,
        need(body, "trigger_id"),
        Entry.COMMAND,
        readable(text(body, "text"), "") or ASKED_NOTHING,
        channel=text(body, "channel_id"),
        response_url=text(body, "response_url"),
    )


def shortcut(body: Mapping[str, Any], bot_user: str) -> Asked:
    """The message shortcut: what somebody wrote is the question."""
    asker = _asker(body, need(body, "user", "id"))
    return Asked(
        asker,
        need(body, "trigger_id"),
        Entry.SHORTCUT,
        readable(text(body, "message", "text"), bot_user) or ASKED_NOTHING,
        channel=text(body, "channel", "id"),
        response_url=text(body, "response_url"),
    )


def click(body: Mapping[str, Any]) -> Clicked:
    """A click; raise `Incomplete` where it is not one of ours."""
    clicked = body.get("actions")
    first = clicked[0] if isinstance(clicked, list) and clicked else {}
    asker = _asker(body, need(body, "user", "id"))
    return Clicked(
        asker,
        need(body, "trigger_id"),
        _action(text(first, "action_id"), _value(first)),
        trigger=need(body, "trigger_id"),
        channel=text(body, "channel", "id") or text(body, "container", "channel_id"),
        message=text(body, "container", "message_ts") or text(body, "message", "ts"),
        thread=text(body, "container", "thread_ts") or text(body, "message", "thread_ts"),
        response_url=text(body, "response_url"),
        ephemeral=part(body, "container").get("is_ephemeral") is True,
        view=text(body, "view", "id"),
        in_modal=text(body, "view", "type") == "modal",
    )


def submission(body: Mapping[str, Any]) -> Clicked:
    """A reason that somebody picked and sent; raise `Incomplete` where it is not one of ours."""
    values = part(body, "view", "state", "values")
    picked = [
        _action(str(name), _value(element))
        for block in values.values()
        if isinstance(block, Mapping)
        for name, element in block.items()
        if isinstance(element, Mapping)
    ]
    if not picked:
        raise Incomplete("a submission with nothing picked")
    return Clicked(_asker(body, need(body, "user", "id")), need(body, "view", "id"), picked[0])


def opened(body: Mapping[str, Any]) -> Opened | None:
    """App Home or the pane was opened, in its older or newer form; None for another tab."""
    event = part(body, "event")
    once = need(body, "event_id")
    if event.get("type") == "assistant_thread_started":
        pane = part(event, "assistant_thread")
        asker = _asker(body, need(pane, "user_id"))
        return Opened(asker, once, need(pane, "channel_id"), need(pane, "thread_ts"))
    asker = _asker(body, need(event, "user"))
    match event.get("tab"):
        case "home":
            return Opened(asker, once)
        case "messages":
            return Opened(asker, once, need(event, "channel"))
    return None


def removal(body: Mapping[str, Any]) -> tuple[str, str] | None:
    """The workspace and the enterprise that the app is gone from; no workspace for a whole enterprise.

    None where only people's own tokens were revoked.
    """
    event = part(body, "event")
    if event.get("type") == "tokens_revoked" and not part(event, "tokens").get("bot"):
        return None
    authorized = body.get("authorizations")
    first = authorized[0] if isinstance(authorized, list) and authorized else {}
    team, enterprise = installation(body)
    is_whole_enterprise = isinstance(first, Mapping) and first.get("is_enterprise_install") is True
    return ("" if is_whole_enterprise else team), enterprise


_LINK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def readable(typed: str, bot_user: str) -> str:
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

    return " ".join(html.unescape(_LINK.sub(plain, typed)).split())


def _message(body: Mapping[str, Any], event: Mapping[str, Any], entry: Entry, bot_user: str) -> Asked | None:
    if event.get("bot_id") or event.get("hidden") or event.get("user") in (bot_user, "USLACKBOT", None):
        return None
    typed = readable(text(event, "text"), bot_user)
    if not typed and entry is Entry.DIRECT:
        return None
    return Asked(
        _asker(body, need(event, "user")),
        need(body, "event_id"),
        entry,
        typed or ASKED_NOTHING,
        channel=need(event, "channel"),
        thread=text(event, "thread_ts") or need(event, "ts"),
        message=need(event, "ts"),
        edited=text(event, "edited", "ts"),
        among_strangers=body.get("is_ext_shared_channel") is True,
    )


def _changed(body: Mapping[str, Any], event: Mapping[str, Any], bot_user: str) -> Asked | Deleted | None:
    message = part(event, "message")
    # What somebody deletes that has replies, our answer say, changes into a gravestone.
    if message.get("subtype") == "tombstone":
        return _deleted(body, {**event, "deleted_ts": message.get("ts")})
    # Slack also says so when it has unfolded a link, or when we change a message of ours.
    if "edited" not in message or message.get("text") == text(event, "previous_message", "text"):
        return None
    inside = {**message, "channel": event.get("channel")}
    return _message(body, inside, Entry.DIRECT, bot_user)


def _deleted(body: Mapping[str, Any], event: Mapping[str, Any]) -> Deleted | None:
    earlier = part(event, "previous_message")
    user = text(earlier, "user")
    if user in ("", "USLACKBOT") or earlier.get("bot_id"):
        return None
    return Deleted(_asker(body, user), need(body, "event_id"), need(event, "channel"), need(event, "deleted_ts"))


def _asker(body: Mapping[str, Any], user: str) -> Asker:
    team, enterprise = installation(body)
    return Asker(team, enterprise, user)


def _action(action_id: str, value: str) -> Action:
    try:
        return actions.decode(action_id, value)
    except ValueError as wrong:
        raise Incomplete(str(wrong)) from None


def _value(element: Mapping[str, Any]) -> str:
    return text(element, "selected_option", "value") or text(element, "value")
