"""Sealed notes for a day: where the answer to a question stands, and what a thread was about."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.sealing import Seal, Unsealable
from bot.app import REMEMBERED_S
from bot.model import Answer
from bot.ports import Store, StoreUnavailable

# How long an edited or deleted question still finds its answer.
REPLIES_KEPT_S = 24 * 3_600.0

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """The situation that a thread is about, since the question with that timestamp (empty for a picked one).

    After what must stay private it is about nothing, so that no follow-up leans on what was said before.
    """

    situation: str
    since: str

    @classmethod
    def of(cls, answer: Answer, since: str) -> "Subject | None":
        """What a thread is about after *answer*; None where it stays about what it was."""
        if answer.is_private:
            return cls("", since)
        return cls(answer.situation.id, since) if answer.situation else None


class Notes:
    """One platform's notes, found by the keyed hash of a place, its ids from the widest down; no store, no notes."""

    def __init__(self, platform: str, store: Store, seal: Seal) -> None:
        self._platform = platform
        self._store = store
        self._seal = seal

    async def keep_reply(self, organisation: str, question: Place, sent: Mapping[str, str]) -> None:
        """Note where the answer to *question* was *sent*."""
        await self._keep(organisation, ("reply", *question), dict(sent), REPLIES_KEPT_S)

    async def reply(self, organisation: str, question: Place) -> Mapping[str, str] | None:
        """Where the answer to *question* stands; None where that is not known."""
        found = await self._kept(organisation, ("reply", *question))
        return found if isinstance(found, dict) else None

    async def keep_subject(self, organisation: str, thread: Place, subject: Subject) -> None:
        """Note what *thread* is about, for as long as a conversation is remembered."""
        await self._keep(organisation, ("subject", *thread), [subject.situation, subject.since], REMEMBERED_S)

    async def subject(self, organisation: str, thread: Place) -> Subject | None:
        """What *thread* is about; None where that is not known."""
        found = await self._kept(organisation, ("subject", *thread))
        return Subject(*map(str, found)) if isinstance(found, list) and len(found) == 2 else None

    async def _keep(self, organisation: str, place: Place, note: object, kept_s: float) -> None:
        sealed = self._seal.seal(json.dumps(note).encode())
        try:
            await self._store.keep(organisation, self._key(place), sealed, kept_s)
        except StoreUnavailable:
            return

    async def _kept(self, organisation: str, place: Place) -> object:
        try:
            sealed = await self._store.kept(organisation, self._key(place))
            return json.loads(self._seal.open(sealed)) if sealed else None
        except (StoreUnavailable, Unsealable):
            return None

    def _key(self, place: Place) -> str:
        return self._seal.key(self._platform, *place)
