"""Builds the application and serves it; the only module that knows all the parts."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import stamina.instrumentation
from aiohttp import web

from adapters import leaving, library_files
from adapters.announcing import Announcements
from adapters.library_watch import LibraryWatch
from adapters.traces import trace
from adapters.web import application
from bot.app import PolicyBot
from bot.config import Config, ConfigError, only_for_development, unknown_organisations
from knowledge.library import Library

logger = logging.getLogger(__name__)

WATCH_EVERY_S = 2.0
DRAIN_S = 10.0


def bots_for(library: Library, config: Config, default: str) -> dict[str, PolicyBot]:
    """A bot for the organisation *default* and each that the settings name; raise `ConfigError` for unknown ones."""
    if problems := unknown_organisations(config, library.organisations):
        raise ConfigError("the settings", problems)
    mapped = (*config.slack.workspaces.values(), *config.teams.tenants.values())
    named = dict.fromkeys([default, *config.organisations, *mapped])
    zone = ZoneInfo(config.timezone)
    return {
        name: PolicyBot(library, library.organisations[name], today=lambda: datetime.now(zone).date()) for name in named
    }


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; *dev* allows Teams plain http on this machine, and no app id."""

    host: str
    port: int
    dev: bool = False


def run(bots: Mapping[str, PolicyBot], default: str, config: Config, address: Address, folder: Path | None) -> None:
    """Serve until interrupted: what is under way ends within ten seconds, and the library is watched.

    The ask page answers for the organisation *default*. Raise `StoreUnusable` or `WrongToken` where a setting
    does not hold, before any port is open.
    """
    if not address.dev and (problems := only_for_development(config)):
        raise ConfigError("the settings", problems)
    served, announcements = application.build(bots[default]), Announcements()
    served.cleanup_ctx.append(leaving.slowly(lambda: application.not_ready(served)))
    served.cleanup_ctx.append(_watching(bots.values(), folder or library_files.SHIPPED))
    # It would log a line of its own for each attempt to deliver.
    stamina.instrumentation.set_on_retry_hooks([])
    if config.slack.is_on:
        # SQLAlchemy and the SDK take a moment to import, which nobody waits for who has no Slack.
        from adapters import slack_server

        slack_server.add(served, bots, default, config, announce=announcements.answers)
    if config.teams.is_on or address.dev:
        # The Bot Framework's SDK takes longer still.
        from adapters import teams_server
        from adapters.teams.mount import PATH

        teams_server.add(served, bots, default, config, dev=address.dev)
        announcements.answers(f"in Teams (requests to {PATH})")
    served.on_startup.append(_keep_what_is_loaded)
    logging.getLogger("aiohttp.server").addFilter(_without_the_request)
    host, port = address.host, address.port
    named = {"127.0.0.1": "localhost"}.get(host, f"[{host}]" if ":" in host else host)

    def said(*_lines: object) -> None:
        announcements.port_is_open(f"http://{named}:{port}/")

    # No access log: it would say who asked when.
    web.run_app(served, host=host, port=port, access_log=None, print=said, shutdown_timeout=DRAIN_S)


async def _keep_what_is_loaded(_application: web.Application) -> None:
    # The library lives as long as the process: looked through for garbage, it would cost 30 ms again and again.
    gc.collect()
    gc.freeze()


def _without_the_request(record: logging.LogRecord) -> bool:
    """Take out of a log record what a client sent and where from: a broken request may hold a question."""
    kind = record.exc_info[0] if record.exc_info else None
    record.msg, record.args = "a request could not be read: %s", (kind.__name__ if kind else "unknown",)
    record.exc_info = None
    return True


def _watching(bots: Iterable[PolicyBot], folder: Path) -> Callable[[web.Application], AsyncIterator[None]]:
    async def watching(_application: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(keep_watching(LibraryWatch(folder), *bots))
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return watching


async def keep_watching(watch: LibraryWatch, *bots: PolicyBot, every_s: float = WATCH_EVERY_S) -> None:
    """Give the *bots* each library that *watch* finds changed and good; never end by itself."""
    while True:
        await asyncio.sleep(every_s)
        for bot in bots:
            bot.forget_old()
        try:
            library = await asyncio.to_thread(watch.changed)
        except Exception as error:  # noqa: BLE001 - the edge of this task: without it nobody would look again
            logger.error("the library could not be looked at, the last good one goes on answering: %s", trace(error))
            continue
        if library is None:
            continue
        missing = [bot.organisation.id for bot in bots if bot.organisation.id not in library.organisations]
        if missing:
            logger.error(
                "the changed library has no organisation '%s', the last good one goes on answering", missing[0]
            )
            continue
        for bot in bots:
            bot.replace_library(library)
        logger.info("answering from library=%s", library.digest)
