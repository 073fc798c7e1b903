"""Teams' activities become values here, and go no further."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters import actions
from adapters.actions import Action
from adapters.payloads import Incomplete, first, need, part, text

# The key under which everything clickable of ours carries what it means, in the data of a card's action.
DATA = "signpost"
REFRESH = "refresh"
# What somebody asks who mentions the bot and says nothing.
ASKED_NOTHING = "what can you do"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an activity happened, when, and how Teams names the two who talk there."""

    tenant: str
    user: str
    bot: str
    service_url: str
    conversation: str
    is_personal: bool
    at: str = ""
    timezone: str = ""

    @property
    def thread(self) -> str:
        """What a follow-up shares with the question before it: a chat, or in a channel the thread."""
        return self.conversation


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: `message` is its own id, `edited` when it was changed, empty for a new one."""

    place: Place
    once: str
    text: str
    message: str
    edited: str = ""


@dataclass(frozen=True, slots=True)
class Deleted:
    """A question that its asker has deleted."""

    place: Place
    once: str
    message: str


@dataclass(frozen=True, slots=True)
class Clicked:
    """A click on a card of ours; `answered` where Teams waits for what to show (Action.Execute)."""

    place: Place
    once: str
    action: Action
    record: str = ""
    shown_on: str = ""
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Teams asks for the card of a recorded answer anew."""

    place: Place
    record: str


@dataclass(frozen=True, slots=True)
class Searched:
    """A search from the message extension: the text, empty before anything is typed; further pages go on from it."""

    place: Place
    text: str
    is_further: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """The message action: what somebody wrote is the question."""

    place: Place
    text: str


def tenant(activity: Mapping[str, Any]) -> str:
    """The id of the tenant that an activity comes from; empty for none."""
    return text(activity, "channelData", "tenant", "id") or text(activity, "conversation", "tenantId")


def message(activity: Mapping[str, Any]) -> Asked | Clicked | None:
    """A message to the bot: a question, or a click by an older client; None for what nobody asked."""
    if text(activity, "from", "role") == "bot" or text(activity, "from", "id") == text(activity, "recipient", "id"):
        return None
    place = _place(activity)
    if isinstance(activity.get("value"), Mapping):
        found = _action(part(activity, "value"))
        return Clicked(place, _once(activity), *found, shown_on=text(activity, "replyToId")) if found else None
    typed = readable(activity)
    if not typed and _INSERTED in text(activity, "text"):
        return None  # a card of the message extension, and nothing asked
    return Asked(place, _once(activity), typed or ASKED_NOTHING, need(activity, "id"))


def edited(activity: Mapping[str, Any]) -> Asked | None:
    """A question that its asker has changed, or restored; None for other changes."""
    if text(activity, "channelData", "eventType") not in ("editMessage", "undeleteMessage"):
        return None
    at = text(activity, "timestamp") or text(activity, "localTimestamp")
    return Asked(
        _place(activity),
        f"{_once(activity)} edited {at}",
        readable(activity) or ASKED_NOTHING,
        need(activity, "id"),
        at,
    )


def deleted(activity: Mapping[str, Any]) -> Deleted | None:
    """A question that its asker has deleted; None for other deletions."""
    if text(activity, "channelData", "eventType") != "softDeleteMessage":
        return None
    at = text(activity, "timestamp")
    return Deleted(_place(activity), f"{_once(activity)} deleted {at}", need(activity, "id"))


def executed(activity: Mapping[str, Any]) -> Clicked | Refreshed:
    """A card's Action.Execute; raise `Incomplete` where it is not one of ours."""
    action = part(activity, "value", "action")
    told = part(action, "data")
    record = text(told, DATA, "record")
    if text(action, "verb") == REFRESH:
        return Refreshed(_place(activity), record)
    found = _action(told)
    if found is None:
        raise Incomplete("no action of ours")
    shown_on = text(activity, "replyToId")
    return Clicked(_place(activity), _once(activity), *found, shown_on=shown_on, answered=True)


def pressed(activity: Mapping[str, Any]) -> Clicked:
    """A button pressed in a dialog of ours; raise `Incomplete` where it is not one."""
    found = _action(part(activity, "value", "data"))
    if found is None:
        raise Incomplete("no action of ours")
    return Clicked(_place(activity), _once(activity), *found, answered=True)


def searched(activity: Mapping[str, Any]) -> Searched:
    """A search of the message extension."""
    parameter = first(part(activity, "value").get("parameters"))
    name, value = text(parameter, "name"), text(parameter, "value")
    skipped = part(activity, "value", "queryOptions").get("skip")
    typed = "" if name == "initialRun" else _plain(value)
    return Searched(_place(activity), typed, is_further=isinstance(skipped, int) and skipped > 0)


def looked(activity: Mapping[str, Any]) -> Looked:
    """The message action: the text of the message that it was used on."""
    body = part(activity, "value", "messagePayload", "body")
    return Looked(_place(activity), _plain(text(body, "content")) or ASKED_NOTHING)


_TAG = re.compile(r"<[^<>]{0,2000}>")
# Where a card from a message extension stands in a message, the text is markup that says so.
_INSERTED = "schema.skype.com/InputExtension"
_AT = re.compile(r"<at\b[^<>]{0,200}>.*?</at>", re.IGNORECASE | re.DOTALL)


def readable(activity: Mapping[str, Any]) -> str:
    """What somebody typed: without the mention of the bot, other people as "a colleague", no markup.

    Who is mentioned does not matter, and is not kept.
    """
    said = text(activity, "text")
    bot = text(activity, "recipient", "id")
    entities = activity.get("entities")
    for entity in entities if isinstance(entities, list) else []:
        if isinstance(entity, Mapping) and entity.get("type") == "mention":
            name = text(entity, "text")
            stand_in = " " if text(entity, "mentioned", "id") == bot else " a colleague "
            said = said.replace(name, stand_in) if name else said
    return _plain(said, is_html=activity.get("textFormat") == "xml" or _INSERTED in said)


def _plain(said: str, *, is_html: bool = True) -> str:
    said = _AT.sub(" a colleague ", said)
    said = _TAG.sub(" ", said) if is_html else said
    return " ".join(html.unescape(said).split())


def _action(told: Mapping[str, Any]) -> tuple[Action, str] | None:
    """What was clicked and the recorded answer that it belongs to, from the data of a card's action."""
    ours = part(told, DATA)
    name, value = text(ours, "action"), text(ours, "value")
    if name == actions.Reason.name:
        # The reason is picked in the card, beside the button; or it is not.
        picked = told.get("reason")
        is_picked = isinstance(picked, str) and picked in actions.REASONS
        clicked = actions.Reason(value, str(picked)) if is_picked else actions.Unhelpful(value)
        name, value = clicked.name, clicked.encode()
    try:
        return actions.decode(actions.PREFIX + name, value), text(ours, "record")
    except ValueError:
        return None


def _place(activity: Mapping[str, Any]) -> Place:
    entities = activity.get("entities")
    client = [e for e in entities if isinstance(e, Mapping)] if isinstance(entities, list) else []
    zones = [text(entity, "timezone") for entity in client if entity.get("type") == "clientInfo"]
    return Place(
        tenant(activity),
        need(activity, "from", "id"),
        need(activity, "recipient", "id"),
        need(activity, "serviceUrl"),
        need(activity, "conversation", "id"),
        text(activity, "conversation", "conversationType") in ("", "personal"),
        text(activity, "timestamp"),
        text(activity, "localTimezone") or "".join(zones[:1]),
    )


def _once(activity: Mapping[str, Any]) -> str:
    return f"{need(activity, 'conversation', 'id')} {need(activity, 'id')}"
