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

    def said(*_lines: object) -> None:
        click.echo(
            f"Signpost answers at http://{'localhost' if host == '127.0.0.1' else host}:{port}/", err=True
        )

    # No access log: it would say who asked when.
    web.run_app(served, host=host, port=port, access_log=None, print=said, shutdown_timeout=DRAIN_S)


def _watching(bot: PolicyBot, folder: Path) -> Callable[[web.Application], AsyncIterator[None]]:
    async def watching(_application: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(_watch(LibraryWatch(folder), bot))
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return watching


async def _watch(watch: LibraryWatch, bot: PolicyBot) -> None:
    while True:
        await asyncio.sleep(WATCH_EVERY_S)
        library = await asyncio.to_thread(watch.changed)
        if library is not None:
            bot.replace_library(library)
            logger.info("answering from library=%s", library.digest)
