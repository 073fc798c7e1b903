"""Gives the application Teams: its store, its key, its identity."""

import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping

import aiohttp
from aiohttp import web

from adapters import late_store
from adapters.slack_server import seal_of
from adapters.teams import mount
from adapters.teams.mount import TeamsAdapter
from adapters.teams.tokens import ManagedIdentity
from bot.app import PolicyBot
from bot.config import Config


def add(  # noqa: PLR0913 - one parameter for each part of the outside world
    served: web.Application,
    bots: Mapping[str, PolicyBot],
    default: str,
    config: Config,
    *,
    dev: bool = False,
    now: Callable[[], float] = time.time,
) -> None:
    """Serve Teams as well; what cannot work is refused when the application starts, before its port is open.

    With *dev* plain http and loopback hosts are right, and, without an app id, requests without a token.
    """
    seal = seal_of(config)
    adapters: list[TeamsAdapter] = []

    async def teams(_application: web.Application) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            store = await stack.enter_async_context(late_store.opened(config.database, now=now))
            jar, connector = aiohttp.DummyCookieJar(), aiohttp.TCPConnector(limit=100, ttl_dns_cache=60)
            session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar, connector=connector))
            adapter = TeamsAdapter(
                config=config,
                bots=bots,
                default=default,
                store=store,
                seal=seal,
                session=session,
                identity=_identity(config, os.environ),
                dev=dev,
                now=now,
            )
            stack.push_async_callback(adapter.stop)
            await adapter.start()
            adapters.append(adapter)
            yield

    async def messages(request: web.Request) -> web.Response:
        return await adapters[0].handle(request)

    served.router.add_post(mount.PATH, messages)
    served.cleanup_ctx.append(teams)


def _identity(config: Config, environment: Mapping[str, str]) -> ManagedIdentity | None:
    """How App Service says that a managed identity gets its tokens; None elsewhere."""
    endpoint, header = environment.get("IDENTITY_ENDPOINT"), environment.get("IDENTITY_HEADER")
    if config.teams.managed_identity and endpoint and header:
        return ManagedIdentity(config.teams.app_id or "", endpoint, header)
    return None
