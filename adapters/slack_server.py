"""Gives the application Slack, with its workspaces."""

import contextlib
import time
from collections.abc import Callable, Mapping

from aiohttp import web
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from adapters import outside
from adapters.outside import Outside
from adapters.slack import mount
from adapters.slack.installations import Installations
from adapters.slack.installing import Application, Installing, routes, states
from adapters.slack.mount import SlackAdapter
from adapters.slack.rotating import OAuthClient, Rotation
from adapters.slack.workspaces import InstalledWorkspaces, OneWorkspace, Workspaces
from adapters.storage.engine import reading
from bot.app import PolicyBot
from bot.config import Config


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
    parts = _Parts()

    async def slack(given: Outside, stack: contextlib.AsyncExitStack) -> None:
        workspaces: Workspaces = OneWorkspace(config.slack.bot_token or "", config.slack.workspaces, default)
        if config.slack.many_workspaces:
            workspaces, parts.installing = await _by_oauth(config, given, stack)
        parts.adapter = SlackAdapter(
            config=config,
            bots=bots,
            workspaces=workspaces,
            store=given.store,
            seal=given.seal,
            session=given.session,
            announce=announce,
            now=now,
        )
        stack.push_async_callback(parts.adapter.stop)
        await parts.adapter.start()

    outside.start(served, config, slack, now=now)
    if not config.slack.socket_mode:
        served.router.add_post(mount.PATH, parts.events)
    if config.slack.many_workspaces:
        served.add_routes(routes(parts.start, parts.finish))


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


async def _by_oauth(config: Config, given: Outside, stack: contextlib.AsyncExitStack) -> tuple[Workspaces, Installing]:
    """The workspaces that installed the app themselves, and the pages where they do."""
    slack, engine = config.slack, given.store.engine
    application = Application(slack.client_id or "", slack.client_secret or "", config.public_url or "")
    client = OAuthClient(slack.api_url)
    rotator = AsyncTokenRotator(client_id=application.client_id, client_secret=application.client_secret, client=client)
    installations = Installations(engine, given.seal, application.client_id, reading=reading(engine))
    rotation = Rotation(installations, rotator)
    stack.push_async_callback(rotation.close)
    workspaces = InstalledWorkspaces(installations, rotation, slack.workspaces)
    return workspaces, Installing(application, workspaces, states(engine), given.seal, client)
