"""From YAML nodes to typed values, collecting every fault on the way instead of stopping at one."""

import difflib
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TypeVar

from knowledge.errors import InvalidPack, Problem
from knowledge.formats.strict_yaml import Fields, Items, Node, Scalar
from knowledge.model import PrintedDate

E = TypeVar("E", bound=StrEnum)
V = TypeVar("V")

# A file with more is no pack with mistakes in it; whoever mends it wants the first ones.
MOST_PROBLEMS = 200
_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,9})?")


class FieldReader:
    """Reads the fields of one mapping; whatever is wrong lands in `problems` with its line."""

    def __init__(self, node: Node, file: str, problems: list[Problem]) -> None:
        self._file = file
        self._problems = problems
        self._seen: set[str] = set()
        self.line = node.line
        self._fields = node if isinstance(node, Fields) else Fields({}, {}, node.line)
        if not isinstance(node, Fields):
            self.problem(node.line, "a list or text where fields are expected", "write 'name: value' lines")

    def problem(self, line: int, what: str, remedy: str) -> None:
        """Note a fault at *line* of this file; raise `InvalidPack` when there are too many to go on."""
        self._problems.append(Problem(self._file, line, what, remedy))
        if len(self._problems) >= MOST_PROBLEMS:
            raise InvalidPack(self._problems)

    def __contains__(self, name: str) -> bool:
        self._seen.add(name)
        return name in self._fields.nodes

    def line_of(self, name: str) -> int:
        """The line of the field, or of the mapping where the field is absent."""
        return self._fields.key_lines.get(name, self.line)

    def text(self, name: str, *, default: str | None = None) -> str:
        """The field's text, folded to single spaces; a fault when absent and no default is given."""
        node = self._take(name, required=default is None)
        if node is None:
            return default or ""
        if isinstance(node, Scalar) and (node.text.strip() or default is not None):
            return " ".join(node.text.split())
        self.problem(node.line, f"'{name}' is not text", "write one line of text")
        return ""

    def texts(self, name: str, *, required: bool = False) -> tuple[str, ...]:
        """The field's list of texts; empty when absent."""
        node = self._take(name, required=required)
        if node is None:
            return ()
        if isinstance(node, Scalar) and not node.text.strip():
            return ()
        if not isinstance(node, Items):
            self.problem(node.line, f"'{name}' is not a list", "write one '- item' a line")
            return ()
        found = []
        for item in node.nodes:
            if isinstance(item, Scalar) and item.text.strip():
                found.append(" ".join(item.text.split()))
            else:
                self.problem(item.line, f"an item of '{name}' is not text", "write text, or remove it")
        return tuple(found)

    def choice(self, name: str, choices: type[E], default: E | None = None) -> E | None:
        """The field as a member of *choices*; the default, or a fault, when absent."""
        value = self.text(name, default="" if default is not None or name not in self._fields.nodes else None)
        if not value:
            if default is None:
                self.problem(self.line, f"'{name}' is missing", _one_of(choices))
            return default
        try:
            return choices(value)
        except ValueError:
            self.problem(self.line_of(name), f"'{name}: {value[:40]}' is not known", _one_of(choices))
            return default

    def date(self, name: str, *, required: bool = False) -> PrintedDate | None:
        """The field as a date as printed (a month or a day)."""
        value = self.text(name, default=None if required else "")
        if not value:
            return None
        try:
            return PrintedDate(value)
        except ValueError:
            self.problem(self.line_of(name), f"'{name}: {value[:20]}' is not a date", "write 2015-08 or 2015-08-31")
            return None

    def number(self, name: str, *, default: float) -> float:
        """The field as a number, not negative and below 1,000; the default when absent."""
        value = self.text(name, default=str(default))
        if _NUMBER.fullmatch(value):
            return float(value)
        self.problem(self.line_of(name), f"'{name}: {value[:20]}' is not a number", "write a number such as 0.5")
        return default

    def flag(self, name: str) -> bool:
        """Whether the field says `yes`; absent means no."""
        value = self.text(name, default="no")
        if value not in ("yes", "no"):
            self.problem(self.line_of(name), f"'{name}: {value[:20]}' is neither yes nor no", "write yes or no")
        return value == "yes"

    def each(self, name: str, read: Callable[["FieldReader"], V | None]) -> tuple[V, ...]:
        """Every mapping in the list field *name*, read by *read*; what could not be read is left out."""
        node = self._take(name, required=True)
        if node is None:
            return ()
        if not isinstance(node, Items):
            self.problem(node.line, f"'{name}' is not a list", "write '- ' entries")
            return ()
        return tuple(v for v in map(read, self._readers(node)) if v is not None)

    def mapping(self, name: str) -> dict[str, str]:
        """The field as a mapping from text to text; empty when absent."""
        node = self._take(name, required=False)
        if node is None:
            return {}
        if not isinstance(node, Fields):
            self.problem(node.line, f"'{name}' is not a mapping", "write 'name: value' lines")
            return {}
        inner = FieldReader(node, self._file, self._problems)
        return {key: inner.text(key) for key in node.nodes}

    def done(self) -> None:
        """Report fields that nobody asked for: a misspelt name must not be ignored in silence."""
        for name in self._fields.nodes:
            if name not in self._seen:
                close = difflib.get_close_matches(name, self._seen, n=1)
                remedy = f"did you mean '{close[0]}'?" if close else "remove it"
                self.problem(self.line_of(name), f"unknown field '{name[:40]}'", remedy)

    def _readers(self, node: Items) -> Iterator["FieldReader"]:
        return (FieldReader(item, self._file, self._problems) for item in node.nodes)

    def _take(self, name: str, *, required: bool) -> Node | None:
        self._seen.add(name)
        node = self._fields.nodes.get(name)
        if node is None and required:
            self.problem(self.line, f"'{name}' is missing", "add it")
        return node


def _one_of(choices: type[StrEnum]) -> str:
    return "write one of " + ", ".join(choices)
