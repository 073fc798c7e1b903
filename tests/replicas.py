"""`signpost serve` as processes beside a stand-in of a platform: started, asked, killed, started again."""

import asyncio
import atexit
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from heard import Lines
from serving import ROOT, free_port, packs_on_disk

STARTING_S = 60.0
ANSWERS, ENDED = "Signpost answers at", "(ended with a refusal or a bug)"

# The options and the environment that serve a library.
Library = Callable[[], tuple[tuple[str, ...], dict[str, str]]]


@cache
def small_library() -> Path:
    """The small library on disk, once in a run of the tests."""
    folder = Path(tempfile.mkdtemp(prefix="signpost-replicas-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return packs_on_disk(folder / "packs")


def garden() -> tuple[tuple[str, ...], dict[str, str]]:
    """The options and the environment that serve the small library."""
    # Whatever home a process is given, it finds what was learnt from this library.
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return ("--organisation", "garden", "--library", str(small_library())), {"XDG_CACHE_HOME": cache}


def trust() -> tuple[tuple[str, ...], dict[str, str]]:
    """The options and the environment that serve the shipped library."""
    return ("--organisation", "trust"), {}


class Replica:
    """One process of `signpost serve`; `log` is what it has said since it was made."""

    def __init__(self, options: Iterable[str], environment: Mapping[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = Lines()
        self.process: asyncio.subprocess.Process | None = None
        self._options = tuple(options)
        self._environment = dict(environment)
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def several(
        cls, count: int, told: Mapping[str, str], library: Library = garden, *options: str, verbose: bool = False
    ) -> AsyncIterator[list["Replica"]]:
        """That many processes that are *told* the same, all answering; killed at the end if they still run."""
        served, about = library()
        command = ("--verbose", "serve") if verbose else ("serve",)
        replicas = [cls((*command, *served, *options), {**told, **about}) for _ in range(count)]
        try:
            await asyncio.gather(*(replica.start() for replica in replicas))
            yield replicas
        finally:
            for replica in replicas:
                await replica.kill()

    async def start(self) -> None:
        """Start the process, on the same port as before, and return when it answers."""
        serve = ("-m", "adapters.cli", *self._options, "--port", str(self.port))
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, *serve, stderr=asyncio.subprocess.PIPE, cwd=ROOT, env=os.environ | self._environment
        )
        before = self.log.count(ANSWERS)
        self._reading = asyncio.create_task(self._read(self.process))
        await self.log.until(lambda log: log.count(ANSWERS) > before or log.count(ENDED) > 0, within_s=STARTING_S)
        assert not self.log.count(ENDED), "\n".join(self.log.all)

    async def kill(self) -> None:
        """End the process, whatever it is doing."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> float:
        """Ask the process to end; the seconds that it took."""
        began = time.monotonic()
        await self._end(signal.SIGTERM)
        return time.monotonic() - began

    @property
    def resident_mb(self) -> float:
        """The memory that the process holds now."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    async def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(how)
            await self.process.wait()
        if self._reading is not None:
            await self._reading
            self._reading = None

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.log.add(line.decode().rstrip("\n"))
        if await process.wait() > 0:
            self.log.add(ENDED)
