"""promise 40, and which workspaces are answered: tokens are sealed, rotated in time, and forgotten when revoked."""

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import slack_ids as ids
from slack_database import SEAL, all_rows, an_installation, change, database, installed_workspaces
from slack_sdk.web.async_client import AsyncWebClient
from slack_service import SlackService
from slack_world import Token, Workspace
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.sealing import Seal, Unsealable, new_key
from adapters.slack.installations import Installations, rotate_seals
from adapters.slack.rotating import NoTokenNow
from adapters.slack.workspaces import InstalledWorkspaces, NotInstalled, OneWorkspace, WrongToken
from bot.ports import StoreUnavailable

ENTERPRISE = "E0ESTATE01"


@pytest.fixture
async def slack() -> AsyncIterator[SlackService]:
    async with SlackService.running() as service:
        service.world.rotation = True
        yield service


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with database(tmp_path) as one:
        yield one


def grant(slack: SlackService) -> tuple[str, str]:
    """A rotating bot token of the first workspace, and what renews it."""
    token, refresh = slack.world.new_token(ids.TEAM, ("chat:write",))
    return token.value, refresh


async def keep(workspaces: InstalledWorkspaces, slack: SlackService, *, ends_in_s: float) -> str:
    """Keep an installation whose token ends in *ends_in_s* seconds; return the token."""
    token, refresh = grant(slack)
    await workspaces.keep(
        an_installation(bot_token=token, bot_refresh_token=refresh, bot_token_expires_at=int(time.time() + ends_in_s))
    )
    return token


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def token_of(workspaces: InstalledWorkspaces) -> str:
    workspace = await workspaces.find(ids.TEAM, "")
    assert workspace is not None
    return await workspaces.token(workspace)


async def test_the_workspace_of_the_token_in_the_settings_is_answered_and_no_other(slack: SlackService):
    one = OneWorkspace(ids.BOT_TOKEN, {}, "garden")
    await one.recognise(AsyncWebClient(base_url=slack.api_url))

    known = await one.find(ids.TEAM, "")

    assert known is not None
    assert (known.organisation, known.bot_user, known.bot) == (
        "garden",
        slack.world.workspaces[ids.TEAM].bot_user,
        slack.world.workspaces[ids.TEAM].bot,
    )
    assert await one.token(known) == ids.BOT_TOKEN
    assert await one.find(ids.OTHER_TEAM, "") is None


async def test_before_slack_was_asked_nobody_is_answered():
    one = OneWorkspace(ids.BOT_TOKEN, {}, "garden")

    assert await one.find(ids.TEAM, "") is None


@pytest.mark.parametrize("named", [ids.TEAM, ENTERPRISE])
async def test_the_settings_may_name_a_workspace_or_its_enterprise(slack: SlackService, named: str):
    slack.world.workspaces[ids.TEAM].enterprise = ENTERPRISE
    one = OneWorkspace(ids.BOT_TOKEN, {named: "allotment"}, "garden")
    await one.recognise(AsyncWebClient(base_url=slack.api_url))

    known = await one.find(ids.TEAM, ENTERPRISE)

    assert known is not None
    assert known.organisation == "allotment"


async def test_a_workspace_that_the_settings_do_not_name_is_not_answered_and_the_log_says_what_to_add(
    slack: SlackService, caplog: pytest.LogCaptureFixture
):
    one = OneWorkspace(ids.BOT_TOKEN, {ids.OTHER_TEAM: "meadow"}, "garden")

    await one.recognise(AsyncWebClient(base_url=slack.api_url))

    assert await one.find(ids.TEAM, "") is None
    assert f"slack.workspaces: {{{ids.TEAM}: ORGANISATION}}" in caplog.text


@pytest.mark.parametrize("error", ["invalid_auth", "account_inactive", "token_revoked", "not_allowed_token_type"])
async def test_a_token_that_slack_does_not_take_is_said_to_be_wrong_with_what_to_do(slack: SlackService, error: str):
    slack.world.tokens[ids.BOT_TOKEN].error = error
    one = OneWorkspace(ids.BOT_TOKEN, {}, "garden")

    with pytest.raises(WrongToken, match=rf"SLACK_BOT_TOKEN \({error}\): .*api.slack.com/apps") as wrong:
        await one.recognise(AsyncWebClient(base_url=slack.api_url))

    assert ids.BOT_TOKEN not in str(wrong.value)
    assert wrong.value.__cause__ is None


async def test_a_workspace_that_uninstalls_the_app_is_answered_no_more(slack: SlackService):
    one = OneWorkspace(ids.BOT_TOKEN, {}, "garden")
    await one.recognise(AsyncWebClient(base_url=slack.api_url))
    known = await one.find(ids.TEAM, "")
    assert known is not None

    await one.forget(ids.OTHER_TEAM, "")
    await one.forget(ids.TEAM, "")

    assert await one.find(ids.TEAM, "") is None
    with pytest.raises(NotInstalled):
        await one.token(known)


async def test_an_installed_workspace_is_answered_for_its_organisation(slack: SlackService, engine: AsyncEngine):
    workspaces = installed_workspaces(engine, slack.api_url)
    await workspaces.keep(an_installation())

    known = await workspaces.find(ids.TEAM, "")

    assert known is not None
    assert (known.organisation, known.bot_user, known.bot) == ("garden", ids.BOT_USER, ids.BOT)
    assert await workspaces.token(known) == ids.BOT_TOKEN
    assert slack.calls == []


async def test_an_installed_workspace_without_an_organisation_is_not_answered_and_that_is_logged_once(
    slack: SlackService, engine: AsyncEngine, caplog: pytest.LogCaptureFixture
):
    workspaces = installed_workspaces(engine, slack.api_url, organisations={})
    await workspaces.keep(an_installation())

    found = [await workspaces.find(ids.TEAM, "") for _ in range(3)]

    assert found == [None] * 3
    assert caplog.text.count(f"slack.workspaces: {{{ids.TEAM}: ORGANISATION}}") == 1


async def test_a_workspace_is_found_whether_or_not_it_was_in_its_enterprise_when_it_installed_the_app(
    slack: SlackService, engine: AsyncEngine
):
    workspaces = installed_workspaces(engine, slack.api_url)
    await workspaces.keep(an_installation())

    assert await workspaces.find(ids.TEAM, ENTERPRISE) is not None
    assert await workspaces.find(ids.TEAM, "") is not None
    assert await workspaces.find(ids.OTHER_TEAM, ENTERPRISE) is None


async def test_an_installation_for_a_whole_enterprise_serves_its_workspaces_but_their_own_go_first(
    slack: SlackService, engine: AsyncEngine
):
    workspaces = installed_workspaces(engine, slack.api_url, organisations={ENTERPRISE: "estate"})
    whole = {"team_id": None, "enterprise_id": ENTERPRISE, "is_enterprise_install": True, "bot_token": "xoxb-whole"}
    await workspaces.keep(an_installation(**whole))
    await workspaces.keep(an_installation(enterprise_id=ENTERPRISE))

    own, other = await workspaces.find(ids.TEAM, ENTERPRISE), await workspaces.find(ids.OTHER_TEAM, ENTERPRISE)

    assert own is not None
    assert other is not None
    assert await workspaces.token(own) == ids.BOT_TOKEN
    assert await workspaces.token(other) == "xoxb-whole"
    await workspaces.forget(ids.OTHER_TEAM, ENTERPRISE)
    assert await workspaces.find(ids.OTHER_TEAM, ENTERPRISE) is not None
    await workspaces.forget("", ENTERPRISE)
    assert await workspaces.find(ids.OTHER_TEAM, ENTERPRISE) is None
    assert await workspaces.find(ids.TEAM, ENTERPRISE) is not None


async def test_what_the_database_says_is_used_for_a_minute(slack: SlackService, engine: AsyncEngine):
    clock = [0.0]
    workspaces = installed_workspaces(engine, slack.api_url, monotonic=lambda: clock[0])
    await workspaces.keep(an_installation())
    await workspaces.find(ids.TEAM, "")
    await change(engine, "DELETE FROM slack_bots")

    clock[0] = 59
    within_the_minute = await workspaces.find(ids.TEAM, "")
    clock[0] = 61
    after_it = await workspaces.find(ids.TEAM, "")

    assert within_the_minute is not None
    assert after_it is None


async def test_while_the_database_is_away_known_workspaces_are_still_answered(slack: SlackService, engine: AsyncEngine):
    clock = [0.0]
    workspaces = installed_workspaces(engine, slack.api_url, monotonic=lambda: clock[0])
    await workspaces.keep(an_installation())
    await workspaces.find(ids.TEAM, "")
    await change(engine, "ALTER TABLE slack_bots RENAME TO away")
    clock[0] = 61

    assert await token_of(workspaces) == ids.BOT_TOKEN
    with pytest.raises(StoreUnavailable):
        await installed_workspaces(engine, slack.api_url).find(ids.TEAM, "")


async def test_installing_is_seen_at_once_and_so_is_uninstalling(slack: SlackService, engine: AsyncEngine):
    workspaces = installed_workspaces(engine, slack.api_url)
    before = await workspaces.find(ids.TEAM, "")

    await workspaces.keep(an_installation())
    installed = await workspaces.find(ids.TEAM, "")
    await workspaces.forget(ids.TEAM, "")

    assert before is None
    assert installed is not None
    assert await workspaces.find(ids.TEAM, "") is None
    assert ids.TEAM not in await all_rows(engine)
    with pytest.raises(NotInstalled):
        await workspaces.token(installed)


async def test_installing_again_replaces_the_token(slack: SlackService, engine: AsyncEngine):
    workspaces = installed_workspaces(engine, slack.api_url)
    await workspaces.keep(an_installation(installed_at=1_700_000_000.0))
    await workspaces.keep(an_installation(bot_token="xoxb-again", installed_at=1_700_000_100.0))

    token = await token_of(workspaces)

    assert token == "xoxb-again"
    assert (await all_rows(engine)).count(ids.TEAM) == 1


async def test_a_token_that_another_process_has_replaced_does_not_uninstall_the_app(
    slack: SlackService, engine: AsyncEngine
):
    stale, other = installed_workspaces(engine, slack.api_url), installed_workspaces(engine, slack.api_url)
    await other.keep(an_installation(installed_at=1_700_000_000.0))
    await token_of(stale)
    await other.keep(an_installation(bot_token="xoxb-again", installed_at=1_700_000_100.0))

    await stale.forget(ids.TEAM, "")

    assert await token_of(stale) == "xoxb-again"


async def test_a_token_with_more_than_two_hours_left_is_used_as_it_is(slack: SlackService, engine: AsyncEngine):
    workspaces = installed_workspaces(engine, slack.api_url)
    token = await keep(workspaces, slack, ends_in_s=2 * 60 * 60 + 120)

    assert await token_of(workspaces) == token
    assert slack.calls == []


async def test_a_token_that_another_process_may_have_replaced_is_looked_up_again(
    slack: SlackService, engine: AsyncEngine
):
    workspaces = installed_workspaces(engine, slack.api_url)
    await keep(workspaces, slack, ends_in_s=2 * 60 * 60 + 30)
    await token_of(workspaces)
    other = Installations(engine, SEAL, ids.CLIENT_ID)
    installed = await other.find(ids.TEAM, "")
    assert installed is not None
    await other.renew(installed, "xoxb-newer", "xoxe-newer", time.time() + 12 * 60 * 60)

    token = await token_of(workspaces)

    assert token == "xoxb-newer"


@pytest.mark.parametrize("ends_in_s", [2 * 60 * 60 - 60, 1, -60 * 60])
async def test_a_token_in_its_last_two_hours_is_replaced_by_a_new_one(
    slack: SlackService, engine: AsyncEngine, ends_in_s: float
):
    workspaces = installed_workspaces(engine, slack.api_url)
    old = await keep(workspaces, slack, ends_in_s=ends_in_s)

    first, second = await token_of(workspaces), await token_of(workspaces)

    assert first == second != old
    assert first in slack.world.tokens
    assert len(slack.calls) == 1


async def test_many_who_need_a_token_at_once_use_its_refresh_token_once(
    slack: SlackService, engine: AsyncEngine, tmp_path: Path
):
    async with database(tmp_path) as another_engine:
        processes = [installed_workspaces(each, slack.api_url) for each in (engine, another_engine)]
        await keep(processes[0], slack, ends_in_s=-1)

        got = await asyncio.gather(*(token_of(process) for process in processes for _ in range(25)))

    assert len(set(got)) == 1
    assert [call.answer["ok"] for call in slack.called_so_far("oauth.v2.access")] == [True]
    assert len(slack.world.refreshes) == 1


async def test_while_one_process_waits_for_slack_another_goes_on_with_the_old_token(
    slack: SlackService, engine: AsyncEngine
):
    one, other = installed_workspaces(engine, slack.api_url), installed_workspaces(engine, slack.api_url)
    old = await keep(one, slack, ends_in_s=60)
    slow = slack.faults.hang("oauth.v2.access")
    exchanging = asyncio.create_task(token_of(one))
    await slack.caught(slow)

    meanwhile = await token_of(other)
    slow.release()
    new = await exchanging

    assert meanwhile == old
    assert new != old
    assert await token_of(other) == new
    assert len(slack.called_so_far("oauth.v2.access")) == 1


async def test_a_new_token_is_stored_also_when_whoever_asked_for_it_is_gone(slack: SlackService, engine: AsyncEngine):
    workspaces = installed_workspaces(engine, slack.api_url)
    old = await keep(workspaces, slack, ends_in_s=-1)
    slow = slack.faults.hang("oauth.v2.access", after=True)
    asking = asyncio.create_task(token_of(workspaces))
    await slack.caught(slow)

    asking.cancel()
    slow.release()
    await asyncio.gather(asking, return_exceptions=True)
    new = await token_of(workspaces)

    assert new != old
    assert len(slack.called_so_far("oauth.v2.access")) == 1


async def test_the_refresh_token_of_a_process_that_died_is_taken_over(slack: SlackService, engine: AsyncEngine):
    await keep(installed_workspaces(engine, slack.api_url), slack, ends_in_s=-1)
    clock = [time.time()]
    dying = Installations(engine, SEAL, ids.CLIENT_ID, now=lambda: clock[0])
    other = Installations(engine, SEAL, ids.CLIENT_ID, now=lambda: clock[0])
    installed = await dying.find(ids.TEAM, "")
    assert installed is not None

    taken = await dying.take_refresh_token(installed, 30)
    refused = await other.take_refresh_token(installed, 30)
    clock[0] += 31
    taken_over = await other.take_refresh_token(installed, 30)

    assert taken is not None
    assert refused is None
    assert taken_over == taken


@pytest.mark.parametrize("broken", ["fail", "drop"])
async def test_while_slack_is_away_the_old_token_does_for_as_long_as_it_lasts(
    slack: SlackService, engine: AsyncEngine, broken: str, caplog: pytest.LogCaptureFixture
):
    workspaces = installed_workspaces(engine, slack.api_url)
    old = await keep(workspaces, slack, ends_in_s=60)
    getattr(slack.faults, broken)("oauth.v2.access", times=100)

    got = await token_of(workspaces)

    assert got == old
    assert f"Slack gives no new token for workspace {ids.TEAM}" in caplog.text


async def test_while_slack_is_away_a_token_that_has_run_out_is_not_used(slack: SlackService, engine: AsyncEngine):
    workspaces = installed_workspaces(engine, slack.api_url)
    await keep(workspaces, slack, ends_in_s=-1)
    slack.faults.fail("oauth.v2.access")

    with pytest.raises(NoTokenNow):
        await token_of(workspaces)


async def test_a_refresh_token_that_slack_does_not_know_means_installing_again(
    slack: SlackService, engine: AsyncEngine, caplog: pytest.LogCaptureFixture
):
    workspaces = installed_workspaces(engine, slack.api_url)
    await keep(workspaces, slack, ends_in_s=-1)
    slack.world.refreshes.clear()

    with pytest.raises(NotInstalled):
        await token_of(workspaces)

    assert "(invalid_refresh_token): install the app again" in caplog.text


async def test_tokens_stand_neither_in_the_database_nor_in_the_log(
    slack: SlackService, engine: AsyncEngine, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    workspaces = installed_workspaces(engine, slack.api_url)
    unneeded = {
        "user_token": "xoxp-canary-of-a-person",
        "user_refresh_token": "xoxe-canary-of-a-person",
        "incoming_webhook_url": "https://hooks.slack.example/canary",
        "enterprise_name": "canary enterprise",
        "team_name": "canary team",
        "custom_values": {"email": "canary@signpost.example"},
    }
    token, refresh = grant(slack)
    ended = int(time.time()) - 1
    await workspaces.keep(
        an_installation(bot_token=token, bot_refresh_token=refresh, bot_token_expires_at=ended, **unneeded)
    )

    new = await token_of(workspaces)

    renewed = next(iter(slack.world.refreshes))
    files = contents(tmp_path)
    kept = b"".join(files.values())
    assert any(name.endswith("-wal") for name in files)
    for secret in (token, refresh, new, renewed, ids.CLIENT_SECRET, "canary", ids.ASKER):
        assert secret.encode() not in kept
        assert secret not in caplog.text


async def test_an_installation_shows_no_token_where_it_is_printed(slack: SlackService, engine: AsyncEngine):
    installations = Installations(engine, SEAL, ids.CLIENT_ID)
    await installations.keep(an_installation())

    assert ids.BOT_TOKEN not in repr(await installations.find(ids.TEAM, ""))


async def test_with_a_new_key_in_front_every_token_is_sealed_again(slack: SlackService, engine: AsyncEngine):
    old, new = new_key(), new_key()
    before = installed_workspaces(engine, slack.api_url, Seal([old]))
    token = await keep(before, slack, ends_in_s=24 * 60 * 60)
    await before.keep(an_installation(team_id=ids.OTHER_TEAM))

    count = await rotate_seals(engine, Seal([new, old]))

    assert count == 3
    assert await token_of(installed_workspaces(engine, slack.api_url, Seal([new]))) == token
    assert await installed_workspaces(engine, slack.api_url, Seal([old])).find(ids.TEAM, "") is None


async def test_tokens_sealed_with_a_lost_key_are_counted_and_the_others_sealed_again(
    slack: SlackService, engine: AsyncEngine
):
    old, new = new_key(), new_key()
    await installed_workspaces(engine, slack.api_url, Seal([new_key()])).keep(an_installation())
    await installed_workspaces(engine, slack.api_url, Seal([old])).keep(an_installation(team_id=ids.OTHER_TEAM))

    with pytest.raises(Unsealable, match=r"1 of Slack's tokens .* 1 done"):
        await rotate_seals(engine, Seal([new, old]))


async def test_seals_are_rotated_while_a_token_is_exchanged_and_nothing_is_lost(
    slack: SlackService, engine: AsyncEngine
):
    old, new = new_key(), new_key()
    workspaces = installed_workspaces(engine, slack.api_url, Seal([new, old]))
    await keep(installed_workspaces(engine, slack.api_url, Seal([old])), slack, ends_in_s=-1)
    slow = slack.faults.hang("oauth.v2.access")
    exchanging = asyncio.create_task(token_of(workspaces))
    await slack.caught(slow)

    await rotate_seals(engine, Seal([new, old]))
    slow.release()
    got = await exchanging

    assert await token_of(installed_workspaces(engine, slack.api_url, Seal([new]))) == got


async def test_what_another_process_writes_while_seals_are_rotated_is_kept(
    slack: SlackService, engine: AsyncEngine, tmp_path: Path
):
    old, new = new_key(), new_key()
    await installed_workspaces(engine, slack.api_url, Seal([old])).keep(an_installation())
    written = [Seal([old]).seal(b"xoxb-newer").decode()]

    async with database(tmp_path) as rotating:

        @event.listens_for(rotating.sync_engine, "before_cursor_execute")
        def _between_reading_and_writing(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.startswith("UPDATE") and written:
                with contextlib.closing(sqlite3.connect(tmp_path / "signpost.db")) as another, another:
                    another.execute("UPDATE slack_bots SET bot_token = ?", [written.pop()])

        count = await rotate_seals(rotating, Seal([new, old]))

    assert count == 1
    assert await token_of(installed_workspaces(engine, slack.api_url, Seal([new]))) == "xoxb-newer"


async def test_a_token_of_a_person_is_said_to_be_the_wrong_one(slack: SlackService):
    slack.world.add_workspace(Workspace(ids.OTHER_TEAM, bot=""))
    slack.world.tokens["xoxp-of-a-person"] = Token("xoxp-of-a-person", ids.OTHER_TEAM)
    one = OneWorkspace("xoxp-of-a-person", {}, "garden")

    with pytest.raises(WrongToken, match="not the token of a bot"):
        await one.recognise(AsyncWebClient(base_url=slack.api_url))
