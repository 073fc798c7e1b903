"""Which part of the adapter takes which of Slack's payloads: the table of listeners, and a catch-all for each kind."""

import contextlib
import logging
import os
import re
from collections.abc import Iterator
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.payloads import Incomplete
from adapters.slack import inbound, views
from adapters.slack.inbound import Asked, Deleted
from adapters.slack.listening import Listener
from adapters.slack.manifest import COMMAND, SHORTCUT
from adapters.slack.sdk_log import sdk_logger
from adapters.slack.showing import Showcase
from adapters.slack.workspaces import Workspace, Workspaces
from adapters.traces import is_ours, trace

logger = logging.getLogger(__name__)

# The key under which a request carries its workspace to the listeners.
WORKSPACE = "signpost_workspace"
_ANYTHING = re.compile(r"(?s).*")

Body = dict[str, Any]


def build(client: AsyncWebClient, workspaces: Workspaces, listener: Listener, showcase: Showcase) -> AsyncApp:
    """Return the Bolt application; requests come to it verified, with their workspace in the context."""
    with _unseen("SLACK_"):
        app = AsyncApp(
            client=client,
            logger=sdk_logger(),
            authorize=_authorize,
            # Answers are claimed before the acknowledgement, so listeners run before it.
            process_before_response=True,
            request_verification_enabled=False,
            ssl_check_enabled=False,
            attaching_function_token_enabled=False,
        )
    _Listeners(workspaces, listener, showcase).register(app)
    app.error(_failed)
    return app


@contextlib.contextmanager
def _unseen(prefix: str) -> Iterator[None]:
    """Hide the environment variables that begin with *prefix*.

    Bolt reads them beside what it is given: a bot token makes it warn, a client id and secret make it set up an
    installation flow of its own, with tokens in files.
    """
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(prefix)}
    try:
        yield
    finally:
        os.environ.update(hidden)


async def _authorize(context: AsyncBoltContext) -> AuthorizeResult:
    workspace: Workspace = context[WORKSPACE]
    return AuthorizeResult(
        enterprise_id=workspace.enterprise or None,
        team_id=workspace.team,
        bot_id=workspace.bot,
        bot_user_id=workspace.bot_user,
    )


async def _failed(error: Exception) -> BoltResponse:
    """Say of an incomplete payload that it is; log everything else, once: Slack would only send it again."""
    if isinstance(error, Incomplete):
        return BoltResponse(status=400)
    if not is_ours(error):  # Bolt trips over payloads with parts missing
        logger.warning("a payload of Slack's could not be read: %s", type(error).__name__)
        return BoltResponse(status=400)
    logger.error("an event from Slack could not be handled: %s", trace(error))
    return BoltResponse(status=200)


class _Listeners:
    def __init__(self, workspaces: Workspaces, listener: Listener, showcase: Showcase) -> None:
        self._workspaces = workspaces
        self._listener = listener
        self._showcase = showcase

    def register(self, app: AsyncApp) -> None:
        """Register every listener, what is not ours last."""
        app.event("message")(self._message)
        app.event("app_mention")(self._mention)
        for event in ("app_home_opened", "assistant_thread_started"):
            app.event(event)(self._opened)
        for event in ("app_uninstalled", "tokens_revoked"):
            app.event(event)(self._gone)
        app.command(COMMAND)(self._command)
        app.shortcut(SHORTCUT)(self._shortcut)
        app.action(re.compile(r"signpost\..*"))(self._click)
        app.view(views.REASONS)(self._submission)
        app.event(_ANYTHING)(self._nothing)
        for kind in (app.action, app.command, app.shortcut, app.view, app.view_closed):
            kind(_ANYTHING)(self._nothing)
        app.options(_ANYTHING)(self._no_options)

    async def _message(self, body: Body, context: AsyncBoltContext) -> None:
        workspace = context[WORKSPACE]
        match inbound.direct_message(body, workspace.bot_user):
            case Asked() as asked:
                await self._listener.asked(workspace, asked)
            case Deleted() as deleted:
                await self._listener.deleted(workspace, deleted)

    async def _mention(self, body: Body, context: AsyncBoltContext) -> None:
        asked = inbound.mention(body, context[WORKSPACE].bot_user)
        if asked is not None:
            await self._listener.asked(context[WORKSPACE], asked)

    async def _command(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await self._listener.asked(context[WORKSPACE], inbound.command(body))
        await ack()

    async def _shortcut(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await self._listener.asked(context[WORKSPACE], inbound.shortcut(body, context[WORKSPACE].bot_user))
        await ack()

    async def _click(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await self._showcase.clicked(context[WORKSPACE], inbound.click(body))
        await ack()

    async def _submission(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await self._showcase.clicked(context[WORKSPACE], inbound.submission(body))
        await ack(response_action="update", view=views.thanks_modal())

    async def _opened(self, body: Body, context: AsyncBoltContext) -> None:
        opened = inbound.opened(body)
        if opened is not None:
            await self._showcase.opened(context[WORKSPACE], opened)

    async def _gone(self, body: Body) -> None:
        if removed := inbound.removal(body):
            await self._workspaces.removed(*removed)

    async def _nothing(self, ack: AsyncAck) -> None:
        await ack()

    async def _no_options(self, ack: AsyncAck) -> None:
        await ack(options=[])
