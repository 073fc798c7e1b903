"""What Teams tells the bot without a question: who came and went, reactions, typing, and rarer things.

Every builder gives the whole activity; `place` comes from `in_personal`, `in_group` or `in_channel` in
`teams_activities`, keyword arguments named like a field of it replace that field.
https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
"""

from typing import Any

import teams_ids as ids
from teams_activities import envelope, in_channel, in_personal, of_team
from teams_ids import Json


def joined(*members: str, place: Json | None = None, **changes: Any) -> Json:
    """*members*, the bot unless others are named, are now in *place*, the asker's personal chat unless it is given."""
    who = [_account(member) for member in members or (ids.BOT,)]
    return _update(place, "teamMemberAdded", membersAdded=who) | changes


def left(*members: str, place: Json | None = None, **changes: Any) -> Json:
    """*members*, the bot unless others are named, are no longer in *place*."""
    who = [_account(member) for member in members or (ids.BOT,)]
    return _update(place, "teamMemberRemoved", membersRemoved=who) | changes


def channel_renamed(name: str = "Potting sheds", **changes: Any) -> Json:
    """The channel has another name."""
    told = _update(in_channel(), "channelRenamed")
    told["channelData"]["channel"] |= {"name": name}
    return told | changes


def installed(action: str = "add", *, place: Json | None = None, **changes: Any) -> Json:
    """The app was installed in *place*; *action* is also `add-upgrade`, `remove` or `remove-upgrade`."""
    told = _told("installationUpdate", place)
    told["channelData"] |= {"settings": {"selectedChannel": {"id": told["conversation"]["id"]}}}
    return told | {"action": action} | changes


def removed(*, place: Json | None = None, **changes: Any) -> Json:
    """The app was uninstalled from *place*."""
    return installed("remove", place=place, **changes)


def reacted(reaction: str = "like", *, to: str, taken_back: bool = False, **changes: Any) -> Json:
    """Somebody has put *reaction* on the message *to*, or has taken it back."""
    name = "reactionsRemoved" if taken_back else "reactionsAdded"
    return _told("messageReaction", None) | {name: [{"type": reaction}], "replyToId": to} | changes


def typing(*, place: Json | None = None, **changes: Any) -> Json:
    """Somebody is writing."""
    return _told("typing", place) | changes


def event(name: str = "application/vnd.microsoft.readReceipt", value: Any = None, **changes: Any) -> Json:
    """An event by *name*, a read receipt unless another is given."""
    return _told("event", None) | {"name": name, "value": value or {"lastReadMessageId": ids.new_message()}} | changes


def handoff(**changes: Any) -> Json:
    """A conversation is handed over from another bot."""
    return _told("handoff", None) | {"name": "handoff.status", "value": {"state": "accepted"}} | changes


def _told(kind: str, place: Json | None) -> Json:
    told = envelope(kind, place or in_personal(), named=False)
    if told["conversation"]["conversationType"] == "channel":
        told["channelData"] |= of_team(ids.place_of(told["conversation"]["id"]))
    return told


def _update(place: Json | None, event: str, **members: list[Json]) -> Json:
    told = _told("conversationUpdate", place)
    if told["conversation"]["conversationType"] == "channel":
        told["channelData"] |= {"eventType": event}
    return told | members


def _account(member: str) -> Json:
    return {"id": member} if member == ids.BOT else {"id": member, "aadObjectId": ids.aad_of(member)}
