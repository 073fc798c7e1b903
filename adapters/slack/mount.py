"""Puts Slack in front of the bot: its address, its WebSocket, and what runs beside them."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import stamina
from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from adapters.background import Background
from adapters.deliveries import Deliveries
from adapters.failures import Failures
from adapters.notes import Notes
from adapters.questions import Questions
from adapters.sealing import Seal
from adapters.slack import guard, inbound, listeners
from adapters.slack.calling import GONE, Refused, SlackApi
from adapters.slack.guard import Refusal
from adapters.slack.listening import Listener
from adapters.slack.people import People
from adapters.slack.replying import Replier
from adapters.slack.sdk_log import sdk_logger
from adapters.slack.showing import Showcase
from adapters.slack.socket import Socket
from adapters.slack.web_client import TIMEOUT_S, WebClient
from adapters.slack.workspaces import OneWorkspace, Workspaces, WrongToken
from bot.app import PolicyBot
from bot.config import Config
from bot.ports import Store, StoreUnavailable

logger = logging.getLogger(__name__)

PATH = "/slack/events"
DRAIN_S = 8.0
# Before the port is open; somebody waits for the ask page as well.
STARTING_S = 3.0
UNREACHABLE = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


class SlackAdapter:
    """Everything of Slack, from `start` to `stop`; `handle` takes its requests, where no WebSocket does."""

    def __init__(  # noqa: PLR0913 - one parameter for each part of the outside world
        self,
        *,
        config: Config,
        bots: Mapping[str, PolicyBot],
        workspaces: Workspaces,
        store: Store,
        seal: Seal,
        session: aiohttp.ClientSession,
        announce: Callable[[str], None] = lambda _where: None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """*announce* is told where Signpost answers, once it does; *now* gives seconds since 1970."""
        self._announce = announce
        self._config = config.slack
        self._workspaces = workspaces
        self._now = now
        self._client = WebClient(config.slack.api_url, logger=sdk_logger(), session=session)
        api = SlackApi(self._client, session, workspaces)
        people, notes = People(api), Notes("slack", store, seal)
        replier = Replier(bots=bots, workspaces=workspaces, api=api, people=people, notes=notes)
        self._deliveries = Deliveries("slack", bots, store=store, seal=seal, post=replier.post, now=now)
        questions = Questions("slack", bots=bots, config=config, deliveries=self._deliveries, notes=notes, now=now)
        listener = Listener(questions=questions, config=config, deliveries=self._deliveries, people=people)
        self._background = Background(Refused, _is_gone)
        showcase = Showcase(
            bots=bots,
            api=api,
            people=people,
            listener=listener,
            deliveries=self._deliveries,
            store=store,
            background=self._background,
            agent_view=config.slack.agent_view,
        )
        self._bolt = listeners.build(self._client, workspaces, listener, showcase)
        self._failures = Failures()
        self._recognised = not isinstance(workspaces, OneWorkspace)
        self._tasks: list[asyncio.Task[None]] = []
        self._socket = Socket(config.slack, session, self._dispatch) if config.slack.socket_mode else None

    async def start(self) -> None:
        """Learn who we are, open the WebSocket where there is one, take over what was left undelivered.

        Raise `WrongToken` for tokens that Slack does not take; while Slack cannot be reached, go on trying.
        """
        try:
            await self._recognise(STARTING_S)
        except UNREACHABLE:
            logger.warning("Slack cannot be reached; trying until it can")
        self._tasks.append(asyncio.create_task(self._deliveries.look_after()))
        self._tasks.append(asyncio.create_task(self._go_on_connecting()))

    async def stop(self) -> None:
        """Take nothing more, and let what is under way arrive."""
        if self._socket is not None:
            await self._socket.close()
        await asyncio.gather(self._deliveries.drain(DRAIN_S), self._background.drain())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def _way_in(self) -> str:
        return f"requests to {PATH}" if self._socket is None else "Socket Mode"

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request of Slack's: verified before anything of it is read, 401 where it is not Slack's."""
        body = await request.read()
        if guard.is_ssl_check(body):
            return web.Response()
        try:
            await self._verify(request, body)
            response = await self._dispatch(guard.payload(request.content_type, body))
        except Refusal as refusal:
            headers = {"Retry-After": "1"} if refusal.status in (429, 503) else {}
            return web.Response(status=refusal.status, headers=headers)
        headers = {name: values[0] for name, values in response.headers.items() if name.lower() == "content-type"}
        return web.Response(status=response.status, text=response.body, headers=headers)

    async def _verify(self, request: web.Request, body: bytes) -> None:
        """Check the signature; whoever gets it wrong too often is told so, and what is right always passes."""
        try:
            guard.verify(request.headers, body, self._config.signing_secret or "", self._now())
        except Refusal as refusal:
            if await self._failures.one_too_many(request.remote or ""):
                raise Refusal(429) from None
            raise refusal from None

    async def _dispatch(self, payload: dict[str, Any]) -> BoltResponse:
        """Hand a payload of Slack's to its listener; raise `Refusal` for another workspace's, or for overload."""
        if payload.get("type") == "url_verification":
            return BoltResponse(status=200, body={"challenge": str(payload.get("challenge", ""))})
        if not self._recognised or self._deliveries.is_full:
            raise Refusal(503)
        try:
            workspace = await self._workspaces.find(*inbound.installation(payload))
        except StoreUnavailable:
            raise Refusal(503) from None
        if workspace is None:
            raise Refusal(403)
        try:
            request = AsyncBoltRequest(body=payload, mode="socket_mode", context={listeners.WORKSPACE: workspace})
            return await self._bolt.async_dispatch(request)
        except Exception as broken:  # noqa: BLE001 - the edge: Bolt trips over payloads with parts missing
            logger.warning("a payload of Slack's could not be read: %s", type(broken).__name__)
            raise Refusal(400) from None

    async def _recognise(self, within_s: float = TIMEOUT_S) -> None:
        # The SDK gives no time limit to a session that it was given.
        async with asyncio.timeout(within_s):
            if isinstance(self._workspaces, OneWorkspace):
                await self._workspaces.recognise(self._client)
            if self._socket is not None:
                await self._socket.prepare()
        self._recognised = True

    async def _go_on_connecting(self) -> None:
        try:
            async for attempt in stamina.retry_context(on=UNREACHABLE, attempts=None, timeout=None, wait_max=30.0):
                with attempt:
                    if not self._recognised:
                        await self._recognise()
        except WrongToken as wrong:
            logger.error("Slack is not answered: %s", wrong)
            return
        if self._socket is not None:
            await self._socket.connect()
        if not isinstance(self._workspaces, OneWorkspace) or self._workspaces.is_answered:
            self._announce(f"in Slack ({self._way_in})")


def _is_gone(refused: Exception) -> bool:
    # Of a workspace that is gone, whoever keeps its token has said so.
    return isinstance(refused, Refused) and refused.error in GONE
