"""Whether each question is answered once: over repetitions, deaths, refusals and stops, on any platform.

`python -m benchmarks.slack_once` and `python -m benchmarks.teams_once` measure everything, in about twelve minutes;
names choose parts of it: repeats, kills, storm, stops. `--kills` is how often a process dies (the promise says 200),
`--storm-seconds` how long the platform refuses everything (300); `--postgres` uses a PostgreSQL server of its own
instead of SQLite; `--json` prints a line of JSON for each part. Two processes of `signpost serve` share the database;
the platform's stand-in runs in this one.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.sealing import new_key
from benchmarks import load
from benchmarks.load import Asked, Figure, Json, Taken, Way

from postgres import Postgres  # isort: skip - found through benchmarks.load
from replicas import Replica  # isort: skip

# The stand-in of a platform, which each knows how to use.
Service = Any

QUESTIONS, DELIVERIES, AT_ONCE = 1_000, 4, 60
# Ten seconds unheard, a round of looking, and the time to start.
TAKEN_OVER_S = 20.0
STORM_PER_S, RETRY_AFTER_S = 50, 10
STOPS, STOPPED_AT_PER_S = 5, 50
# The longest time between an acknowledgement and a death: about as long as an answer takes.
DEATH_WITHIN_S = 0.02


class Platform(Protocol):
    """A platform's stand-in, and how people ask there."""

    def running(self) -> AbstractAsyncContextManager[Service]:
        """The stand-in, in this process."""

    def replicas(self, service: Service, environment: Mapping[str, str]) -> AbstractAsyncContextManager[list[Replica]]:
        """Two processes of the product in that *environment*, with the shipped library."""

    def people(self, service: Service, count: int) -> list[str]:
        """The ids of *count* people."""

    def ways(self, service: Service, *replicas: Replica) -> AbstractAsyncContextManager[list[Way]]:
        """The platform on its way to each of the *replicas*."""

    def deliver(self, way: Way, payload: Json, retry: int) -> Awaitable[Taken]:
        """Send *payload*, for the first time or for another."""

    def question(self, text: str = "", *, user: str) -> Json:
        """A question in private."""

    def mention(self) -> Json:
        """A question where others read it."""

    def name(self, payload: Json) -> str:
        """What the platform calls the question."""

    def asked_at(self, name: str) -> float:
        """When it was asked, in seconds since 1970."""

    def answers(self, service: Service) -> Counter[str]:
        """How often each question was answered, by its name."""

    def answered_at(self, service: Service) -> dict[str, float]:
        """When each question was answered first, in seconds since 1970."""

    def paced(self, service: Service) -> list[Figure]:
        """How the platform's limits were kept."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The platform, two processes on one database, and people who ask."""

    platform: Platform
    service: Service
    replicas: list[Replica]
    users: list[str]

    def names(self, asked: list[Json]) -> list[str]:
        """What the platform calls the questions."""
        return [self.platform.name(one) for one in asked]

    def answers(self) -> Counter[str]:
        """How often each question was answered."""
        return self.platform.answers(self.service)

    def ways(self, *replicas: Replica) -> AbstractAsyncContextManager[list[Way]]:
        """The platform on its way to each of the *replicas*."""
        return self.platform.ways(self.service, *replicas)

    async def deliver(self, way: Way, payload: Json, retry: int = 0) -> Taken:
        """Send *payload*."""
        return await self.platform.deliver(way, payload, retry)

    async def ask(self, way: Way, asked: Iterable[Json], per_s: float, seconds: float) -> list[Asked]:
        """Ask at that pace."""
        return await load.ask(way, asked, per_s, seconds, self.platform.name)

    async def all_answered(self, asked: list[Json], within_s: float) -> None:
        """Wait until each of *asked* has an answer, or the time is over."""
        wanted = set(self.names(asked))
        await load.until(lambda: self.answers().keys() >= wanted, within_s, every_s=0.5)

    def tally(self, asked: list[Json], most_twice: int = 0) -> list[Figure]:
        """How many of the questions *asked*, all acknowledged, were answered, and how many more than once."""
        found, wanted = self.answers(), set(self.names(asked))
        lost, more = len(wanted - found.keys()), sum(found[name] - 1 for name in wanted & found.keys())
        return [
            Figure("answers", f"{sum(found[name] for name in wanted)} to {len(wanted)} questions"),
            Figure("lost", str(lost), "none", lost == 0),
            Figure("answered again", str(more), f"<= {most_twice}", more <= most_twice),
        ]

    def waits_s(self, asked: list[Json]) -> list[float]:
        """For each question the seconds until its first answer."""
        first = self.platform.answered_at(self.service)
        return [first[name] - self.platform.asked_at(name) for name in self.names(asked) if name in first]


@asynccontextmanager
async def staged(platform: Platform, *, on_postgres: bool, persons: int) -> AsyncIterator[Stage]:
    """All of it, until the end of the block."""
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(platform.running())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        database = f"sqlite:///{folder}/signpost.db"
        if on_postgres:
            server = Postgres()
            stack.callback(server.remove)
            database = server.make_database()
        told = {"SIGNPOST_DATABASE_URL": database, "SIGNPOST_KEYS": new_key()}
        users = platform.people(service, persons)
        replicas = await stack.enter_async_context(platform.replicas(service, told))
        yield Stage(platform, service, replicas, users)


async def repeats(platform: Platform, *, on_postgres: bool) -> list[Figure]:
    """Every question is delivered four times to each of two processes, in a random order."""
    async with staged(platform, on_postgres=on_postgres, persons=QUESTIONS) as stage:
        asked = [platform.question(user=user) for user in stage.users]
        async with stage.ways(*stage.replicas) as ways:
            sent = [(way, one, retry) for one in asked for way in ways for retry in range(DELIVERIES)]
            random.Random(7).shuffle(sent)
            began, statuses = time.monotonic(), Counter[int]()
            turns = asyncio.Semaphore(AT_ONCE)

            async def deliver(way: Way, one: Json, retry: int) -> None:
                async with turns:
                    got = await stage.deliver(way, one, retry)
                    while got.status == 503:
                        statuses[503] += 1
                        await asyncio.sleep(1.0)
                        got = await stage.deliver(way, one, retry + 1)
                    statuses[got.status] += 1

            await asyncio.gather(*(deliver(*each) for each in sent))
            took_s = time.monotonic() - began
        await stage.all_answered(asked, 60)
        await asyncio.gather(*(replica.stop() for replica in stage.replicas))
        return [Figure("deliveries", f"{len(sent)} in {took_s:.1f} s, {dict(statuses)}"), *stage.tally(asked)]


async def kills(platform: Platform, count: int, *, on_postgres: bool) -> list[Figure]:
    """A process dies right after it has acknowledged, again and again; the other one dies next."""
    draw = random.Random(7)
    async with staged(platform, on_postgres=on_postgres, persons=count) as stage:
        asked: list[Json] = []
        asking = load.questions(stage.users, platform.question)
        async with stage.ways(*stage.replicas) as ways:
            starting: asyncio.Task[None] | None = None
            for number in range(count):
                victim = number % 2
                if starting is not None:
                    await starting
                one = next(asking)
                if (await stage.deliver(ways[victim], one)).status == 200:
                    asked.append(one)
                await asyncio.sleep(draw.uniform(0, DEATH_WITHIN_S))
                await stage.replicas[victim].kill()
                starting = asyncio.create_task(stage.replicas[victim].start())
            if starting is not None:
                await starting
        died_at = time.monotonic()
        open_then = len(set(stage.names(asked)) - stage.answers().keys())
        await stage.all_answered(asked, TAKEN_OVER_S)
        took_s = time.monotonic() - died_at
        await asyncio.gather(*(replica.stop() for replica in stage.replicas))
        return [
            Figure("kill -9", str(count)),
            *stage.tally(asked, most_twice=count),
            Figure("not answered at the last death", f"{open_then}, answered {took_s:.1f} s later"),
            Figure("answers after a death, longest", f"{max(stage.waits_s(asked)):.1f} s"),
        ]


async def storm(platform: Platform, seconds: float, *, on_postgres: bool) -> list[Figure]:
    """The platform answers 429 to everything while people go on asking one process; then it takes all that was kept."""
    async with staged(platform, on_postgres=on_postgres, persons=int(STORM_PER_S * seconds)) as stage:
        service, replica = stage.service, stage.replicas[0]
        in_one_place = [platform.mention() for _ in range(10)]
        asked = [one for one, _ in zip(load.questions(stage.users, platform.question), stage.users, strict=False)]
        async with stage.ways(replica) as (way,), load.watching(replica) as watched:
            service.limits.storm("*", RETRY_AFTER_S, for_s=seconds)
            for one in in_one_place:
                await stage.deliver(way, one)
            got = await stage.ask(way, asked, STORM_PER_S, seconds)
            calls, before = len(service.calls), len(service.messages())
            taken = [one for one, told in zip(asked, got, strict=True) if told.status == 200] + in_one_place
            ended = time.monotonic()
            await stage.all_answered(taken, 600)
            took_s = time.monotonic() - ended
        await asyncio.gather(*(replica.stop() for replica in stage.replicas))
        return [
            Figure("asked during the storm", f"{len(got)}, {len(taken)} acknowledged, {before} answered"),
            Figure("calls refused", f"{calls} during the storm"),
            *stage.tally(taken),
            Figure("all answered", f"{took_s:.0f} s after the storm"),
            Figure("calls before Retry-After was over", str(len(service.violations)), "none", not service.violations),
            *platform.paced(service),
            Figure("memory", f"{watched.resident_mb:.0f} MB", "<= 400 MB", watched.resident_mb <= 400),
            Figure("/livez", load.milliseconds(watched.alive_s)),
        ]


async def stops(platform: Platform, *, on_postgres: bool) -> list[Figure]:
    """A process is told to end while it is asked fifty questions a second; the other one is asked what it refuses."""
    took: list[float] = []
    asked: list[Json] = []
    async with staged(platform, on_postgres=on_postgres, persons=STOPS * 4 * STOPPED_AT_PER_S) as stage:
        asking = load.questions(stage.users, platform.question)
        for number in range(STOPS):
            leaving, staying = stage.replicas[number % 2], stage.replicas[1 - number % 2]
            async with stage.ways(leaving, staying) as (first, second):
                batch = [next(asking) for _ in range(4 * STOPPED_AT_PER_S)]
                if number % 2:
                    stage.service.limits.storm("*", RETRY_AFTER_S, for_s=3.0)
                stream = asyncio.create_task(stage.ask(first, batch, STOPPED_AT_PER_S, 4))
                await asyncio.sleep(2.0)
                took.append(await leaving.stop())
                got = await stream
                for one in (one for one, told in zip(batch, got, strict=True) if told.status != 200):
                    await stage.deliver(second, one, 1)
                asked += batch
            await leaving.start()
        await stage.all_answered(asked, 60)
        await asyncio.gather(*(replica.stop() for replica in stage.replicas))
        return [
            Figure("SIGTERM", f"{STOPS}, every second one in a storm of 429"),
            Figure("ended within", f"{max(took):.1f} s", "<= 10 s", max(took) <= 10),
            *stage.tally(asked),
        ]


def main(platform: Platform) -> None:
    """Measure what is named on the command line, or everything, on *platform*."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="repeats, kills, storm, stops; all without any")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--storm-seconds", type=float, default=300.0)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    on = {"on_postgres": given.postgres}
    parts: dict[str, tuple[str, Callable[[], Awaitable[list[Figure]]]]] = {
        "repeats": ("1,000 questions x 4 deliveries x 2 processes", lambda: repeats(platform, **on)),
        "kills": (f"{given.kills} x kill -9 after an acknowledgement", lambda: kills(platform, given.kills, **on)),
        "storm": (
            f"everything refused for {given.storm_seconds:g} s",
            lambda: storm(platform, given.storm_seconds, **on),
        ),
        "stops": ("stopped at 50 questions a second", lambda: stops(platform, **on)),
    }
    for name in given.parts or parts:
        title, measure = parts[name]
        title += ", PostgreSQL" if given.postgres else ", SQLite"
        load.show(title, asyncio.run(measure()), as_machine=given.json)
