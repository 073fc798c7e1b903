"""The activities of the tests have the shape that the Bot Framework's own schema reads."""

import json
from collections.abc import Callable

import pytest
import teams_activities as activities
import teams_events as events
import teams_ids as ids
import teams_invokes as invokes
from botbuilder.core import TurnContext
from botbuilder.schema import Activity
from teams_ids import Json

ROOT = "1795000000000"
QUESTION = activities.mention("may i post it")
ALL: dict[str, Callable[[], Json]] = {
    "personal": activities.message,
    "channel": activities.mention,
    "thread": lambda: activities.mention(root=ROOT),
    "group": activities.group_mention,
    "edited": lambda: activities.edited(QUESTION, "may they"),
    "deleted": lambda: activities.deleted(QUESTION),
    "undeleted": lambda: activities.undeleted(QUESTION),
    "submitted": lambda: activities.submitted({"signpost": {}}, reply_to=ROOT),
    "bot": lambda: activities.from_bot(activities.message()),
    "guest": lambda: activities.from_guest(activities.mention()),
    "stranger": lambda: activities.from_stranger(activities.mention()),
    "joined": events.joined,
    "joined a channel": lambda: events.joined(ids.COLLEAGUE, place=activities.in_channel()),
    "left": lambda: events.left(place=activities.in_group()),
    "renamed": events.channel_renamed,
    "installed": lambda: events.installed(place=activities.in_channel()),
    "removed": events.removed,
    "reacted": lambda: events.reacted(to=ROOT),
    "reaction taken back": lambda: events.reacted(to=ROOT, taken_back=True),
    "typing": events.typing,
    "event": events.event,
    "handoff": events.handoff,
    "executed": lambda: invokes.executed("section", {"signpost": {}}, reply_to=ROOT),
    "refreshed": invokes.refreshed,
    "queried": invokes.queried,
    "opened the search": lambda: invokes.queried(None),
    "fetched": invokes.fetched,
    "submitted task": invokes.submitted_task,
    "judged": invokes.judged,
    "dialog": invokes.dialog,
    "dialog sent": invokes.dialog_sent,
    **{name: lambda name=name: invokes.invoke(name) for name in invokes.NEVER_HEARD_OF},
}


@pytest.mark.parametrize("name", ALL)
def test_every_activity_is_read_and_says_who_where_and_for_whom(name: str):
    told = ALL[name]()

    read = Activity().deserialize(json.loads(json.dumps(told)))

    assert (read.type, read.id, read.channel_id) == (told["type"], told["id"], "msteams")
    assert read.timestamp is not None
    assert (read.from_property.id, read.recipient.id) == (told["from"]["id"], ids.BOT)
    assert told["conversation"]["tenantId"] == told["channelData"]["tenant"]["id"] == ids.TENANT
    assert read.service_url == ids.SERVICE_URL


@pytest.mark.parametrize("build", [activities.mention, activities.group_mention])
def test_a_mention_of_the_bot_is_found_and_taken_off(build: Callable[[str], Json]):
    read = Activity().deserialize(build("may i post it"))

    assert TurnContext.remove_recipient_mention(read).strip() == "may i post it"


def test_no_two_activities_share_an_id():
    found = [build()["id"] for name, build in ALL.items() if "edited" not in name and "deleted" not in name]

    assert len(set(found)) == len(found)


def test_a_new_post_opens_a_thread_of_its_own_and_a_reply_stays_in_it():
    post = activities.mention()
    reply = activities.mention(root=post["id"])

    assert post["conversation"]["id"] == reply["conversation"]["id"] == f"{ids.CHANNEL};messageid={post['id']}"
    assert ("replyToId" in post, reply["replyToId"]) == (False, post["id"])


def test_an_edited_question_keeps_its_id_and_the_mention():
    after = activities.edited(QUESTION, "may they post it")

    assert (after["id"], after["conversation"]) == (QUESTION["id"], QUESTION["conversation"])
    assert (after["type"], after["channelData"]["eventType"]) == ("messageUpdate", "editMessage")
    assert after["text"] == "<at>Signpost</at> may they post it"


def test_a_question_taken_back_says_nothing_any_more():
    after = activities.deleted(QUESTION)

    assert (after["id"], after["channelData"]["eventType"]) == (QUESTION["id"], "softDeleteMessage")
    assert "may i post it" not in json.dumps(after)


def test_a_form_comes_as_text_or_as_an_object():
    as_text = invokes.judged("dislike", "wrong clause")["value"]["actionValue"]
    as_object = invokes.judged("dislike", "wrong clause", as_object=True)["value"]["actionValue"]

    assert json.loads(as_text["feedback"]) == as_object["feedback"] == {"feedbackText": "wrong clause"}


def test_fields_can_be_replaced():
    changed = invokes.executed("section", locale="cy-GB", replyToId="7")

    assert (changed["locale"], changed["replyToId"]) == ("cy-GB", "7")


def test_malformed_invokes_are_json_and_many():
    found = [json.loads(json.dumps(one)) for one in invokes.malformed()]

    assert len(found) > 15
    assert {one["type"] for one in found} == {"invoke"}
