"""How fast Slack is answered, under load, under overload, and while what it depends on hangs.

`python -m benchmarks.slack` measures everything once, in about six minutes; names choose parts of it:
pace, long, flood, hung. `--minutes` is how long the long load lasts (the promise says 30), `--seconds` the others;
`--flood-seconds` the overload (the promise says 300); `--json` prints a line of JSON for each part.
The product runs as `signpost serve` on the shipped library with SQLite, the stand-in of Slack as a process of its
own, the questions come from a third: all share the machine. Rate limits are off, everybody asks in a direct message.
"""

import argparse
import asyncio
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from benchmarks import load
from benchmarks.load import Asked, Figure, Json, figures, milliseconds, percentile

import slack_events as events  # isort: skip - found through benchmarks.load
import slack_ids as ids  # isort: skip
import slack_interactions as interactions  # isort: skip
from postgres import NoPostgres, Postgres  # isort: skip
from slack_app import SOCKET  # isort: skip
from slack_delivery import Delivery  # isort: skip
from slack_process import SlackProcess  # isort: skip
from replicas import Replica, trust  # isort: skip
from slack_replicas import people, several, slack_to  # isort: skip
from slack_service import RESPONSE_URL, SlackService  # isort: skip

from adapters.sealing import new_key
from adapters.slack.mount import PATH

PEOPLE = 10_000
WARM_UP_S = 3.0
PAGE = 2_000
HUNG_PER_S = 20


def questions(users: Sequence[str]) -> Iterator[Json]:
    """Questions in direct messages."""
    return load.questions(users, events.message)


def ask(way: Delivery, asked: Iterable[Json], per_s: float, seconds: float) -> Awaitable[list[Asked]]:
    """Ask at that pace."""
    return load.ask(way, asked, per_s, seconds, lambda payload: str(payload["event"]["ts"]))


@asynccontextmanager
async def product() -> AsyncIterator[tuple[SlackProcess, Replica, Delivery]]:
    """Slack as a process, the product as a process, and the way to it; warmed up."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        slack = await stack.enter_async_context(SlackProcess.running("--unlimited", "--users", str(PEOPLE)))
        database = f"sqlite:///{folder}/signpost.db"
        (replica,) = await stack.enter_async_context(several(1, slack.api_url, database, library=trust))
        way = await stack.enter_async_context(Delivery.to(replica.url + PATH))
        await ask(way, questions(ids.many_users(PEOPLE)[-100:]), 20, WARM_UP_S)
        yield slack, replica, way


async def answered(slack: SlackProcess, asked: list[Asked], wait_s: float) -> None:
    """Note when each question that was acknowledged was answered, waiting for late answers."""
    left = {one.name: one for one in asked if one.status == 200}
    since = 0
    until = time.monotonic() + wait_s
    while left and time.monotonic() < until:
        calls = await slack.calls(since, count=1, wait_s=1.0)
        since += len(calls)
        for call in calls:
            one = left.get(call["args"].get("thread_ts", "")) if call["method"] == "chat.postMessage" else None
            if one is not None and call["answer"].get("ok"):
                one.posted_at = call["at"]
                del left[one.name]


async def pace(per_s: float, seconds: float, most: dict[str, float]) -> list[Figure]:
    """A steady load that the product should bear."""
    async with product() as (slack, replica, way), load.watching(replica) as watched:
        asked = await ask(way, questions(ids.many_users(PEOPLE)), per_s, seconds)
        await answered(slack, asked, 30.0)
    return figures(asked, watched, most)


async def flood(per_s: float, seconds: float) -> list[Figure]:
    """More than the product can bear: it refuses what it cannot take, and is itself again soon after."""
    async with product() as (slack, replica, way), load.watching(replica) as watched:
        asking = questions(ids.many_users(PEOPLE))
        asked = await ask(way, asking, per_s, seconds)
        ended = time.monotonic()
        after = await ask(way, asking, 5, 20)
        assert replica.process is not None
        lives = replica.process.returncode is None
        await answered(slack, asked + after, 60.0)
        tracebacks = replica.log.count("Traceback")
    slow = [one for one in after if one.status != 200 or not one.posted_at or one.posted_at - one.sent_at > 1.0]
    normal_s = max((one.sent_at - ended for one in slow), default=0.0)
    taken = sum(one.status == 200 for one in asked) / seconds
    return [
        Figure("lives", f"{lives}, {tracebacks} tracebacks", "no crash", lives and not tracebacks),
        *figures(asked, watched, {"ack": 1.5, "mb": 600}),
        Figure("taken a second", f"{taken:.0f} of {per_s:g}"),
        Figure(
            "refused otherwise than by 503",
            str(sum(one.status not in (200, 503) for one in asked)),
            "none",
            all(one.status in (200, 503) for one in asked),
        ),
        Figure("answers within 1 s again", f"{normal_s:.1f} s after", "<= 10 s", normal_s <= 10),
    ]


Hang = Callable[[], Callable[[], None]]


async def hung(seconds: float) -> list[Figure]:
    """Each thing that the product depends on hangs in turn, while people go on asking."""
    found = []
    for name in ("users.info", "chat.postMessage", RESPONSE_URL, "the WebSocket's address", "PostgreSQL"):
        with suppress(NoPostgres):
            watched = await _hung(name, seconds)
            p99, most = percentile(watched.alive_s, 0.99), max(watched.alive_s)
            found.append(
                Figure(
                    f"{name} hangs: /livez",
                    milliseconds(watched.alive_s),
                    "p99 <= 100 ms, no gap > 250 ms",
                    p99 <= 0.1 and most <= 0.25 and not watched.failures,
                )
            )
    return found


async def _hung(name: str, seconds: float) -> load.Watched:
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(SlackService.running())
        users = people(service, PEOPLE)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        database, way = f"sqlite:///{folder}/signpost.db", {}
        server = None
        if name == "PostgreSQL":
            server = Postgres()
            stack.callback(server.remove)
            database = server.make_database()
        if name == "the WebSocket's address":
            way = {"way": SOCKET}
            service.faults.hang("apps.connections.open", times=float("inf"))
        (replica,) = await stack.enter_async_context(
            several(1, service.api_url, database, library=trust, SIGNPOST_KEYS=new_key(), **way)
        )
        (delivery,) = await stack.enter_async_context(slack_to(replica))
        asking = questions(users)
        if name == RESPONSE_URL:
            asking = (service.live(interactions.command(user_id=user)) | {"event": {"ts": ""}} for user in users)
        if server is not None:
            await ask(delivery, asking, HUNG_PER_S, 1)
            stack.callback(_stopped(server))
        else:
            service.faults.hang(name, times=float("inf"))
        async with load.watching(replica, every_s=0.02) as watched:
            if way:
                await asyncio.sleep(seconds)
            else:
                await ask(delivery, asking, HUNG_PER_S, seconds)
        return watched


def _stopped(server: Postgres) -> Callable[[], None]:
    """Stop all of *server* where it stands; what is returned lets it go on."""
    first = int((server.folder / "data/postmaster.pid").read_text().split()[0])
    all_of_it = [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]
    for process in all_of_it:
        os.kill(process, signal.SIGSTOP)

    def go_on() -> None:
        for process in all_of_it:
            os.kill(process, signal.SIGCONT)

    return go_on


def main() -> None:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="pace, long, flood, hung; all without any")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--flood-seconds", type=float, default=60.0)
    parser.add_argument("--hung-seconds", type=float, default=10.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    parts: dict[str, tuple[str, Callable[[], Awaitable[list[Figure]]]]] = {
        "pace": (
            f"50 questions a second for {given.seconds:g} s",
            lambda: pace(50, given.seconds, {"ack": 0.05, "answer": 0.25, "mb": 400}),
        ),
        "long": (
            f"100 questions a second for {given.minutes:g} minutes",
            lambda: pace(100, 60 * given.minutes, {"ack": 0.3, "answer": 1.0, "mb": 400}),
        ),
        "flood": (f"500 questions a second for {given.flood_seconds:g} s", lambda: flood(500, given.flood_seconds)),
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
