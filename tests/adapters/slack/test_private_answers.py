"""What concerns people is answered to the asker alone, whatever breaks; so is everything where that is the setting."""

import json

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from slack_app import SlackApp
from slack_service import SlackService

from bot import wording
from bot.recorded import record

DM = ids.dm_of(ids.ASKER)
CLAUSE = "Lock the shed at night"
PRIVATE = {
    "a concern": ("my boss screams at me daily", wording.SENSITIVE),
    "danger": ("he has a knife in the shed", wording.DANGER),
    "details of a person": ("943 476 5919 is locked in the shed", wording.IDENTIFIABLE),
}


@pytest.mark.parametrize("kind", PRIVATE)
async def test_a_mention_about_people_is_answered_by_direct_message(app: SlackApp, service: SlackService, kind: str):
    text, said = PRIVATE[kind]

    await app.sends(events.mention(text))
    [answer] = await service.posted()
    await app.ends()

    assert (answer.channel, answer.thread_ts) == (DM, "")
    assert said in answer.text
    assert text not in answer.text
    assert service.messages(ids.CHANNEL) == service.ephemerals == []


@pytest.mark.parametrize("kind", PRIVATE)
async def test_a_follow_up_about_people_leaves_the_thread_as_it_is(app: SlackApp, service: SlackService, kind: str):
    first = events.mention("do i lock the shed")
    await app.sends(first)
    await service.posted()

    await app.sends(events.mention(PRIVATE[kind][0], thread_ts=first["event"]["ts"]))
    await service.posted(channel=DM)
    await app.ends()

    assert len(service.messages(ids.CHANNEL)) == 1
    assert PRIVATE[kind][1] in service.messages(DM)[0].text


@pytest.mark.parametrize("kind", PRIVATE)
async def test_a_command_about_people_is_answered_to_the_asker_alone(app: SlackApp, service: SlackService, kind: str):
    await app.sends(interactions.command(PRIVATE[kind][0]))
    [answer] = await service.shown(ids.ASKER)

    assert PRIVATE[kind][1] in answer.text
    assert service.messages() == []


async def test_danger_comes_before_all_else(app: SlackApp, service: SlackService):
    await app.sends(events.mention("he has a knife in the shed"))
    [answer] = await service.posted()

    assert answer.text.startswith(wording.DANGER)
    assert wording.DANGER in str(answer.blocks[0])


async def test_a_concern_gets_people_to_go_to_and_nothing_that_counts_or_shares(app: SlackApp, service: SlackService):
    await app.sends(events.message("my boss screams at me daily"))
    [answer] = await service.posted()

    assert "• Human resources" in answer.text
    assert "• A Guardian" in answer.text
    assert "• Your union" in answer.text
    assert "signpost." not in str(answer.blocks)


async def test_where_no_private_way_is_left_a_private_answer_is_still_not_public(app: SlackApp, service: SlackService):
    await app.sends(interactions.command("do i lock the shed"))
    await service.shown(ids.ASKER)
    service.world.users[ids.ASKER].deleted = True  # no direct message arrives any more; the channel takes everything
    service.faults.refuse("chat.postEphemeral", "user_not_in_channel")
    service.faults.refuse("response_url", "expired_url")

    await app.sends(events.mention("my boss screams at me daily"))
    await app.sends(interactions.command("he has a knife in the shed"))
    await app.sends(interactions.shortcut("943 476 5919 is locked in the shed"))
    await app.ends()

    assert service.messages() == []
    assert len(service.ephemerals) == 1
    assert [call.args["channel"] for call in service.called_so_far("chat.postMessage")] == [ids.ASKER] * 3


async def test_where_every_private_way_is_refused_nobody_is_told_and_the_log_says_so_once(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture
):
    service.faults.refuse("chat.postMessage", "messages_tab_disabled")

    await app.sends(events.mention("my boss screams at me daily"))
    await service.called("chat.postMessage")
    await app.ends()

    [line] = [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert line == (
        "an answer reached nobody: Slack refused chat.postMessage: messages_tab_disabled: switch the Messages tab on "
        "in the app's settings, App Home"
    )
    assert service.messages() == service.ephemerals == []


async def test_a_private_answer_to_a_command_goes_by_direct_message_when_its_address_is_spent(
    app: SlackApp, service: SlackService
):
    service.faults.fail("response_url", 404)

    await app.sends(interactions.command("my boss screams at me daily"))
    [answer] = await service.posted()

    assert (answer.channel, wording.SENSITIVE in answer.text) == (DM, True)


@pytest.mark.parametrize("kind", PRIVATE)
async def test_not_even_a_button_made_for_it_shares_what_concerns_people(
    app: SlackApp, service: SlackService, kind: str
):
    await app.sends(interactions.command("do i lock the shed"))
    [answer] = await service.shown(ids.ASKER)
    share = interactions.action_in(answer.blocks, "signpost.share")
    recorded = json.dumps(record(app.bots["garden"].ask(PRIVATE[kind][0])))

    acknowledged = await app.sends(interactions.click(answer, share | {"value": recorded}))
    await app.ends()

    assert acknowledged.ok
    assert service.messages() == []


async def test_an_answer_that_the_library_no_longer_gives_is_not_shared(app: SlackApp, service: SlackService):
    await app.sends(interactions.command("do i lock the shed"))
    [answer] = await service.shown(ids.ASKER)
    share = interactions.action_in(answer.blocks, "signpost.share")

    await app.sends(interactions.click(answer, share | {"value": share["value"].replace("own/1", "own/9")}))
    said = (await service.shown(ids.ASKER, 2))[1]

    assert said.text == wording.ASK_AGAIN
    assert service.messages() == []


async def test_where_answers_are_private_a_mention_is_answered_to_the_asker_alone(
    private_app: SlackApp, service: SlackService
):
    await private_app.sends(events.mention("do i lock the shed"))
    [answer] = await service.shown(ids.ASKER)
    await private_app.ends()

    assert (answer.channel, CLAUSE in answer.text) == (ids.CHANNEL, True)
    assert service.messages() == []


async def test_a_private_answer_to_a_message_that_begins_no_thread_stands_in_the_channel(
    private_app: SlackApp, service: SlackService
):
    await private_app.sends(events.mention("do i lock the shed"))
    [answer] = await service.shown(ids.ASKER)

    # In a thread in which nobody has written Slack would not show it.
    assert answer.thread_ts == ""


async def test_a_private_answer_in_a_thread_stands_in_that_thread(private_app: SlackApp, service: SlackService):
    await private_app.sends(events.mention("do i lock the shed", thread_ts="1790000000.000001"))
    [answer] = await service.shown(ids.ASKER)

    assert answer.thread_ts == "1790000000.000001"


@pytest.mark.parametrize("kind", PRIVATE)
async def test_where_answers_are_private_what_concerns_people_goes_by_direct_message(
    private_app: SlackApp, service: SlackService, kind: str
):
    await private_app.sends(events.mention(PRIVATE[kind][0]))
    [answer] = await service.posted()

    assert (answer.channel, PRIVATE[kind][1] in answer.text) == (DM, True)


async def test_a_private_answer_that_slack_does_not_show_in_the_channel_goes_by_direct_message(
    private_app: SlackApp, service: SlackService
):
    elsewhere = service.world.add_channel(members=(ids.BOT_USER,))

    await private_app.sends(events.mention("do i lock the shed", channel=elsewhere.id))
    [answer] = await service.posted()

    assert (answer.channel, CLAUSE in answer.text) == (DM, True)


async def test_where_answers_are_private_a_pick_is_answered_in_place(private_app: SlackApp, service: SlackService):
    await private_app.sends(events.mention("what about the pond"))
    [choices] = await service.shown(ids.ASKER)

    await private_app.clicks(choices, "signpost.choose.3")
    await service.until(lambda: choices.edits == 1)

    assert CLAUSE in choices.text
    assert service.messages() == []
