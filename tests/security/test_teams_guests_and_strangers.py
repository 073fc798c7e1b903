"""promise 44: in Teams guests, and people of other organisations, get a refusal that they alone see, and no clause."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import teams_activities as act
import teams_ids as ids
import teams_invokes as invokes
from builders import TODAY
from teams_app import TeamsApp, said, serving, settings, shown
from teams_ids import Json
from teams_service import TeamsService
from teams_world import User

from adapters import actions
from adapters.actions import Action
from bot import wording
from knowledge.library import Library

GUEST = "29:1zyx-guest"
CHAT = ids.personal_of(GUEST)
# What only staff may read: words of clauses, titles of situations, names and contacts of routes.
FOR_STAFF = ("Lock the shed", "paint", "Ponds", "goldfish", "Locking the shed", "regulator.example", "Gardeners")


@dataclass(slots=True)
class Invited(User):
    """Somebody with an account in another tenant, as Entra lists them in this one."""

    def seen(self) -> Json:
        """What Teams says of them."""
        return User.seen(self) | {"userPrincipalName": "zyx_meadow.example#EXT#@garden.example"}


KINDS: Mapping[str, User] = {
    "a guest": User(GUEST, role="guest"),
    "an anonymous participant of a meeting": User(GUEST, role="anonymous"),
    "somebody with a role that nobody knows": User(GUEST, role="federated"),
    "an invited person": Invited(GUEST),
    "somebody of another tenant, in a shared channel": User(GUEST, tenant=ids.OTHER_TENANT),
    "somebody of another tenant, where the app is not theirs": User(GUEST, tenant=ids.OTHER_TENANT, has_bot=False),
}
# Teams's own refusals, after which there is nobody to answer.
UNTOLD = ("nobody that Teams knows", "anybody, where the app may not look people up")


@pytest.fixture
async def app(tmp_path: Path, sheds: Library) -> AsyncIterator[TeamsApp]:
    async with TeamsService.running() as service, serving(sheds, settings(service, tmp_path), service) as app:
        service.limits.enforced = False
        yield app


def arrives(service: TeamsService, kind: str) -> None:
    """Somebody of that *kind* is in the channel and the group chat, and can write to the app."""
    if kind == UNTOLD[1]:
        service.faults.refuse("member", "NotEnoughPermissions")
    person = KINDS.get(kind, User(GUEST))
    service.world.users[GUEST] = person
    for place in (ids.CHANNEL, ids.GROUP):
        service.world.conversations[place].members.add(GUEST)
    service.world.personal(person)
    if kind == UNTOLD[0]:
        service.faults.refuse("member", "MemberNotFoundInConversation")


def clicked(action: Action) -> Json:
    """That action with its value, in the data of a card."""
    return {"signpost": {"action": action.name, "value": action.encode()}}


CLICKED: Mapping[str, Action] = {
    "a situation picked": actions.Choose("locking-the-shed"),
    "a folded part": actions.Show("also", TODAY, ("own/1",)),
    "a whole section": actions.Section(TODAY, "own/1"),
    "a topic": actions.Topic("sheds"),
    "the comms team": actions.Comms(),
    "feedback": actions.Helpful("locking-the-shed"),
}
MESSAGES: Mapping[str, Callable[[], Json]] = {
    "a message": lambda: act.message(user=GUEST),
    "a mention": lambda: act.mention(user=GUEST),
    "a group mention": lambda: act.group_mention(user=GUEST),
    "an edit": lambda: act.edited(act.message("hello", user=GUEST), act.QUESTION),
}
INVOKES: Mapping[str, Callable[[], Json]] = {
    "a search": lambda: invokes.queried(user=GUEST),
    "a search in a channel": lambda: invokes.queried(user=GUEST, place=act.in_channel("1790000000001")),
    "what staff ask most": lambda: invokes.queried(None, user=GUEST),
    "the action on a message": lambda: invokes.fetched(user=GUEST),
    "a refresh": lambda: invokes.refreshed(data={"signpost": {"record": "{}"}}, user=GUEST),
    **{
        f"{name}, {where}": (
            lambda action=action, place=place: invokes.executed(action.name, clicked(action), user=GUEST, place=place)
        )
        for name, action in CLICKED.items()
        for where, place in (("in a chat", act.in_personal(GUEST)), ("in a channel", act.in_channel("1790000000001")))
    },
    **{
        f"{name}, in a dialog": (lambda action=action: invokes.submitted_task(clicked(action), user=GUEST))
        for name, action in CLICKED.items()
    },
}
SUBMITTED = [*CLICKED.values()]


def everything(app: TeamsApp) -> str:
    """All that was sent to anybody, and all that answered an invoke."""
    sent: list[Any] = [message.activity for message in (*app.service.sent, *app.service.updated)]
    return "\n".join(map(str, [*sent, *(each.text for each in app.teams.receptions)]))


@pytest.mark.parametrize("kind", [*KINDS, *UNTOLD])
async def test_they_are_refused_in_private_however_they_ask(kind: str, app: TeamsApp):
    arrives(app.service, kind)

    taken = [await app.sends(ask()) for ask in MESSAGES.values()]
    answered = [await app.sends(invoke()) for invoke in INVOKES.values()]
    taken += [
        await app.sends(act.submitted(clicked(action), reply_to="1790000000001", user=GUEST)) for action in SUBMITTED
    ]
    await app.ends()

    assert {each.status for each in (*taken, *answered)} == {200}
    if kind != UNTOLD[1]:
        assert {said(each).strip() for each in answered} == {wording.STRANGER}
    assert {message.text for message in app.service.sent} <= {wording.STRANGER}
    assert {message.conversation for message in app.service.sent} <= {CHAT}
    assert [text for text in FOR_STAFF if text in everything(app)] == []


@pytest.mark.parametrize("kind", list(KINDS)[:4])
async def test_who_has_a_chat_with_the_app_is_told_there(kind: str, app: TeamsApp):
    arrives(app.service, kind)

    await app.sends(act.message(user=GUEST))
    await app.sends(act.mention(user=GUEST))
    refusals = await app.service.posted(2)
    await app.ends()

    assert [(each.conversation, each.text) for each in refusals] == [(CHAT, wording.STRANGER)] * 2
    assert app.service.count("send") == 2


async def test_an_activity_of_a_tenant_that_is_not_ours_is_refused_without_an_answer(app: TeamsApp):
    taken = await app.sends(act.message(user=GUEST, tenant=ids.OTHER_TENANT))
    await app.ends()

    assert (taken.status, taken.text) == (403, "")
    assert app.service.count("member") == 0


async def test_staff_are_answered_beside_them(app: TeamsApp):
    arrives(app.service, "a guest")

    await app.sends(act.mention(user=GUEST))
    await app.sends(act.mention())
    messages = await app.service.posted(2)

    assert {message.text for message in messages if message.conversation == CHAT} == {wording.STRANGER}
    assert "Lock the shed at night" in shown(app.service.messages(ids.CHANNEL)[0].card)


async def test_a_guest_who_becomes_staff_is_not_taken_for_staff_of_another_tenant(app: TeamsApp):
    arrives(app.service, "a guest")
    await app.sends(act.message(user=GUEST))
    await app.sends(act.message())
    await app.service.posted(2)

    again = await app.sends(invokes.queried(user=GUEST))

    assert said(again) == wording.STRANGER
