"""Whether each question from Slack is answered once: over repetitions, deaths, refusals and stops.

`python -m benchmarks.slack_once` measures everything, in about twelve minutes; names choose parts of it:
repeats, kills, storm, stops. `--kills` is how often a process dies (the promise says 200), `--storm-seconds` how long
Slack refuses everything (300); `--postgres` uses a PostgreSQL server of its own instead of SQLite; `--json` prints a
line of JSON for each part. Two processes of `signpost serve` share the database; Slack's stand-in runs in this one.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise

from adapters.sealing import new_key
from benchmarks import slack_load as load
from benchmarks.slack_load import Figure, Json

import slack_events as events  # isort: skip - found through benchmarks.slack_load
from postgres import Postgres  # isort: skip
from slack_delivery import Delivery  # isort: skip
from slack_replicas import Replica, answers, people, slack_to, trust  # isort: skip
from slack_service import SlackService  # isort: skip

QUESTIONS, DELIVERIES, AT_ONCE = 1_000, 4, 60
# Ten seconds unheard, a round of looking, and the time to start.
TAKEN_OVER_S = 20.0
STORM_PER_S, RETRY_AFTER_S = 50, 10
STOPS, STOPPED_AT_PER_S = 5, 50
# The longest time between an acknowledgement and a death: about as long as an answer takes.
DEATH_WITHIN_S = 0.02


@asynccontextmanager
async def two(*, on_postgres: bool, persons: int) -> AsyncIterator[tuple[SlackService, list[Replica], list[str]]]:
    """Slack, two processes on one database, and people who ask."""
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(SlackService.running())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        database = f"sqlite:///{folder}/signpost.db"
        if on_postgres:
            server = Postgres()
            stack.callback(server.remove)
            database = server.make_database()
        replicas = await stack.enter_async_context(
            Replica.several(2, service.api_url, database, library=trust, SIGNPOST_KEYS=new_key())
        )
        yield service, replicas, people(service, persons)


def tally(service: SlackService, asked: list[Json], most_twice: int = 0) -> list[Figure]:
    """How many of the questions *asked*, all acknowledged, were answered, and how many more than once."""
    found = answers(service)
    wanted = {one["event"]["ts"] for one in asked}
    lost, more = len(wanted - found.keys()), sum(found[ts] - 1 for ts in wanted & found.keys())
    return [
        Figure("answers", f"{sum(found[ts] for ts in wanted)} to {len(wanted)} questions"),
        Figure("lost", str(lost), "none", lost == 0),
        Figure("answered again", str(more), f"<= {most_twice}", more <= most_twice),
    ]


async def all_answered(service: SlackService, asked: list[Json], within_s: float) -> None:
    """Wait until each of *asked* has an answer, or the time is over."""
    wanted = {one["event"]["ts"] for one in asked}
    await load.until(lambda: answers(service).keys() >= wanted, within_s, every_s=0.5)


async def repeats(*, on_postgres: bool) -> list[Figure]:
    """Every question is delivered four times to each of two processes, in a random order."""
    async with two(on_postgres=on_postgres, persons=QUESTIONS) as (service, replicas, users):
        asked = [events.message(user=user) for user in users]
        async with slack_to(*replicas) as ways:
            sent = [(way, one, retry) for one in asked for way in ways for retry in range(DELIVERIES)]
            random.Random(7).shuffle(sent)
            began, statuses = time.monotonic(), Counter[int]()
            turns = asyncio.Semaphore(AT_ONCE)

            async def deliver(way: Delivery, one: Json, retry: int) -> None:
                async with turns:
                    got = await way.deliver(one, retry=retry)
                    while got.status == 503:
                        statuses[503] += 1
                        await asyncio.sleep(1.0)
                        got = await way.deliver(one, retry=retry + 1)
                    statuses[got.status] += 1

            await asyncio.gather(*(deliver(*each) for each in sent))
            took_s = time.monotonic() - began
        await all_answered(service, asked, 60)
        await asyncio.gather(*(replica.stop() for replica in replicas))
        return [Figure("deliveries", f"{len(sent)} in {took_s:.1f} s, {dict(statuses)}"), *tally(service, asked)]


async def kills(count: int, *, on_postgres: bool) -> list[Figure]:
    """A process dies right after it has acknowledged, again and again; the other one dies next."""
    draw = random.Random(7)
    async with two(on_postgres=on_postgres, persons=4 * count) as (service, replicas, users):
        asked: list[Json] = []
        victims: list[list[Json]] = []
        asking = iter(load.questions(users))
        async with AsyncExitStack() as stack:
            ways = await stack.enter_async_context(slack_to(*replicas))
            starting: asyncio.Task[None] | None = None
            for number in range(count):
                victim = number % 2
                if starting is not None:
                    await starting
                batch = [one for one in (next(asking), next(asking)) if (await ways[victim].deliver(one)).ok]
                victims.append(batch)
                asked += batch
                await asyncio.sleep(draw.uniform(0, DEATH_WITHIN_S))
                await replicas[victim].kill()
                starting = asyncio.create_task(replicas[victim].start())
            if starting is not None:
                await starting
        died_at = time.monotonic()
        open_then = len(asked) - len(answers(service).keys() & {one["event"]["ts"] for one in asked})
        await all_answered(service, asked, TAKEN_OVER_S)
        took_s = time.monotonic() - died_at
        await asyncio.gather(*(replica.stop() for replica in replicas))
        found = answers(service)
        taken_s = _waits(service, asked)
        most = max(sum(found[one["event"]["ts"]] - 1 for one in batch) for batch in victims)
        return [
            Figure("kill -9", str(count)),
            *tally(service, asked, most_twice=count),
            Figure("most answered again for one death", str(most), "<= 1", most <= 1),
            Figure("not answered at the last death", f"{open_then}, answered {took_s:.1f} s later"),
            Figure("answers after a death, longest", f"{max(taken_s):.1f} s"),
        ]


def _waits(service: SlackService, asked: list[Json]) -> list[float]:
    """For each question the seconds until its first answer; a question's timestamp is the time it was asked."""
    first: dict[str, float] = {}
    for message in service.messages():
        first.setdefault(message.thread_ts, float(message.ts))
    return [first[one["event"]["ts"]] - float(one["event"]["ts"]) for one in asked if one["event"]["ts"] in first]


async def storm(seconds: float, *, on_postgres: bool) -> list[Figure]:
    """Slack answers 429 to everything while people go on asking one process; then it takes all that was kept."""
    persons = int(STORM_PER_S * seconds)
    async with two(on_postgres=on_postgres, persons=persons) as (service, replicas, users):
        in_one_channel = [events.mention() for _ in range(10)]
        asked = dict(zip(users, load.questions(users), strict=False))
        async with slack_to(replicas[0]) as (way,), load.watching(replicas[0]) as watched:
            service.limits.storm("*", RETRY_AFTER_S, for_s=seconds)
            for one in in_one_channel:
                await way.deliver(one)
            got = await load.ask(way, asked.values(), STORM_PER_S, seconds)
            calls, before = len(service.calls), len(service.messages())
            taken = [one for one, told in zip(asked.values(), got, strict=True) if told.status == 200]
            ended = time.monotonic()
            await all_answered(service, taken + in_one_channel, 600)
            took_s = time.monotonic() - ended
        await asyncio.gather(*(replica.stop() for replica in replicas))
        return [
            Figure("asked during the storm", f"{len(got)}, {len(taken)} acknowledged, {before} answered"),
            Figure("calls refused", f"{calls} during the storm"),
            *tally(service, taken + in_one_channel),
            Figure("all answered", f"{took_s:.0f} s after the storm"),
            Figure("calls before Retry-After was over", str(len(service.violations)), "none", not service.violations),
            Figure("closest posts in a conversation", f"{_closest(service):.2f} s apart"),
            Figure("memory", f"{watched.resident_mb:.0f} MB", "<= 400 MB", watched.resident_mb <= 400),
            Figure("/livez", load.milliseconds(watched.alive_s)),
        ]


def _closest(service: SlackService) -> float:
    """The fewest seconds between two messages in one conversation."""
    posts: dict[str, list[float]] = {}
    for call in service.called_so_far("chat.postMessage"):
        if call.status == 200:
            posts.setdefault(call.args["channel"], []).append(call.at)
    return min((later - earlier for at in posts.values() for earlier, later in pairwise(at)), default=float("inf"))


async def stops(*, on_postgres: bool) -> list[Figure]:
    """A process is told to end while it is asked fifty questions a second; the other one is asked what it refuses."""
    took: list[float] = []
    asked: list[Json] = []
    async with two(on_postgres=on_postgres, persons=STOPS * 4 * STOPPED_AT_PER_S) as (service, replicas, users):
        asking = iter(load.questions(users))
        for number in range(STOPS):
            leaving, staying = replicas[number % 2], replicas[1 - number % 2]
            async with slack_to(leaving, staying) as (first, second):
                batch = [next(asking) for _ in range(4 * STOPPED_AT_PER_S)]
                if number % 2:
                    service.limits.storm("*", RETRY_AFTER_S, for_s=3.0)
                stream = asyncio.create_task(load.ask(first, batch, STOPPED_AT_PER_S, 4))
                await asyncio.sleep(2.0)
                took.append(await leaving.stop())
                got = await stream
                again = [one for one, told in zip(batch, got, strict=True) if told.status != 200]
                for one in again:
                    await second.deliver(one, retry=1)
                asked += batch
            await leaving.start()
        await all_answered(service, asked, 60)
        await asyncio.gather(*(replica.stop() for replica in replicas))
        return [
            Figure("SIGTERM", f"{STOPS}, every second one in a storm of 429"),
            Figure("ended within", f"{max(took):.1f} s", "<= 10 s", max(took) <= 10),
            *tally(service, asked),
        ]


def main() -> None:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="repeats, kills, storm, stops; all without any")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--storm-seconds", type=float, default=300.0)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    on = {"on_postgres": given.postgres}
    parts: dict[str, tuple[str, Callable[[], Awaitable[list[Figure]]]]] = {
        "repeats": ("1,000 questions x 4 deliveries x 2 processes", lambda: repeats(**on)),
        "kills": (f"{given.kills} x kill -9 after an acknowledgement", lambda: kills(given.kills, **on)),
        "storm": (f"Slack refuses everything for {given.storm_seconds:g} s", lambda: storm(given.storm_seconds, **on)),
        "stops": ("stopped at 50 questions a second", lambda: stops(**on)),
    }
    for name in given.parts or parts:
        title, measure = parts[name]
        title += ", PostgreSQL" if given.postgres else ", SQLite"
        load.show(title, asyncio.run(measure()), as_machine=given.json)


if __name__ == "__main__":
    main()
