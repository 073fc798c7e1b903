"""Socket Mode of the stand-in of Slack: connections, envelopes, acknowledgements, and what is sent again.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import secrets
import time
import uuid
from dataclasses import dataclass, field

import slack_ids as ids
from aiohttp import WSMsgType, web
from slack_payloads import Json, way_of

MOST_CONNECTIONS = 10
ENVELOPES = {"json": "events_api", "payload": "interactive", "form": "slash_commands"}


@dataclass(slots=True, eq=False)
class Envelope:
    """One payload on its way to the app, and the acknowledgement once there is one."""

    id: str
    type: str
    payload: Json
    resend: int
    attempts: int = 0
    first_sent_at: float = 0.0
    latency_s: float = 0.0
    answer: Json | None = None
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    given_up: asyncio.Event = field(default_factory=asyncio.Event)
    on: web.WebSocketResponse | None = None
    timer: asyncio.TimerHandle | None = None

    def shape(self) -> Json:
        """The envelope as it goes over the wire."""
        about: Json = {
            "envelope_id": self.id,
            "type": self.type,
            "payload": self.payload,
            "accepts_response_payload": self.type != "events_api",
        }
        if self.type == "events_api":
            about |= {"retry_attempt": self.attempts - 1, "retry_reason": "timeout" if self.attempts > 1 else ""}
        return about


class Socket:
    """All open connections of the app; each envelope goes to one of them, in turn."""

    def __init__(self, *, acknowledge_within_s: float = 3.0, heartbeat_s: float = 10.0) -> None:
        self.acknowledge_within_s = acknowledge_within_s
        self.heartbeat_s = heartbeat_s
        self.connections: list[web.WebSocketResponse] = []
        self.envelopes: list[Envelope] = []
        self.strays: list[Json] = []
        self.deaf = 0  # so many acknowledgements are lost on their way
        self.shut = 0  # so many connections are turned away, with their tickets used up
        self._requests: list[web.Request] = []
        self._tickets: set[str] = set()
        self._turn = 0
        self._opened = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def ticket(self) -> str:
        """A ticket that opens one connection, once."""
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        return ticket

    async def connected(self, count: int = 1, *, within_s: float = 5.0) -> None:
        """Return when *count* connections are open; raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while len(self.connections) < count:
                self._opened.clear()
                await self._opened.wait()

    async def deliver(self, payload: Json, *, resend: int | None = None) -> Envelope:
        """Send *payload* and return its envelope at once; wait for `envelope.acknowledged` where that matters.

        Events are sent again three times where no acknowledgement comes, commands and clicks are not: somebody who
        waited for those has seen an error by then. *resend* says otherwise.
        """
        type_ = ENVELOPES[way_of(payload)]
        again = (3 if type_ == "events_api" else 0) if resend is None else resend
        envelope = Envelope(str(uuid.uuid4()), type_, payload, again)
        self.envelopes.append(envelope)
        await self._send(envelope)
        return envelope

    async def ask(self, payload: Json, *, within_s: float = 5.0, resend: int | None = None) -> Envelope:
        """Deliver *payload* and wait for its acknowledgement; raises TimeoutError."""
        envelope = await self.deliver(payload, resend=resend)
        async with asyncio.timeout(within_s):
            await envelope.acknowledged.wait()
        return envelope

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection that it will end; "warning" comes about ten seconds before that."""
        for connection in list(self.connections):
            await connection.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "stand-in"}})

    def cut(self) -> None:
        """Break every connection as a network does: nobody says goodbye."""
        for request in self._requests:
            if request.transport is not None:
                request.transport.abort()

    async def close(self) -> None:
        """End every connection without a word before."""
        for envelope in self.envelopes:
            if envelope.timer is not None:
                envelope.timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        for connection in list(self.connections):
            await connection.close()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection for as long as it is open."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401)
        self._tickets.discard(ticket)
        if self.shut:
            self.shut -= 1
            return web.Response(status=503)
        connection = web.WebSocketResponse(heartbeat=self.heartbeat_s)
        await connection.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await connection.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await connection.close()
            return connection
        self.connections.append(connection)
        self._requests.append(request)
        await connection.send_json(self._hello())
        self._opened.set()
        try:
            async for message in connection:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(json.loads(message.data))
        finally:
            self.connections.remove(connection)
            self._requests.remove(request)
            self._again_elsewhere(connection)
        return connection

    def _hello(self) -> Json:
        debug = {"host": "stand-in", "build_number": 1, "approximate_connection_time": 3600}
        return {
            "type": "hello",
            "connection_info": {"app_id": ids.APP},
            "num_connections": len(self.connections),
            "debug_info": debug,
        }

    async def _send(self, envelope: Envelope) -> None:
        await self.connected(within_s=30.0)
        self._turn += 1
        envelope.on = self.connections[self._turn % len(self.connections)]
        envelope.attempts += 1
        envelope.first_sent_at = envelope.first_sent_at or time.monotonic()
        loop = asyncio.get_running_loop()
        envelope.timer = loop.call_later(self.acknowledge_within_s, self._overdue, envelope)
        try:
            await envelope.on.send_json(envelope.shape())
        except ConnectionError:
            envelope.timer.cancel()
            self._overdue(envelope)

    def _overdue(self, envelope: Envelope) -> None:
        if envelope.acknowledged.is_set():
            return
        if envelope.attempts > envelope.resend:
            envelope.given_up.set()
            return
        task = asyncio.ensure_future(self._send(envelope))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _acknowledge(self, said: Json) -> None:
        envelope = next((one for one in reversed(self.envelopes) if one.id == said.get("envelope_id")), None)
        if envelope is None:
            self.strays.append(said)
            return
        if self.deaf:
            self.deaf -= 1
            return
        if envelope.timer is not None:
            envelope.timer.cancel()
        if not envelope.acknowledged.is_set():
            envelope.latency_s = time.monotonic() - envelope.first_sent_at
            envelope.answer = said.get("payload")
            envelope.acknowledged.set()

    def _again_elsewhere(self, connection: web.WebSocketResponse) -> None:
        for envelope in self.envelopes:
            waiting = not envelope.acknowledged.is_set() and not envelope.given_up.is_set()
            if envelope.on is connection and waiting and envelope.timer is not None:
                envelope.timer.cancel()
                self._overdue(envelope)
