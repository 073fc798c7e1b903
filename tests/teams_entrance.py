"""The entrance for Teams on a real route, with nothing behind it: what is admitted is kept."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import teams_ids as ids
from aiohttp import web
from teams_activities import message
from teams_delivery import Delivery
from teams_service import TeamsService

from adapters.teams.entrance import Entrance
from adapters.teams.guard import MOST_BODY_BYTES, Genuine, Registration
from adapters.teams.keys import SigningKeys
from adapters.teams.refusals import Refusal

PATH = "/api/messages"
OURS = Registration(ids.APP, frozenset({ids.TENANT}))
JSON = {"Content-Type": "application/json; charset=utf-8"}


@dataclass
class Seconds:
    """A clock that a test turns."""

    at: float = 1_000.0

    def __call__(self) -> float:
        """The seconds."""
        return self.at


@dataclass
class Entered:
    """The app with nothing behind its entrance, and what came in."""

    service: TeamsService
    keys: SigningKeys
    clock: Seconds
    delivery: Delivery
    admitted: list[Genuine] = field(default_factory=list)

    async def send(self, body: bytes, headers: dict[str, str]) -> int:
        """Send a request as it is; the status that it got."""
        return (await self.delivery.send(body, headers)).status

    async def activity(self, told: Any = None, *, token: str | None = None, **claims: Any) -> int:
        """Send an activity, an ordinary message unless another is *told*, with a right token but for *claims*."""
        activity = message() if told is None else told
        bearer = self.bearer(**claims) if token is None else token
        return await self.send(json.dumps(activity).encode(), JSON | {"Authorization": f"Bearer {bearer}"})

    def bearer(self, **claims: Any) -> str:
        """A token for activities from Microsoft's own address, as the Bot Framework signs them."""
        return self.service.keys.token(**{"serviceurl": ids.SERVICE_URL, **claims})


@asynccontextmanager
async def entered(registration: Registration = OURS) -> AsyncIterator[Entered]:
    """An app that lets *registration*'s activities in."""
    clock = Seconds()
    async with TeamsService.running() as service, aiohttp.ClientSession() as session:
        keys = SigningKeys(session, service.metadata_url, monotonic=clock)
        entrance = Entrance(registration, keys)

        async def handle(request: web.Request) -> web.Response:
            try:
                app.admitted.append(await entrance.admit(request))
            except Refusal as refusal:
                return web.Response(status=refusal.status)
            return web.Response()

        served = web.Application(client_max_size=MOST_BODY_BYTES)
        served.router.add_post(PATH, handle)
        runner = web.AppRunner(served, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with Delivery.to(f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}", service) as delivery:
            app = Entered(service, keys, clock, delivery)
            try:
                yield app
            finally:
                await keys.close()
                await runner.cleanup()
