"""Messages as Teams sends them, ordinary ones: a test overrides what it is about.

Every builder gives the whole activity; keyword arguments named like a field of the activity replace that field, `user`
is who sends it. https://learn.microsoft.com/en-us/microsoftteams/platform/bots/build-conversational-capability
"""

import html
import time
from typing import Any

import teams_ids as ids
from teams_ids import Json

NAMES = {ids.ASKER: "Gardener", ids.COLLEAGUE: "Keeper", ids.GUEST: "Visitor (Guest)", ids.STRANGER: "Neighbour"}
QUESTION = "do i lock the shed"


def envelope(
    kind: str, conversation: Json, *, user: str = ids.ASKER, tenant: str = ids.TENANT, named: bool = True
) -> Json:
    """What all activities of *kind* from *user* hold; some kinds do not name the sender."""
    sender = {"id": user, "aadObjectId": ids.aad_of(user)}
    return {
        "type": kind,
        "id": ids.new_message() if kind == "message" else ids.new_event(),
        "timestamp": _stamp(time.time(), "Z"),
        "localTimestamp": _stamp(time.time(), "+00:00"),
        "localTimezone": "Europe/London",
        "serviceUrl": ids.SERVICE_URL,
        "channelId": "msteams",
        "from": sender | ({"name": NAMES.get(user, "Somebody")} if named else {}),
        "conversation": conversation | {"tenantId": tenant},
        "recipient": {"id": ids.BOT, "name": ids.BOT_NAME},
        "channelData": {"tenant": {"id": tenant}},
        "locale": "en-GB",
        "entities": [client()],
    }


def client(locale: str = "en-GB", timezone: str = "Europe/London") -> Json:
    """The entity that says what the sender sits at."""
    return {"type": "clientInfo", "locale": locale, "country": "GB", "platform": "Web", "timezone": timezone}


def in_personal(user: str = ids.ASKER) -> Json:
    """The bot's chat with *user*, as activities name it."""
    return {"conversationType": "personal", "id": ids.personal_of(user)}


def in_group(group: str = ids.GROUP) -> Json:
    """A group chat, as activities name it."""
    return {"isGroup": True, "conversationType": "groupChat", "id": group}


def in_channel(root: str = "", channel: str = ids.CHANNEL) -> Json:
    """A channel, or with *root* a thread in it, as activities name it."""
    return {"isGroup": True, "conversationType": "channel", "id": ids.thread(root, channel) if root else channel}


def of_team(channel: str = ids.CHANNEL, team: str = ids.TEAM) -> Json:
    """What activities in a channel hold in `channelData` beside the tenant."""
    return {
        "teamsChannelId": channel,
        "teamsTeamId": team,
        "channel": {"id": channel},
        "team": {"id": team, "aadGroupId": ids.TEAM_GROUP},
    }


def message(text: str = QUESTION, *, user: str = ids.ASKER, tenant: str = ids.TENANT, **changes: Any) -> Json:
    """A question in the personal chat with the bot."""
    return _written(envelope("message", in_personal(user), user=user, tenant=tenant), text) | changes


def mention(
    text: str = QUESTION,
    *,
    root: str = "",
    channel: str = ids.CHANNEL,
    user: str = ids.ASKER,
    tenant: str = ids.TENANT,
    **changes: Any,
) -> Json:
    """A question in a channel that names the bot: a new post, or with *root* a reply to that one."""
    sent = envelope("message", in_channel(root, channel), user=user, tenant=tenant)
    sent["conversation"] |= in_channel(root or sent["id"], channel)
    sent["channelData"] |= of_team(channel)
    replied = {"replyToId": root} if root else {}
    return _mentioning(sent, text) | replied | changes


def group_mention(
    text: str = QUESTION, *, group: str = ids.GROUP, user: str = ids.ASKER, tenant: str = ids.TENANT, **changes: Any
) -> Json:
    """A question in a group chat that names the bot."""
    return _mentioning(envelope("message", in_group(group), user=user, tenant=tenant), text) | changes


def with_mention_of(activity: Json, user: str, name: str) -> Json:
    """*activity*, a message, that names *user* too."""
    at = f"<at>{html.escape(name)}</at>"
    named = {"type": "mention", "mentioned": {"id": user, "name": name}, "text": at}
    return activity | {"text": f"{activity['text']} {at}", "entities": [named, *activity["entities"]]}


def edited(original: Json, text: str, **changes: Any) -> Json:
    """The sender of *original*, a message, has changed its text; the bot is still named where it was."""
    kept = _again(original, "messageUpdate", "editMessage")
    named, at, _ = original["text"].rpartition("</at>")
    return _written(kept, f"{named}{at} {text}" if at else text) | changes


def deleted(original: Json, **changes: Any) -> Json:
    """The sender of *original*, a message, has taken it back."""
    kept = _again(original, "messageDelete", "softDeleteMessage")
    for name in ("text", "attachments", "textFormat"):
        kept.pop(name, None)
    return kept | {"entities": [client()]} | changes


def undeleted(original: Json, **changes: Any) -> Json:
    """The sender of *original*, a message that was taken back, has restored it."""
    return _again(original, "messageUpdate", "undeleteMessage") | changes


def submitted(value: Any, *, reply_to: str, user: str = ids.ASKER, **changes: Any) -> Json:
    """Somebody has clicked an `Action.Submit` in the message *reply_to*: a message with a value and no text."""
    sent = message("", user=user) | {"value": value, "replyToId": reply_to}
    del sent["text"], sent["textFormat"], sent["attachments"]
    sent["channelData"] |= {"source": {"name": "message"}}
    return sent | changes


def from_bot(activity: Json, bot: str = "28:another-bot") -> Json:
    """*activity* as if another bot had sent it."""
    return activity | {"from": {"id": bot, "name": "Another bot", "role": "bot"}}


def from_guest(activity: Json) -> Json:
    """*activity* by a guest of the tenant: only `GET …/members/{id}` tells, and what clients say of the sender."""
    return activity | {"from": _sender(ids.GUEST) | {"userRole": "guest"}}


def from_stranger(activity: Json) -> Json:
    """*activity* by somebody of another tenant, in a chat or a shared channel of this one."""
    return activity | {"from": _sender(ids.STRANGER) | {"tenantId": ids.OTHER_TENANT}}


def _sender(user: str) -> Json:
    return {"id": user, "name": NAMES[user], "aadObjectId": ids.aad_of(user)}


def _written(sent: Json, text: str) -> Json:
    return sent | {"text": text, "textFormat": "plain", "attachments": [_shown(text)]}


def _shown(text: str) -> Json:
    return {"contentType": "text/html", "content": f"<p>{html.escape(text, quote=False)}</p>"}


def _mentioning(sent: Json, text: str) -> Json:
    at = f"<at>{ids.BOT_NAME}</at>"
    named = {"type": "mention", "mentioned": {"id": ids.BOT, "name": ids.BOT_NAME}, "text": at}
    return _written(sent, f"{at} {text}") | {"entities": [named, *sent["entities"]]}


def _again(original: Json, kind: str, event: str) -> Json:
    data = original["channelData"] | {"eventType": event}
    return original | {"type": kind, "timestamp": _stamp(time.time(), "Z"), "channelData": data}


def _stamp(now_s: float, zone: str) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now_s)) + f".{int(now_s * 1000) % 1000:03d}{zone}"
