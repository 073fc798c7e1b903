"""promise 44: guests, and people of other organisations, get a refusal that they alone see, and no clause."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from builders import TODAY
from slack_app import HTTP, SlackApp, serving, settings
from slack_payloads import Json
from slack_service import SlackService
from slack_world import SCOPES, Message, View

from adapters import actions
from bot import wording
from knowledge.library import Library

GUEST = "U0ZYXGUEST"
DM = ids.dm_of(GUEST)
# Several: Slack takes one message a second in each.
CHANNELS = (ids.CHANNEL, "C0ZYXSHED2", "C0ZYXSHED3")
# What only staff may read: words of clauses, titles of situations, names and contacts of routes.
FOR_STAFF = ("Lock the shed", "paint", "Ponds", "goldfish", "Locking the shed", "regulator.example", "Gardeners")
KINDS: Mapping[str, dict[str, Any]] = {
    "a guest of several channels": {"is_restricted": True},
    "a guest of one channel": {"is_restricted": True, "is_ultra_restricted": True},
    # is_stranger is for those who are in no channel with the app: https://docs.slack.dev/reference/objects/user-object
    "a colleague of another organisation, by Slack Connect": {"team": ids.OTHER_TEAM},
    "a stranger of another organisation": {"is_stranger": True, "team": ids.OTHER_TEAM},
    "a stranger who is said to be of our team": {"is_stranger": True},
    "somebody who has left": {"deleted": True},
    "the user of a bot": {"is_bot": True},
    "the user of a workflow": {"is_workflow_bot": True},
}
# Slack's own refusals, after which there is nobody to answer.
UNTOLD = ("nobody that Slack knows", "anybody, where the app may not look people up")


@pytest.fixture
async def app(tmp_path: Path, sheds: Library) -> AsyncIterator[SlackApp]:
    async with (
        SlackService.running() as service,
        serving(sheds, settings(service, tmp_path, HTTP), service) as app,
    ):
        yield app


def arrives(service: SlackService, kind: str) -> None:
    """Somebody of that *kind* is in the channel, and can write to the app."""
    if kind == UNTOLD[1]:
        service.world.tokens[ids.BOT_TOKEN].scopes = tuple(each for each in SCOPES if each != "users:read")
    if kind != UNTOLD[0]:
        service.world.add_user(GUEST, **KINDS.get(kind, {}))
        for channel in CHANNELS:
            service.world.add_channel(channel, members=(GUEST, ids.ASKER, ids.BOT_USER))
        service.world.add_channel(DM, members=(GUEST, ids.BOT_USER), is_im=True, name="")


def _somebody() -> Json:
    return {"id": GUEST, "username": "guest", "name": "guest", "team_id": ids.TEAM}


def _clicked(action: actions.Action) -> Json:
    answer = Message(CHANNELS[1], ids.new_ts(), "", [], ids.BOT_USER)
    button = {"type": "button", "action_id": actions.action_id(action), "block_id": "b", "value": action.encode()}
    return interactions.click(answer, button, user=GUEST)


def _clicked_at_home(action: actions.Action) -> Json:
    home = View(ids.new_id("V"), ids.TEAM, GUEST, {"type": "home", "blocks": []}, "hash")
    button = {"type": "button", "action_id": actions.action_id(action), "block_id": "b", "value": action.encode()}
    return interactions.click_in_view(home, button)


# Where the refusal is shown: a private message in a channel, a direct message, a modal, or the home tab.
WAYS: Mapping[str, tuple[str, Callable[[], Json]]] = {
    "a direct message": ("dm", lambda: events.message(user=GUEST)),
    "a mention": ("ephemeral", lambda: events.mention(user=GUEST)),
    "a mention in a shared channel": (
        "ephemeral",
        lambda: events.from_other_team(events.mention(user=GUEST, channel=CHANNELS[2]), user=GUEST),
    ),
    "a command": ("ephemeral", lambda: interactions.command(user_id=GUEST)),
    "a shortcut": ("ephemeral", lambda: interactions.shortcut(user=_somebody())),
    "a situation picked": ("ephemeral", lambda: _clicked(actions.Choose("locking-the-shed"))),
    "a folded part": ("ephemeral", lambda: _clicked(actions.Show("also", TODAY, ("own/1",)))),
    "a whole section": ("ephemeral", lambda: _clicked(actions.Section(TODAY, "own/1"))),
    "the comms team": ("ephemeral", lambda: _clicked(actions.Comms())),
    "feedback": ("ephemeral", lambda: _clicked(actions.Helpful("locking-the-shed"))),
    "App Home": ("home", lambda: events.home_opened(user=GUEST)),
    "a topic at home": ("modal", lambda: _clicked_at_home(actions.Topic("sheds"))),
    "a question at home": ("modal", lambda: _clicked_at_home(actions.Ask("do i lock the shed"))),
}


def shown(service: SlackService) -> list[str]:
    """Everything that was shown to anybody, anywhere."""
    said: list[Any] = [[each.text, each.blocks] for each in (*service.messages(), *service.ephemerals)]
    said += [view.shape for view in (*service.views, *service.published.values())]
    said += [pane.shown for pane in service.world.pane]
    return [json.dumps(each, ensure_ascii=False) for each in said]


async def refusals(service: SlackService, expected: list[str]) -> None:
    """Wait until as many refusals are shown, in each kind of place, as are *expected* there."""
    await service.shown(GUEST, expected.count("ephemeral"))
    await service.until(lambda: len(service.messages(DM)) >= expected.count("dm"), what="a direct message")
    await service.until(lambda: len(service.views) >= expected.count("modal"), what="a modal")
    await service.until(lambda: len(service.published) >= expected.count("home"), what="a home tab")


@pytest.mark.parametrize("kind", KINDS)
async def test_they_are_refused_in_private_however_they_ask(kind: str, app: SlackApp):
    arrives(app.service, kind)

    taken = [await app.sends(payload()) for _, payload in WAYS.values()]
    await refusals(app.service, [place for place, _ in WAYS.values()])

    assert {each.status for each in taken} == {200}
    said = shown(app.service)
    assert [each for each in said if wording.STRANGER not in each] == []
    assert [text for text in FOR_STAFF if any(text in each for each in said)] == []
    assert {each.channel for each in app.service.messages()} == {DM}
    assert {each.only_for for each in app.service.ephemerals} <= {GUEST}


@pytest.mark.parametrize("kind", [*list(KINDS)[:3], *UNTOLD])
@pytest.mark.parametrize("older", [True, False])
async def test_the_pane_suggests_nothing_to_them(kind: str, older: bool, app: SlackApp):
    arrives(app.service, kind)

    await app.sends(events.pane_opened(user=GUEST) if older else events.home_opened("messages", user=GUEST))
    await app.service.called("users.info")
    if older and kind in KINDS:
        await app.service.posted(1, channel=DM)

    said = shown(app.service)
    assert [each for each in said if wording.STRANGER not in each] == []
    assert app.service.world.pane == []


@pytest.mark.parametrize("kind", UNTOLD)
async def test_who_cannot_be_told_to_be_staff_is_shown_no_clause(kind: str, app: SlackApp):
    arrives(app.service, kind)

    taken = [await app.sends(payload()) for _, payload in WAYS.values()]
    await app.service.called("users.info", len(WAYS))

    assert {each.status for each in taken} == {200}
    assert [each for each in shown(app.service) if wording.STRANGER not in each] == []
    assert {each.channel for each in app.service.messages()} <= {DM}


async def test_a_private_answer_that_a_stranger_has_got_hold_of_is_not_shared(app: SlackApp):
    arrives(app.service, "a guest of one channel")
    await app.sends(interactions.command())
    [private] = await app.service.shown(ids.ASKER)
    share = interactions.action_in(private.blocks, "signpost.share")

    await app.sends(interactions.click(private, share, user=GUEST))
    [refused] = await app.service.shown(GUEST)

    assert wording.STRANGER in refused.text
    assert app.service.messages(ids.CHANNEL) == []


async def test_a_command_of_another_team_is_refused_without_an_answer(app: SlackApp):
    taken = await app.slack.deliver(interactions.command(team_id=ids.OTHER_TEAM, user_id="U0STRANGER"))

    assert taken.status == 403
    assert shown(app.service) == []


async def test_staff_are_answered_beside_them(app: SlackApp):
    arrives(app.service, "a guest of one channel")

    await app.sends(events.mention(user=GUEST))
    await app.sends(events.mention())
    [answer] = await app.service.posted(1, channel=ids.CHANNEL)
    [refused] = await app.service.shown(GUEST)

    assert "Lock the shed at night" in answer.text
    assert wording.STRANGER in refused.text


async def test_an_answer_to_staff_is_not_shown_to_the_strangers_in_the_channel(app: SlackApp):
    await app.sends(events.mention(envelope={"is_ext_shared_channel": True}))
    [answer] = await app.service.shown(ids.ASKER)

    assert "Lock the shed at night" in answer.text
    assert app.service.messages() == []
