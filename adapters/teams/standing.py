"""Where the answer to a question stands in Teams, so that it can follow its question."""

from dataclasses import dataclass

from adapters.notes import Notes
from adapters.notes import Place as Question


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer's messages, in their chat, and the line beside the question that says where it went; all by id."""

    chat: str = ""
    sent: tuple[str, ...] = ()
    said: str = ""


class Standings:
    """Keeps for a day, in sealed notes, where answers stand; *question* is its tenant, conversation and id."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    async def keep(self, organisation: str, question: Question, standing: Standing) -> None:
        """Note where the answer to *question* stands now; nothing for what was clicked, which never changes."""
        if question[-1]:
            note = {"chat": standing.chat, "sent": " ".join(standing.sent), "said": standing.said}
            await self._notes.keep_reply(organisation, question, note)

    async def of(self, organisation: str, question: Question) -> Standing:
        """Where the answer to *question* stands; an empty one where that is not known."""
        noted = await self._notes.reply(organisation, question) if question[-1] else None
        if noted is None:
            return Standing()
        return Standing(noted.get("chat", ""), tuple(noted.get("sent", "").split()), noted.get("said", ""))
