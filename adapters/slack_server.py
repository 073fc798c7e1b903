"""Gives the application Slack: its store, its key, its workspaces."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import aiohttp
from aiohttp import web
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from adapters import late_store
from adapters.sealing import Seal, own_key
from adapters.slack import mount
from adapters.slack.installations import Installations
from adapters.slack.installing import Application, Installing, routes, states
from adapters.slack.mount import SlackAdapter
from adapters.slack.rotating import OAuthClient, Rotation
from adapters.slack.workspaces import InstalledWorkspaces, OneWorkspace, Workspaces
from adapters.storage.engine import reading
from adapters.storage.store import SqlStore
from bot.app import PolicyBot
from bot.config import Config, ConfigError


def add(  # noqa: PLR0913 - one parameter for each part of the outside world
    served: web.Application,
    bots: Mapping[str, PolicyBot],
    default: str,
    config: Config,
    *,
    announce: Callable[[str], None] = lambda _where: None,
    now: Callable[[], float] = time.time,
) -> None:
    """Serve Slack as well; what cannot work is refused when the application starts, before its port is open.

    *announce* is told where Signpost answers, once it does; *now* gives seconds since 1970.
    """
    seal = seal_of(config)
    parts = _Parts()

    async def slack(_application: web.Application) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            store = await stack.enter_async_context(late_store.opened(config.database, now=now))
            # No cookies, and a connection for each of Slack's methods that are called at once.
            jar, connector = aiohttp.DummyCookieJar(), aiohttp.TCPConnector(limit=100, ttl_dns_cache=60)
            session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar, connector=connector))
            workspaces: Workspaces = OneWorkspace(config.slack.bot_token or "", config.slack.workspaces, default)
            if config.slack.many_workspaces:
                workspaces, parts.installing = await _by_oauth(config, store, seal, stack)
            parts.adapter = SlackAdapter(
                config=config,
                bots=bots,
                workspaces=workspaces,
                store=store,
                seal=seal,
                session=session,
                announce=announce,
                now=now,
            )
            stack.push_async_callback(parts.adapter.stop)
            await parts.adapter.start()
            yield

    if not config.slack.socket_mode:
        served.router.add_post(mount.PATH, parts.events)
    if config.slack.many_workspaces:
        served.add_routes(routes(parts.start, parts.finish))
    served.cleanup_ctx.append(slack)


class _Parts:
    """What requests come to; there from the moment the application has started."""

    adapter: SlackAdapter
    installing: Installing

    async def events(self, request: web.Request) -> web.Response:
        return await self.adapter.handle(request)

    async def start(self, request: web.Request) -> web.Response:
        return await self.installing.start(request)

    async def finish(self, request: web.Request) -> web.Response:
        return await self.installing.finish(request)


async def _by_oauth(
    config: Config, store: SqlStore, seal: Seal, stack: contextlib.AsyncExitStack
) -> tuple[Workspaces, Installing]:
    """The workspaces that installed the app themselves, and the pages where they do."""
    slack = config.slack
    application = Application(slack.client_id or "", slack.client_secret or "", config.public_url or "")
    client = OAuthClient(slack.api_url)
    rotator = AsyncTokenRotator(client_id=application.client_id, client_secret=application.client_secret, client=client)
    installations = Installations(store.engine, seal, application.client_id, reading=reading(store.engine))
    rotation = Rotation(installations, rotator)
    stack.push_async_callback(rotation.close)
    workspaces = InstalledWorkspaces(installations, rotation, slack.workspaces)
    return workspaces, Installing(application, workspaces, states(store.engine), seal, client)


def key_file(config: Config) -> Path:
    """Where the key of an installation on one machine stands: beside its SQLite database."""
    return Path(config.database.removeprefix("sqlite:///")).with_suffix(".key")


def seal_of(config: Config) -> Seal:
    """The seal for what is stored: with the keys of the settings, or one kept beside the SQLite database.

    Raise `ConfigError` for a key that is none, or a key file that cannot be used.
    """
    try:
        if config.keys:
            return Seal(config.keys)
        return Seal([own_key(key_file(config))])
    except ValueError as wrong:
        raise ConfigError("the environment", [f"SIGNPOST_KEYS   {wrong}"]) from None
