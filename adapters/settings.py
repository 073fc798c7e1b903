"""Reads the settings: `signpost.yaml` and the environment, with `NAME_FILE` for secrets that stand in a file."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.config import ENVIRONMENT, Config, ConfigError, read
from knowledge.errors import InvalidPack
from knowledge.formats.strict_yaml import Fields, Items, Node, Scalar, parse

FILE = Path("signpost.yaml")
_SETS_SOMETHING = re.compile(rb"(?m)^\s*[^#\s]")


def load(file: Path | None, environment: Mapping[str, str]) -> Config:
    """Return the settings of *file*, or of `signpost.yaml` here if there is one, and of *environment*.

    Raise `ConfigError` with every problem.
    """
    if file is None and not FILE.exists():
        return read("the environment", {}, _with_files(environment))
    path = file or FILE
    try:
        held = path.read_bytes()
        # The example with every line a comment sets nothing, and is fine.
        told = _plain(parse(held, path.name)) if _SETS_SOMETHING.search(held) else {}
    except OSError as unread:
        raise ConfigError(path.name, [f"could not be read: {unread.strerror}"]) from None
    except InvalidPack as refused:
        raise ConfigError(path.name, [str(problem) for problem in refused.problems]) from None
    if not isinstance(told, dict):
        raise ConfigError(path.name, ["not a list of settings; write 'name: value' lines"])
    return read(path.name, told, _with_files(environment))


def _with_files(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that matter here; `X_FILE` names a file that holds the value of `X`."""
    found, problems = {}, []
    for name in ENVIRONMENT:
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
