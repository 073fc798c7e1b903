"""Everything that can be clicked: what it means, and the id and value that stand for it at Slack."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar, Self
from urllib.parse import quote, unquote

PREFIX = "signpost."
# https://docs.slack.dev/reference/block-kit/block-elements/button-element
MOST_VALUE = 2_000
_MOST_PAGE = 9_999

PARTS = ("also", "others", "near", "nearest", "rest", "whole")
REASONS = ("not_clear", "not_my_situation", "out_of_date", "wrong_clause")

_ACTION_ID = re.compile(r"signpost\.([a-z]{1,20})(?:\.[a-z0-9]{1,20})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PAGE = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class Clicked:
    """What somebody clicked; its value at Slack is its fields, each quoted, with spaces between."""

    name: ClassVar[str]

    def encode(self) -> str:
        """The value of the button or option."""
        return " ".join(_written(getattr(self, field.name)) for field in dataclasses.fields(self))

    @classmethod
    def decode(cls, value: str) -> Self:
        """Read what `encode` wrote; raise `ValueError` on anything else."""
        names = [field.name for field in dataclasses.fields(cls)]
        parts = value.split(" ") if value else []
        if len(parts) != len(names):
            raise ValueError("a value with parts too few or too many")
        got = cls(**{name: _READ.get(name, _text)(part) for name, part in zip(names, parts, strict=True)})
        if got.encode() != value:
            raise ValueError("a value that no button has")
        return got


@dataclass(frozen=True, slots=True)
class Choose(Clicked):
    """Answer this situation."""

    name: ClassVar[str] = "choose"
    situation: str


@dataclass(frozen=True, slots=True)
class Show(Clicked):
    """Show clauses that stand folded: one of `PARTS`, the day of the answer, the clauses' ids."""

    name: ClassVar[str] = "show"
    part: str
    on: date
    clauses: tuple[str, ...]

    def divided(self) -> "tuple[Show, ...]":
        """The same clauses in as few buttons as have room for them, also where they turn pages; mostly this one."""
        if len(More(_MOST_PAGE, self).encode()) <= MOST_VALUE or len(self.clauses) == 1:
            return (self,)
        half = len(self.clauses) // 2
        first, second = (Show(self.part, self.on, ids) for ids in (self.clauses[:half], self.clauses[half:]))
        return *first.divided(), *second.divided()


@dataclass(frozen=True, slots=True)
class Section(Clicked):
    """Show the whole section that a clause stands in, as on that day."""

    name: ClassVar[str] = "section"
    on: date
    clause: str


@dataclass(frozen=True, slots=True)
class Topic(Clicked):
    """Show the situations of a topic."""

    name: ClassVar[str] = "topic"
    topic: str


@dataclass(frozen=True, slots=True)
class More(Clicked):
    """Turn to a page of what a modal shows; pages count from 0."""

    name: ClassVar[str] = "more"
    page: int
    shown: Show | Section | Topic


@dataclass(frozen=True, slots=True)
class Comms(Clicked):
    """Show how to reach the communications team."""

    name: ClassVar[str] = "comms"


@dataclass(frozen=True, slots=True)
class Helpful(Clicked):
    """The answer to this situation helped."""

    name: ClassVar[str] = "helpful"
    situation: str


@dataclass(frozen=True, slots=True)
class Unhelpful(Clicked):
    """The answer to this situation did not help; the reason is asked for next."""

    name: ClassVar[str] = "unhelpful"
    situation: str


@dataclass(frozen=True, slots=True)
class Reason(Clicked):
    """Why the answer to this situation did not help: one of `REASONS`."""

    name: ClassVar[str] = "reason"
    situation: str
    reason: str


@dataclass(frozen=True, slots=True)
class _AsItStands(Clicked):
    """A click whose value is one text, as it stands."""

    text: str

    def encode(self) -> str:
        """The text."""
        return self.text

    @classmethod
    def decode(cls, value: str) -> Self:
        """Take the text; raise `ValueError` when there is none."""
        if not value.strip():
            raise ValueError("a value without text")
        return cls(value)


@dataclass(frozen=True, slots=True)
class Share(_AsItStands):
    """Share the answer with the channel; the text is what was recorded of it, opaque here."""

    name: ClassVar[str] = "share"


@dataclass(frozen=True, slots=True)
class Ask(_AsItStands):
    """Answer what somebody typed into the search box."""

    name: ClassVar[str] = "ask"


Action = Choose | Show | Section | More | Comms | Helpful | Unhelpful | Reason | Share | Ask | Topic
_KINDS: tuple[type[Action], ...] = (
    *(Choose, Show, Section, More, Comms, Helpful, Unhelpful),
    *(Reason, Share, Ask, Topic),
)
_BY_NAME: Mapping[str, type[Action]] = MappingProxyType({kind.name: kind for kind in _KINDS})


def action_id(action: type[Action] | Action, place: int | str = "") -> str:
    """The id of something clickable; *place* tells it from its like in the same message."""
    return f"{PREFIX}{action.name}.{place}" if place != "" else f"{PREFIX}{action.name}"


def decode(clicked_id: str, value: str) -> Action:
    """What was clicked; raise `ValueError` on an id or a value that Signpost never gave."""
    found = _ACTION_ID.fullmatch(clicked_id)
    if found is None or found[1] not in _BY_NAME:
        raise ValueError("no such action")
    kind = _BY_NAME[found[1]]
    # What people type may be longer than a button's value: answering says kindly that it is too long.
    if kind is not Ask and len(value) > MOST_VALUE:
        raise ValueError("a value longer than Slack's")
    return kind.decode(value)


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(_written(each) for each in value)
    if isinstance(value, Show | Section | Topic):
        return f"{value.name}:{quote(value.encode(), safe='/,:')}"
    return quote(str(value), safe="/")


def _text(part: str) -> str:
    text = unquote(part, errors="strict")
    if not text:
        raise ValueError("an empty part")
    return text


def _one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    def read(part: str) -> str:
        if part not in known:
            raise ValueError("not one of those that are known")
        return part

    return read


def _day(part: str) -> date:
    if _DAY.fullmatch(part) is None:
        raise ValueError("a day is YYYY-MM-DD")
    return date.fromisoformat(part)


def _page(part: str) -> int:
    if _PAGE.fullmatch(part) is None:
        raise ValueError("not a page's number")
    return int(part)


def _shown(part: str) -> Show | Section | Topic:
    name, _, value = part.partition(":")
    kinds: dict[str, type[Show] | type[Section] | type[Topic]] = {k.name: k for k in (Show, Section, Topic)}
    if name not in kinds:
        raise ValueError("this has no pages")
    return kinds[name].decode(unquote(value, errors="strict"))


_READ: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "part": _one_of(PARTS),
        "reason": _one_of(REASONS),
        "on": _day,
        "page": _page,
        "shown": _shown,
        "clauses": lambda part: tuple(_text(each) for each in part.split(",")),
    }
)
