"""What the benchmarks of the platforms share: questions at a steady pace, and how the product bears them."""

import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import aiohttp

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from replicas import Replica  # noqa: E402 - found through the line above

Json = dict[str, Any]
QUESTIONS = [
    json.loads(line)["question"] for line in (ROOT / "benchmarks/questions/blind.jsonl").read_text().splitlines()
]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was measured, what came out, and the promise, if it is about one."""

    what: str
    found: str
    promised: str = ""
    kept: bool | None = None


class Taken(Protocol):
    """How the product took a question: with which status, and after how long."""

    @property
    def status(self) -> int:
        """The status, 0 where there was no answer."""

    @property
    def latency_s(self) -> float:
        """The seconds that it took."""


class Way(Protocol):
    """How a platform sends questions to the product."""

    async def deliver(self, payload: Json) -> Taken:
        """Send one."""


@dataclass(slots=True)
class Asked:
    """One question on its way, by its id on the platform: when it was sent and answered, in monotonic seconds."""

    name: str
    sent_at: float
    late_s: float
    status: int = 0
    acknowledged_s: float = 0.0
    posted_at: float = 0.0


def questions(users: Sequence[str], message: Callable[..., Json]) -> Iterator[Json]:
    """A *message* with a question from each of *users* in turn, without end; each its own."""
    draw = random.Random(7)
    while True:
        for user in users:
            yield message(draw.choice(QUESTIONS), user=user)


async def ask(
    way: Way, asked: Iterable[Json], per_s: float, seconds: float, name: Callable[[Json], str]
) -> list[Asked]:
    """Ask *per_s* questions a second, whether or not those before are answered, and wait for the acknowledgements."""

    async def one(payload: Json, due: float) -> Asked:
        sent_at = time.monotonic()
        got = await way.deliver(payload)
        return Asked(name(payload), sent_at, sent_at - due, got.status, got.latency_s)

    began = time.monotonic()
    under_way: list[asyncio.Task[Asked]] = []
    for number, payload in zip(range(int(per_s * seconds)), asked, strict=False):
        due = began + number / per_s
        if (wait_s := due - time.monotonic()) > 0:
            await asyncio.sleep(wait_s)
        under_way.append(asyncio.create_task(one(payload, due)))
    return await asyncio.gather(*under_way)


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which *share* of *values* lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def milliseconds(values: Iterable[float]) -> str:
    """The median, the 99th percentile and the greatest of *values* in seconds."""
    kept = list(values)
    shown = (percentile(kept, 0.5), percentile(kept, 0.99), max(kept, default=0.0))
    return "p50 {:.0f} ms, p99 {:.0f} ms, most {:.0f} ms".format(*(1_000 * each for each in shown))


@dataclass(slots=True)
class Watched:
    """What was seen of a process from outside: how long `/livez` took each time, and the most memory it held."""

    alive_s: list[float] = field(default_factory=list)
    failures: int = 0
    resident_mb: float = 0.0


@asynccontextmanager
async def watching(replica: Replica, every_s: float = 0.05) -> AsyncIterator[Watched]:
    """Look at *replica* while the block runs."""
    watched = Watched()

    async def look() -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            while True:
                began = time.monotonic()
                try:
                    async with session.get(f"{replica.url}/livez") as response:
                        watched.failures += response.status != 200
                except (aiohttp.ClientError, TimeoutError):
                    watched.failures += 1
                watched.alive_s.append(time.monotonic() - began)
                watched.resident_mb = max(watched.resident_mb, replica.resident_mb)
                await asyncio.sleep(every_s)

    task = asyncio.create_task(look())
    try:
        yield watched
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def figures(asked: list[Asked], watched: Watched, most: dict[str, float]) -> list[Figure]:
    """What came of the questions; *most* holds the promised seconds and megabytes."""
    taken = [one for one in asked if one.status == 200]
    posted_s = [one.posted_at - one.sent_at for one in taken if one.posted_at]
    statuses = {status: sum(one.status == status for one in asked) for status in {one.status for one in asked}}
    acknowledged = percentile((one.acknowledged_s for one in asked), 0.99)
    return [
        Figure(
            "acknowledged",
            milliseconds(one.acknowledged_s for one in asked),
            f"p99 <= {most['ack']:g} s",
            acknowledged <= most["ack"],
        ),
        Figure(
            "answer posted",
            milliseconds(posted_s),
            f"p99 <= {most['answer']:g} s" if "answer" in most else "",
            percentile(posted_s, 0.99) <= most["answer"] if "answer" in most else None,
        ),
        Figure(
            "acknowledged and not answered",
            f"{len(taken) - len(posted_s)} of {len(taken)}",
            "none",
            len(taken) == len(posted_s),
        ),
        Figure("statuses", ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))),
        Figure("memory", f"{watched.resident_mb:.0f} MB", f"<= {most['mb']:g} MB", watched.resident_mb <= most["mb"]),
        Figure("/livez", milliseconds(watched.alive_s)),
        Figure("questions sent late by", milliseconds(one.late_s for one in asked)),
    ]


async def until(holds: Callable[[], bool], within_s: float, every_s: float = 0.02) -> float:
    """Wait until *holds*, for *within_s* seconds at most; the seconds that it took, or infinity."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > within_s:
            return float("inf")
        await asyncio.sleep(every_s)
    return time.monotonic() - began


def show(title: str, figures: Sequence[Figure], *, as_machine: bool) -> None:
    """Print a table, or the same as a line of JSON."""
    if as_machine:
        print(json.dumps({"title": title, "figures": [asdict(figure) for figure in figures]}), flush=True)
        return
    print(title)
    wide = max(len(figure.what) for figure in figures)
    for figure in figures:
        verdict = {None: "", True: "  kept: ", False: "  NOT KEPT: "}[figure.kept]
        print(f"  {figure.what:<{wide}}  {figure.found}{verdict}{figure.promised}")
    print(flush=True)
