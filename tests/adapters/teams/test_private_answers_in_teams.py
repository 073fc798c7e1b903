"""In Teams what concerns people is answered in the asker's own chat, whatever breaks; so is all where that is set."""

import pytest
import teams_activities as act
import teams_events as events
import teams_ids as ids
import teams_invokes as invokes
from teams_app import TeamsApp, card_of, said, shown
from teams_connector import ERRORS
from teams_ids import Json
from teams_service import TeamsService

from adapters import actions
from bot import wording

CHAT = ids.personal_of(ids.ASKER)
CLAUSE, CONCERN = "Lock the shed at night", "my boss screams at me daily"
PRIVATE = {
    "a concern": (CONCERN, wording.SENSITIVE),
    "danger": ("he has a knife in the shed", wording.DANGER),
    "details of a person": ("943 476 5919 is locked in the shed", wording.IDENTIFIABLE),
}
PLACES = {"channel": act.mention, "thread": lambda text: act.mention(text, root="1790000000001")}
PLACES |= {"group chat": act.group_mention}


def in_public(service: TeamsService) -> list[str]:
    """What was ever sent or shown where more than one person reads."""
    changed = [*service.sent, *service.updated]
    return [str(message.activity) for message in changed if not message.conversation.startswith("a:1personal-")]


def is_neutral(activities: list[str]) -> bool:
    """Whether these say no more than where the answer is, or how to get one."""
    return all(wording.ANSWERED_PRIVATELY in each or wording.ASK_ME_PRIVATELY in each for each in activities)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", PRIVATE)
async def test_what_concerns_people_is_answered_in_the_personal_chat_with_a_neutral_line_below_the_question(
    app: TeamsApp, service: TeamsService, kind: str, place: str
):
    text, expected = PRIVATE[kind]
    question = PLACES[place](text)

    await app.sends(question)
    answer, line = await service.posted(2)

    assert answer.conversation == CHAT
    assert expected in shown(answer.card)
    assert text not in str(answer.activity)
    assert (line.conversation, line.reply_to) == (question["conversation"]["id"], question["id"])
    assert (line.text, line.card) == (wording.ANSWERED_PRIVATELY, None)


@pytest.mark.parametrize("kind", PRIVATE)
async def test_in_the_personal_chat_there_is_only_the_answer(app: TeamsApp, service: TeamsService, kind: str):
    text, expected = PRIVATE[kind]

    await app.sends(act.message(text))
    [answer] = await service.posted()
    await app.ends()

    assert expected in shown(answer.card)
    assert (answer.conversation, service.count("send"), service.created) == (CHAT, 1, [])


async def test_danger_comes_before_all_else(app: TeamsApp, service: TeamsService):
    await app.sends(act.mention("he has a knife in the shed"))
    answer, _ = await service.posted(2)

    assert shown(answer.card).startswith(wording.DANGER)
    assert answer.summary.startswith(wording.DANGER)
    assert answer.card["fallbackText"].startswith(wording.DANGER)


async def test_a_concern_gets_people_to_go_to_and_nothing_to_click(app: TeamsApp, service: TeamsService):
    await app.sends(act.message(CONCERN))
    [answer] = await service.posted()

    lines = shown(answer.card)
    assert all(name in lines for name in ("Human resources: ", "A Guardian: ", "Your union: "))
    assert "Action." not in str(answer.card)
    assert "refresh" not in answer.card


async def test_a_concern_is_asked_nothing_back_and_followed_by_nothing(app: TeamsApp, service: TeamsService):
    await app.sends(act.message(CONCERN))
    [concern] = await service.posted()
    await app.sends(act.message("and what about the owl?"))
    await service.posted(2)
    await app.ends()

    assert "?" not in shown(concern.card)
    assert wording.NOT_COVERED in shown(service.messages()[1].card)
    assert (service.count("send"), service.created) == (2, [])


@pytest.mark.parametrize("place", PLACES)
async def test_where_the_app_is_not_installed_for_the_asker_the_line_says_how_to_ask(
    app: TeamsApp, service: TeamsService, place: str, caplog: pytest.LogCaptureFixture
):
    service.world.users[ids.ASKER].has_bot = False

    await app.sends(PLACES[place](CONCERN))
    [line] = await service.posted()
    await app.ends()

    assert (line.text, line.card) == (wording.ASK_ME_PRIVATELY, None)
    assert service.count("send") == 1
    [logged] = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "install it for all" in logged


@pytest.mark.parametrize("call", ["create", "send"])
async def test_whatever_teams_refuses_nothing_private_is_ever_public(app: TeamsApp, service: TeamsService, call: str):
    for error in sorted(name for name, (status, _) in ERRORS.items() if status < 412):
        refused = service.faults.refuse(call, error, times=1)
        newcomer = service.world.add_user().id
        await app.sends(act.group_mention(CONCERN, user=newcomer, group=f"19:{error}@thread.v2"))
        await service.caught(refused)
    await app.ends()

    assert is_neutral(in_public(service))


@pytest.mark.parametrize("call", ["create", "send", "member"])
async def test_with_every_call_broken_in_every_way_nothing_private_is_ever_public(
    app: TeamsApp, service: TeamsService, call: str
):
    service.faults.drop(call)
    service.faults.fail(call, 502)
    service.faults.fail(call, 500, after=True)
    service.faults.refuse(call, "PreconditionFailed", times=1)
    service.garbled["create"] = b"[7"

    for text, _ in PRIVATE.values():
        await app.sends(act.mention(text))
    await app.ends()

    assert is_neutral(in_public(service))


async def test_what_can_be_said_only_in_the_channel_is_tried_until_it_is_said(app: TeamsApp, service: TeamsService):
    service.world.users[ids.ASKER].has_bot = False
    service.faults.fail("send", 503, times=2)

    await app.sends(act.mention(CONCERN))
    [line] = await service.posted()

    assert line.text == wording.ASK_ME_PRIVATELY


async def test_an_answer_that_arrived_is_not_sent_again_because_the_channel_could_not_be_told(
    app: TeamsApp, service: TeamsService
):
    hung = service.faults.hang("send", after=True)
    await app.sends(act.mention(CONCERN))
    await service.caught(hung)
    broken = service.faults.fail("send", 503)
    hung.release()
    await service.caught(broken)
    await app.ends()

    [answer] = service.messages()
    assert answer.conversation == CHAT


async def test_where_answers_are_private_every_one_goes_to_the_personal_chat(
    private_app: TeamsApp, service: TeamsService
):
    await private_app.sends(act.mention("do i lock the shed"))
    answer, line = await service.posted(2)

    assert (answer.conversation, CLAUSE in shown(answer.card)) == (CHAT, True)
    assert (line.place, line.text) == (ids.CHANNEL, wording.ANSWERED_PRIVATELY)


async def test_where_answers_are_private_a_pick_is_answered_where_the_choices_stand(
    private_app: TeamsApp, service: TeamsService
):
    await private_app.sends(act.mention("what about the pond"))
    choices, _ = await service.posted(2)

    await private_app.clicks(choices, actions.Choose.name, 2)
    answer = (await service.posted(3))[-1]

    assert (answer.conversation, CLAUSE in shown(answer.card)) == (CHAT, True)


@pytest.mark.parametrize("kind", PRIVATE)
async def test_a_search_about_people_finds_nothing_to_insert(app: TeamsApp, service: TeamsService, kind: str):
    found = await app.sends(invokes.queried(PRIVATE[kind][0]))
    await app.ends()

    assert found.body == {"composeExtension": {"type": "message", "text": wording.SEARCH_PRIVATE}}
    assert service.messages() == []


@pytest.mark.parametrize("kind", PRIVATE)
async def test_the_action_on_a_message_about_people_is_answered_in_the_dialog_alone(
    app: TeamsApp, service: TeamsService, kind: str
):
    text, expected = PRIVATE[kind]

    opened = await app.sends(invokes.fetched(text))
    await app.ends()

    assert expected in said(opened)
    assert text not in opened.text
    assert "Action." not in str(card_of(opened))
    assert service.messages() == []


@pytest.mark.parametrize("situation", ["bullied", "in-danger"])
async def test_not_even_a_button_made_for_it_brings_a_concern_into_a_channel(
    app: TeamsApp, service: TeamsService, situation: str
):
    await app.sends(act.mention("what about the pond"))
    [choices] = await service.posted()
    forged = {"signpost": {"action": "choose", "value": situation}}

    await app.sends(invokes.executed("choose", forged, reply_to=choices.id, place=app.place_of(choices)))
    await app.sends(act.submitted(forged, reply_to=choices.id, **in_channel_of(app.place_of(choices))))
    await app.ends()

    assert is_neutral(in_public(service)[1:])


async def test_the_personal_chat_is_used_also_by_those_who_never_wrote_in_it(app: TeamsApp, service: TeamsService):
    newcomer = service.world.add_user().id

    await app.sends(act.mention(CONCERN, user=newcomer))
    answer, _ = await service.posted(2)

    assert answer.conversation == ids.personal_of(newcomer)


async def test_an_app_that_is_removed_from_a_team_while_it_answers_says_nothing_there(
    app: TeamsApp, service: TeamsService
):
    await app.sends(act.mention("do i lock the shed"))
    await service.posted()
    service.world.uninstall(ids.CHANNEL)

    await app.sends(events.removed(place=act.in_channel()))
    await app.sends(act.mention(CONCERN))
    await service.until(lambda: len(service.messages(CHAT)) == 1, what="the answer")
    await app.ends()

    assert len(service.messages(ids.CHANNEL)) == 1


def in_channel_of(conversation: Json) -> dict[str, Json]:
    """The conversation of an activity that happened there."""
    return {"conversation": conversation | {"tenantId": ids.TENANT}}
