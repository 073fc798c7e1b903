"""promises 36 and 56: we come again when Teams says, keep to its limits and set our own, and lose nothing."""

import json
from pathlib import Path

import pytest
import teams_ids as ids
from teams_activities import mention, message
from teams_app import serving, settings
from teams_invokes import queried
from teams_replicas import answers, people, questions
from teams_service import TeamsService

from adapters.limits import QUESTIONS as MOST_OF_ONE
from bot import wording
from knowledge.library import Library

QUESTIONS = 40
IN_ONE_CONVERSATION = 9
IN_ONE_TENANT = 40
STORM_S = 1.5
ALL_TENANTS = {"tenants": dict.fromkeys((ids.TENANT, *ids.TENANTS), "garden")}
PASSING = ("PreconditionFailed", "ServiceError", "ServiceUnavailable", "GatewayTimeout")


@pytest.mark.parametrize("name", ["send", "member"])
async def test_in_a_storm_of_refusals_nothing_is_lost_and_nobody_comes_too_early(
    name: str, tmp_path: Path, sheds: Library
):
    async with TeamsService.running() as service:
        asked = questions(people(service, QUESTIONS))
        async with serving(sheds, settings(service, tmp_path, teams=ALL_TENANTS), service) as app:
            service.limits.storm(name, retry_after_s=1, for_s=STORM_S)
            got = [await app.sends(one) for one in asked]
            await service.until(lambda: len(answers(service)) == QUESTIONS, within_s=15)

        assert {one.status for one in got} == {200}
        assert answers(service) == {one["id"]: 1 for one in asked}
        assert service.violations == []
        assert any(call.status == 429 for call in service.answered)


@pytest.mark.parametrize("error", PASSING)
async def test_what_passes_is_tried_again(error: str, tmp_path: Path, sheds: Library):
    async with TeamsService.running() as service:
        async with serving(sheds, settings(service, tmp_path), service) as app:
            service.faults.refuse("member", error, times=1)
            service.faults.refuse("send", error, times=1)
            await app.sends(message())
            await service.posted(1, within_s=10)

        assert [call.status for call in service.called_so_far("send")][-1] == 201
        assert len(service.sent) == 1


async def test_a_conversation_has_its_pace_and_others_do_not_wait_for_it(tmp_path: Path, sheds: Library):
    async with TeamsService.running() as service:
        asked = [mention() for _ in range(IN_ONE_CONVERSATION)]
        async with serving(sheds, settings(service, tmp_path), service) as app:
            for one in asked:
                await app.sends(one)
            elsewhere = message()
            await app.sends(elsewhere)
            await service.posted(1, conversation=elsewhere["conversation"]["id"])
            before = len(service.messages(ids.CHANNEL))
            await service.posted(IN_ONE_CONVERSATION, conversation=ids.CHANNEL, within_s=15)

        assert before < IN_ONE_CONVERSATION
        assert service.violations == []
        assert all(call.status != 429 for call in service.answered)


async def test_a_tenant_has_25_calls_in_any_second(tmp_path: Path, sheds: Library):
    async with TeamsService.running() as service:
        users = [service.world.add_user().id for _ in range(IN_ONE_TENANT)]
        async with serving(sheds, settings(service, tmp_path), service) as app:
            for user in users:
                await app.sends(message(user=user))
            await service.posted(IN_ONE_TENANT, within_s=15)

        at = [call.at for call in service.calls if call.name in ("member", "send")]
        assert len(at) == 2 * IN_ONE_TENANT
        assert all(later - earlier > 1.0 for earlier, later in zip(at, at[25:], strict=False))
        assert service.violations == []


async def test_one_too_many_in_a_minute_is_told_so_and_others_go_on_asking(tmp_path: Path, sheds: Library):
    async with TeamsService.running() as service, serving(sheds, settings(service, tmp_path), service) as app:
        told = [(await app.sends(queried("do i lock the shed"))).text for _ in range(MOST_OF_ONE + 5)]
        other = await app.sends(queried("do i lock the shed", user=ids.COLLEAGUE))

    too_many = [wording.TOO_MANY in json.loads(each)["composeExtension"].get("text", "") for each in told]
    assert not any(too_many[:MOST_OF_ONE])
    assert sum(too_many) >= 4
    assert "Lock the shed" in other.text
