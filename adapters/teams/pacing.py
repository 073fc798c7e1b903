"""Keeps Microsoft's limits for bots: how many calls there may be in a conversation, and in a tenant."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum

from aiolimiter import AsyncLimiter

from adapters.deliveries import TryAgain
from adapters.gates import Gate

MOST_CONVERSATIONS = 10_000
# Whoever waits longer for their turn gives others theirs, and comes again.
MOST_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls at once, and after that so many a second: never more than at_once + seconds * per_s."""

    at_once: float
    per_s: float

    def limiter(self) -> AsyncLimiter:
        """A leaky bucket of that rate."""
        return AsyncLimiter(self.at_once, self.at_once / self.per_s)


class Call(Enum):
    """What Microsoft counts apart."""

    SEND = "send to conversation"
    CREATE = "create conversation"
    MEMBERS = "get conversation members"


# Rates that keep all of Microsoft's limits for one bot in one conversation, however one lays a second:
# https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
_OF_MESSAGES = (Rate(6, 1.0), Rate(600, 1 / 3))  # 7 in 1 s, 8 in 2 s, 60 in 30 s; 1,800 in an hour
_OF_LOOKUPS = (Rate(12, 2.0), Rate(1_200, 2 / 3))  # twice as many
OF_A_CONVERSATION = {Call.SEND: _OF_MESSAGES, Call.CREATE: _OF_MESSAGES, Call.MEMBERS: _OF_LOOKUPS}
# 30 a second for an app in a tenant, less what others of our replicas may send: never more than 25.
OF_A_TENANT = Rate(3, 22.0)


class Pacing:
    """Whose turn it is: in each conversation and in each tenant."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._conversations: OrderedDict[tuple[str, str, Call], tuple[AsyncLimiter, ...]] = OrderedDict()
        self._tenants: dict[str, tuple[AsyncLimiter, Gate]] = {}
        self._closed_until: dict[tuple[str, str], float] = {}

    @asynccontextmanager
    async def turn(self, tenant: str, conversation: str, call: Call) -> AsyncIterator[None]:
        """Wait for the turn of a *call* in a *conversation* and make it; raise `TryAgain` where that takes too long.

        A `TryAgain` with `after_s` out of it closes the conversation for so long; when another one is closed then,
        it is the tenant that has too much, and the whole tenant waits.
        """
        # The limits hold for a channel with all its threads.
        conversation = conversation.partition(";messageid=")[0]
        self._check(tenant, conversation)
        limiter, gate = self._of(tenant)
        await self._wait((*self._paces(tenant, conversation, call), limiter))
        self._check(tenant, conversation)
        refused: TryAgain | None = None
        async with gate.passing():
            try:
                yield
            except TryAgain as again:
                if again.after_s and self._close(tenant, conversation, again.after_s):
                    raise
                refused = again
        if refused is not None:
            raise refused

    def _check(self, tenant: str, conversation: str) -> None:
        left_s = self._closed_until.get((tenant, conversation), 0.0) - self._monotonic()
        if left_s > 0:
            raise TryAgain(left_s)

    def _close(self, tenant: str, conversation: str, for_s: float) -> bool:
        """Close the conversation; True where another one of the tenant's is closed as well."""
        now = self._monotonic()
        self._closed_until = {place: until for place, until in self._closed_until.items() if until > now}
        others = any(place[0] == tenant and place[1] != conversation for place in self._closed_until)
        self._closed_until[tenant, conversation] = now + for_s
        return others

    @staticmethod
    async def _wait(limiters: tuple[AsyncLimiter, ...]) -> None:
        try:
            async with asyncio.timeout(MOST_WAIT_S):
                for limiter in limiters:
                    await limiter.acquire()
        except TimeoutError:
            raise TryAgain(1.0) from None

    def _of(self, tenant: str) -> tuple[AsyncLimiter, Gate]:
        # Only allowed tenants come this far: there are never many.
        if tenant not in self._tenants:
            self._tenants[tenant] = (OF_A_TENANT.limiter(), Gate(self._monotonic))
        return self._tenants[tenant]

    def _paces(self, tenant: str, conversation: str, call: Call) -> tuple[AsyncLimiter, ...]:
        name = (tenant, conversation, call)
        paces = self._conversations.get(name)
        if paces is None:
            paces = self._conversations[name] = tuple(rate.limiter() for rate in OF_A_CONVERSATION[call])
        self._conversations.move_to_end(name)
        if len(self._conversations) > MOST_CONVERSATIONS:
            self._conversations.popitem(last=False)
        return paces
