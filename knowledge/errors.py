"""Everything that can be wrong with knowledge, said so that the person who can fix it can."""

from collections.abc import Sequence
from dataclasses import dataclass


class KnowledgeError(Exception):
    """The knowledge could not be read or used; the message says what, where and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in one pack: the file, its line (1 is the first), what is wrong and the remedy."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}; {self.remedy}"


class InvalidPack(KnowledgeError):
    """One or more packs were refused; `problems` names every fault that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = f"{len(self.problems)} problem" + ("s" if len(self.problems) != 1 else "")
        super().__init__("\n".join([f"the library was refused: {count}", *map(str, self.problems)]))
