"""Gives the application Slack: its store, its key, its workspaces."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
from aiohttp import web

from adapters.sealing import Seal, own_key
from adapters.slack import mount
from adapters.slack.mount import SlackAdapter
from adapters.slack.workspaces import OneWorkspace, Workspaces
from adapters.storage.store import SqlStore, open_store
from bot.app import PolicyBot
from bot.config import Config, ConfigError


def add(served: web.Application, bots: Mapping[str, PolicyBot], default: str, config: Config) -> None:
    """Serve Slack as well; what cannot work is refused when the application starts, before its port is open."""
    seal = seal_of(config)
    parts: list[SlackAdapter] = []

    async def slack(application: web.Application) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            store = await open_store(config.database)
            stack.push_async_callback(store.close)
            # No cookies, and a connection for each of Slack's methods that are called at once.
            jar, connector = aiohttp.DummyCookieJar(), aiohttp.TCPConnector(limit=100, ttl_dns_cache=60)
            session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar, connector=connector))
            adapter = SlackAdapter(
                config=config,
                bots=bots,
                workspaces=_workspaces(config, default, store, seal),
                store=store,
                seal=seal,
                session=session,
            )
            await adapter.start()
            stack.push_async_callback(adapter.stop)
            parts.append(adapter)
            yield

    async def events(request: web.Request) -> web.Response:
        return await parts[0].handle(request)

    if not config.slack.socket_mode:
        served.router.add_post(mount.PATH, events)
    served.cleanup_ctx.append(slack)


def seal_of(config: Config) -> Seal:
    """The seal for what is stored: with the keys of the settings, or one kept beside the SQLite database.

    Raise `ConfigError` for a key that is none.
    """
    try:
        if config.keys:
            return Seal(config.keys)
        return Seal([own_key(Path(config.database.removeprefix("sqlite:///")).with_suffix(".key"))])
    except ValueError as wrong:
        raise ConfigError("the environment", [f"SIGNPOST_KEYS   {wrong}"]) from None


def _workspaces(config: Config, default: str, store: SqlStore, seal: Seal) -> Workspaces:
    slack = config.slack
    return OneWorkspace(slack.bot_token or "", slack.workspaces, default)
