"""Payloads with a part missing or of another kind, and whether anything went wrong over them."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

Json = dict[str, Any]

INSTEAD = (None, [], 7, {}, "", "x" * 300, True, [None])


def paths(found: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each part of a payload stands, but for what is inside blocks."""
    keys = found.keys() if isinstance(found, dict) else range(len(found)) if isinstance(found, list) else ()
    for key in keys:
        yield (*at, key)
        if key not in ("blocks", "previous_message"):
            yield from paths(found[key], (*at, key))


def changed(payload: Json, path: tuple[Any, ...], *instead: Any) -> Json:
    """*payload* with that part left out, or with something instead of it."""
    copy: Json = json.loads(json.dumps(payload))
    inside: Any = copy
    for key in path[:-1]:
        inside = inside[key]
    if instead:
        inside[path[-1]] = instead[0]
    else:
        del inside[path[-1]]
    return copy


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged with a traceback, or as an error of ours in code."""
    failed = [record for record in caplog.records if record.exc_info or "could not be" in record.getMessage()]
    return [record.getMessage() for record in failed if record.exc_info or record.levelno >= logging.ERROR]
