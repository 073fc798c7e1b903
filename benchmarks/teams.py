"""How fast Teams is answered, under load and while what it depends on hangs, and how often a token is asked for.

`python -m benchmarks.teams` measures everything once, in about six minutes; names choose parts of it: pace, long,
hung. `--minutes` is how long the long load lasts (the promise says 30), `--seconds` the other, `--hung-seconds` each
thing that hangs (60); `--json` prints a line of JSON for each part. The product runs as `signpost serve` on the shipped
library with SQLite, the stand-in of the Bot Framework as a process of its own, the questions come from a third: all
share the machine. Everybody asks for the first time, in a personal chat, in one of sixteen tenants.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from benchmarks import load
from benchmarks.load import Asked, Figure, Json, figures, milliseconds, percentile

import teams_ids as ids  # isort: skip - found through benchmarks.load
from replicas import Replica, trust  # isort: skip
from teams_activities import group_mention  # isort: skip
from teams_delivery import Delivery  # isort: skip
from teams_process import TeamsProcess  # isort: skip
from teams_replicas import people, question, several, teams_to  # isort: skip
from teams_service import TeamsService  # isort: skip

PEOPLE = 20_000
WARM_UP_S = 3.0
HUNG_PER_S = 20
# Microsoft allows 30 calls a second of an app in a tenant; the question and the look at who asks are two.
SENDS_PER_S = 30


def questions(users: Sequence[str]) -> Iterator[Json]:
    """Questions in personal chats."""
    return load.questions(users, question)


def ask(way: Delivery, asked: Iterable[Json], per_s: float, seconds: float) -> Awaitable[list[Asked]]:
    """Ask at that pace."""
    return load.ask(way, asked, per_s, seconds, lambda activity: str(activity["id"]))


@asynccontextmanager
async def product() -> AsyncIterator[tuple[TeamsProcess, Replica, Delivery]]:
    """Teams as a process, the product as a process, and the way to it; warmed up."""
    options = ("--users", str(PEOPLE), "--sends-per-s", str(SENDS_PER_S))
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        teams = await stack.enter_async_context(TeamsProcess.running(*options))
        (replica,) = await stack.enter_async_context(several(1, teams, folder, trust))
        (way,) = await stack.enter_async_context(teams_to(teams, replica))
        await ask(way, questions(ids.many_users(PEOPLE)[-100:]), 20, WARM_UP_S)
        yield teams, replica, way


async def answered(teams: TeamsProcess, asked: list[Asked], wait_s: float) -> Counter[tuple[str, int]]:
    """Note when each question that was acknowledged was answered, waiting for late answers; count all calls."""
    left = {one.name: one for one in asked if one.status == 200}
    calls_of: Counter[tuple[str, int]] = Counter()
    since, until = 0, time.monotonic() + wait_s
    while left and time.monotonic() < until:
        calls = await teams.calls(since, count=1, wait_s=1.0)
        since += len(calls)
        for call in calls:
            calls_of[call["name"], call["status"]] += 1
            if call["name"] == "send" and call["status"] == 201:
                one = left.pop(call["path"].rpartition("/")[2], None)
                if one is not None:
                    one.posted_at = call["at"]
    return calls_of


async def pace(per_s: float, seconds: float, most: dict[str, float]) -> list[Figure]:
    """A steady load that the product should bear."""
    async with product() as (teams, replica, way), load.watching(replica) as watched:
        asked = await ask(way, questions(ids.many_users(PEOPLE)[:-100]), per_s, seconds)
        calls = await answered(teams, asked, 30.0)
        early = await teams.violations()
    tokens = sum(count for (name, _), count in calls.items() if name == "login")
    refused = sum(count for (_, status), count in calls.items() if status == 429)
    return [
        *figures(asked, watched, most),
        Figure("tokens asked for", str(tokens), "one an hour", tokens <= 1 + seconds // 3_600),
        Figure("calls that Teams refused", f"{refused}, {len(early)} of them too early"),
    ]


async def hung(seconds: float) -> list[Figure]:
    """Each thing that the product depends on hangs in turn, while people go on asking."""
    found = []
    for name in ("keys", "login", "member", "send", "create"):
        watched, asked = await _hung(name, seconds)
        p99, most = percentile(watched.alive_s, 0.99), max(watched.alive_s)
        statuses = dict(sorted(Counter(one.status for one in asked).items()))
        found += [
            Figure(
                f"{name} hangs: /livez",
                milliseconds(watched.alive_s),
                "p99 <= 100 ms, no gap > 250 ms",
                p99 <= 0.1 and most <= 0.25 and not watched.failures,
            ),
            Figure(f"{name} hangs: questions", f"{statuses}, {milliseconds(one.acknowledged_s for one in asked)}"),
        ]
    return found


async def _hung(name: str, seconds: float) -> tuple[load.Watched, list[Asked]]:
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(TeamsService.running())
        users = people(service, PEOPLE)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # So that another token is wanted all the time.
        service.login.lives_s = 20 if name == "login" else service.login.lives_s
        (replica,) = await stack.enter_async_context(several(1, service, folder, trust))
        (way,) = await stack.enter_async_context(teams_to(service, replica))
        await ask(way, questions(users[-100:]), HUNG_PER_S, 1)
        service.faults.hang(name, times=float("inf"))
        asking = questions(users)
        if name == "keys":
            # Every question is now signed with a key that the product does not know.
            service.keys.rotate()
        if name == "create":
            concerns = ("my manager is fiddling the mileage claims", "my boss screams at me daily")
            places = [f"19:many-{number}@thread.v2" for number in range(500)]
            asking = (
                group_mention(concerns[at % 2], user=user, tenant=ids.tenant_of(user), group=places[at % len(places)])
                for at, user in enumerate(users)
            )
        async with load.watching(replica, every_s=0.02) as watched:
            asked = await ask(way, asking, HUNG_PER_S, seconds)
        return watched, asked


def main() -> None:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="pace, long, hung; all without any")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--hung-seconds", type=float, default=20.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    parts: dict[str, tuple[str, Callable[[], Awaitable[list[Figure]]]]] = {
        "pace": (
            f"50 questions a second for {given.seconds:g} s",
            lambda: pace(50, given.seconds, {"ack": 0.1, "answer": 0.3, "mb": 400}),
        ),
        "long": (
            f"100 questions a second for {given.minutes:g} minutes",
            lambda: pace(100, 60 * given.minutes, {"ack": 0.3, "answer": 1.0, "mb": 400}),
        ),
        "hung": (
            f"{HUNG_PER_S} questions a second while something hangs, {given.hung_seconds:g} s each",
            lambda: hung(given.hung_seconds),
        ),
    }
    for name in given.parts or parts:
        title, measure = parts[name]
        load.show(title, asyncio.run(measure()), as_machine=given.json)


if __name__ == "__main__":
    main()
