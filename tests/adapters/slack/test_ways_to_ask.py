"""Every way to ask in Slack gets the clause: in a message, in a channel, by command, by shortcut."""

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from slack_app import SlackApp
from slack_service import SlackService

from bot import wording

DM = ids.dm_of(ids.ASKER)
CLAUSE = "Lock the shed at night, unless the owl is inside."


async def test_a_direct_message_is_answered_by_one_message_in_its_thread(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")

    acknowledged = await app.sends(question)
    [answer] = await service.posted()

    assert acknowledged.ok
    assert (answer.channel, answer.thread_ts) == (DM, question["event"]["ts"])
    assert len(service.called_so_far("chat.postMessage")) == 1


async def test_the_text_holds_the_clause_its_exception_and_its_citation(app: SlackApp, service: SlackService):
    await app.sends(events.message("do i lock the shed"))
    [answer] = await service.posted()

    assert f"You must (Your employer's policy):\n{CLAUSE}" in answer.text
    assert "Exception: “unless the owl is inside”." in answer.text
    assert "Shed policy (The Garden Trust), Sheds: Locking: 1. Edition 1, effective January 2020." in answer.text
    assert "Review due by January 2030." in answer.text
    assert "• The communications team: No contact is set." in answer.text
    assert wording.EMPLOYER_READS in answer.text


async def test_nothing_in_an_answer_unfolds_or_pings(app: SlackApp, service: SlackService):
    await app.sends(events.message("do i lock the shed <https://shed.example|today> <@U0KEEPER01> <!channel>"))
    [answer] = await service.posted()

    assert (answer.args["unfurl_links"], answer.args["unfurl_media"], answer.args["parse"]) == (False, False, "none")
    assert "<" not in answer.text


async def test_a_mention_in_a_channel_is_answered_below_it(app: SlackApp, service: SlackService):
    question = events.mention("do i lock the shed")

    await app.sends(question)
    [answer] = await service.posted()

    assert (answer.channel, answer.thread_ts) == (ids.CHANNEL, question["event"]["ts"])
    assert CLAUSE in answer.text


async def test_a_mention_in_a_thread_is_answered_in_that_thread(app: SlackApp, service: SlackService):
    await app.sends(events.mention("do i lock the shed", thread_ts="1790000000.000001"))
    [answer] = await service.posted()

    assert (answer.channel, answer.thread_ts) == (ids.CHANNEL, "1790000000.000001")


async def test_a_mention_with_nothing_beside_it_gets_help(app: SlackApp, service: SlackService):
    await app.sends(events.mention(""))
    [answer] = await service.posted()

    assert wording.HELP in answer.text


async def test_a_file_with_words_beside_it_is_answered_by_its_words(app: SlackApp, service: SlackService):
    await app.sends(events.message("do i lock the shed", subtype="file_share", files=[{"id": "F0PICTURE1"}]))
    [answer] = await service.posted()

    assert CLAUSE in answer.text


async def test_a_command_is_answered_to_the_asker_alone(app: SlackApp, service: SlackService):
    acknowledged = await app.sends(interactions.command("do i lock the shed"))
    [answer] = await service.shown(ids.ASKER)

    assert (acknowledged.ok, acknowledged.body) == (True, "")
    assert answer.channel == ids.CHANNEL
    assert CLAUSE in answer.text
    assert service.messages() == []


@pytest.mark.parametrize("text", ["", "   ", "hello"])
async def test_a_command_without_a_question_says_how_to_ask(app: SlackApp, service: SlackService, text: str):
    await app.sends(interactions.command(text))
    [answer] = await service.shown(ids.ASKER)

    assert wording.HELP in answer.text
    assert "signpost.share" not in str(answer.blocks)


async def test_a_command_works_where_the_app_is_no_member(app: SlackApp, service: SlackService):
    elsewhere = service.world.add_channel(members=(ids.ASKER,), is_private=True)

    await app.sends(interactions.command(channel_id=elsewhere.id))
    [answer] = await service.shown(ids.ASKER)

    assert (answer.channel, CLAUSE in answer.text) == (elsewhere.id, True)


async def test_the_shortcut_answers_what_a_colleague_has_written_in_private(app: SlackApp, service: SlackService):
    await app.sends(interactions.shortcut("who locks the shed door?"))
    [answer] = await service.shown(ids.ASKER)

    assert CLAUSE in answer.text
    assert "signpost.share" not in str(answer.blocks)
    assert service.messages() == []


async def test_the_shortcut_on_a_message_without_words_says_how_to_ask(app: SlackApp, service: SlackService):
    await app.sends(interactions.shortcut(""))
    [answer] = await service.shown(ids.ASKER)

    assert wording.HELP in answer.text


async def test_an_answer_to_a_command_can_be_shared_with_the_channel(app: SlackApp, service: SlackService):
    await app.sends(interactions.command("do i lock the shed"))
    [private] = await service.shown(ids.ASKER)

    await app.clicks(private, "signpost.share")
    [public] = await service.posted(channel=ids.CHANNEL)

    who = public.blocks[0]["elements"][0]["elements"]
    assert [one.get("text") or one["user_id"] for one in who] == [wording.SHARED_BY, ids.ASKER]
    assert CLAUSE in public.text
    assert "signpost.share" not in str(public.blocks)
    assert len(service.ephemerals) == 1


async def test_an_answer_too_old_to_be_shared_says_so_to_the_one_who_clicked(app: SlackApp, service: SlackService):
    await app.sends(interactions.command("do i lock the shed"))
    [private] = await service.shown(ids.ASKER)
    fault = service.faults.fail("response_url", 404)

    await app.clicks(private, "signpost.share")
    await service.caught(fault)
    await service.called("views.open")

    assert wording.SHARE_AGAIN in str(service.views[0].shape)
    assert service.messages() == []


@pytest.mark.parametrize("text", ["my boss screams at me daily", "943 476 5919 is locked in the shed", "hello"])
async def test_what_concerns_people_is_never_offered_for_sharing(app: SlackApp, service: SlackService, text: str):
    await app.sends(interactions.command(text))
    [answer] = await service.shown(ids.ASKER)

    assert "signpost.share" not in str(answer.blocks)


async def test_situations_picked_in_private_are_answered_in_place_and_can_be_shared(
    app: SlackApp, service: SlackService
):
    await app.sends(interactions.command("what about the pond"))
    [choices] = await service.shown(ids.ASKER)

    await app.clicks(choices, "signpost.choose.3")
    await service.until(lambda: choices.edits == 1)

    assert CLAUSE in choices.text
    assert "signpost.share" in str(choices.blocks)
    assert service.messages() == []


IGNORED = {
    "another bot's": events.bot_message(),
    "our own": events.own_message(),
    "our own, changed": events.edited(events.own_message(), "Lock it."),
    "our own, deleted": events.deleted(events.own_message()),
    "the workspace's robot's": events.message(user="USLACKBOT", channel=DM),
    "hidden": events.message(hidden=True),
    "a change of topic": events.message(subtype="channel_topic"),
    "a reminder": events.message(subtype="reminder_add"),
    "a root of the older pane": events.message(subtype="assistant_app_thread"),
    "one without words": events.message(""),
    "in a channel, without a mention": events.message(channel=ids.CHANNEL),
    "a bot's mention": events.mention(bot_id="B0OTHER001"),
}


@pytest.mark.parametrize("whose", IGNORED)
async def test_what_nobody_asked_is_acknowledged_and_not_answered(app: SlackApp, service: SlackService, whose: str):
    acknowledged = await app.sends(IGNORED[whose])
    await app.sends(events.message("do i lock the shed"))
    await service.posted()

    assert acknowledged.status == 200
    assert len(service.called_so_far("chat.postMessage")) == 1


async def test_too_many_questions_are_refused_once_and_politely(app: SlackApp, service: SlackService):
    for number in range(24):
        await app.sends(interactions.command(f"do i lock shed {number}"))
    answers = await service.shown(ids.ASKER, 21)

    assert [answer.text for answer in answers].count(wording.TOO_MANY) == 1
    assert len(answers) == 21
