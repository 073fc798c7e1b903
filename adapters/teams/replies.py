"""A reply before it is sent: where it goes, and the answer as ids."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from adapters.questions import Said
from adapters.teams.inbound import Asked, Clicked, Deleted, Place
from bot.recorded import record


class Way(StrEnum):
    """How a reply reaches people."""

    HERE = "here"  # in the chat or thread of the question
    PERSONAL = "personal"  # in the asker's own chat with the bot, and a neutral line where the question stands
    RETRACT = "retract"  # what was said is taken back


@dataclass(frozen=True, slots=True)
class Reply:
    """What a delivery needs: ids and addresses, no text. `answer` is as recorded, or empty where `sentence` is set."""

    place: Place
    way: Way
    message: str = ""
    edited: str = ""
    sentence: str = ""
    is_to_stranger: bool = False
    answer: Mapping[str, Any] = field(default_factory=dict)

    @property
    def question(self) -> tuple[str, str, str]:
        """The question's tenant, conversation and id; the id is empty for what was clicked."""
        return self.place.tenant, self.place.conversation, self.message

    def as_address(self) -> dict[str, Any]:
        """The reply as values that JSON takes."""
        return dataclasses.asdict(self)

    @classmethod
    def from_address(cls, address: Mapping[str, Any]) -> Self:
        """Read what `as_address` made; raise `TypeError`, `KeyError` or `ValueError` on anything else."""
        told = {each.name: address[each.name] for each in dataclasses.fields(cls)}
        return cls(**told | {"place": Place(**told["place"]), "way": Way(told["way"])})


def to_question(asked: Asked, said: Said, *, in_thread: bool) -> Reply:
    """The reply to a question; *in_thread* is what the organisation wants of answers in channels and group chats."""
    is_private = said.answer is None or said.answer.is_private or not in_thread
    way = Way.PERSONAL if is_private and not asked.place.is_personal else Way.HERE
    answer = record(said.answer) if said.answer else {}
    return Reply(asked.place, way, asked.message, asked.edited, said.sentence, answer=answer)


def to_pick(clicked: Clicked, said: Said, *, in_thread: bool) -> Reply:
    """The reply to a picked situation, where the choices stand."""
    asked = Asked(clicked.place, clicked.once, "", clicked.shown_on)
    return dataclasses.replace(to_question(asked, said, in_thread=in_thread), message="")


def to_deletion(deleted: Deleted) -> Reply:
    """Take back the answer to a question that is deleted."""
    return Reply(deleted.place, Way.RETRACT, deleted.message)
