"""Events as Slack sends them, ordinary ones: a test overrides what it is about.

Every builder gives the whole payload; keyword arguments named like a field of the inner event replace that field,
and `envelope` replaces fields around it. https://docs.slack.dev/apis/events-api
"""

import time
from typing import Any

import slack_ids as ids
from slack_payloads import Json


def event(inner: Json, *, team: str = ids.TEAM, enterprise: str = "", envelope: Json | None = None) -> Json:
    """The envelope around *inner*, with an event id of its own."""
    return {
        "token": "of-old-kind",
        "team_id": team,
        **({"enterprise_id": enterprise} if enterprise else {}),
        "context_team_id": team,
        "context_enterprise_id": enterprise or None,
        "api_app_id": ids.APP,
        "event": inner,
        "type": "event_callback",
        "event_id": ids.new_id("Ev"),
        "event_time": int(float(inner.get("event_ts") or time.time())),
        "authorizations": [
            {
                "enterprise_id": enterprise or None,
                "team_id": team,
                "user_id": ids.BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{ids.new_id('EC')}",
    } | (envelope or {})


def message(text: str = "do i lock the shed", **changes: Any) -> Json:
    """A question in a direct message: top level, or in a thread with `thread_ts`."""
    envelope = _around(changes)
    return event(_message(text, **changes), **envelope)


def mention(text: str = "do i lock the shed", **changes: Any) -> Json:
    """A question in a channel that names the app first; in a thread with `thread_ts`, edited with `edited`."""
    envelope = _around(changes)
    inner = _message(f"<@{ids.BOT_USER}> {text}", **{"channel": ids.CHANNEL, **changes})
    del inner["channel_type"]
    return event(inner | {"type": "app_mention"}, **envelope)


def edited(original: Json, text: str, **changes: Any) -> Json:
    """The sender of *original*, a message event, has changed its text."""
    before = original["event"]
    ts = ids.new_ts()
    kept = {name: value for name, value in before.items() if name not in {"channel", "channel_type", "event_ts"}}
    after = kept | {"text": text, "edited": {"user": before["user"], "ts": ts}, "blocks": rich(text)}
    inner = _hidden(before, ts, "message_changed") | {"message": after, "previous_message": kept}
    return event(inner | changes, team=original["team_id"])


def unfurled(original: Json, **changes: Any) -> Json:
    """Slack has changed *original* by itself: the same text, no `edited`, a link's preview attached."""
    before = original["event"]
    kept = {name: value for name, value in before.items() if name not in {"channel", "channel_type", "event_ts"}}
    after = kept | {"attachments": [{"id": 1, "from_url": "https://garden.example/", "fallback": "A garden"}]}
    inner = _hidden(before, ids.new_ts(), "message_changed") | {"message": after, "previous_message": kept}
    return event(inner | changes, team=original["team_id"])


def deleted(original: Json, **changes: Any) -> Json:
    """The sender of *original*, a message event, has deleted it."""
    before = original["event"]
    ts = ids.new_ts()
    kept = {name: value for name, value in before.items() if name not in {"channel", "channel_type", "event_ts"}}
    inner = _hidden(before, ts, "message_deleted") | {"deleted_ts": before["ts"], "previous_message": kept}
    return event(inner | changes, team=original["team_id"])


def bot_message(text: str = "the shed is open", **changes: Any) -> Json:
    """Another app has written into the direct message channel, without a user of its own."""
    envelope = _around(changes)
    inner = _message(text, **({"subtype": "bot_message", "bot_id": ids.new_id("B"), "username": "other app"} | changes))
    for name in ("user", "client_msg_id"):
        inner.pop(name, None)
    return event(inner, **envelope)


def own_message(text: str = "Lock the shed at night.", **changes: Any) -> Json:
    """Slack tells the app of its own answer, as it does in direct messages."""
    about = {"user": ids.BOT_USER, "bot_id": ids.BOT, "app_id": ids.APP, "channel": ids.dm_of(ids.ASKER)}
    profile = {"bot_profile": {"id": ids.BOT, "app_id": ids.APP, "name": "signpost", "team_id": ids.TEAM}}
    payload = message(text, **(about | profile | changes))
    del payload["event"]["client_msg_id"]
    return payload


def from_other_team(payload: Json, *, team: str = ids.OTHER_TEAM, user: str = "U0STRANGER") -> Json:
    """*payload*, an event in a channel that two organisations share, by somebody of the other one."""
    inner = payload["event"] | {"user": user, "user_team": team, "source_team": team, "team": team}
    return payload | {"event": inner, "is_ext_shared_channel": True}


def pane_opened(**changes: Any) -> Json:
    """`assistant_thread_started`: somebody has opened the older of the two panes."""
    return _pane("assistant_thread_started", changes)


def pane_moved(**changes: Any) -> Json:
    """`assistant_thread_context_changed`: the channel behind the open pane is another one."""
    return _pane("assistant_thread_context_changed", changes)


def home_opened(tab: str = "home", **changes: Any) -> Json:
    """`app_home_opened`; with the tab "messages" it opens the pane of an app that has `agent_view`."""
    envelope = _around(changes)
    user = changes.get("user", ids.ASKER)
    inner = {
        "type": "app_home_opened",
        "user": user,
        "channel": ids.dm_of(user),
        "tab": tab,
        "event_ts": ids.new_ts(),
    }
    return event(inner | changes, **envelope)


def uninstalled(**changes: Any) -> Json:
    """The app was removed from the workspace: there is no authorisation left."""
    envelope = _around(changes)
    payload = event({"type": "app_uninstalled", "event_ts": ids.new_ts()} | changes, **envelope)
    return payload | {"authorizations": []}


def tokens_revoked(bots: tuple[str, ...] = (ids.BOT_USER,), **changes: Any) -> Json:
    """The tokens of these bot users are of no use any more."""
    envelope = _around(changes)
    inner = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": list(bots)}, "event_ts": ids.new_ts()}
    return event(inner | changes, **envelope)


def url_verification(challenge: str = "a-challenge-of-the-tests") -> Json:
    """Slack asks whether the address is ours: the answer holds the challenge."""
    return {"token": "of-old-kind", "challenge": challenge, "type": "url_verification"}


def rich(text: str) -> list[Json]:
    """The blocks that Slack makes of what a person has typed."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": ids.new_id("b"), "elements": [section]}]


def _message(text: str, **changes: Any) -> Json:
    user = changes.get("user", ids.ASKER)
    channel = changes.get("channel", ids.dm_of(user))
    ts = changes.get("ts") or ids.new_ts()
    thread = {"parent_user_id": ids.BOT_USER} if "thread_ts" in changes else {}
    return {
        "type": "message",
        "user": user,
        "ts": ts,
        "client_msg_id": f"00000000-0000-4000-8000-{ts.replace('.', '')[-12:]}",
        "text": text,
        "team": ids.TEAM,
        "blocks": rich(text),
        "channel": channel,
        "channel_type": "im" if channel.startswith("D") else "channel",
        "event_ts": ts,
        **thread,
    } | changes


def _hidden(before: Json, ts: str, subtype: str) -> Json:
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": before["channel"],
        "channel_type": before.get("channel_type", "channel"),
        "ts": ts,
        "event_ts": ts,
    }


def _pane(kind: str, changes: Json) -> Json:
    envelope = _around(changes)
    user = changes.pop("user", ids.ASKER)
    thread = {
        "user_id": user,
        "context": {"channel_id": ids.CHANNEL, "team_id": ids.TEAM, "enterprise_id": None, "force_search": False},
        "channel_id": ids.dm_of(user),
        "thread_ts": changes.pop("thread_ts", None) or ids.new_ts(),
    }
    return event({"type": kind, "assistant_thread": thread | changes, "event_ts": ids.new_ts()}, **envelope)


def _around(changes: Json) -> Json:
    """What of *changes* is for the envelope, taken out of them."""
    names = {"workspace": "team", "enterprise": "enterprise", "envelope": "envelope"}
    return {names[name]: changes.pop(name) for name in list(changes) if name in names}
