"""The stand-in of the Bot Framework as a process of its own, for benchmarks and for tests that kill things.

`python -m teams_process --port 8765`, or `async with TeamsProcess.running() as teams`. It says where it listens in one
line of JSON, and is asked over HTTP: `GET /stand-in/calls`, `GET /stand-in/token`, `GET /stand-in/violations`.
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
import teams_ids as ids
from aiohttp import web
from teams_ids import Json
from teams_limits import OPERATION_OF
from teams_service import Call, TeamsService

HERE = Path(__file__).parent
# What a benchmark needs of an activity, and of a chat that is opened; cards are long.
TOLD = ("type", "replyToId", "summary", "text", "members", "tenantId")


class TeamsProcess:
    """The service in the other process, as a benchmark sees it; deliveries can be made for it."""

    def __init__(self, told: Json, session: aiohttp.ClientSession) -> None:
        self.url: str = told["url"]
        self.service_url: str = told["service_url"]
        self.token_url: str = told["token_url"]
        self.metadata_url: str = told["metadata_url"]
        self.session = session
        self._bearer = ""

    @classmethod
    @asynccontextmanager
    async def running(cls, *options: str) -> AsyncIterator["TeamsProcess"]:
        """Start the process with the *options* of its command line; end it on the way out."""
        paths = os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH", ""))))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "teams_process",
            *options,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": paths},
        )
        try:
            assert process.stdout is not None
            async with asyncio.timeout(20):
                line = await process.stdout.readline()
            async with aiohttp.ClientSession() as session:
                teams = cls(json.loads(line), session)
                await teams.renew()
                yield teams
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()

    async def renew(self) -> None:
        """Take a new token for deliveries: it is good for an hour."""
        self._bearer = str((await self._get("token", {}))["token"])

    def bearer(self) -> str:
        """The token that goes with activities."""
        return self._bearer

    def live(self, activity: Json) -> Json:
        """*activity* with the service's address where it has Microsoft's; its people and places are the options'."""
        return (
            activity | {"serviceUrl": self.service_url} if activity.get("serviceUrl") == ids.SERVICE_URL else activity
        )

    async def calls(self, since: int = 0, *, count: int = 1, wait_s: float = 0.0) -> list[Json]:
        """The calls answered after the first *since*, waiting up to *wait_s* until there are *count* of them.

        Each has name, conversation, path, body (without cards), size_bytes of the whole, at (monotonic seconds,
        comparable between the processes of a machine), status and latency_s.
        """
        query = {"since": str(since), "count": str(count), "wait_s": str(wait_s)}
        return list((await self._get("calls", query))["calls"])

    async def violations(self) -> list[Json]:
        """Who came before a `Retry-After` had passed."""
        return list((await self._get("violations", {}))["violations"])

    async def _get(self, name: str, query: dict[str, str]) -> Json:
        async with self.session.get(f"{self.url}/stand-in/{name}", params=query) as response:
            return dict(await response.json())


def control(service: TeamsService) -> list[web.RouteDef]:
    """What the other process may ask *service*."""

    async def calls(request: web.Request) -> web.Response:
        since, count = int(request.query["since"]), int(request.query["count"])
        wait_s = float(request.query["wait_s"])
        if wait_s:
            with suppress(TimeoutError):  # who asked sees that there are fewer
                await service.until(lambda: len(service.answered) >= since + count, within_s=wait_s)
        return web.json_response({"calls": [_told(call) for call in service.answered[since:]]})

    async def violations(request: web.Request) -> web.Response:
        found = [{"name": one.method, "place": one.place, "early_s": one.early_s} for one in service.violations]
        return web.json_response({"violations": found})

    async def token(request: web.Request) -> web.Response:
        return web.json_response({"token": service.token()})

    return [
        web.get("/stand-in/calls", calls),
        web.get("/stand-in/violations", violations),
        web.get("/stand-in/token", token),
    ]


def _told(call: Call) -> Json:
    about = {"name": call.name, "path": call.path, "conversation": call.conversation, "body": call.body}
    return about | {"size_bytes": call.size_bytes, "at": call.at, "status": call.status, "latency_s": call.latency_s}


def _trimmed(activity: Json) -> Json:
    return {name: activity[name] for name in TOLD if name in activity}


async def _serve(options: argparse.Namespace) -> None:
    async with TeamsService.running(port=options.port, more_routes=control) as service:
        service.limits.enforced = not options.unlimited
        service.limits.tenant = {1.0: options.sends_per_s}
        service.connector.trimmed = _trimmed
        if options.slow_s:
            service.slow_s |= dict.fromkeys(OPERATION_OF, options.slow_s)
        for user in ids.many_users(options.users):
            service.world.add_user(user, tenant=ids.tenant_of(user))
        addresses = ("url", "service_url", "token_url", "metadata_url")
        print(json.dumps({name: getattr(service, name) for name in addresses}), flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Run until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 takes a free one")
    parser.add_argument("--users", type=int, default=0, help="people beside those of every test")
    parser.add_argument("--sends-per-s", type=int, default=30, help="calls of the app in the tenant a second")
    parser.add_argument("--slow-s", type=float, default=0.0, help="seconds that each call of the connector takes")
    parser.add_argument("--unlimited", action="store_true", help="no rate limits at all")
    try:
        asyncio.run(_serve(parser.parse_args()))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
