"""A stand-in of the Bot Framework on loopback: login, signing keys and the connector, strict about tokens and limits.

`async with TeamsService.running() as service` in a test; `teams_process` runs it beside a benchmark. What a test breaks
is named after what is asked for: login, identity, metadata, keys, create, send, update, delete, member, or "*".
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import teams_ids as ids
from aiohttp import web
from slack_faults import Fault, Faults, broken
from slack_limits import Violation
from teams_connector import Connector, Refusal
from teams_ids import Json
from teams_keys import KEYS_PATH, METADATA_PATH, Keys
from teams_limits import TeamsLimits
from teams_login import ERRORS as LOGIN_ERRORS
from teams_login import Login, aad_error
from teams_waiting import Waiting
from teams_world import Conversation, Message, World

Seconds = Callable[[], float]
IDENTITY_PATH = "/metadata/identity/oauth2/token"
APP_SERVICE_PATH = "/app-service/token"
ACTIVITIES = "/teams/v3/conversations/{conversation}/activities"


@dataclass(slots=True)
class Call:
    """One request of the bot: `at` in monotonic seconds, which all processes of a machine share."""

    name: str
    path: str
    at: float
    conversation: str = ""
    token: str = ""
    body: Json = field(default_factory=dict)
    size_bytes: int = 0
    status: int = 0
    latency_s: float = 0.0


Deed = Callable[[web.Request, Call], Awaitable[web.Response]]


class TeamsService:
    """The Bot Framework as a test sees it: what it knows, how it behaves and breaks, what it was told."""

    def __init__(self, *, clock: Seconds = time.time, monotonic: Seconds = time.monotonic) -> None:
        self.clock = clock
        self.world = World(clock)
        self.keys = Keys(clock)
        self.login = Login(clock)
        self.connector = Connector(self.world)
        self.limits = TeamsLimits(monotonic)
        self.waiting = Waiting()
        self.faults = Faults(caught=self.waiting.look)
        self.slow_s: dict[str, float] = {}
        self.garbled: dict[str, bytes] = {}
        self.redirected = 0
        self.calls: list[Call] = []
        self.answered: list[Call] = []
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        clock: Seconds = time.time,
        monotonic: Seconds = time.monotonic,
        more_routes: Callable[["TeamsService"], list[web.RouteDef]] = lambda service: [],
    ) -> AsyncIterator["TeamsService"]:
        """A service that listens on loopback, on a free port unless one is given, over https where *tls* is given."""
        service = cls(clock=clock, monotonic=monotonic)
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.add_routes([*service.routes(), *more_routes(service)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
        service.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield service
        finally:
            service.faults.release_all()
            await runner.cleanup()

    def routes(self) -> list[web.RouteDef]:
        """The addresses of Microsoft's that a bot uses."""
        do = self.connector
        return [
            web.post("/{tenant}/oauth2/v2.0/token", self._serving("login", self._plain(self.login.login))),
            web.get(IDENTITY_PATH, self._serving("identity", self._plain(self.login.machine))),
            web.get(APP_SERVICE_PATH, self._serving("identity", self._plain(self.login.app_service))),
            web.get(METADATA_PATH, self._serving("metadata", self._published)),
            web.get(KEYS_PATH, self._serving("keys", self._published)),
            web.post("/teams/v3/conversations", self._serving("create", self._connected(do.create))),
            web.post(ACTIVITIES, self._serving("send", self._connected(do.send))),
            web.post(f"{ACTIVITIES}/{{activity}}", self._serving("send", self._connected(do.send))),
            web.put(f"{ACTIVITIES}/{{activity}}", self._serving("update", self._connected(do.update))),
            web.delete(f"{ACTIVITIES}/{{activity}}", self._serving("delete", self._connected(do.delete))),
            web.get(
                "/teams/v3/conversations/{conversation}/members/{member}",
                self._serving("member", self._connected(do.member)),
            ),
            web.route("*", "/redirecting/{rest:.*}", self._redirect),
        ]

    @property
    def service_url(self) -> str:
        """What activities name as their `serviceUrl`."""
        return f"{self.url}/teams/"

    @property
    def token_url(self) -> str:
        """Where the app's tenant logs in."""
        return f"{self.url}/{ids.TENANT}/oauth2/v2.0/token"

    @property
    def metadata_url(self) -> str:
        """Where the OpenID metadata stands."""
        return f"{self.url}{METADATA_PATH}"

    @property
    def identity_url(self) -> str:
        """Where a virtual machine asks for the token of its managed identity."""
        return f"{self.url}{IDENTITY_PATH}"

    @property
    def identity_endpoint(self) -> str:
        """What App Service gives as `IDENTITY_ENDPOINT`; `ids.IDENTITY_HEADER` goes with it."""
        return f"{self.url}{APP_SERVICE_PATH}"

    @property
    def sent(self) -> list[Message]:
        """Every message that the bot has sent, oldest first, as it was sent."""
        return self.connector.sent

    @property
    def updated(self) -> list[Message]:
        """What messages looked like after each update, oldest first."""
        return self.connector.updated

    @property
    def deleted(self) -> list[Message]:
        """The messages that were taken back, oldest first."""
        return self.connector.deleted

    @property
    def created(self) -> list[Conversation]:
        """The personal chats that the bot has asked for, oldest first."""
        return self.connector.created

    @property
    def violations(self) -> list[Violation]:
        """The calls that came before their `Retry-After` had passed."""
        return self.limits.violations

    def messages(self, conversation: str | None = None) -> list[Message]:
        """What stands in *conversation*, a channel with all its threads, or anywhere, oldest first."""
        standing = self.world.standing
        place = None if conversation is None else ids.place_of(conversation)
        places = list(standing.values()) if place is None else [standing.get(place, {})]
        found = [
            one for messages in places for one in messages.values() if conversation in (None, place, one.conversation)
        ]
        return sorted(found, key=lambda message: int(message.id))

    def called_so_far(self, name: str) -> list[Call]:
        """The calls of *name*, oldest first, refused and unanswered ones among them."""
        return [call for call in self.calls if call.name == name]

    def count(self, name: str) -> int:
        """How often *name* was asked for."""
        return len(self.called_so_far(name))

    def live(self, activity: Json) -> Json:
        """*activity* with this service's address where it has Microsoft's, from people and places that are known."""
        self.world.meet(activity)
        return (
            activity | {"serviceUrl": self.service_url} if activity.get("serviceUrl") == ids.SERVICE_URL else activity
        )

    def bearer(self) -> str:
        """The token that goes with ordinary activities."""
        return self.keys.bearer(self.service_url)

    def token(self, **changes: Any) -> str:
        """A new token for this service and our app, but for the *changes*: see `Keys.token`."""
        return self.keys.token(**{"serviceurl": self.service_url, **changes})

    async def until(self, holds: Callable[[], bool], *, within_s: float = 5.0, what: str = "it") -> None:
        """Return as soon as *holds*, looked at after every request; raises TimeoutError."""

        def told() -> str:
            seen = ", ".join(f"{call.name} {call.status}" for call in self.calls[-10:])
            return f"{what} did not happen within {within_s} s; last calls: {seen or 'none'}"

        await self.waiting.until(holds, within_s=within_s, told=told)

    async def posted(self, count: int = 1, *, conversation: str | None = None, within_s: float = 5.0) -> list[Message]:
        """The messages in *conversation*, or anywhere, as soon as there are *count*; raises TimeoutError."""

        def enough() -> bool:
            if conversation is None:
                return len(self.sent) - len(self.deleted) >= count
            return len(self.messages(conversation)) >= count

        await self.until(enough, within_s=within_s, what=f"message {count}")
        return self.messages(conversation)

    async def called(self, name: str, count: int = 1, *, within_s: float = 5.0) -> list[Call]:
        """The calls of *name* as soon as *count* have been answered, with whatever; raises TimeoutError."""

        def done() -> list[Call]:
            return [call for call in self.answered if call.name == name]

        await self.until(lambda: len(done()) >= count, within_s=within_s, what=f"call {count} of {name}")
        return done()

    async def caught(self, fault: Fault, count: int = 1, *, within_s: float = 5.0) -> None:
        """Return when *count* calls have met *fault*; raises TimeoutError."""
        await self.until(lambda: fault.caught >= count, within_s=within_s, what=f"fault {count}")

    def _serving(self, name: str, deed: Deed) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def served(request: web.Request) -> web.StreamResponse:
            call = Call(name, request.path, time.monotonic(), request.match_info.get("conversation", ""))
            self.calls.append(call)
            fault = self.faults.next(name)
            if name in self.slow_s:
                await asyncio.sleep(self.slow_s[name])
            response = await _broken(fault, request) if fault is not None and not fault.after else None
            if response is None:
                response = await self._done(deed, request, call)
            if fault is not None and fault.after:
                # The deed is done: whoever waits for it need not wait for the answer.
                self.waiting.look()
                response = await _broken(fault, request) or response
            call.status, call.latency_s = response.status, time.monotonic() - call.at
            self.answered.append(call)
            self.waiting.look()
            return response

        return served

    async def _done(self, deed: Deed, request: web.Request, call: Call) -> web.Response:
        if call.name in self.garbled:
            return web.Response(body=self.garbled[call.name], content_type="application/json")
        try:
            return await deed(request, call)
        except Refusal as refusal:
            return refusal.response()

    def _plain(self, answer: Callable[[web.Request], Awaitable[web.Response]]) -> Deed:
        async def done(request: web.Request, call: Call) -> web.Response:
            return await answer(request)

        return done

    def _connected(self, deed: Callable[[web.Request, Json], Awaitable[web.Response]]) -> Deed:
        async def done(request: web.Request, call: Call) -> web.Response:
            scheme, _, call.token = request.headers.get("Authorization", "").partition(" ")
            if scheme != "Bearer" or not self.login.takes(call.token):
                denied = {"message": "Authorization has been denied for this request."}
                return web.json_response(denied, status=401)
            call.size_bytes = len(await request.read())
            if call.size_bytes > self.connector.most_bytes:
                raise Refusal("MessageSizeTooBig")
            body = await _object(request) if call.size_bytes else {}
            call.body = self.connector.trimmed(body)
            wait_s = self.limits.refused(call.name, self._place(call), self.tenant_of(call))
            if wait_s:
                return Refusal("Throttled").response({"Retry-After": str(wait_s)})
            return await deed(request, body)

        return done

    async def _published(self, request: web.Request, call: Call) -> web.Response:
        return web.json_response(self.keys.document() if call.name == "keys" else self.keys.metadata(self.url))

    async def _redirect(self, request: web.Request) -> web.Response:
        self.redirected += 1
        return web.Response(status=307, headers={"Location": f"/{request.match_info['rest']}"})

    def _place(self, call: Call) -> str:
        """What the limits count by: for a chat that is being opened, who it is with."""
        return ids.place_of(call.conversation) if call.name != "create" else str(call.body.get("members"))

    def tenant_of(self, call: Call) -> str:
        """The tenant in which the connector was called."""
        place = self.world.conversations.get(ids.place_of(call.conversation))
        return place.tenant if place else str(call.body.get("tenantId", ids.TENANT))


async def _broken(fault: Fault, request: web.Request) -> web.Response | None:
    """Break *request*, in Microsoft's way where the fault is one of their errors; None when it may now be answered."""
    if fault.error:
        return aad_error(fault.error) if fault.error in LOGIN_ERRORS else Refusal(fault.error).response()
    return await broken(fault, request)


async def _object(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise Refusal("BadSyntax") from None
    if not isinstance(body, dict):
        raise Refusal("BadSyntax")
    return body
