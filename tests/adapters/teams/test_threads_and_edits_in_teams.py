"""In Teams conversations keep their context, and an answer follows its question when that is edited or deleted."""

from pathlib import Path

import pytest
import teams_activities as act
import teams_ids as ids
from teams_app import TeamsApp, serving, settings, shown
from teams_service import TeamsService

from bot import wording
from knowledge.library import Library

CHAT = ids.personal_of(ids.ASKER)
LOCKING = "Lock the shed at night"
PAINTING = "You may paint the shed green."
POND = "Ponds may hold fish."
CONCERN = "my boss screams at me daily"
ASKED_IN = {"personal chat": act.message, "channel": act.mention, "group chat": act.group_mention}


@pytest.mark.parametrize("place", ["personal chat", "group chat"])
async def test_a_follow_up_in_a_chat_leans_on_the_question_before_it(app: TeamsApp, service: TeamsService, place: str):
    await app.sends(ASKED_IN[place]("may i paint the shed green"))
    await service.posted()

    await app.sends(ASKED_IN[place]("and what about the owl?"))
    answers = await service.posted(2)

    assert PAINTING in shown(answers[1].card)


async def test_in_a_channel_a_follow_up_leans_on_its_thread_whoever_asks(app: TeamsApp, service: TeamsService):
    first = act.mention("do i lock the shed")
    await app.sends(first)
    await service.posted()

    await app.sends(act.mention("and what about the owl?", root=first["id"], user=ids.COLLEAGUE))
    answers = await service.posted(2)

    assert LOCKING in shown(answers[1].card)


async def test_a_new_post_in_a_channel_starts_anew(app: TeamsApp, service: TeamsService):
    await app.sends(act.mention("may i paint the shed green"))
    await service.posted()

    await app.sends(act.mention("and what about the owl?"))
    answers = await service.posted(2)

    assert wording.NOT_COVERED in shown(answers[1].card)


async def test_another_process_knows_what_a_chat_is_about_and_what_was_answered_since(
    service: TeamsService, sheds: Library, tmp_path: Path
):
    config = settings(service, tmp_path)
    async with serving(sheds, config, service) as one, serving(sheds, config, service) as other:
        await one.sends(act.message("do i lock the shed"))
        await service.posted()
        await other.sends(act.message("may i paint the shed green"))
        await service.posted(2)
        await other.ends()

        await one.sends(act.message("and what about the owl?"))
        answers = await service.posted(3)

    assert PAINTING in shown(answers[2].card)


@pytest.mark.parametrize("place", ASKED_IN)
async def test_an_edited_question_has_its_answer_changed_in_place(app: TeamsApp, service: TeamsService, place: str):
    question = ASKED_IN[place]("do i lock the shed")
    await app.sends(question)
    [answer] = await service.posted()

    await app.sends(act.edited(question, "may i paint the shed green"))
    await service.called("update")
    await app.ends()

    [changed] = service.messages()
    assert (changed.id, LOCKING in shown(answer.card)) == (answer.id, True)
    assert shown(changed.card).splitlines()[1] == "Painting the shed"


async def test_a_question_edited_twice_ends_with_the_last_answer(app: TeamsApp, service: TeamsService):
    question = act.message("do i lock the shed")
    await app.sends(question)
    await service.posted()

    await app.sends(act.edited(question, "may i paint the shed green"))
    await app.sends(act.edited(question, "can i put goldfish in the pond"))
    await app.ends()

    [answer] = service.messages()
    assert POND in shown(answer.card)


async def test_an_edit_that_overtakes_its_question_leaves_one_answer(app: TeamsApp, service: TeamsService):
    question = act.message("do i lock the shed")
    hung = service.faults.hang("member")
    await app.sends(question)
    await service.caught(hung)

    await app.sends(act.edited(question, "may i paint the shed green"))
    await service.posted()
    hung.release()
    await app.ends()

    [answer] = service.messages()
    assert "Painting the shed" in shown(answer.card)


async def test_an_edit_while_the_answer_is_on_its_way_changes_that_answer(app: TeamsApp, service: TeamsService):
    question = act.message("do i lock the shed")
    hung = service.faults.hang("send", after=True)
    await app.sends(question)
    await service.caught(hung)

    await app.sends(act.edited(question, "may i paint the shed green"))
    hung.release()
    await app.ends()

    [answer] = service.messages()
    assert "Painting the shed" in shown(answer.card)


async def test_an_edit_is_seen_by_another_process(service: TeamsService, sheds: Library, tmp_path: Path):
    config = settings(service, tmp_path)
    question = act.message("do i lock the shed")
    async with serving(sheds, config, service) as one, serving(sheds, config, service) as other:
        await one.sends(question)
        await service.posted()
        await one.ends()

        await other.sends(act.edited(question, "may i paint the shed green"))
        await service.called("update")

    [answer] = service.messages()
    assert "Painting the shed" in shown(answer.card)


async def test_an_edit_of_a_question_whose_answer_somebody_has_deleted_is_answered_anew(
    app: TeamsApp, service: TeamsService
):
    question = act.mention("do i lock the shed")
    await app.sends(question)
    [answer] = await service.posted()
    del service.world.standing[answer.place][answer.id]

    await app.sends(act.edited(question, "may i paint the shed green"))
    await app.ends()

    [anew] = service.messages()
    assert (anew.reply_to, "Painting the shed" in shown(anew.card)) == (question["id"], True)


@pytest.mark.parametrize("ask", [act.mention, act.group_mention])
async def test_a_public_question_edited_into_a_concern_has_its_answer_taken_back_and_is_answered_in_private(
    app: TeamsApp, service: TeamsService, ask
):
    question = ask("do i lock the shed")
    await app.sends(question)
    [public] = await service.posted()

    await app.sends(act.edited(question, CONCERN))
    await app.ends()

    answer, line = service.messages()
    assert [message.id for message in service.deleted] == [public.id]
    assert (answer.conversation, wording.SENSITIVE in shown(answer.card)) == (CHAT, True)
    assert (line.reply_to, line.text) == (question["id"], wording.ANSWERED_PRIVATELY)


async def test_where_there_is_no_personal_chat_an_edit_into_a_concern_leaves_only_the_line_that_says_how_to_ask(
    app: TeamsApp, service: TeamsService
):
    question = act.mention("do i lock the shed")
    await app.sends(question)
    await service.posted()
    service.world.users[ids.ASKER].has_bot = False

    await app.sends(act.edited(question, CONCERN))
    await app.ends()

    [line] = service.messages()
    assert line.text == wording.ASK_ME_PRIVATELY


async def test_a_concern_edited_into_an_ordinary_question_is_answered_in_the_channel_and_nowhere_else(
    app: TeamsApp, service: TeamsService
):
    question = act.mention(CONCERN)
    await app.sends(question)
    await service.posted(2)

    await app.sends(act.edited(question, "do i lock the shed"))
    await app.ends()

    [answer] = service.messages()
    assert (answer.reply_to, LOCKING in shown(answer.card)) == (question["id"], True)


async def test_a_concern_edited_into_another_is_answered_in_place_and_the_line_stays(
    app: TeamsApp, service: TeamsService
):
    question = act.mention(CONCERN)
    await app.sends(question)
    before = await service.posted(2)

    await app.sends(act.edited(question, "he has a knife in the shed"))
    await app.ends()

    answer, line = service.messages()
    assert [answer.id, line.id] == [message.id for message in before]
    assert wording.DANGER in shown(answer.card)
    assert line.text == wording.ANSWERED_PRIVATELY


@pytest.mark.parametrize("text", ["do i lock the shed", CONCERN])
@pytest.mark.parametrize("place", ASKED_IN)
async def test_what_answers_a_deleted_question_is_deleted(app: TeamsApp, service: TeamsService, place: str, text: str):
    question = ASKED_IN[place](text)
    await app.sends(question)
    await service.posted(2 if text == CONCERN and place != "personal chat" else 1)

    await app.sends(act.deleted(question))
    await app.ends()

    assert service.messages() == []


async def test_a_deletion_is_tried_again_until_teams_takes_it(app: TeamsApp, service: TeamsService):
    question = act.message("do i lock the shed")
    await app.sends(question)
    await service.posted()
    service.faults.fail("delete", 503, times=2)

    await app.sends(act.deleted(question))
    await service.until(lambda: len(service.deleted) == 1)

    assert service.messages() == []


async def test_a_question_deleted_before_it_is_answered_gets_no_answer(app: TeamsApp, service: TeamsService):
    question = act.message("do i lock the shed")
    hung = service.faults.hang("member")
    await app.sends(question)
    await service.caught(hung)

    await app.sends(act.deleted(question))
    hung.release()
    await app.ends()

    assert service.count("send") == 0


async def test_a_question_that_is_restored_is_answered_again_and_follows_its_edits(
    app: TeamsApp, service: TeamsService
):
    question = act.message("do i lock the shed")
    await app.sends(question)
    await service.posted()
    await app.sends(act.deleted(question))
    await service.called("delete")

    await app.sends(act.undeleted(question))
    [restored] = await service.posted()
    await app.sends(act.edited(question, "may i paint the shed green"))
    await app.ends()

    [answer] = service.messages()
    assert LOCKING in shown(restored.card)
    assert "Painting the shed" in shown(answer.card)


async def test_what_cannot_be_deleted_any_more_is_let_go(
    app: TeamsApp, service: TeamsService, caplog: pytest.LogCaptureFixture
):
    question = act.mention("do i lock the shed")
    await app.sends(question)
    await service.posted()
    service.world.uninstall(ids.CHANNEL)

    await app.sends(act.deleted(question))
    await service.called("delete")
    await app.ends()

    assert service.count("delete") == 1
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
