"""The connector as the product calls it, with the stand-in of the Bot Framework behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import teams_ids as ids
from aiohttp import web
from teams_entrance import Seconds
from teams_service import TeamsService
from teams_world import User

from adapters.deliveries import TryAgain
from adapters.teams.connector import Connector, Place
from adapters.teams.tokens import AppTokens, ClientSecret

TEXT = {"type": "message", "text": "Lock the shed at night"}


@dataclass
class Connected:
    """The connector as the product calls it, and the stand-in that it calls."""

    service: TeamsService
    connector: Connector
    tokens: AppTokens
    clock: Seconds

    def place(self, conversation: str = "") -> Place:
        """The asker's personal chat, or another conversation."""
        return Place(self.service.service_url, ids.TENANT, conversation or ids.personal_of(ids.ASKER))

    async def send(self, place: Place | None = None, **about: Any) -> str:
        """Send a text there."""
        return await self.connector.send(place or self.place(), TEXT, **about)

    async def insist(self, place: Place | None = None) -> str:
        """Send a text there, and come again when told to, as deliveries do."""
        while True:
            try:
                return await self.send(place)
            except TryAgain as again:
                await asyncio.sleep(again.after_s or 0.05)

    def personal_chats(self, count: int) -> list[Place]:
        """The personal chats of so many people."""
        users = ids.many_users(count)
        for user in users:
            self.service.world.personal(self.service.world.users.setdefault(user, User(user)))
        return [self.place(ids.personal_of(user)) for user in users]


@asynccontextmanager
async def connecting(*, secret: str = ids.APP_SECRET) -> AsyncIterator[Connected]:
    clock = Seconds()
    async with TeamsService.running() as service, aiohttp.ClientSession() as session:
        tokens = AppTokens(session, ClientSecret(ids.APP, ids.TENANT, secret, service.token_url), monotonic=clock)
        yield Connected(service, Connector(session, tokens, dev=True), tokens, clock)
        await tokens.close()


@asynccontextmanager
async def answering(told: object, **about: Any) -> AsyncIterator[tuple[Connector, Place]]:
    """A connector, and a place where it always gets the same answer."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(told, **about)

    routes = [web.post("/odd/v3/conversations/{id}/activities", answer)]
    async with (
        TeamsService.running(more_routes=lambda _service: routes) as service,
        aiohttp.ClientSession() as session,
    ):
        yield Connector(session, None, dev=True), Place(f"{service.url}/odd/", ids.TENANT, ids.GROUP)
