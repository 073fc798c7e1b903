"""A stand-in of Slack: Web API, response URLs and Socket Mode on loopback, strict about tokens, limits and blocks.

`async with SlackService.running() as service` in a test; `slack_process` runs it beside a benchmark.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import slack_account_methods as account
import slack_ids as ids
from aiohttp import web
from slack_faults import Fault, Faults, broken
from slack_limits import Limits
from slack_methods import answer, arguments, bearer, known
from slack_payloads import Json
from slack_replies import reply
from slack_socket import Socket
from slack_world import Message, Refusal, Token, View, World

# The name under which uses of a response URL stand among the calls and the faults.
RESPONSE_URL = "response_url"


@dataclass(slots=True)
class Call:
    """One request of the app: `at` in monotonic seconds, which all processes of a machine share."""

    method: str
    args: Json
    token: str
    at: float
    status: int = 0
    answer: Json = field(default_factory=dict)


Deed = Callable[[web.Request, Call], Awaitable[web.Response]]


class SlackService:
    """Slack as a test sees it: what it knows (`world`), how it behaves (`limits`, `faults`), what it was told."""

    def __init__(
        self, *, clock: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.world = World(clock)
        self.limits = Limits(monotonic)
        self.faults = Faults(caught=self._look)
        self.socket = Socket()
        self.calls: list[Call] = []
        self.answered: list[Call] = []
        self.url = ""
        self._waiting: list[tuple[Callable[[], bool], asyncio.Event]] = []

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        *,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        more_routes: Callable[["SlackService"], list[web.RouteDef]] = lambda service: [],
    ) -> AsyncIterator["SlackService"]:
        """A service that listens on loopback, on a free port unless one is given."""
        service = cls(clock=clock, monotonic=monotonic)
        app = service.application()
        app.add_routes(more_routes(service))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield service
        finally:
            service.faults.release_all()
            await service.socket.close()
            await runner.cleanup()

    def application(self) -> web.Application:
        """The routes of Slack that an app uses."""
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_post("/response/{token}", self._reply)
        app.router.add_get("/link", self.socket.serve)
        return app

    @property
    def api_url(self) -> str:
        """What the product's `SLACK_API_URL` is set to."""
        return f"{self.url}/api/"

    @property
    def violations(self) -> list[Any]:
        """The calls that came before their `Retry-After` had passed."""
        return self.limits.violations

    @property
    def ephemerals(self) -> list[Message]:
        """What single persons were shown, oldest first; `only_for` says who."""
        return [message for message in self.world.ephemerals if not message.deleted]

    @property
    def views(self) -> list[View]:
        """The modals that were opened or pushed, oldest first, each as it looks now."""
        return [view for view in self.world.views.values() if view.shape.get("type") == "modal"]

    @property
    def published(self) -> dict[str, View]:
        """The home tab of each person who has one."""
        return self.world.published

    def messages(self, channel: str | None = None) -> list[Message]:
        """What stands in *channel*, or anywhere, oldest first."""
        places = self.world.messages.values() if channel is None else [self.world.messages.get(channel, {})]
        found = [message for place in places for message in place.values() if not message.deleted]
        return sorted(found, key=lambda message: message.ts)

    def called_so_far(self, method: str) -> list[Call]:
        """The calls of *method*, oldest first, refused ones among them."""
        return [call for call in self.calls if call.method == method]

    def live(self, payload: Json) -> Json:
        """*payload*, an interaction, with a trigger id and, where it has one at all, a response URL of this service."""
        user = payload["user"]["id"] if "user" in payload else payload["user_id"]
        given: Json = {}
        if "trigger_id" in payload:
            view = payload.get("view", {}).get("id", "")
            given["trigger_id"] = self.world.add_trigger(user=user, team=self._team(payload), view=view)
        if "response_url" in payload:
            channel = payload["channel"]["id"] if "channel" in payload else payload["channel_id"]
            original = payload.get("container", {}).get("message_ts", "")
            token = self.world.add_response_url(channel=channel, user=user, original=original)
            given["response_url"] = f"{self.url}/response/{token}"
        return payload | given

    async def until(self, holds: Callable[[], bool], *, within_s: float = 5.0, what: str = "it") -> None:
        """Return as soon as *holds*, looked at after every request; raises TimeoutError."""
        if holds():
            return
        happened = asyncio.Event()
        entry = (holds, happened)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(within_s):
                await happened.wait()
        except TimeoutError:
            seen = ", ".join(f"{call.method} {call.answer.get('error', call.status)}" for call in self.calls[-10:])
            raise TimeoutError(f"{what} did not happen within {within_s} s; last calls: {seen or 'none'}") from None
        finally:
            self._waiting.remove(entry)

    async def posted(self, count: int = 1, *, channel: str | None = None, within_s: float = 5.0) -> list[Message]:
        """The messages in *channel*, or anywhere, as soon as there are *count*; raises TimeoutError."""
        await self.until(lambda: self._count(channel) >= count, within_s=within_s, what=f"message {count}")
        return self.messages(channel)

    async def called(self, method: str, count: int = 1, *, within_s: float = 5.0) -> list[Call]:
        """The calls of *method* as soon as *count* have been answered, with whatever; raises TimeoutError."""

        def done() -> list[Call]:
            return [call for call in self.answered if call.method == method]

        await self.until(lambda: len(done()) >= count, within_s=within_s, what=f"call {count} of {method}")
        return done()

    async def shown(self, user: str, count: int = 1, *, within_s: float = 5.0) -> list[Message]:
        """What only *user* sees, as soon as there are *count*; raises TimeoutError."""

        def theirs() -> list[Message]:
            return [message for message in self.ephemerals if message.only_for == user]

        await self.until(lambda: len(theirs()) >= count, within_s=within_s, what=f"private message {count}")
        return theirs()

    async def caught(self, fault: Fault, count: int = 1, *, within_s: float = 5.0) -> None:
        """Return when *count* calls have met *fault*; raises TimeoutError."""
        await self.until(lambda: fault.caught >= count, within_s=within_s, what=f"fault {count}")

    async def _call(self, request: web.Request) -> web.StreamResponse:
        return await self._served(request, request.match_info["method"], self._answered)

    async def _reply(self, request: web.Request) -> web.StreamResponse:
        async def replied(request: web.Request, call: Call) -> web.Response:
            return await reply(self.world, request, call.args)

        return await self._served(request, RESPONSE_URL, replied)

    async def _served(self, request: web.Request, method: str, deed: Deed) -> web.StreamResponse:
        call = Call(method, {}, "", time.monotonic())
        self.calls.append(call)
        fault = self.faults.next(method)
        response = await broken(fault, request) if fault is not None and not fault.after else None
        if response is None:
            response = await deed(request, call)
        if fault is not None and fault.after:
            # The deed is done: whoever waits for it need not wait for the answer.
            self._look()
            response = await broken(fault, request) or response
        call.status = response.status
        self.answered.append(call)
        self._look()
        return response

    async def _answered(self, request: web.Request, call: Call) -> web.Response:
        headers: dict[str, str] = {}
        try:
            call.args = await arguments(request)
            call.token = bearer(request, call.args)
            token = None if call.method == "oauth.v2.access" else known(self.world, call.token)
            place = "" if token is None else token.team
            wait_s = self.limits.refused(call.method, place, str(call.args.get("channel", "")))
            if wait_s:
                call.answer = {"ok": False, "error": "ratelimited"}
                return web.json_response(call.answer, status=429, headers={"Retry-After": str(wait_s)})
            if token is not None:
                headers["x-oauth-scopes"] = ",".join(token.scopes)
            call.answer = {"ok": True} | self._deed(call, token)
        except Refusal as refusal:
            call.answer = {"ok": False, "error": refusal.error} | refusal.more
        return web.json_response(call.answer, headers=headers)

    def _deed(self, call: Call, token: Token | None) -> Json:
        if token is None:
            return account.exchange(self.world, call.args)
        if call.method != "apps.connections.open":
            return answer(self.world, call.method, token, call.args)
        if token.is_bot:
            raise Refusal("not_allowed_token_type")
        if "connections:write" not in token.scopes:
            raise Refusal("missing_scope", needed="connections:write", provided=",".join(token.scopes))
        return {"url": f"ws{self.url.removeprefix('http')}/link?ticket={self.socket.ticket()}&app_id={ids.APP}"}

    def _team(self, payload: Json) -> str:
        return str(payload["team"]["id"] if "team" in payload else payload["team_id"])

    def _count(self, channel: str | None) -> int:
        places = self.world.messages.values() if channel is None else [self.world.messages.get(channel, {})]
        return sum(not message.deleted for place in places for message in place.values())

    def _look(self) -> None:
        for holds, happened in self._waiting:
            if holds():
                happened.set()
