"""promise 28: in Teams the bot asks nothing back about a concern, quotes no rule, keeps nothing and tells nobody."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import teams_activities as act
import teams_cards
import teams_ids as ids
import teams_invokes as invokes
from sentences import DANGER, read
from slack_probes import files_with
from teams_app import TeamsApp, said, serving, settings, shown
from teams_service import TeamsService

from adapters.teams import render
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome
from knowledge.library import Library

DISCLOSURES = [line.removeprefix(DANGER) for line in read("disclosures")]
TOLD = 6


@pytest.fixture
def disclosed(trust: PolicyBot) -> list[tuple[str, Answer]]:
    asked = [(text, trust.ask(text)) for text in DISCLOSURES]
    return [(text, got) for text, got in asked if got.outcome is Outcome.SENSITIVE]


@pytest.fixture
async def app(tmp_path: Path, shipped: Library) -> AsyncIterator[TeamsApp]:
    async with (
        TeamsService.running() as service,
        serving(shipped, settings(service, tmp_path), service, "trust") as app,
    ):
        yield app


def test_nothing_is_asked_back_quoted_or_offered(disclosed: list[tuple[str, Answer]], trust: PolicyBot):
    for text, got in disclosed:
        for in_dialog in (False, True):
            message = render.message(got, trust.library, trust.organisation, record="x", in_dialog=in_dialog)
            said = "\n".join([*teams_cards.lines(message.card or {}), message.text, message.summary])

            assert "?" not in said
            assert "You do not need to give any details here" in said
            assert text not in str(message)
            assert teams_cards.quotations(message.card or {}) == []
            assert "Action." not in str(message.card)
            assert message.entities == ()


async def test_the_asker_alone_is_told_and_nobody_else_hears_of_it(app: TeamsApp, disclosed: list[tuple[str, Answer]]):
    service = app.service
    people = [service.world.add_user().id for _ in range(TOLD)]
    asked = disclosed[:: max(1, len(disclosed) // TOLD)][:TOLD]

    for user, (text, _) in zip(people, asked, strict=True):
        await app.sends(act.mention(text, user=user, root=ids.new_message()))
        searched = await app.sends(invokes.queried(text, user=user))
        assert said(searched) == wording.SEARCH_PRIVATE
    await service.until(lambda: sum(bool(m.card) for m in service.sent) == TOLD, what="the answers", within_s=20)
    await app.ends()

    answers = [message for message in service.sent if message.card]
    assert sorted(each.conversation for each in answers) == sorted(ids.personal_of(user) for user in people)
    assert {each.text for each in service.sent if not each.card} <= {wording.ANSWERED_PRIVATELY}
    assert all(wording.SENSITIVE in shown(each.card) for each in answers)
    assert {call.name for call in service.calls} <= {"login", "metadata", "keys", "member", "create", "send"}
    assert service.count("create") == TOLD


async def test_nothing_of_it_is_kept(app: TeamsApp, tmp_path: Path, disclosed: list[tuple[str, Answer]]):
    text = disclosed[0][0]

    await app.sends(act.message(f"{text} zyxcanary"))
    await app.service.posted()
    await app.ends()

    assert app.bots["trust"]._conversations == {}
    assert files_with(tmp_path, ["zyxcanary", text]) == []
