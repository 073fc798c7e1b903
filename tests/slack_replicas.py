"""`signpost serve` with Slack on, as processes beside the stand-in."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import slack_ids as ids
from replicas import Library, Replica, garden
from slack_app import HTTP
from slack_delivery import Delivery
from slack_service import SlackService

from adapters.slack.mount import PATH


def several(
    count: int,
    api_url: str,
    database: str,
    way: Mapping[str, str] = HTTP,
    library: Library = garden,
    **environment: str,
) -> AbstractAsyncContextManager[list[Replica]]:
    """That many processes on one *database*, with the Slack at *api_url*."""
    told = {"SLACK_API_URL": api_url, "SIGNPOST_DATABASE_URL": database, **way, **environment}
    return Replica.several(count, told, library)


@asynccontextmanager
async def slack_to(*replicas: Replica) -> AsyncIterator[list[Delivery]]:
    """Slack on its way to each of the *replicas*."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Delivery.to(replica.url + PATH)) for replica in replicas]


def people(service: SlackService, count: int) -> list[str]:
    """The ids of *count* people who may be looked up as fast as may be: the limits here are those of messages."""
    service.limits.tiers[4] = 1_000_000
    for user in ids.many_users(count):
        service.world.add_user(user)
    return ids.many_users(count)


def answers(service: SlackService) -> Counter[str]:
    """How many messages stand in answer to each question, by the question's timestamp."""
    places = service.world.messages.values()
    return Counter(message.thread_ts for place in places for message in place.values() if not message.deleted)
