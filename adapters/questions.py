"""Questions from a chat: within limits, in their thread, on the asker's day; one organisation apart from another."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from adapters.deliveries import Deliveries
from adapters.limits import Limits
from adapters.notes import Notes
from adapters.traces import trace
from bot.app import MOST_CONVERSATIONS, PolicyBot
from bot.config import Config
from bot.model import Answer

logger = logging.getLogger(__name__)

# 200 a second: what the staff of the largest employers ask in a rush, and less than a flood.
QUESTIONS_OF_A_GROUP = 12_000


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, in which group of the organisation's (a workspace, a tenant), and in which thread, if in one.

    `at` is the question's timestamp, of a kind that sorts; *timezone* the asker's, empty while it is not known.
    """

    organisation: str
    group: str
    user: str
    thread: tuple[str, ...] = ()
    is_follow_up: bool = False
    at: str = ""
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What to reply: an answer, or a sentence by its name in `wording.SENTENCES`; *once* is what to claim for it."""

    once: str
    answer: Answer | None = None
    sentence: str = ""


class Questions:
    """Answers the questions of one platform."""

    def __init__(  # noqa: PLR0913 - one parameter for each part it works with
        self,
        platform: str,
        *,
        bots: Mapping[str, PolicyBot],
        config: Config,
        deliveries: Deliveries,
        notes: Notes,
        now: Callable[[], float],
    ) -> None:
        """*now* gives seconds since 1970."""
        self._platform = platform
        self._bots = bots
        self._config = config
        self._deliveries = deliveries
        self._notes = notes
        self._now = now
        self._limits = Limits(QUESTIONS_OF_A_GROUP)
        self._heard: OrderedDict[str, str] = OrderedDict()

    async def ask(self, asking: Asking, once: str, text: str = "", situation: str = "") -> Said | None:
        """What to reply to *text*, or to a picked *situation*.

        None where *once*, the platform's id of it in the group, was met before.
        """
        if await self._deliveries.has_seen(once):
            return None
        if not await self.allows(asking):
            # Said once a minute: otherwise the refusals were a flood of their own.
            minute = int(self._now() // 60)
            return Said(f"{asking.group} too many {asking.user} {minute}", sentence="too_many")
        if not situation:
            await self._take_up(asking)
        try:
            return Said(once, self.answer(asking, text, situation))
        except Exception as error:  # noqa: BLE001 - the edge of answering: said to the asker, and logged
            logger.error("a question could not be answered: %s", trace(error))
            return Said(once, sentence="unknown_error")

    def answer(self, asking: Asking, text: str = "", situation: str = "") -> Answer:
        """The answer to *text*, or to a picked *situation*."""
        return self._bots[asking.organisation].ask(
            text,
            conversation=self._conversation(asking),
            situation=situation or None,
            as_of=self.today(asking.timezone),
        )

    async def allows(self, asking: Asking) -> bool:
        """Count a question; False when it is one too many for the asker or for the group."""
        return await self._limits.allows(f"{asking.group} {asking.user}", asking.group)

    def today(self, timezone: str) -> date:
        """The day in *timezone*, or where the organisation is while that is not known."""
        try:
            zone = ZoneInfo(timezone or self._config.timezone)
        except (KeyError, ValueError, OSError):
            zone = ZoneInfo(self._config.timezone)
        return datetime.fromtimestamp(self._now(), zone).date()

    async def _take_up(self, asking: Asking) -> None:
        """Learn what another process answered in this thread, where that is later than what was asked here."""
        conversation = self._conversation(asking)
        if conversation is None:
            return
        bot = self._bots[asking.organisation]
        subject = await self._notes.subject(asking.organisation, self.place(asking)) if asking.is_follow_up else None
        heard = self._heard.get(conversation, "")
        if subject is not None and (not bot.remembers(conversation) or subject.since > heard):
            bot.take_up(conversation, subject.situation)
        self._heard[conversation] = asking.at
        self._heard.move_to_end(conversation)
        if len(self._heard) > MOST_CONVERSATIONS:
            self._heard.popitem(last=False)

    def place(self, asking: Asking) -> tuple[str, ...]:
        """The place that notes on the thread are found by."""
        return asking.group, *asking.thread

    def _conversation(self, asking: Asking) -> str | None:
        return " ".join((self._platform, asking.group, *asking.thread)) if asking.thread else None
