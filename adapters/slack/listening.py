"""Questions from Slack: answered in memory, claimed, and only then acknowledged and sent."""

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from adapters.deliveries import Deliveries
from adapters.limits import Limits
from adapters.slack.inbound import Asked, Clicked, Deleted
from adapters.slack.notes import Notes
from adapters.slack.people import People
from adapters.slack.replies import Reply, to_deletion, to_pick, to_question
from adapters.slack.workspaces import Workspace
from bot.app import PolicyBot
from bot.config import Config
from bot.model import Answer

logger = logging.getLogger(__name__)

# 200 a second: what the staff of the largest employers ask in a rush, and less than a flood.
QUESTIONS_OF_A_WORKSPACE = 12_000


class Listener:
    """Takes questions and picked situations, one organisation's apart from another's."""

    def __init__(  # noqa: PLR0913 - one parameter for each part it works with
        self,
        *,
        bots: Mapping[str, PolicyBot],
        config: Config,
        deliveries: Deliveries,
        people: People,
        notes: Notes,
        now: Callable[[], float],
    ) -> None:
        """*now* gives seconds since 1970."""
        self._bots = bots
        self._config = config
        self._deliveries = deliveries
        self._people = people
        self._notes = notes
        self._now = now
        self._limits = Limits(QUESTIONS_OF_A_WORKSPACE)

    async def asked(self, workspace: Workspace, asked: Asked) -> None:
        """Answer a question; when this returns it is claimed, and may be acknowledged."""
        if await self._deliveries.has_seen(f"{workspace.team} {asked.once}"):
            return
        if not await self.allows(workspace, asked.asker.user):
            # Said once a minute: otherwise the refusals were a flood of their own.
            minute = int(self._now() // 60)
            await self._say(workspace, asked, "too_many", once=f"too many {asked.asker.user} {minute}")
            return
        bot = self._bots[workspace.organisation]
        conversation = _conversation(workspace, asked) if asked.thread else None
        if asked.is_follow_up and conversation and not bot.remembers(conversation):
            await self._take_up(bot, workspace, asked, conversation)
        try:
            answer = bot.ask(asked.text, conversation=conversation, as_of=self._today(workspace, asked.asker.user))
        except Exception:  # the edge of answering: said to the asker, and kept for who mends it
            logger.exception("a question could not be answered")
            await self._say(workspace, asked, "unknown_error")
            return
        await self._deliver(workspace, asked.once, to_question(asked, answer, in_thread=self._in_thread(workspace)))

    async def deleted(self, workspace: Workspace, deleted: Deleted) -> None:
        """Take back the answer to a question that its asker has deleted."""
        await self._deliver(workspace, deleted.once, to_deletion(deleted))

    async def picked(self, workspace: Workspace, clicked: Clicked, situation: str) -> None:
        """Answer a situation picked among choices in a message."""
        answer = self.answer_to(workspace, clicked, situation)
        await self._deliver(workspace, clicked.once, to_pick(clicked, answer, in_thread=self._in_thread(workspace)))

    def answer_to(self, workspace: Workspace, clicked: Clicked, situation: str = "", text: str = "") -> Answer:
        """The answer to a picked situation, or to a question typed into App Home."""
        bot = self._bots[workspace.organisation]
        root = clicked.thread or clicked.message
        conversation = f"slack {workspace.team} {clicked.channel} {root}" if clicked.channel and root else None
        return bot.ask(
            text,
            conversation=conversation,
            situation=situation or None,
            as_of=self._today(workspace, clicked.asker.user),
        )

    async def allows(self, workspace: Workspace, user: str) -> bool:
        """Count a question that is not answered by a message; False when it is one too many."""
        return await self._limits.allows(f"{workspace.team} {user}", workspace.team)

    async def _say(self, workspace: Workspace, asked: Asked, sentence: str, once: str = "") -> None:
        reply = to_question(asked, None, in_thread=self._in_thread(workspace), sentence=sentence)
        await self._deliver(workspace, once or asked.once, reply)

    async def _deliver(self, workspace: Workspace, once: str, reply: Reply) -> None:
        await self._deliveries.deliver(workspace.organisation, f"{workspace.team} {once}", reply.as_address())

    def _in_thread(self, workspace: Workspace) -> bool:
        return self._config.of(workspace.organisation).answers_in_channels == "thread"

    def _today(self, workspace: Workspace, user: str) -> date:
        """The day where the asker is, or where the organisation is while that is not known yet."""
        person = self._people.known(workspace.team, user)
        try:
            zone = ZoneInfo(person.timezone if person and person.timezone else self._config.timezone)
        except (KeyError, ValueError, OSError):
            zone = ZoneInfo(self._config.timezone)
        return datetime.fromtimestamp(self._now(), zone).date()

    async def _take_up(self, bot: PolicyBot, workspace: Workspace, asked: Asked, conversation: str) -> None:
        """Learn what another process answered in this thread."""
        situation = await self._notes.subject(workspace, asked.channel, asked.thread)
        if situation:
            bot.take_up(conversation, situation)


def _conversation(workspace: Workspace, asked: Asked) -> str:
    return f"slack {workspace.team} {asked.channel} {asked.thread}"
