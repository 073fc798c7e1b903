"""Where an error arose, without what it says: the message of an error may hold what somebody asked, or who."""

import traceback
from collections.abc import Iterator
from pathlib import PurePath
from types import FrameType

OURS = frozenset({"adapters", "bot", "knowledge"})


def trace(error: BaseException) -> str:
    """The kind of *error* and the places it passed, innermost last, on one line: for logs."""
    passed = ", ".join(f"{_file(frame)}:{line}" for frame, line in traceback.walk_tb(error.__traceback__))
    return f"{type(error).__name__} at {passed or 'no place'}"


def is_ours(error: BaseException) -> bool:
    """Whether *error* passed through our own code, and not only through a library's."""
    return any(package in OURS for package in _packages(error))


def _packages(error: BaseException) -> Iterator[str]:
    for frame, _ in traceback.walk_tb(error.__traceback__):
        yield str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _file(frame: FrameType) -> str:
    return "/".join(PurePath(frame.f_code.co_filename).parts[-3:])
