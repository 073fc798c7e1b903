"""Every verb that an adapter may use, and nothing else."""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date

from bot import answering
from bot.model import Answer, Outcome, Question, Remembered
from knowledge.library import Library
from knowledge.model import Kind
from knowledge.people import Organisation

REMEMBERED_S = 15 * 60
MOST_CONVERSATIONS = 10_000


class PolicyBot:
    """Answers questions from one library for one organisation, and remembers conversations in memory."""

    def __init__(
        self,
        library: Library,
        organisation: Organisation,
        *,
        today: Callable[[], date] = date.today,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.library = library
        self.organisation = organisation
        self.today = today
        self._monotonic = monotonic
        self._conversations: OrderedDict[str, tuple[float, Remembered]] = OrderedDict()

    def replace_library(self, library: Library) -> None:
        """Answer from *library* and its settings from now on; questions under way end with the old one."""
        self.library = library
        self.organisation = library.organisations.get(self.organisation.id, self.organisation)

    def ask(
        self,
        text: str,
        *,
        conversation: str | None = None,
        situation: str | None = None,
        as_of: date | None = None,
    ) -> Answer:
        """Return the answer to *text*, or to the *situation* picked among choices.

        *conversation* is the key under which a follow-up within 15 minutes finds the question before it:
        its situation, clause ids and terms, never its text.
        """
        question = Question(text, as_of or self.today(), situation)
        remembered = self._recall(conversation)
        got = answering.answer(question, self.library, self.organisation, remembered)
        self._remember(conversation, text, got, picked=situation is not None)
        self.forget_old()
        return got

    def remembers(self, conversation: str) -> bool:
        """Whether a follow-up in *conversation* would find the question before it."""
        return self._recall(conversation) is not None

    def take_up(self, conversation: str, situation: str) -> None:
        """Remember of *conversation*, which another process went on with, that it is about *situation*, or nothing."""
        self.forget(conversation)
        found = self.library.situations.get(situation)
        if found is not None and found.kind is Kind.POLICY:
            terms = self.library.matcher.read(found.title).terms
            self._conversations[conversation] = (self._monotonic(), Remembered(found.id, (), terms))

    def forget(self, conversation: str) -> None:
        """Forget what *conversation* was about."""
        self._conversations.pop(conversation, None)

    def _recall(self, conversation: str | None) -> Remembered | None:
        if conversation is None or conversation not in self._conversations:
            return None
        at, remembered = self._conversations[conversation]
        return remembered if self._monotonic() - at <= REMEMBERED_S else None

    def _remember(self, conversation: str | None, text: str, got: Answer, *, picked: bool) -> None:
        if conversation is None:
            return
        if got.is_private:
            self.forget(conversation)
        if got.outcome is Outcome.ANSWERED and got.situation is not None:
            # A picked situation is remembered by its title: the text beside it went through no check.
            reading = self.library.matcher.read(got.situation.title if picked else text)
            clauses = tuple(citation.clause.id for citation in got.citations)
            remembered = Remembered(got.situation.id, clauses, reading.terms)
            self._conversations[conversation] = (self._monotonic(), remembered)
            self._conversations.move_to_end(conversation)

    def forget_old(self) -> None:
        """Forget the conversations of which nothing was heard for 15 minutes, and the oldest of too many."""
        now = self._monotonic()
        while self._conversations:
            key, (at, _) = next(iter(self._conversations.items()))
            if now - at <= REMEMBERED_S and len(self._conversations) <= MOST_CONVERSATIONS:
                return
            del self._conversations[key]
