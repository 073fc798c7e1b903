"""The stand-in of Slack as a process of its own, for benchmarks and for tests that kill things.

`python -m slack_process --port 8765`, or `async with SlackProcess.running() as slack`. It says where it listens in one
line of JSON, and is asked over HTTP: `GET /stand-in/calls`, `POST /stand-in/deliver`, `POST /stand-in/live`,
`GET /stand-in/violations`.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import slack_ids as ids
from aiohttp import web
from slack_limits import Rate
from slack_payloads import Json
from slack_service import Call, SlackService

HERE = Path(__file__).parent
NOT_TOLD = ("blocks", "view", "prompts", "token", "client_secret", "refresh_token")


class SlackProcess:
    """The service in the other process, as a benchmark sees it."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.api_url = f"{url}/api/"
        self.session = session

    @classmethod
    @asynccontextmanager
    async def running(cls, *options: str) -> AsyncIterator["SlackProcess"]:
        """Start the process with the *options* of its command line; end it on the way out."""
        paths = os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH", ""))))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "slack_process",
            *options,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": paths},
        )
        try:
            assert process.stdout is not None
            async with asyncio.timeout(20):
                line = await process.stdout.readline()
            async with aiohttp.ClientSession() as session:
                yield cls(json.loads(line)["url"], session)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()

    async def calls(self, since: int = 0, *, count: int = 1, wait_s: float = 0.0) -> list[Json]:
        """The calls answered after the first *since*, waiting up to *wait_s* until there are *count* of them.

        Each has method, args (without blocks and secrets), at (monotonic seconds, comparable between the processes of
        a machine), status and answer.
        """
        query = {"since": str(since), "count": str(count), "wait_s": str(wait_s)}
        return list((await self._get("calls", query))["calls"])

    async def violations(self) -> list[Json]:
        """Who came before a `Retry-After` had passed."""
        return list((await self._get("violations", {}))["violations"])

    async def live(self, payload: Json) -> Json:
        """*payload* with a trigger id and a response URL of the service."""
        async with self.session.post(f"{self.url}/stand-in/live", json=payload) as response:
            return dict(await response.json())

    async def deliver(self, payload: Json, *, within_s: float = 5.0) -> Json:
        """Send *payload* over Socket Mode: acknowledged, latency_s, attempts and answer."""
        query = {"within_s": str(within_s)}
        async with self.session.post(f"{self.url}/stand-in/deliver", params=query, json=payload) as response:
            return dict(await response.json())

    async def _get(self, name: str, query: dict[str, str]) -> Json:
        async with self.session.get(f"{self.url}/stand-in/{name}", params=query) as response:
            return dict(await response.json())


def control(service: SlackService) -> list[web.RouteDef]:
    """What the other process may ask *service*."""

    async def calls(request: web.Request) -> web.Response:
        since, count = int(request.query["since"]), int(request.query["count"])
        wait_s = float(request.query["wait_s"])
        if wait_s:
            with suppress(TimeoutError):  # who asked sees that there are fewer
                await service.until(lambda: len(service.answered) >= since + count, within_s=wait_s)
        return web.json_response({"calls": [_told(call) for call in service.answered[since:]]})

    async def violations(request: web.Request) -> web.Response:
        found = [{"method": one.method, "place": one.place, "early_s": one.early_s} for one in service.violations]
        return web.json_response({"violations": found})

    async def live(request: web.Request) -> web.Response:
        return web.json_response(service.live(await request.json()))

    async def deliver(request: web.Request) -> web.Response:
        envelope = await service.socket.deliver(await request.json())
        with suppress(TimeoutError):  # who asked sees that nothing came
            async with asyncio.timeout(float(request.query["within_s"])):
                await envelope.acknowledged.wait()
        about = {"acknowledged": envelope.acknowledged.is_set(), "latency_s": envelope.latency_s}
        return web.json_response(about | {"attempts": envelope.attempts, "answer": envelope.answer})

    return [
        web.get("/stand-in/calls", calls),
        web.get("/stand-in/violations", violations),
        web.post("/stand-in/live", live),
        web.post("/stand-in/deliver", deliver),
    ]


def _told(call: Call) -> Json:
    args = {name: value for name, value in call.args.items() if name not in NOT_TOLD}
    answer = {name: call.answer[name] for name in ("ok", "error", "channel", "ts") if name in call.answer}
    return {"method": call.method, "args": args, "at": call.at, "status": call.status, "answer": answer}


async def _serve(options: argparse.Namespace) -> None:
    async with SlackService.running(port=options.port, more_routes=control) as service:
        service.limits.posts = Rate(options.burst, options.posts_per_s)
        service.limits.enforced = not options.unlimited
        for user in ids.many_users(options.users):
            service.world.add_user(user)
        print(json.dumps({"url": service.url, "api_url": service.api_url}), flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Run until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 takes a free one")
    parser.add_argument("--users", type=int, default=0, help="people beside the two of every test")
    parser.add_argument("--burst", type=float, default=5, help="posts to one channel at once")
    parser.add_argument("--posts-per-s", type=float, default=1.0, help="posts to one channel a second")
    parser.add_argument("--unlimited", action="store_true", help="no rate limits at all")
    try:
        asyncio.run(_serve(parser.parse_args()))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
