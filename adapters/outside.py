"""What every chat needs from outside, opened once for all of them: the store, the seal, and connections."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from adapters import late_store
from adapters.sealing import Seal, own_key
from adapters.storage.store import SqlStore
from bot.config import Config, ConfigError


@dataclass(frozen=True, slots=True)
class Outside:
    """The store and what seals its contents, and the session that calls the platforms."""

    store: SqlStore
    seal: Seal
    session: aiohttp.ClientSession


Platform = Callable[[Outside, contextlib.AsyncExitStack], Awaitable[None]]
_PLATFORMS = web.AppKey("platforms", list[Platform])


def start(served: web.Application, config: Config, platform: Platform, *, now: Callable[[], float]) -> None:
    """Start *platform* as *served* starts, with what is outside, and let it put on the stack how it ends.

    All platforms share one outside, which is closed after them, also where one of them refuses to start. *now* gives
    seconds since 1970. Raise `ConfigError` for keys that cannot be used.
    """
    if _PLATFORMS in served:
        served[_PLATFORMS].append(platform)
        return
    seal = seal_of(config)
    served[_PLATFORMS] = [platform]

    async def outside(_application: web.Application) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            store = await stack.enter_async_context(late_store.opened(config.database, now=now))
            # No cookies, and a connection for each of the methods that are called at once.
            jar, connector = aiohttp.DummyCookieJar(), aiohttp.TCPConnector(limit=100, ttl_dns_cache=60)
            session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar, connector=connector))
            for each in served[_PLATFORMS]:
                await each(Outside(store, seal, session), stack)
            yield

    served.cleanup_ctx.append(outside)


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
