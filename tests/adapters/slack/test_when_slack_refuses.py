"""What Slack refuses, for good or for a while, costs nobody their answer, or says in one line what to do."""

import re
from pathlib import Path

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from block_kit import texts
from slack_app import HTTP, SOCKET, SlackApp, serving, settings
from slack_service import SlackService

from adapters.slack.calling import REMEDIES
from adapters.slack.workspaces import WrongToken
from bot import wording
from knowledge.library import Library

DM = ids.dm_of(ids.ASKER)
LOCKING = "Lock the shed at night, unless the owl is inside."


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log tells an operator to look at; no line names a person or a channel, or is two."""
    said = [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert not [line for line in said if re.search(r"\b[UDCG]0[A-Z0-9]+|\n", line)]
    return said


async def until_taken(app: SlackApp, payload: dict) -> None:
    """Slack sends *payload* until it is taken."""
    while (await app.sends(payload)).status == 503:
        pass


async def test_in_an_archived_channel_the_answer_goes_to_the_asker(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture
):
    service.world.channels[ids.CHANNEL].archived = True

    await app.sends(events.mention("do i lock the shed"))
    [answer] = await service.posted()

    assert (answer.channel, LOCKING in answer.text) == (DM, True)
    assert lines(caplog) == [
        f"an answer goes by direct message: Slack refused chat.postMessage: is_archived: {REMEDIES['is_archived']}"
    ]


async def test_in_a_channel_without_the_app_the_answer_goes_to_the_asker(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture
):
    service.world.channels[ids.CHANNEL].members.discard(ids.BOT_USER)

    await app.sends(events.mention("do i lock the shed"))
    [answer] = await service.posted()

    assert (answer.channel, LOCKING in answer.text) == (DM, True)
    assert "not_in_channel: the app is not in the channel; invite it" in lines(caplog)[0]


async def test_in_a_channel_that_the_app_cannot_see_the_answer_goes_to_the_asker(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture
):
    hidden = service.world.add_channel(is_private=True)

    await app.sends(events.mention("do i lock the shed", channel=hidden.id))
    [answer] = await service.posted()

    assert answer.channel == DM
    assert "channel_not_found: the app cannot see the channel; invite it" in lines(caplog)[0]


async def test_where_apps_may_not_post_the_answer_goes_to_the_asker(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture
):
    service.faults.refuse("chat.postMessage", "restricted_action", times=1)

    await app.sends(events.mention("do i lock the shed"))
    [answer] = await service.posted()

    assert answer.channel == DM
    assert f"restricted_action: {REMEDIES['restricted_action']}" in lines(caplog)[0]


async def test_a_missing_scope_is_said_in_one_line_with_its_remedy(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture
):
    service.world.tokens[ids.BOT_TOKEN].scopes = ("users:read",)

    await app.sends(events.mention("do i lock the shed"))
    await service.called("chat.postMessage")
    await app.ends()

    assert lines(caplog) == [
        f"an answer reached nobody: Slack refused chat.postMessage: missing_scope: {REMEDIES['missing_scope']}"
    ]


async def test_where_people_cannot_be_looked_up_nobody_is_answered_and_the_log_says_why(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture
):
    service.world.tokens[ids.BOT_TOKEN].scopes = ("chat:write",)

    await app.sends(events.message("do i lock the shed"))
    await service.called("users.info")
    await app.ends()

    assert service.messages() == []
    assert lines(caplog) == [
        f"an answer is not sent: Slack refused users.info: missing_scope: {REMEDIES['missing_scope']}"
    ]


async def test_a_switched_off_messages_tab_is_said_in_one_line_with_its_remedy(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture
):
    service.faults.refuse("chat.postMessage", "messages_tab_disabled")

    await app.sends(events.message("do i lock the shed"))
    await service.called("chat.postMessage")
    await app.ends()

    [line] = lines(caplog)
    assert line.endswith(f"messages_tab_disabled: {REMEDIES['messages_tab_disabled']}")
    assert len(service.called_so_far("chat.postMessage")) == 1


@pytest.mark.parametrize("error", ["thread_not_found", "cannot_reply_to_message"])
async def test_for_a_question_that_is_gone_there_is_no_answer(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture, error: str
):
    service.faults.refuse("chat.postMessage", error)

    await app.sends(events.mention("do i lock the shed"))
    await service.called("chat.postMessage")
    await app.ends()

    assert len(service.called_so_far("chat.postMessage")) == 1
    assert lines(caplog) == []


async def test_where_slack_does_not_know_a_block_the_same_is_said_in_plain_sections(
    app: SlackApp, service: SlackService
):
    service.world.refused_blocks = frozenset({"rich_text"})

    await app.sends(events.message("do i lock the shed"))
    [answer] = await service.posted()

    assert {block["type"] for block in answer.blocks} == {"section"}
    assert LOCKING in "".join(texts(answer.blocks))
    assert "signpost.helpful" in str(answer.blocks)


async def test_where_slack_takes_no_blocks_at_all_the_text_holds_the_answer(app: SlackApp, service: SlackService):
    service.world.refused_blocks = frozenset({"rich_text", "section"})

    await app.sends(events.message("do i lock the shed"))
    [answer] = await service.posted()

    assert answer.blocks == []
    assert LOCKING in answer.text


async def test_a_private_answer_stays_where_it_is_when_its_blocks_are_refused(app: SlackApp, service: SlackService):
    service.world.refused_blocks = frozenset({"rich_text"})

    await app.sends(interactions.command("do i lock the shed"))
    [answer] = await service.shown(ids.ASKER)

    assert {block["type"] for block in answer.blocks} == {"section"}
    assert service.messages() == []


@pytest.mark.parametrize("gone", [events.uninstalled, events.tokens_revoked])
async def test_once_the_app_is_removed_nothing_more_is_sent_and_the_log_says_so_once(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture, gone
):
    service.world.uninstall(ids.TEAM)

    told = await app.sends(gone())
    refused = await app.sends(events.message("do i lock the shed"))
    await app.ends()

    assert (told.status, refused.status) == (200, 403)
    assert service.called_so_far("users.info") == []
    [line] = lines(caplog)
    assert "install the app in the workspace again" in line


@pytest.mark.parametrize("gone", [events.uninstalled, events.tokens_revoked])
async def test_that_the_app_was_removed_before_it_was_installed_again_changes_nothing(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture, gone
):
    told = await app.sends(gone())
    await app.sends(events.message("do i lock the shed"))
    [answer] = await service.posted()

    assert told.status == 200
    assert LOCKING in answer.text
    assert lines(caplog) == []


@pytest.mark.parametrize("how", ["fail", "hang"])
async def test_while_slack_does_not_say_whether_the_app_is_gone_it_counts_as_there(
    app: SlackApp, service: SlackService, how: str
):
    getattr(service.faults, how)("auth.test")

    told = await app.sends(events.uninstalled())
    await app.sends(events.message("do i lock the shed"))
    [answer] = await service.posted()

    assert told.ok
    assert LOCKING in answer.text


async def test_a_token_of_somebody_else_that_is_revoked_changes_nothing(app: SlackApp, service: SlackService):
    revoked = {"type": "tokens_revoked", "tokens": {"oauth": [ids.ASKER]}, "event_ts": ids.new_ts()}
    await app.sends(events.event(revoked))

    await app.sends(events.message("do i lock the shed"))

    assert LOCKING in (await service.posted())[0].text


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_token_that_slack_takes_no_more_is_said_once_and_used_no_more(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture, error: str
):
    service.world.uninstall(ids.TEAM, error)

    await app.sends(events.mention("do i lock the shed"))
    await service.called("users.info")
    await app.ends()

    [line] = lines(caplog)
    assert "install the app in the workspace again" in line
    assert len(service.calls) == 2  # auth.test when it started, and the one that was refused


async def test_a_click_after_the_token_was_revoked_is_said_once(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture
):
    await app.sends(events.message("do i lock the shed"))
    [answer] = await service.posted()
    service.world.uninstall(ids.TEAM)

    await app.clicks(answer, "signpost.comms")
    await service.called("views.open")
    await app.ends()

    assert len(lines(caplog)) == 1


async def test_errors_of_slack_are_waited_out(app: SlackApp, service: SlackService):
    people = [service.world.add_user().id for _ in range(4)]
    for status in (500, 502, 503, 504):
        service.faults.fail("users.info", status)
        service.faults.fail("chat.postMessage", status)

    for user in people:
        await app.sends(events.message("do i lock the shed", user=user))
    answers = await service.posted(4)

    assert sorted(answer.channel for answer in answers) == sorted(ids.dm_of(user) for user in people)


async def test_broken_connections_are_tried_again(app: SlackApp, service: SlackService):
    for method in ("users.info", "chat.postMessage", "response_url"):
        service.faults.drop(method)

    await app.sends(events.message("do i lock the shed"))
    await app.sends(interactions.command("do i lock the shed"))

    assert LOCKING in (await service.posted())[0].text
    assert LOCKING in (await service.shown(ids.ASKER))[0].text


async def test_a_call_that_hangs_is_tried_again_and_holds_up_nobody_else(app: SlackApp, service: SlackService):
    hung = service.faults.hang("chat.postMessage")
    other = service.world.add_user().id

    await app.sends(events.message("do i lock the shed"))
    await service.caught(hung)
    await app.sends(events.message("do i lock the shed", user=other))
    [first] = await service.posted()
    await service.posted(2, within_s=15)

    assert first.channel == ids.dm_of(other)
    assert len(service.messages(DM)) == 1


async def test_when_slack_asks_for_patience_it_gets_it_and_nothing_is_lost(app: SlackApp, service: SlackService):
    service.limits.storm("chat.postMessage", 1, calls=2)
    people = [service.world.add_user().id for _ in range(5)]

    for user in people:
        await app.sends(events.message("do i lock the shed", user=user))
    await service.posted(5, within_s=10)

    assert sorted(message.channel for message in service.messages()) == sorted(ids.dm_of(user) for user in people)
    assert service.violations == []


async def test_while_slack_has_errors_at_the_start_it_is_told_to_come_again_and_then_answered(
    service: SlackService, sheds: Library, tmp_path: Path
):
    failing = service.faults.fail("auth.test", 503, times=2)
    async with serving(sheds, settings(service, tmp_path, HTTP), service) as app:
        early = await app.sends(events.message("do i lock the shed"))
        await service.caught(failing, 2)
        await until_taken(app, events.message("do i lock the shed"))
        [answer] = await service.posted()

    assert (early.status, early.headers["Retry-After"]) == (503, "1")
    assert LOCKING in answer.text


async def test_where_slack_cannot_be_reached_at_the_start_it_is_answered_once_it_can(
    sheds: Library, tmp_path: Path, unused_tcp_port: int
):
    nowhere = SlackService()
    nowhere.url = f"http://127.0.0.1:{unused_tcp_port}"
    starting = serving(sheds, settings(nowhere, tmp_path, SOCKET), nowhere)
    async with starting, SlackService.running(port=unused_tcp_port) as service:
        await service.socket.connected(within_s=15)
        await service.socket.ask(events.message("do i lock the shed"))
        [answer] = await service.posted()

    assert LOCKING in answer.text


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive", "token_expired"])
async def test_with_a_wrong_token_it_does_not_start_and_says_what_to_do(
    service: SlackService, sheds: Library, tmp_path: Path, error: str
):
    service.world.tokens[ids.BOT_TOKEN].error = error

    with pytest.raises(WrongToken) as wrong:
        async with serving(sheds, settings(service, tmp_path, HTTP), service):
            pass

    assert f"SLACK_BOT_TOKEN ({error})" in str(wrong.value)
    assert "api.slack.com/apps" in str(wrong.value)
    assert ids.BOT_TOKEN not in str(wrong.value)


async def test_with_a_wrong_app_level_token_it_does_not_start_and_says_what_to_do(
    service: SlackService, sheds: Library, tmp_path: Path
):
    service.world.tokens[ids.APP_TOKEN].scopes = ()

    with pytest.raises(WrongToken) as wrong:
        async with serving(sheds, settings(service, tmp_path, SOCKET), service):
            pass

    assert "SLACK_APP_TOKEN (missing_scope): make an app-level token" in str(wrong.value)
    assert ids.APP_TOKEN not in str(wrong.value)


async def test_what_cannot_be_shown_on_home_is_said_with_its_remedy(
    app: SlackApp, service: SlackService, caplog: pytest.LogCaptureFixture
):
    service.faults.refuse("views.publish", "missing_scope")

    await app.sends(events.home_opened())
    await service.called("views.publish")
    await app.ends()

    assert lines(caplog) == [
        f"something could not be shown: Slack refused views.publish: missing_scope: {REMEDIES['missing_scope']}"
    ]


async def test_a_bug_of_ours_is_apologised_for(service: SlackService, sheds: Library, tmp_path: Path):
    async with serving(sheds, settings(service, tmp_path, HTTP), service) as app:
        app.bots["garden"].library = None  # type: ignore[assignment]
        got = await app.sends(events.mention("do i lock the shed"))
        app.bots["garden"].library = sheds
        [answer] = await service.posted()

    assert got.ok
    assert (answer.channel, answer.text) == (DM, wording.UNKNOWN_ERROR)
