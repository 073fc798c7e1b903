"""Files of JSON lines: one object a line; a line that is something else is named by file and line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from knowledge.errors import KnowledgeError


def read(file: Path, fields: Mapping[str, type | tuple[type, ...]]) -> Iterator[dict[str, Any]]:
    """Return the object on each line, with at least *fields* of these types; empty lines are passed over."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError):
                found = None
            if not isinstance(found, dict) or not all(isinstance(found.get(n), t) for n, t in fields.items()):
                named = ", ".join(f'"{name}"' for name in fields)
                raise KnowledgeError(f"{file}:{number}: not a JSON object with {named}; correct the line")
            yield found
