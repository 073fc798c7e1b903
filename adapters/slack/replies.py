"""A reply before it is sent: where it goes, and the answer as ids."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from adapters.slack.inbound import Asked, Asker, Clicked, Deleted, Entry
from bot.model import Answer, Outcome
from bot.recorded import record


class Way(StrEnum):
    """How a reply reaches people, or is taken back; every way but a thread in a channel reaches the asker alone."""

    THREAD = "thread"
    EPHEMERAL = "ephemeral"
    RESPONSE = "response"
    DIRECT = "direct"
    RETRACT = "retract"


# What is tried when Slack refuses a way for good. Nothing private ever becomes public.
INSTEAD: dict[Way, Way | None] = {
    Way.THREAD: Way.DIRECT,
    Way.EPHEMERAL: Way.DIRECT,
    Way.RESPONSE: Way.DIRECT,
    Way.DIRECT: None,
    Way.RETRACT: None,
}

# What is worth showing to a channel: not a list of choices, and not what is said about Signpost itself.
_SHAREABLE = frozenset({Outcome.ANSWERED, Outcome.NOT_COVERED})


@dataclass(frozen=True, slots=True)
class Reply:
    """What a delivery needs: ids and addresses, no text. `answer` is as recorded, or empty where `sentence` is set.

    `message` is the timestamp of the question and `edited` of its last edit; `replaces` says that a private message
    of ours gives way to it.
    """

    asker: Asker
    way: Way
    channel: str = ""
    thread: str = ""
    response_url: str = ""
    message: str = ""
    edited: str = ""
    replaces: bool = False
    shareable: bool = False
    sentence: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)

    def as_address(self) -> dict[str, Any]:
        """The reply as values that JSON takes."""
        return dataclasses.asdict(self)

    @classmethod
    def from_address(cls, address: Mapping[str, Any]) -> Self:
        """Read what `as_address` made; raise `TypeError`, `KeyError` or `ValueError` on anything else."""
        told = {each.name: address[each.name] for each in dataclasses.fields(cls)}
        return cls(**told | {"asker": Asker(**told["asker"]), "way": Way(told["way"])})


def to_question(asked: Asked, answer: Answer | None, *, in_thread: bool, sentence: str = "") -> Reply:
    """The reply to a question; *in_thread* is what the organisation wants of answers in channels.

    Without an *answer* the reply is a *sentence* of ours, by the name it has in `wording`, and private. Where people
    of another organisation would read it as well, the asker alone sees it.
    """
    way = _way(asked, is_private=_is_private(answer), in_thread=in_thread and not asked.among_strangers)
    return Reply(
        asked.asker,
        way,
        channel=asked.channel,
        thread=asked.thread,
        response_url=asked.response_url,
        message=asked.message,
        edited=asked.edited,
        shareable=asked.entry is Entry.COMMAND and way is Way.RESPONSE and _is_shareable(answer),
        sentence=sentence,
        answer=record(answer) if answer else {},
    )


def to_deletion(deleted: Deleted) -> Reply:
    """What takes back the answer to a question that its asker has deleted."""
    return Reply(deleted.asker, Way.RETRACT, channel=deleted.channel, message=deleted.message)


def to_pick(clicked: Clicked, answer: Answer | None, *, in_thread: bool, sentence: str = "") -> Reply:
    """The reply to a picked situation: where the choices stand, or in place of them where only the asker sees them.

    Without an *answer* the reply is a *sentence*, as in `to_question`, and the choices stay.
    """
    is_direct, is_private = clicked.channel.startswith("D"), _is_private(answer)
    if clicked.ephemeral:
        way = Way.RESPONSE
    elif is_direct or (in_thread and not is_private):
        way = Way.THREAD
    else:
        way = Way.DIRECT if is_private else Way.EPHEMERAL
    return Reply(
        clicked.asker,
        way,
        channel=clicked.channel,
        # A private reply stands in a thread only where there is one.
        thread=clicked.thread or ("" if way is Way.EPHEMERAL else clicked.message),
        response_url=clicked.response_url,
        replaces=clicked.ephemeral and answer is not None,
        shareable=clicked.ephemeral and _is_shareable(answer),
        sentence=sentence,
        answer=record(answer) if answer else {},
    )


def _is_private(answer: Answer | None) -> bool:
    return answer is None or answer.is_private


def _is_shareable(answer: Answer | None) -> bool:
    return answer is not None and answer.outcome in _SHAREABLE


def _way(asked: Asked, *, is_private: bool, in_thread: bool) -> Way:
    match asked.entry:
        case Entry.DIRECT:
            return Way.THREAD
        case Entry.COMMAND | Entry.SHORTCUT:
            return Way.RESPONSE if asked.response_url else Way.DIRECT
        case Entry.MENTION if is_private:
            return Way.DIRECT
    return Way.THREAD if in_thread else Way.EPHEMERAL
