"""promise 8: what was acknowledged is answered, also when the process dies; at most one answer twice for each death."""

import asyncio
from pathlib import Path

import slack_events as events
from slack_replicas import answers, people, several, slack_to
from slack_service import SlackService

QUESTIONS = 10
# Ten seconds without a word from the process, and up to two and a half until somebody looks.
TAKEN_OVER_WITHIN_S = 14.0


async def test_after_three_deaths_every_question_is_answered_within_seconds(tmp_path: Path):
    async with SlackService.running() as service:
        users = people(service, 2 * QUESTIONS + 1)
        asked = [events.message(user=user) for user in users]
        before_posting, while_posting, at_once = asked[:QUESTIONS], asked[QUESTIONS : QUESTIONS + 1], asked[-QUESTIONS:]
        async with several(2, service.api_url, f"sqlite:///{tmp_path}/signpost.db") as replicas:
            async with slack_to(*replicas) as (first, second):
                looked_up = service.faults.hang("users.info", times=QUESTIONS)
                got = list(await asyncio.gather(*(first.deliver(one) for one in before_posting)))
                await service.caught(looked_up, QUESTIONS)
                await replicas[0].kill()
                looked_up.release()

                sent = service.faults.hang("chat.postMessage")
                got += await asyncio.gather(*(second.deliver(one) for one in while_posting))
                await service.caught(sent)
                await asyncio.gather(replicas[1].kill(), replicas[0].start())
                sent.release()

            async with slack_to(*replicas) as (first, _):
                got += await asyncio.gather(*(first.deliver(one) for one in at_once))
                await asyncio.gather(replicas[0].kill(), replicas[1].start())
            everything = {one["event"]["ts"] for one in asked}
            await service.until(lambda: answers(service).keys() >= everything, within_s=TAKEN_OVER_WITHIN_S)
            await replicas[1].stop()

        found = answers(service)
        assert {one.status for one in got} == {200}
        assert found.keys() == everything
        assert all(found[one["event"]["ts"]] == 1 for one in before_posting)
        assert found[while_posting[0]["event"]["ts"]] <= 2
