"""What Teams refuses, for good or for a while, costs nobody their answer, or says in one line what to do."""

import re

import pytest
import teams_activities as act
import teams_ids as ids
from teams_app import TeamsApp, shown
from teams_service import TeamsService

from adapters.teams.connector import GONE, REMEDIES
from bot import wording

LOCKING = "Lock the shed at night, unless the owl is inside."
CHAT = ids.personal_of(ids.ASKER)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log tells an operator to look at; no line names a person or a conversation, or is two."""
    found = [one for one in caplog.records if one.levelname in ("WARNING", "ERROR") and one.name != "stamina"]
    said = [one.getMessage() for one in found]
    assert not [line for line in said if re.search(r"29:1|19:|a:1|a-bot-token|\n", line)]
    return said


@pytest.mark.parametrize("error", sorted(GONE))
async def test_where_the_app_may_not_write_it_is_tried_once_and_said_in_one_line(
    app: TeamsApp, service: TeamsService, caplog: pytest.LogCaptureFixture, error: str
):
    service.faults.refuse("send", error)

    await app.sends(act.message("do i lock the shed"))
    await service.called("send")
    await app.ends()

    assert lines(caplog) == [f"an answer reached nobody: Teams refused a message: {error}: {REMEDIES[error]}"]


@pytest.mark.parametrize("ask", [act.message, act.mention])
async def test_a_card_that_is_too_large_for_teams_is_said_as_text(
    app: TeamsApp, service: TeamsService, caplog: pytest.LogCaptureFixture, ask
):
    service.connector.most_bytes = 3_000

    await app.sends(ask("do i lock the shed"))
    [answer] = await service.posted()
    await app.ends()

    assert answer.card is None
    assert LOCKING in answer.text
    assert lines(caplog) == [f"an answer goes out as text: Teams refused a message: too_big: {REMEDIES['too_big']}"]


async def test_a_private_card_that_is_too_large_is_said_as_text_in_the_personal_chat(
    app: TeamsApp, service: TeamsService
):
    service.connector.most_bytes = 2_500

    await app.sends(act.mention("my boss screams at me daily"))
    answer, line = await service.posted(2)

    assert (answer.conversation, answer.card) == (CHAT, None)
    assert wording.SENSITIVE in answer.text
    assert line.text == wording.ANSWERED_PRIVATELY


@pytest.mark.parametrize("error", ["BadSyntax", "BadArgument"])
async def test_a_card_that_teams_cannot_read_is_said_as_text(app: TeamsApp, service: TeamsService, error: str):
    service.faults.refuse("send", error, times=1)

    await app.sends(act.message("do i lock the shed"))
    [answer] = await service.posted()

    assert LOCKING in answer.text


async def test_what_teams_takes_in_no_form_is_not_tried_for_ever(
    app: TeamsApp, service: TeamsService, caplog: pytest.LogCaptureFixture
):
    service.faults.refuse("send", "BadSyntax")

    await app.sends(act.message("do i lock the shed"))
    await service.called("send", 2)
    await app.ends()

    assert service.count("send") == 2
    assert "an answer reached nobody: Teams refused a message: BadSyntax" in lines(caplog)[-1]


@pytest.mark.parametrize("error", ["PreconditionFailed", "ServiceError", "ServiceUnavailable", "GatewayTimeout"])
async def test_what_passes_is_waited_out(
    app: TeamsApp, service: TeamsService, caplog: pytest.LogCaptureFixture, error: str
):
    for call in ("member", "create", "send"):
        service.faults.refuse(call, error, times=1)

    await app.sends(act.mention("do i lock the shed"))
    await app.sends(act.group_mention("my boss screams at me daily"))
    await service.posted(3, within_s=10)
    await app.ends()

    assert sorted(message.place for message in service.messages()) == sorted([ids.CHANNEL, ids.GROUP, CHAT])
    assert lines(caplog) == []


async def test_other_errors_and_broken_connections_are_waited_out(app: TeamsApp, service: TeamsService):
    service.faults.drop("member")
    service.faults.fail("send", 408)
    service.faults.fail("send", 500)

    await app.sends(act.message("do i lock the shed"))
    [answer] = await service.posted(within_s=10)

    assert LOCKING in shown(answer.card)


async def test_a_call_that_hangs_holds_up_nobody_else(app: TeamsApp, service: TeamsService):
    hung = service.faults.hang("send")
    other = service.world.add_user().id

    await app.sends(act.message("do i lock the shed"))
    await service.caught(hung)
    await app.sends(act.message("do i lock the shed", user=other))
    [first] = await service.posted()
    hung.release()
    await service.posted(2)

    assert first.conversation == ids.personal_of(other)
    assert len(service.messages(CHAT)) == 1


async def test_when_teams_asks_for_patience_it_gets_it_and_nothing_is_lost(app: TeamsApp, service: TeamsService):
    service.limits.storm("send", 1, calls=2)
    people = [service.world.add_user().id for _ in range(5)]

    for user in people:
        await app.sends(act.message("do i lock the shed", user=user))
    await service.posted(5, within_s=10)

    assert sorted(one.conversation for one in service.messages()) == sorted(ids.personal_of(each) for each in people)
    assert service.violations == []


async def test_where_no_bot_is_registered_the_log_says_where_to_look(
    app: TeamsApp, service: TeamsService, caplog: pytest.LogCaptureFixture
):
    service.faults.refuse("send", "BotNotRegistered")

    await app.sends(act.mention("do i lock the shed"))
    await service.called("send")
    await app.ends()

    [line] = lines(caplog)
    assert "TEAMS_APP_ID" in line


async def test_where_people_cannot_be_looked_up_nobody_is_answered_and_the_log_says_why(
    app: TeamsApp, service: TeamsService, caplog: pytest.LogCaptureFixture
):
    service.faults.refuse("member", "NotEnoughPermissions")

    await app.sends(act.mention("do i lock the shed"))
    [told] = await service.posted()
    await app.ends()

    assert (told.conversation, told.text) == (CHAT, wording.STRANGER)
    [line] = lines(caplog)
    assert line.startswith("nobody can be told to be staff: Teams refused a look at a member: NotEnoughPermissions")


async def test_a_click_that_teams_does_not_let_us_answer_is_said_in_the_log(
    app: TeamsApp, service: TeamsService, caplog: pytest.LogCaptureFixture
):
    await app.sends(act.message("do i lock the shed"))
    [answer] = await service.posted()
    service.faults.refuse("send", "MessageWritesBlocked")

    await app.submits(answer, "comms")
    await service.called("send", 2)
    await app.ends()

    [line] = lines(caplog)
    assert line.startswith("something could not be shown: Teams refused a message: MessageWritesBlocked")
