"""YAML from strangers: bounded, every scalar a string, every node with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

import yaml

from knowledge.errors import InvalidPack, Problem

MAX_BYTES = 4_000_000
MAX_DEPTH = 12
MAX_EVENTS = 200_000

# A terminal obeys these, and text in which they hide is not the text that a reader sees: escapes, and
# the marks that turn the direction of writing round.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
# libyaml's event parser keeps its stack on the heap; it is PyYAML's composer that crashes on deep
# nesting, and nothing here composes.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A piece of text; `5.10`, `0123` and `no` stay as written."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: list["Node"]
    line: int


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with text keys; `key_lines` says where each key stands."""

    nodes: dict[str, "Node"]
    key_lines: dict[str, int]
    line: int


Node: TypeAlias = Scalar | Items | Fields


def parse(data: bytes, file: str) -> Node:
    """Return the one document in *data*; raise `InvalidPack` with file, line and remedy otherwise."""
    if len(data) > MAX_BYTES:
        raise _refusal(file, 1, f"larger than {MAX_BYTES:,} bytes", "split it into several files")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise _refusal(file, line, "not UTF-8 text", "save the file as UTF-8") from None
    try:
        return _Builder(file).build(yaml.parse(text, Loader=_LOADER))
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark else data.count(b"\n", 0, getattr(problem, "position", 0)) + 1
        what = getattr(problem, "problem", None) or "a character that text does not hold"
        begun = getattr(problem, "context_mark", None)
        if begun and begun.line + 1 != line:
            what += f" in what begins on line {begun.line + 1}"
        raise _refusal(file, line, f"not valid YAML ({what})", "correct the line") from None


def _refusal(file: str, line: int, what: str, remedy: str) -> InvalidPack:
    return InvalidPack([Problem(file, line, what, remedy)])


class _Builder:
    """Builds the tree from events with a stack of its own, so that depth costs nothing."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._open: list[Items | Fields] = []
        self._keys: list[str | None] = []
        self._root: Node | None = None
        self._documents = 0

    def build(self, events: Iterator[yaml.Event]) -> Node:
        for count, event in enumerate(events):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if count > MAX_EVENTS:
                raise _refusal(self._file, line, f"more than {MAX_EVENTS:,} nodes", "split the file")
            self._take(event, line)
        if self._root is None:
            raise _refusal(self._file, 1, "empty file", "write the pack or remove the file")
        return self._root

    def _take(self, event: yaml.Event, line: int) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._refuse(line, "a second YAML document", "keep one document in a file")
            case yaml.AliasEvent():
                self._refuse(line, "a YAML alias", "write the value out")
            case yaml.ScalarEvent():
                self._no_anchor(event, line)
                if _CONTROL.search(event.value):
                    self._refuse(line, "a control character", "remove it or its escape")
                self._scalar(Scalar(event.value, line))
            case yaml.SequenceStartEvent():
                self._no_anchor(event, line)
                self._push(Items([], line))
            case yaml.MappingStartEvent():
                self._no_anchor(event, line)
                self._push(Fields({}, {}, line))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._open.pop()
                self._keys.pop()

    def _no_anchor(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            self._refuse(line, "a YAML anchor", "write the value out where it is used")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            self._refuse(line, "a YAML tag", "remove it; every value is text")

    def _refuse(self, line: int, what: str, remedy: str) -> NoReturn:
        raise _refusal(self._file, line, what, remedy)

    def _scalar(self, node: Scalar) -> None:
        if self._open and isinstance(parent := self._open[-1], Fields) and self._keys[-1] is None:
            if "\n" in node.text:
                self._refuse(node.line, "a key of several lines", "write it on one line")
            if node.text in parent.nodes:
                self._refuse(node.line, f"the key '{node.text[:40]}' twice", "keep one of them")
            self._keys[-1] = node.text
            parent.key_lines[node.text] = node.line
        else:
            self._attach(node, node.line)

    def _push(self, node: Items | Fields) -> None:
        self._attach(node, node.line)
        self._open.append(node)
        self._keys.append(None)
        if len(self._open) > MAX_DEPTH:
            self._refuse(node.line, f"nested more than {MAX_DEPTH} deep", "flatten the file")

    def _attach(self, node: Node, line: int) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Items):
            parent.nodes.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._refuse(line, "a key that is not text", "use plain text as the key")
        parent.nodes[key] = node
        self._keys[-1] = None
