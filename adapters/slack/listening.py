"""Questions from Slack: answered in memory, claimed, and only then acknowledged and sent."""

from adapters.deliveries import Deliveries
from adapters.questions import Asking, Questions
from adapters.slack.inbound import Asked, Clicked, Deleted
from adapters.slack.people import People
from adapters.slack.replies import Reply, to_deletion, to_pick, to_question
from adapters.slack.workspaces import Workspace
from bot.config import Config
from bot.model import Answer


class Listener:
    """Takes questions and picked situations, and hands their replies to be delivered."""

    def __init__(self, *, questions: Questions, config: Config, deliveries: Deliveries, people: People) -> None:
        self._questions = questions
        self._config = config
        self._deliveries = deliveries
        self._people = people

    async def asked(self, workspace: Workspace, asked: Asked) -> None:
        """Answer a question; when this returns it is claimed, and may be acknowledged."""
        thread = (asked.channel, asked.thread) if asked.thread else ()
        asking = self._asking(workspace, asked.asker.user, thread, is_follow_up=asked.is_follow_up, at=asked.message)
        said = await self._questions.ask(asking, f"{workspace.team} {asked.once}", asked.text)
        if said is not None:
            in_thread = self._in_thread(workspace)
            reply = to_question(asked, said.answer, in_thread=in_thread, sentence=said.sentence)
            await self._deliver(workspace, said.once, reply)

    async def deleted(self, workspace: Workspace, deleted: Deleted) -> None:
        """Take back the answer to a question that its asker has deleted."""
        await self._deliver(workspace, f"{workspace.team} {deleted.once}", to_deletion(deleted))

    async def picked(self, workspace: Workspace, clicked: Clicked, situation: str) -> None:
        """Answer a situation picked among choices in a message."""
        asking = self._clicking(workspace, clicked)
        said = await self._questions.ask(asking, f"{workspace.team} {clicked.once}", situation=situation)
        if said is not None:
            in_thread = self._in_thread(workspace)
            reply = to_pick(clicked, said.answer, in_thread=in_thread, sentence=said.sentence)
            await self._deliver(workspace, said.once, reply)

    def answer_to(self, workspace: Workspace, clicked: Clicked, situation: str = "", text: str = "") -> Answer:
        """The answer to a picked situation, or to a question typed into App Home."""
        return self._questions.answer(self._clicking(workspace, clicked), text, situation)

    async def allows(self, workspace: Workspace, user: str) -> bool:
        """Count a question that is not answered by a message; False when it is one too many."""
        return await self._questions.allows(self._asking(workspace, user))

    def _clicking(self, workspace: Workspace, clicked: Clicked) -> Asking:
        root = clicked.thread or clicked.message
        thread = (clicked.channel, root) if clicked.channel and root else ()
        return self._asking(workspace, clicked.asker.user, thread)

    def _asking(
        self, workspace: Workspace, user: str, thread: tuple[str, ...] = (), *, is_follow_up: bool = False, at: str = ""
    ) -> Asking:
        person = self._people.known(workspace.team, user)
        timezone = person.timezone if person else ""
        return Asking(workspace.organisation, workspace.team, user, thread, is_follow_up, at, timezone)

    async def _deliver(self, workspace: Workspace, once: str, reply: Reply) -> None:
        await self._deliveries.deliver(workspace.organisation, once, reply.as_address())

    def _in_thread(self, workspace: Workspace) -> bool:
        return self._config.of(workspace.organisation).answers_in_channels == "thread"
