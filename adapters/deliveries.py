"""Delivers every answer once: claimed before it is acknowledged, taken over when a process dies."""

import asyncio
import contextlib
import json
import logging
import random
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import stamina

from adapters.sealing import Seal, Unsealable
from adapters.traces import trace
from bot.ports import Store, StoreUnavailable

logger = logging.getLogger(__name__)

LOOKED_AFTER_EVERY_S = 2.5
AWAY_LOOKED_AFTER_EVERY_S = 0.5
TAKEN_OVER_AT_ONCE = 50
SETTLED_AT_ONCE = 200
# After the store was away, every process first says that it is alive: nobody takes over what is still at work.
ROUNDS_BEFORE_TAKING_OVER = 3
# A private reply in Slack can be sent for half an hour; nobody waits longer for an answer.
GIVEN_UP_AFTER_S = 30 * 60.0
MOST_RECENT = 20_000
# What waits until the platform takes it costs memory only; what was not tried yet costs time, and claims in one turn
# of the event loop keep everything else waiting.
MOST_UNDER_WAY = 10_000
MOST_UNTRIED = 500
MOST_CLAIMED_AT_ONCE = 100
AGAIN_PER_S = 500
FORGET_EVERY = 240
# Of the time to stop, what is left to those that are being sent.
MOST_LAST_S = 1.0

Address = Mapping[str, Any]


class TryAgain(Exception):
    """The platform cannot take it now; try again after `after_s` seconds, 0 for as soon as is sensible."""

    def __init__(self, after_s: float = 0.0) -> None:
        super().__init__(f"try again after {after_s} s")
        self.after_s = after_s


class Deliveries:
    """One platform's deliveries.

    *post* sends one delivery and returns when the platform has taken it or never will; it raises
    `TryAgain` for another attempt. An address is what it needs, as values that JSON takes: never a text.
    """

    def __init__(  # noqa: PLR0913 - one parameter for each part of the outside world
        self,
        platform: str,
        organisations: Iterable[str],
        *,
        store: Store,
        seal: Seal,
        post: Callable[[str, Address], Awaitable[None]],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._platform = platform
        self._organisations = tuple(organisations)
        self._store = store
        self._seal = seal
        self._post = post
        self._now = now
        self._owner = secrets.token_hex(8)
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._claiming: dict[str, asyncio.Event] = {}
        self._unsettled: dict[str, str] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._untried: set[str] = set()
        self._sending: set[str] = set()
        # Away: a write took too long, as on a busy machine. Gone: `look_after` found nobody there either.
        self._store_is_away = self._store_is_gone = False
        self._went_away = asyncio.Event()
        self._rounds_to_wait = 0

    async def has_seen(self, once: str) -> bool:
        """Whether this process has met *once* before, and it is claimed; cheaper than asking the store."""
        return await self._is_known(self._claim(once))

    async def deliver(self, organisation: str, once: str, address: Address) -> bool:
        """Claim *once*, the platform's id of an event, and deliver to *address* in the background.

        When it returns the claim is committed, and the event may be acknowledged: whatever happens to this
        process, the delivery goes out. False when the event was claimed before, here or elsewhere. Without a
        store it goes out all the same: then only this process knows what it has claimed.
        """
        address = {**address, "at": self._now()}
        ours = await self._take(organisation, self._claim(once), address)
        if ours:
            self._start(organisation, self._claim(once), address)
        return ours

    async def claim(self, organisation: str, once: str) -> bool:
        """Claim *once* for something that is not worth doing late; False when it was claimed before."""
        return await self._take(organisation, self._claim(once), None)

    @property
    def is_full(self) -> bool:
        """Whether so much is under way that another delivery would only wait; its sender should come again."""
        return (
            len(self._claiming) >= MOST_CLAIMED_AT_ONCE
            or len(self._untried) >= MOST_UNTRIED
            or len(self._under_way) >= MOST_UNDER_WAY
        )

    async def look_after(self, every_s: float = LOOKED_AFTER_EVERY_S) -> None:
        """Say that this process is alive, settle what is left, take over what others left; never end by itself."""
        rounds = 0
        while True:
            try:
                await self._look_after_once(tidy=rounds % FORGET_EVERY == 0)
                self._note_store(away=False)
            except StoreUnavailable:
                self._note_store(away=True)
                self._store_is_gone = True
            except Exception as error:  # noqa: BLE001 - the edge of this task: without it nothing would be taken over again
                logger.error("deliveries could not be looked after, trying again: %s", trace(error))
            rounds += 1
            await self._rest(every_s)

    async def drain(self, within_s: float) -> None:
        """Let what is under way arrive, for *within_s* seconds at most; what is left, another process takes over."""
        last_s = min(MOST_LAST_S, within_s)
        await self._wait(within_s - last_s)
        # Whoever waits for another attempt ends now. What is cut off while it is sent would be sent again elsewhere.
        for claim, task in list(self._under_way.items()):
            if claim not in self._sending:
                task.cancel()
        await self._wait(last_s)
        left = list(self._under_way.values())
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _wait(self, for_s: float) -> None:
        if self._under_way:
            await asyncio.wait(list(self._under_way.values()), timeout=for_s)

    async def _rest(self, every_s: float) -> None:
        if self._store_is_away:
            await asyncio.sleep(min(every_s, AWAY_LOOKED_AFTER_EVERY_S))
            return
        # While it is away nothing is protected against repeats; it may only have been busy, and be back at once.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(every_s):
                await self._went_away.wait()

    async def _look_after_once(self, *, tidy: bool) -> None:
        # Also to see whether it is back.
        if self._under_way or self._unsettled or self._store_is_away:
            for organisation in self._organisations:
                await self._store.renew(organisation, self._owner)
        left = list(self._unsettled.items())
        for first in range(0, len(left), SETTLED_AT_ONCE):
            some = left[first : first + SETTLED_AT_ONCE]
            await asyncio.gather(*(self._settle(organisation, claim) for claim, organisation in some))
        for organisation in self._organisations:
            if self._rounds_to_wait == 0:
                await self._take_over(organisation)
            if tidy:
                await self._store.forget_old(organisation)
        self._rounds_to_wait = max(0, self._rounds_to_wait - 1)

    async def _take_over(self, organisation: str) -> None:
        """Take up what others left, as long as there is more of it and this process is not full."""
        found = TAKEN_OVER_AT_ONCE
        while found == TAKEN_OVER_AT_ONCE and not self.is_full:
            overdue = await self._store.take_over(organisation, self._platform, self._owner, TAKEN_OVER_AT_ONCE)
            for each in overdue:
                self._take_up(organisation, each.claim, each.sealed)
            found = len(overdue)

    async def _take(self, organisation: str, claim: str, address: Address | None) -> bool:
        if await self._is_known(claim):
            return False
        if self._store_is_gone:
            # Waiting for it would only delay everybody: `look_after` sees when it is back.
            self._remember(claim)
            return True
        sealed = None if address is None else self._seal.seal(json.dumps(address, separators=(",", ":")).encode())
        self._claiming[claim] = decided = asyncio.Event()
        try:
            ours = await self._store.claim(organisation, self._platform, claim, self._owner, sealed)
            self._note_store(away=False)
        except StoreUnavailable:
            self._note_store(away=True)
            ours = True
        finally:
            del self._claiming[claim]
            decided.set()
        self._remember(claim)
        return ours

    async def _is_known(self, claim: str) -> bool:
        # A repetition that is acknowledged before the claim is committed would be lost with this process.
        while (decided := self._claiming.get(claim)) is not None:
            await decided.wait()
        return claim in self._recent

    async def _settle(self, organisation: str, claim: str) -> None:
        await self._store.settle(organisation, claim)
        self._unsettled.pop(claim, None)

    def _start(self, organisation: str, claim: str, address: Address) -> None:
        if claim not in self._under_way:
            task = asyncio.create_task(self._deliver(organisation, claim, address))
            self._under_way[claim] = task
            self._untried.add(claim)
            task.add_done_callback(lambda _task: self._ended(claim))

    def _ended(self, claim: str) -> None:
        self._under_way.pop(claim, None)
        self._untried.discard(claim)
        self._sending.discard(claim)

    def _take_up(self, organisation: str, claim: str, sealed: bytes) -> None:
        try:
            address = json.loads(self._seal.open(sealed))
        except (Unsealable, ValueError):
            logger.error("an answer cannot be delivered: it was sealed with a key that is not in SIGNPOST_KEYS")
            self._unsettled[claim] = organisation
            return
        self._remember(claim)
        self._start(organisation, claim, address)

    async def _deliver(self, organisation: str, claim: str, address: Address) -> None:
        left_s = address["at"] + GIVEN_UP_AFTER_S - self._now()
        try:
            if left_s <= 0:
                raise TryAgain
            async for attempt in stamina.retry_context(
                on=self._when_to_try_again, attempts=None, timeout=left_s, wait_initial=0.2, wait_max=20.0
            ):
                with attempt:
                    await self._try(organisation, claim, address)
        except TryAgain:
            logger.error("an answer was given up: %s took none for half an hour", self._platform)
        except Exception as error:  # noqa: BLE001 - the edge of a delivery: what cannot be posted now could not be posted later
            logger.error("an answer could not be posted platform=%s: %s", self._platform, trace(error))
        self._unsettled[claim] = organisation
        try:
            await self._settle(organisation, claim)
        except StoreUnavailable:
            self._note_store(away=True)

    def _when_to_try_again(self, problem: Exception) -> bool | float:
        if not isinstance(problem, TryAgain):
            return False
        # What waited for the same moment would otherwise come back in it, and hold up everything else.
        spread_s = random.uniform(0, len(self._under_way) / AGAIN_PER_S)  # noqa: S311 - nothing secret
        return problem.after_s + spread_s if problem.after_s else True

    async def _try(self, organisation: str, claim: str, address: Address) -> None:
        self._sending.add(claim)
        try:
            await self._post(organisation, address)
        except TryAgain:
            self._sending.discard(claim)
            raise
        finally:
            self._untried.discard(claim)

    def _claim(self, once: str) -> str:
        # What a platform calls an event may name people; the store holds nothing that could be matched with them.
        return self._seal.key("claim", self._platform, once)

    def _remember(self, claim: str) -> None:
        self._recent[claim] = None
        if len(self._recent) > MOST_RECENT:
            self._recent.popitem(last=False)

    def _note_store(self, *, away: bool) -> None:
        if away and not self._store_is_away:
            logger.error("the store does not answer: questions are answered, but not protected against repeats")
        elif self._store_is_away and not away:
            logger.warning("the store answers again")
        if away:
            self._rounds_to_wait = ROUNDS_BEFORE_TAKING_OVER
            self._went_away.set()
        else:
            self._went_away.clear()
            self._store_is_gone = False
        self._store_is_away = away
