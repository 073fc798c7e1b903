"""`signpost serve` with Slack on, as processes beside the stand-in: started, asked, killed, started again."""

import asyncio
import atexit
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from pathlib import Path

import slack_ids as ids
from heard import Lines
from serving import ROOT, free_port, packs_on_disk
from slack_app import HTTP
from slack_delivery import Delivery
from slack_service import SlackService

from adapters.slack.mount import PATH

STARTING_S = 60.0
ANSWERS, ENDED = "Signpost answers at", "(ended with a refusal or a bug)"


@cache
def small_library() -> tuple[Path, Path]:
    """The small library on disk, and the folder for its compiled form: learnt from once in a run of the tests."""
    folder = Path(tempfile.mkdtemp(prefix="signpost-replicas-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return packs_on_disk(folder / "packs"), folder / "cache"


def garden() -> tuple[tuple[str, ...], dict[str, str]]:
    """The options and the environment that serve the small library."""
    packs, compiled = small_library()
    return ("--organisation", "garden", "--library", str(packs)), {"XDG_CACHE_HOME": str(compiled)}


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
        cls,
        count: int,
        api_url: str,
        database: str,
        way: Mapping[str, str] = HTTP,
        library: Callable[[], tuple[tuple[str, ...], dict[str, str]]] = garden,
        **environment: str,
    ) -> AsyncIterator[list["Replica"]]:
        """That many processes on one *database*, all answering; killed at the end if they still run."""
        options, about = library()
        told = {"SLACK_API_URL": api_url, "SIGNPOST_DATABASE_URL": database, **way, **about, **environment}
        replicas = [cls(options, told) for _ in range(count)]
        try:
            await asyncio.gather(*(replica.start() for replica in replicas))
            yield replicas
        finally:
            for replica in replicas:
                await replica.kill()

    async def start(self) -> None:
        """Start the process, on the same port as before, and return when it answers."""
        serve = ("-m", "adapters.cli", "serve", "--port", str(self.port), *self._options)
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


@asynccontextmanager
async def slack_to(*replicas: Replica) -> AsyncIterator[list[Delivery]]:
    """Slack on its way to each of the *replicas*."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Delivery.to(replica.url + PATH)) for replica in replicas]


def people(service: SlackService, count: int) -> list[str]:
    """The ids of *count* people who may be looked up as fast as may be: the limits here are those of messages."""
    service.limits.tiers[4] = 1_000_000
    for user in ids.many_users(count):
        service.world.add_user(user)
    return ids.many_users(count)


def answers(service: SlackService) -> Counter[str]:
    """How many messages stand in answer to each question, by the question's timestamp."""
    return Counter(message.thread_ts for message in service.messages())
