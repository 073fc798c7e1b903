"""promise 8: whatever Slack delivers again, to whichever process and by whichever way, is answered once."""

import asyncio
from pathlib import Path

import slack_events as events
from slack_app import SOCKET
from slack_replicas import answers, people, several, slack_to
from slack_service import SlackService

QUESTIONS = 30
DELIVERIES = 4


async def test_thirty_questions_delivered_four_times_to_each_of_two_processes_get_thirty_answers(tmp_path: Path):
    async with SlackService.running() as service:
        asked = [events.message(user=user) for user in people(service, QUESTIONS)]
        async with (
            several(2, service.api_url, f"sqlite:///{tmp_path}/signpost.db") as replicas,
            slack_to(*replicas) as ways,
        ):
            got = await asyncio.gather(
                *(way.deliver(one, retry=retry) for one in asked for retry in range(DELIVERIES) for way in ways)
            )
            await service.posted(QUESTIONS, within_s=20)
            again = await asyncio.gather(*(way.deliver(one, retry=1) for one in asked for way in ways))
            await asyncio.gather(*(replica.stop() for replica in replicas))

        assert {one.status for one in (*got, *again)} == {200}
        assert answers(service) == {one["event"]["ts"]: 1 for one in asked}


async def test_what_comes_by_requests_and_by_socket_mode_at_once_is_answered_once(tmp_path: Path):
    database = f"sqlite:///{tmp_path}/signpost.db"
    async with SlackService.running() as service:
        asked = [events.message(user=user) for user in people(service, QUESTIONS)]
        async with (
            several(1, service.api_url, database) as replicas,
            several(1, service.api_url, database, SOCKET) as others,
            slack_to(*replicas) as (way,),
        ):
            await service.socket.connected()
            await asyncio.gather(
                *(way.deliver(one, retry=retry) for one in asked for retry in range(2)),
                *(service.socket.ask(one) for one in asked for _ in range(2)),
            )
            await service.posted(QUESTIONS, within_s=20)
            await asyncio.gather(*(replica.stop() for replica in (*replicas, *others)))

        assert answers(service) == {one["event"]["ts"]: 1 for one in asked}
