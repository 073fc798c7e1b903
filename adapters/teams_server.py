"""Gives the application Teams, with its identity."""

import contextlib
import os
import time
from collections.abc import Callable, Mapping

from aiohttp import web

from adapters import outside
from adapters.outside import Outside
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
    adapters: list[TeamsAdapter] = []

    async def teams(given: Outside, stack: contextlib.AsyncExitStack) -> None:
        adapter = TeamsAdapter(
            config=config,
            bots=bots,
            default=default,
            store=given.store,
            seal=given.seal,
            session=given.session,
            identity=_identity(config, os.environ),
            dev=dev,
            now=now,
        )
        stack.push_async_callback(adapter.stop)
        await adapter.start()
        adapters.append(adapter)

    async def messages(request: web.Request) -> web.Response:
        return await adapters[0].handle(request)

    outside.start(served, config, teams, now=now)
    served.router.add_post(mount.PATH, messages)


def _identity(config: Config, environment: Mapping[str, str]) -> ManagedIdentity | None:
    """How App Service says that a managed identity gets its tokens; None elsewhere."""
    endpoint, header = environment.get("IDENTITY_ENDPOINT"), environment.get("IDENTITY_HEADER")
    if config.teams.managed_identity and endpoint and header:
        return ManagedIdentity(config.teams.app_id or "", endpoint, header)
    return None
