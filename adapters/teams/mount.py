"""Puts Teams in front of the bot: its address, and what runs beside it."""

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable, Mapping

import aiohttp
from aiohttp import web

from adapters.background import Background
from adapters.deliveries import Deliveries
from adapters.notes import Notes
from adapters.questions import Questions
from adapters.sealing import Seal
from adapters.teams.clouds import cloud_of
from adapters.teams.connector import Connector, Refused
from adapters.teams.dispatching import Dispatcher
from adapters.teams.entrance import Entrance
from adapters.teams.guard import Registration
from adapters.teams.invokes import Invokes
from adapters.teams.keys import SigningKeys
from adapters.teams.listening import Listener
from adapters.teams.people import People
from adapters.teams.refusals import Refusal
from adapters.teams.replying import Replier
from adapters.teams.tokens import TOKEN_URL, AppTokens, ClientSecret, ManagedIdentity
from adapters.traces import trace
from bot.app import PolicyBot
from bot.config import Config, TeamsSettings
from bot.ports import Store

logger = logging.getLogger(__name__)

PATH = "/api/messages"
DRAIN_S = 8.0


class TeamsAdapter:
    """Everything of Teams, from `start` to `stop`; `handle` takes its requests."""

    def __init__(  # noqa: PLR0913 - one parameter for each part of the outside world
        self,
        *,
        config: Config,
        bots: Mapping[str, PolicyBot],
        default: str,
        store: Store,
        seal: Seal,
        session: aiohttp.ClientSession,
        identity: ManagedIdentity | None = None,
        dev: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        """*default* is the organisation of our own tenant; *identity* how App Service gives tokens, where it does."""
        teams = config.teams
        self._organisations = organisations(teams, default)
        self._default = default
        self._tokens = AppTokens(session, _source(teams, identity)) if teams.app_id else None
        registration = Registration(
            (teams.app_id or "").lower(),
            frozenset(self._organisations),
            frozenset(teams.service_hosts),
            issuer=cloud_of(teams.openid_metadata_url).issuer,
            dev=dev,
        )
        self._is_open = registration.is_open
        self._keys = SigningKeys(session, teams.openid_metadata_url)
        self._entrance = Entrance(registration, self._keys)
        connector = Connector(session, self._tokens, registration.hosts, dev=dev)
        people, notes = People(connector, all_are_staff=registration.is_open), Notes("teams", store, seal)
        replier = Replier(bots=bots, connector=connector, people=people, notes=notes)
        self._deliveries = Deliveries("teams", bots, store=store, seal=seal, post=replier.post, now=now)
        self._background = Background(Refused)
        listener = Listener(
            questions=Questions("teams", bots=bots, config=config, deliveries=self._deliveries, notes=notes, now=now),
            config=config,
            deliveries=self._deliveries,
            people=people,
            invokes=Invokes(bots=bots, deliveries=self._deliveries, store=store),
            connector=connector,
            background=self._background,
        )
        self._dispatcher = Dispatcher(listener)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Take over what was left undelivered; raise `WrongSecret` where Microsoft does not take the settings."""
        if self._tokens is not None:
            await self._tokens.prove()
            self._tasks.append(asyncio.create_task(self._keys.prepare()))
        self._tasks.append(asyncio.create_task(self._deliveries.look_after()))

    async def stop(self) -> None:
        """Take nothing more, and let what is under way arrive."""
        await self._deliveries.drain(DRAIN_S)
        await self._background.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._keys.close()
        if self._tokens is not None:
            await self._tokens.close()

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request of Teams's: verified before anything of it is read."""
        try:
            genuine = await self._entrance.admit(request)
        except Refusal as refusal:
            return web.Response(status=refusal.status, headers={"Retry-After": "60"} if refusal.status == 429 else {})
        if self._deliveries.is_full:
            return web.Response(status=503, headers={"Retry-After": "2"})
        organisation = self._default if self._is_open else self._organisations[genuine.tenant]
        try:
            invoked = await self._dispatcher.dispatch(organisation, genuine.activity)
        except ValueError:  # without a part that every activity of its kind has
            return web.Response(status=400)
        except Exception as error:  # noqa: BLE001 - the edge of Teams: logged for who mends it
            logger.error("an activity of Teams's could not be handled: %s", trace(error))
            return web.Response(status=200)
        if invoked is None:
            return web.Response(status=200)
        if invoked.body is None:
            return web.Response(status=invoked.status)
        return web.json_response(invoked.body, status=invoked.status)


def organisations(teams: TeamsSettings, default: str) -> dict[str, str]:
    """Which organisation each tenant belongs to, by its id in small letters."""
    mapped = {tenant.lower(): name for tenant, name in teams.tenants.items()}
    if teams.tenant_id and not mapped:
        mapped[teams.tenant_id.lower()] = default
    return mapped


def _source(teams: TeamsSettings, identity: ManagedIdentity | None) -> ClientSecret | ManagedIdentity:
    app_id, resource = teams.app_id or "", cloud_of(teams.openid_metadata_url).resource
    if teams.managed_identity:
        return dataclasses.replace(identity or ManagedIdentity(app_id), resource=resource)
    return ClientSecret(
        app_id, teams.tenant_id or "", teams.app_secret or "", teams.token_url or TOKEN_URL, f"{resource}/.default"
    )
