"""`signpost serve` as a process of its own, for tests of what only a real process shows."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from builders import some_packs

from adapters import library_files
from adapters.limits import QUESTIONS
from knowledge.errors import KnowledgeError

ROOT = Path(__file__).resolve().parent.parent


def signpost(*arguments: str | Path, **how: object) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    values: dict = {"capture_output": True, "text": True, "timeout": 120, "cwd": ROOT, "encoding": "utf-8"} | how
    return subprocess.run([sys.executable, "-m", "adapters.cli", *map(str, arguments)], check=False, **values)


def packs_on_disk(folder: Path, files: Mapping[str, bytes] | None = None) -> Path:
    """Write a library, the small one by default, below *folder*."""
    for name, data in (files or some_packs()).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with contextlib.suppress(KnowledgeError):
        library_files.load(folder)  # learnt from now, so that no process says that it has to
    return folder


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Server:
    """`signpost serve` on the small library, logging all that it can, with folders and a log of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.packs = packs_on_disk(folder / "packs")
        for name in ("home", "tmp"):
            (folder / name).mkdir()
        self.port = free_port()
        self.log = folder / "log"
        own = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "XDG_CACHE_HOME": str(folder / "cache")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "adapters.cli", "--verbose", "serve", "--port", str(self.port)),
                    *("--organisation", "garden", "--library", str(self.packs)),
                ],
                stderr=log,
                stdout=log,
                cwd=ROOT,
                env=os.environ | own | environment,
            )
        self.wait_for("Signpost answers at")

    def wait_for(self, said: str) -> None:
        """Read the log until it says so; a server that ended never will."""
        while said not in (text := self.log.read_text(encoding="utf-8")):
            assert self.process.poll() is None, text

    def get(self, path: str) -> tuple[int, str]:
        """Get a page; return its status and its text."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text

    def ask(self, questions: list[str]) -> list[tuple[int, str]]:
        """Ask each question, as many browsers as that takes; return the statuses and pages."""
        answers = []
        connection, cookie = HTTPConnection("127.0.0.1", self.port, timeout=30), ""
        for number, text in enumerate(questions):
            if number % QUESTIONS == 0:
                connection.request("GET", "/")
                response = connection.getresponse()
                response.read()
                cookie = (response.headers["Set-Cookie"] or "").partition(";")[0]
            body = urlencode({"question": text}, errors="replace")
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            answers.append((response.status, response.read().decode()))
        connection.close()
        return answers

    def send(self, data: bytes) -> bytes:
        """Send *data* as it is and return what comes back before the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    def stop(self) -> list[str]:
        """End the server and return the lines of its log."""
        self.process.terminate()
        self.process.wait(30)
        return self.log.read_text(encoding="utf-8").split("\n")[:-1]

    def kill(self) -> None:
        """End the server, whatever it is doing."""
        self.process.kill()
        self.process.wait(30)
