"""Whether each question from Slack is answered once: see `benchmarks.once` for what is measured, and how."""

from collections import Counter
from collections.abc import Awaitable, Mapping
from contextlib import AbstractAsyncContextManager
from itertools import pairwise

from benchmarks import once
from benchmarks.load import Figure, Json

import slack_events as events  # isort: skip - found through benchmarks.load
import slack_replicas  # isort: skip
from replicas import Replica, trust  # isort: skip
from slack_app import HTTP  # isort: skip
from slack_delivery import Acknowledgement, Delivery  # isort: skip
from slack_service import SlackService  # isort: skip


class Slack:
    """Slack's stand-in, and how people ask there."""

    def running(self) -> AbstractAsyncContextManager[SlackService]:
        """The stand-in."""
        return SlackService.running()

    def replicas(
        self, service: SlackService, environment: Mapping[str, str]
    ) -> AbstractAsyncContextManager[list[Replica]]:
        """Two processes of the product."""
        return Replica.several(2, {"SLACK_API_URL": service.api_url, **HTTP, **environment}, trust)

    def people(self, service: SlackService, count: int) -> list[str]:
        """People who may be looked up as fast as may be."""
        return slack_replicas.people(service, count)

    def ways(self, service: SlackService, *replicas: Replica) -> AbstractAsyncContextManager[list[Delivery]]:
        """Slack on its way."""
        return slack_replicas.slack_to(*replicas)

    def deliver(self, way: Delivery, payload: Json, retry: int) -> Awaitable[Acknowledgement]:
        """Send an event."""
        return way.deliver(payload, retry=retry)

    def question(self, text: str = "do i lock the shed", *, user: str) -> Json:
        """A direct message."""
        return events.message(text, user=user)

    def mention(self) -> Json:
        """A question in a channel."""
        return events.mention()

    def name(self, payload: Json) -> str:
        """The question's timestamp."""
        return str(payload["event"]["ts"])

    def asked_at(self, name: str) -> float:
        """A timestamp is a time."""
        return float(name)

    def answers(self, service: SlackService) -> Counter[str]:
        """By the question's timestamp."""
        return slack_replicas.answers(service)

    def answered_at(self, service: SlackService) -> dict[str, float]:
        """By the question's timestamp."""
        first: dict[str, float] = {}
        for message in service.messages():
            first.setdefault(message.thread_ts, float(message.ts))
        return first

    def paced(self, service: SlackService) -> list[Figure]:
        """Slack takes one message a second in a conversation."""
        posts: dict[str, list[float]] = {}
        for call in service.called_so_far("chat.postMessage"):
            if call.status == 200:
                posts.setdefault(call.args["channel"], []).append(call.at)
        gaps = (later - earlier for at in posts.values() for earlier, later in pairwise(at))
        return [Figure("closest posts in a conversation", f"{min(gaps, default=float('inf')):.2f} s apart")]


if __name__ == "__main__":
    once.main(Slack())
