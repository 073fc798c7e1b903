"""`signpost serve` where it should not start: with which code it ended, what it said, and that it opened no port."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serving import signpost

CLEAN = "timezone: Europe/London\n"
_OURS = ("SLACK_", "SIGNPOST_", "TEAMS_", "IDENTITY_")


@dataclass(frozen=True, slots=True)
class Attempt:
    """How it ended."""

    code: int
    said: str
    left: tuple[str, ...]

    @property
    def is_refused(self) -> bool:
        """Whether it refused: with no traceback, no report of a bug, and no port tried."""
        wrong = ("Traceback", "answers at", "address already in use")
        return self.code in (1, 2) and not self.left and not any(each in self.said for each in wrong)


def environment(folder: Path, told: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that is *told* this of Signpost, and nothing else."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    own = {"SIGNPOST_DATABASE_URL": f"sqlite:///{folder}/signpost.db", "TMPDIR": str(folder)}
    return clean | own | told


def attempted(packs: Path, folder: Path, told: Mapping[str, str], file: str = CLEAN, *options: str) -> Attempt:
    """Start it with that environment and that file of settings, on a port that is taken."""
    settings = folder / "signpost.yaml"
    settings.write_text(file, encoding="utf-8")
    # Whoever tried to listen here would say that the address is taken.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        arguments = ["--verbose", "serve", "--port", str(port), "--organisation", "garden", "--library", str(packs)]
        done = signpost(*arguments, "--config", settings, *options, env=environment(folder, told))
    left = tuple(path.name for path in folder.glob("signpost-*.log"))
    return Attempt(done.returncode, done.stdout + done.stderr, left)
