"""Threads keep their context, and an answer follows its question when that is edited or deleted."""

from pathlib import Path

import slack_events as events
import slack_ids as ids
from slack_app import HTTP, SlackApp, serving, settings
from slack_service import SlackService

from bot import wording
from bot.model import Outcome
from knowledge.library import Library

DM = ids.dm_of(ids.ASKER)
LOCKING = "Lock the shed at night"
PAINTING = "You may paint the shed green."
POND = "Ponds may hold fish."


async def test_a_follow_up_in_a_thread_leans_on_the_question_before_it(app: SlackApp, service: SlackService):
    first = events.message("may i paint the shed green")
    await app.sends(first)
    await service.posted()

    await app.sends(events.message("and what about the owl?", thread_ts=first["event"]["ts"]))
    answers = await service.posted(2)

    assert PAINTING in answers[1].text
    assert answers[1].thread_ts == first["event"]["ts"]


async def test_in_a_channel_a_follow_up_leans_on_the_thread_whoever_asks(app: SlackApp, service: SlackService):
    first = events.mention("do i lock the shed")
    await app.sends(first)
    await service.posted()

    await app.sends(events.mention("and what about the owl?", user=ids.COLLEAGUE, thread_ts=first["event"]["ts"]))
    answers = await service.posted(2)

    assert LOCKING in answers[1].text


async def test_another_process_knows_what_the_thread_is_about(service: SlackService, sheds: Library, tmp_path: Path):
    config = settings(service, tmp_path, HTTP)
    first = events.message("may i paint the shed green")
    async with serving(sheds, config, service) as one, serving(sheds, config, service) as other:
        await one.sends(first)
        await service.posted()
        await one.ends()

        await other.sends(events.message("and what about the owl?", thread_ts=first["event"]["ts"]))
        answers = await service.posted(2)

    assert PAINTING in answers[1].text


async def test_after_a_concern_no_process_leans_on_what_the_thread_was_about_before(
    service: SlackService, sheds: Library, tmp_path: Path
):
    config = settings(service, tmp_path, HTTP)
    first = events.message("may i paint the shed green")
    root = first["event"]["ts"]
    async with serving(sheds, config, service) as one, serving(sheds, config, service) as other:
        await one.sends(first)
        await service.posted()
        await one.sends(events.message("my boss screams at me daily", thread_ts=root))
        await service.posted(2)
        await one.ends()

        await other.sends(events.message("and what about the owl?", thread_ts=root))
        answers = await service.posted(3)

    assert wording.SENSITIVE in answers[1].text
    assert PAINTING not in answers[2].text


async def test_what_another_process_answered_since_counts_for_more(
    service: SlackService, sheds: Library, tmp_path: Path
):
    config = settings(service, tmp_path, HTTP)
    root = events.mention("do i lock the shed")
    thread = root["event"]["ts"]
    async with serving(sheds, config, service) as one, serving(sheds, config, service) as other:
        await one.sends(root)
        await service.posted()
        await other.sends(events.mention("may i paint the shed green", thread_ts=thread))
        await service.posted(2)
        await other.ends()

        await one.sends(events.mention("and what about the owl?", thread_ts=thread))
        answers = await service.posted(3)

    assert PAINTING in answers[2].text


async def test_a_new_message_starts_anew(app: SlackApp, service: SlackService):
    await app.sends(events.message("may i paint the shed green"))
    await service.posted()

    await app.sends(events.message("and what about the owl?"))
    answers = await service.posted(2)

    assert answers[1].text.startswith(wording.OUTCOMES[Outcome.NOT_COVERED])


async def test_a_thread_knows_nothing_of_a_thread_elsewhere(app: SlackApp, service: SlackService):
    other = service.world.add_channel(members=(ids.ASKER, ids.BOT_USER))
    first = events.mention("may i paint the shed green")
    await app.sends(first)
    await service.posted()

    await app.sends(events.mention("and what about the owl?", channel=other.id, thread_ts=first["event"]["ts"]))
    [answer] = await service.posted(channel=other.id)

    assert PAINTING not in answer.text


async def test_an_edited_question_has_its_answer_changed_in_place(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")
    await app.sends(question)
    [answer] = await service.posted()
    assert LOCKING in answer.text

    await app.sends(events.edited(question, "may i paint the shed green"))
    await service.until(lambda: answer.edits == 1)

    assert PAINTING in answer.text
    assert [message.ts for message in service.messages()] == [answer.ts]


async def test_a_question_edited_twice_ends_with_the_last_answer(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")
    await app.sends(question)
    [answer] = await service.posted()

    await app.sends(events.edited(question, "may i paint the shed green"))
    await app.sends(events.edited(question, "can i put goldfish in the pond"))
    await service.until(lambda: POND in answer.text)

    assert len(service.messages()) == 1


async def test_an_edit_that_overtakes_its_question_leaves_one_answer(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")
    hung = service.faults.hang("users.info")
    await app.sends(question)
    await service.caught(hung)

    await app.sends(events.edited(question, "may i paint the shed green"))
    await service.posted()
    hung.release()
    await app.ends()

    [answer] = service.messages()
    assert PAINTING in answer.text


async def test_an_edit_while_the_answer_is_on_its_way_changes_that_answer(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")
    hung = service.faults.hang("chat.postMessage", after=True)
    await app.sends(question)
    await service.caught(hung)

    await app.sends(events.edited(question, "may i paint the shed green"))
    hung.release()
    await app.ends()

    [answer] = service.messages()
    assert PAINTING in answer.text


async def test_an_edited_mention_has_its_answer_changed_in_place(app: SlackApp, service: SlackService):
    question = events.mention("do i lock the shed")
    await app.sends(question)
    [answer] = await service.posted()

    await app.sends(edited_mention(question, "may i paint the shed green"))
    await service.until(lambda: answer.edits == 1)

    assert PAINTING in answer.text
    assert len(service.messages()) == 1


async def test_an_edit_is_seen_by_another_process(service: SlackService, sheds: Library, tmp_path: Path):
    config = settings(service, tmp_path, HTTP)
    question = events.message("do i lock the shed")
    async with serving(sheds, config, service) as one, serving(sheds, config, service) as other:
        await one.sends(question)
        [answer] = await service.posted()
        await one.ends()

        await other.sends(events.edited(question, "may i paint the shed green"))
        await service.until(lambda: answer.edits == 1)

    assert PAINTING in answer.text


async def test_a_public_question_edited_into_a_concern_has_its_answer_taken_back_and_given_in_private(
    app: SlackApp, service: SlackService
):
    question = events.mention("do i lock the shed")
    await app.sends(question)
    await service.posted()

    await app.sends(edited_mention(question, "my boss screams at me daily"))
    [answer] = await service.posted(channel=DM)
    await app.ends()

    assert wording.SENSITIVE in answer.text
    assert service.messages(ids.CHANNEL) == []


async def test_a_concern_edited_into_an_ordinary_question_is_answered_in_the_channel(
    app: SlackApp, service: SlackService
):
    question = events.mention("my boss screams at me daily")
    await app.sends(question)
    await service.posted(channel=DM)

    await app.sends(edited_mention(question, "do i lock the shed"))
    [answer] = await service.posted(channel=ids.CHANNEL)
    await app.ends()

    assert (LOCKING in answer.text, answer.thread_ts) == (True, question["event"]["ts"])
    assert service.messages(DM) == []


async def test_a_link_that_unfolds_is_no_edit(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")
    await app.sends(question)
    [answer] = await service.posted()

    await app.sends(events.unfurled(question))
    await app.sends(events.edited(question, question["event"]["text"]))
    await app.ends()

    assert (answer.edits, len(service.messages())) == (0, 1)


async def test_the_answer_to_a_deleted_question_is_deleted(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")
    await app.sends(question)
    [answer] = await service.posted()

    await app.sends(events.deleted(question))
    await service.until(lambda: answer.deleted)

    assert service.messages() == []


async def test_the_answer_is_deleted_when_slack_leaves_a_gravestone_for_its_question(
    app: SlackApp, service: SlackService
):
    question = events.message("do i lock the shed")
    await app.sends(question)
    [answer] = await service.posted()

    await app.sends(gravestone(question))
    await service.until(lambda: answer.deleted)

    assert len(service.called_so_far("chat.postMessage")) == 1


async def test_a_deletion_is_tried_again_until_slack_takes_it(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")
    await app.sends(question)
    [answer] = await service.posted()
    service.faults.fail("chat.delete", 503, times=2)

    await app.sends(events.deleted(question))
    await service.until(lambda: answer.deleted)

    assert service.messages() == []


async def test_a_question_deleted_before_it_is_answered_gets_no_answer(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")
    hung = service.faults.hang("users.info")
    await app.sends(question)
    await service.caught(hung)

    await app.sends(events.deleted(question))
    hung.release()
    await app.ends()

    assert service.called_so_far("chat.postMessage") == []


def edited_mention(question: dict, text: str) -> dict:
    """The asker of *question*, in a channel, has changed it; Slack sends the mention again."""
    edit = {"user": ids.ASKER, "ts": ids.new_ts()}
    return events.mention(text, ts=question["event"]["ts"], edited=edit)


def gravestone(question: dict) -> dict:
    """What Slack sends when somebody deletes a message that has replies."""
    payload = events.edited(question, "This message was deleted.")
    stone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True}
    message = stone | {"ts": question["event"]["ts"], "thread_ts": question["event"]["ts"], "text": "Deleted."}
    payload["event"]["message"] = message
    return payload
