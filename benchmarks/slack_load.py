"""What the benchmarks of Slack share: questions at a steady pace, and how the product bears them."""

import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import slack_events as events  # noqa: E402 - found through the line above
from slack_delivery import Delivery  # noqa: E402
from slack_replicas import Replica  # noqa: E402

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


@dataclass(slots=True)
class Asked:
    """One question on its way: when it was sent and answered, in monotonic seconds."""

    ts: str
    sent_at: float
    late_s: float
    status: int = 0
    acknowledged_s: float = 0.0
    posted_at: float = 0.0


def questions(users: Sequence[str]) -> Iterable[Json]:
    """A question in a direct message from each of *users* in turn, without end; each its own."""
    draw = random.Random(7)
    while True:
        for user in users:
            yield events.message(draw.choice(QUESTIONS), user=user)


async def ask(way: Delivery, asked: Iterable[Json], per_s: float, seconds: float) -> list[Asked]:
    """Ask *per_s* questions a second, whether or not those before are answered, and wait for the acknowledgements."""
    began = time.monotonic()
    under_way: list[asyncio.Task[Asked]] = []
    for number, payload in zip(range(int(per_s * seconds)), asked, strict=False):
        due = began + number / per_s
        if (wait_s := due - time.monotonic()) > 0:
            await asyncio.sleep(wait_s)
        under_way.append(asyncio.create_task(_ask(way, payload, due)))
    return await asyncio.gather(*under_way)


async def _ask(way: Delivery, payload: Json, due: float) -> Asked:
    sent_at = time.monotonic()
    got = await way.deliver(payload)
    return Asked(payload["event"]["ts"], sent_at, sent_at - due, got.status, got.latency_s)


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
