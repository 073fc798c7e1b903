"""Whether each question from Teams is answered once: see `benchmarks.once` for what is measured, and how."""

import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from benchmarks import once
from benchmarks.load import Figure, Json

import teams_activities as activities  # isort: skip - found through benchmarks.load
import teams_replicas  # isort: skip
from replicas import Replica, trust  # isort: skip
from teams_delivery import Delivery, Reception  # isort: skip
from teams_limits import OPERATION_OF  # isort: skip
from teams_service import Call, TeamsService  # isort: skip

MOST_IN_A_TENANT, MOST_IN_A_CONVERSATION = 25, 7


class Teams:
    """The Bot Framework's stand-in, and how people ask there."""

    def running(self) -> AbstractAsyncContextManager[TeamsService]:
        """The stand-in."""
        return TeamsService.running()

    @asynccontextmanager
    async def replicas(self, service: TeamsService, environment: Mapping[str, str]) -> AsyncIterator[list[Replica]]:
        """Two processes of the product."""
        with tempfile.TemporaryDirectory() as folder:
            async with teams_replicas.several(2, service, Path(folder), trust, **environment) as replicas:
                yield replicas

    def people(self, service: TeamsService, count: int) -> list[str]:
        """People of many tenants."""
        return teams_replicas.people(service, count)

    def ways(self, service: TeamsService, *replicas: Replica) -> AbstractAsyncContextManager[list[Delivery]]:
        """Teams on its way."""
        return teams_replicas.teams_to(service, *replicas)

    def deliver(self, way: Delivery, payload: Json, retry: int) -> Awaitable[Reception]:
        """Send an activity; another time it is the same."""
        return way.deliver(payload)

    def question(self, text: str = activities.QUESTION, *, user: str) -> Json:
        """A question in a personal chat."""
        return teams_replicas.question(text, user=user)

    def mention(self) -> Json:
        """A question in a channel."""
        return activities.mention()

    def name(self, payload: Json) -> str:
        """The question's id."""
        return str(payload["id"])

    def asked_at(self, name: str) -> float:
        """An id is a time in milliseconds."""
        return int(name) / 1_000

    def answers(self, service: TeamsService) -> Counter[str]:
        """By the question's id."""
        return teams_replicas.answers(service)

    def answered_at(self, service: TeamsService) -> dict[str, float]:
        """By the question's id."""
        first: dict[str, float] = {}
        for message in service.messages():
            first.setdefault(message.reply_to, int(message.id) / 1_000)
        return first

    def paced(self, service: TeamsService) -> list[Figure]:
        """Microsoft takes 30 calls a second of an app in a tenant, and 7 messages in a conversation."""
        calls = [call for call in service.answered if call.name in OPERATION_OF]
        tenants = _most_in_a_second(calls, service.tenant_of)
        sends = [call for call in calls if call.name == "send"]
        places = _most_in_a_second(sends, lambda call: call.conversation.partition(";")[0])
        return [
            Figure(
                "most calls in a second in a tenant",
                str(tenants),
                f"<= {MOST_IN_A_TENANT}",
                tenants <= MOST_IN_A_TENANT,
            ),
            Figure(
                "most messages in a second in a conversation",
                str(places),
                f"<= {MOST_IN_A_CONVERSATION}",
                places <= MOST_IN_A_CONVERSATION,
            ),
        ]


def _most_in_a_second(calls: Iterable[Call], group: Callable[[Call], str]) -> int:
    """The most calls of one group in any second."""
    at: dict[str, list[float]] = {}
    for call in calls:
        at.setdefault(group(call), []).append(call.at)
    return max((_densest(sorted(each)) for each in at.values()), default=0)


def _densest(at: list[float]) -> int:
    """The most of these times, in order, in any second."""
    first = most = 0
    for last, now in enumerate(at):
        while at[first] <= now - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


if __name__ == "__main__":
    once.main(Teams())
