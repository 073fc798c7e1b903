"""promise 36: we come again when Slack says, post once a second in a conversation, and lose nothing."""

from itertools import pairwise

import pytest
import slack_events as events
import slack_ids as ids
from slack_app import HTTP, serving, settings
from slack_replicas import answers, people
from slack_service import SlackService

from knowledge.library import Library

QUESTIONS = 40
IN_ONE_CONVERSATION = 4
STORM_S = 1.5


@pytest.mark.parametrize("method", ["chat.postMessage", "users.info"])
async def test_in_a_storm_of_refusals_nothing_is_lost_and_nobody_comes_too_early(method, tmp_path, sheds: Library):
    async with SlackService.running() as service:
        asked = [events.message(user=user) for user in people(service, QUESTIONS)]
        async with serving(sheds, settings(service, tmp_path, HTTP), service) as app:
            service.limits.storm(method, retry_after_s=1, for_s=STORM_S)
            got = [await app.sends(one) for one in asked]
            await service.posted(QUESTIONS, within_s=15)

        assert {one.status for one in got} == {200}
        assert answers(service) == {one["event"]["ts"]: 1 for one in asked}
        assert service.violations == []
        assert any(call.status == 429 for call in service.answered)


async def test_a_conversation_gets_one_message_a_second_and_others_do_not_wait_for_it(tmp_path, sheds: Library):
    async with SlackService.running() as service:
        asked = [events.mention() for _ in range(IN_ONE_CONVERSATION)]
        async with serving(sheds, settings(service, tmp_path, HTTP), service) as app:
            for one in asked:
                await app.sends(one)
            elsewhere = events.message()
            await app.sends(elsewhere)
            await service.posted(1, channel=elsewhere["event"]["channel"])
            before = len(service.messages(ids.CHANNEL))
            await service.posted(IN_ONE_CONVERSATION, channel=ids.CHANNEL, within_s=10)

        posted = [call.at for call in service.called_so_far("chat.postMessage") if call.args["channel"] == ids.CHANNEL]
        assert before < IN_ONE_CONVERSATION
        assert all(later - earlier > 0.95 for earlier, later in pairwise(posted))
        assert service.violations == []
