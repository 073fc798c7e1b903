"""promise 39: told to end, a process first says it is not ready, ends within ten seconds, and answers what it owes."""

import asyncio
import signal
from pathlib import Path

import aiohttp
import slack_events as events
from replicas import Replica
from slack_delivery import Acknowledgement, Delivery
from slack_payloads import Json
from slack_replicas import answers, people, several, slack_to
from slack_service import SlackService

A_SECOND = 50
WITHIN_S = 10.0


async def test_it_is_not_ready_before_it_stops_listening(tmp_path: Path):
    async with (
        SlackService.running() as service,
        several(1, service.api_url, f"sqlite:///{tmp_path}/signpost.db") as (replica,),
        aiohttp.ClientSession() as session,
    ):
        statuses = [await ready(session, replica)]
        replica.process.send_signal(signal.SIGTERM)
        while 0 not in statuses:
            statuses.append(await ready(session, replica))

    assert sorted(set(statuses), key=statuses.index) == [200, 503, 0]


async def test_at_fifty_questions_a_second_nothing_acknowledged_is_lost(tmp_path: Path):
    async with SlackService.running() as service:
        asked = [events.message(user=user) for user in people(service, 3 * A_SECOND)]
        async with several(2, service.api_url, f"sqlite:///{tmp_path}/signpost.db") as replicas:
            async with slack_to(*replicas) as (first, second):
                asking = [asyncio.create_task(insist(first, one, at / A_SECOND)) for at, one in enumerate(asked)]
                await service.posted(A_SECOND)
                took_s = await replicas[0].stop()
                got = dict(zip((one["event"]["ts"] for one in asked), await asyncio.gather(*asking), strict=True))
                left = [one for one in asked if not got[one["event"]["ts"]].ok]
                again = await asyncio.gather(*(second.deliver(one, retry=1) for one in left))
            await service.until(lambda: len(answers(service)) == len(asked), within_s=15)
            await replicas[1].stop()

        assert took_s <= WITHIN_S
        assert left
        assert all(one.ok for one in again)
        assert {one.status for one in got.values()} <= {200, 0}
        assert answers(service) == {one["event"]["ts"]: 1 for one in asked}


async def insist(way: Delivery, payload: Json, after_s: float) -> Acknowledgement:
    """Ask after some time, at a steady pace."""
    await asyncio.sleep(after_s)
    return await way.deliver(payload)


async def ready(session: aiohttp.ClientSession, replica: Replica) -> int:
    """The status of `/readyz`, 0 where nobody listens any more."""
    try:
        async with session.get(f"{replica.url}/readyz", headers={"Connection": "close"}) as response:
            return response.status
    except aiohttp.ClientError:
        return 0
