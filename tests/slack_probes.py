"""What tests of security look at: the claims in the database, every file, every log line, every connection."""

import logging
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from slack_service import SlackService

TALKATIVE = ("slack_bolt", "slack_sdk", "slack_bolt.AsyncApp", "aiohttp.server", "aiohttp.access", "adapters.slack.sdk")
# Asked once, when the product starts.
AT_START = frozenset({"auth.test", "apps.connections.open"})

_listening: list[list[tuple[str, int]]] = []


def claims_in(folder: Path) -> int:
    """How many events the database in *folder* says were claimed."""
    with closing(sqlite3.connect(folder / "signpost.db")) as database:
        return int(database.execute("SELECT count(*) FROM claims").fetchone()[0])


def calls_since_start(service: SlackService) -> list[str]:
    """The methods that were called since the product had started."""
    return [call.method for call in service.calls if call.method not in AT_START]


def log_everything(caplog: pytest.LogCaptureFixture) -> None:
    """Keep all that anything logs, also what the product has told the SDK to keep to itself."""
    caplog.set_level(logging.DEBUG)
    for name in TALKATIVE:
        caplog.set_level(logging.DEBUG, logger=name)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """All that was logged, with arguments and tracebacks."""
    formatter = logging.Formatter("%(levelname)s %(name)s %(message)s")
    return "\n".join(formatter.format(record) for record in caplog.records)


def files_with(folder: Path, canaries: Iterable[str]) -> list[tuple[str, str]]:
    """Each file below *folder* that holds a canary, with that canary."""
    looked_for = [(canary, canary.encode()) for canary in canaries]
    contents = [(path, path.read_bytes()) for path in folder.rglob("*") if path.is_file()]
    return [(path.name, canary) for path, held in contents for canary, raw in looked_for if raw in held]


@contextmanager
def connections() -> Iterator[list[tuple[str, int]]]:
    """The host and port of every connection that this process tries to open in the block."""
    if not _listening:
        sys.addaudithook(_heard)
    tried: list[tuple[str, int]] = []
    # A hook cannot be taken away again: it tells whoever listens last.
    _listening.append(tried)
    try:
        yield tried
    finally:
        _listening.append([])


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        _listening[-1].append((str(arguments[1][0]), int(arguments[1][1])))
