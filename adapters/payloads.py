"""Takes parts out of somebody else's JSON, of which nothing can be relied on."""

from collections.abc import Mapping
from typing import Any


class Incomplete(ValueError):
    """A payload without a part that every one of its kind has."""


def part(body: object, *path: str) -> Mapping[str, Any]:
    """The object at *path*; an empty one where there is none."""
    inside = body
    for name in path:
        inside = inside.get(name) if isinstance(inside, Mapping) else None
    return inside if isinstance(inside, Mapping) else {}


def text(body: object, *path: str) -> str:
    """The text at *path*; empty where there is none."""
    found = part(body, *path[:-1]).get(path[-1])
    return found if isinstance(found, str) else ""


def need(body: object, *path: str) -> str:
    """The text at *path*; raise `Incomplete` where there is none."""
    if found := text(body, *path):
        return found
    raise Incomplete(f"no {'.'.join(path)}")


def first(found: object) -> object:
    """The first of a list; None of an empty one, or of anything else."""
    return found[0] if isinstance(found, list) and found else None
