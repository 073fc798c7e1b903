"""Builds the application and serves it; the only module that knows all the parts."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import click
from aiohttp import web

from adapters import library_files
from adapters.library_watch import LibraryWatch
from adapters.web import application
from bot.app import PolicyBot

logger = logging.getLogger(__name__)

WATCH_EVERY_S = 2.0
DRAIN_S = 10.0


def run(bot: PolicyBot, host: str, port: int, folder: Path | None) -> None:
    """Serve until interrupted: requests under way end within ten seconds, and the library is watched."""
    served = application.build(bot)
    served.cleanup_ctx.append(_watching(bot, folder or library_files.SHIPPED))
    logging.getLogger("aiohttp.server").addFilter(_without_the_request)
    named = {"127.0.0.1": "localhost"}.get(host, f"[{host}]" if ":" in host else host)

    def said(*_lines: object) -> None:
        click.echo(f"Signpost answers at http://{named}:{port}/", err=True)

    # No access log: it would say who asked when.
    web.run_app(served, host=host, port=port, access_log=None, print=said, shutdown_timeout=DRAIN_S)


def _without_the_request(record: logging.LogRecord) -> bool:
    """Take out of a log record what a client sent and where from: a broken request may hold a question."""
    kind = record.exc_info[0] if record.exc_info else None
    record.msg, record.args = "a request could not be read: %s", (kind.__name__ if kind else "unknown",)
    record.exc_info = None
    return True


def _watching(bot: PolicyBot, folder: Path) -> Callable[[web.Application], AsyncIterator[None]]:
    async def watching(_application: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(keep_watching(LibraryWatch(folder), bot))
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return watching


async def keep_watching(watch: LibraryWatch, bot: PolicyBot, every_s: float = WATCH_EVERY_S) -> None:
    """Give *bot* each library that *watch* finds changed and good; never end by itself."""
    while True:
        await asyncio.sleep(every_s)
        bot.forget_old()
        try:
            library = await asyncio.to_thread(watch.changed)
        except Exception:  # the edge of this task: without it nobody would look again
            logger.exception("the library could not be looked at, the last good one goes on answering")
            continue
        if library is None:
            continue
        if bot.organisation.id not in library.organisations:
            logger.error(
                "the changed library has no organisation '%s', the last good one goes on answering",
                bot.organisation.id,
            )
            continue
        bot.replace_library(library)
        logger.info("answering from library=%s", library.digest)
