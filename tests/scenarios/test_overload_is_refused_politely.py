"""promise 38: what is too much gets a 503 and comes again; what is acknowledged is answered, and all is well after."""

import asyncio
from pathlib import Path

import aiohttp
import slack_events as events
from slack_delivery import Acknowledgement, Delivery
from slack_payloads import Json
from slack_replicas import answers, people, several, slack_to
from slack_service import SlackService

from adapters.deliveries import MOST_CLAIMED_AT_ONCE

AT_ONCE = 3 * MOST_CLAIMED_AT_ONCE


async def test_three_hundred_questions_at_once_are_all_answered_in_the_end(tmp_path: Path):
    async with SlackService.running() as service:
        asked = [events.message(user=user) for user in people(service, AT_ONCE)]
        async with (
            several(1, service.api_url, f"sqlite:///{tmp_path}/signpost.db") as (replica,),
            slack_to(replica) as (way,),
            aiohttp.ClientSession() as session,
        ):
            got = await asyncio.gather(*(way.deliver(one) for one in asked))
            async with session.get(f"{replica.url}/livez") as response:
                alive = response.status
            again = [await insist(way, one) for one, told in zip(asked, got, strict=True) if not told.ok]
            await service.posted(AT_ONCE, within_s=20)
            await replica.stop()

        refused = [one for one in got if not one.ok]
        assert {one.status for one in got} == {200, 503}
        assert {one.headers.get("Retry-After") for one in refused} == {"1"}
        assert all(one.ok for one in again)
        assert alive == 200
        assert answers(service) == {one["event"]["ts"]: 1 for one in asked}
        assert replica.log.count("Traceback") == 0


async def insist(way: Delivery, payload: Json) -> Acknowledgement:
    """Come again until it is taken, as Slack would."""
    got = await way.insist(payload, after_s=(0.05,) * 60)
    return got[-1]
