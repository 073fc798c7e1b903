"""Reads the settings: `signpost.yaml` and the environment, with `NAME_FILE` for secrets that stand in a file."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from bot.config import ENVIRONMENT, Config, ConfigError, read, shown
from knowledge.errors import InvalidPack
from knowledge.formats.strict_yaml import Fields, Items, Node, Scalar, parse

FILE = Path("signpost.yaml")
_QUOTED = re.compile(r"'([^']*)'")
_SETS_SOMETHING = re.compile(rb"(?m)^\s*[^#\s]")


def load(file: Path | None, environment: Mapping[str, str], *, only: Collection[str] = ()) -> Config:
    """Return the settings of *file*, or of `signpost.yaml` here if there is one, and of *environment*.

    With *only*, no other variables are read, and what goes together need not be there together. Raise `ConfigError`
    with every problem.
    """
    source, told = "the environment", dict[str, Any]()
    if file is not None or FILE.exists():
        path = file or FILE
        source, told = path.name, _told(path)
    return read(source, told, _with_files(environment, only or ENVIRONMENT), whole=not only)


def _told(path: Path) -> dict[str, Any]:
    try:
        held = path.read_bytes()
        # The example with every line a comment sets nothing, and is fine.
        told = _plain(parse(held, path.name)) if _SETS_SOMETHING.search(held) else {}
    except OSError as unread:
        raise ConfigError(path.name, [f"could not be read: {unread.strerror}"]) from None
    except InvalidPack as refused:
        told_of = [_QUOTED.sub(lambda found: f"'{shown(found[1])}'", str(problem)) for problem in refused.problems]
        raise ConfigError(path.name, told_of) from None
    if not isinstance(told, dict):
        raise ConfigError(path.name, ["not a list of settings; write 'name: value' lines"])
    return told


def _with_files(environment: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """The variables of these *names*; `X_FILE` names a file that holds the value of `X`."""
    found, problems = {}, []
    for name in names:
        value, file = environment.get(name, ""), environment.get(f"{name}_FILE", "")
        if value and file:
            problems.append(f"{name}   set twice; keep {name} or {name}_FILE")
        elif file:
            try:
                value = Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                problems.append(f"{name}_FILE   its file could not be read; check the path and who may read it")
            else:
                problems += [] if value else [f"{name}_FILE   its file is empty"]
        found[name] = value
    if problems:
        raise ConfigError("the environment", problems)
    return found


def _plain(node: Node) -> Any:
    match node:
        case Scalar():
            return node.text
        case Items():
            return [_plain(each) for each in node.nodes]
        case Fields():
            return {name: _plain(each) for name, each in node.nodes.items()}
