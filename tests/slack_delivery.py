"""Slack on its way to `POST /slack/events`: signed, given three seconds, and tried again where it is not answered."""

import asyncio
import hashlib
import hmac
import io
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import slack_ids as ids
from slack_payloads import Json, encoded, way_of

ACKNOWLEDGE_WITHIN_S = 3.0
# https://docs.slack.dev/apis/events-api#retries: at once, after a minute, after five. Tests need not wait for that.
RETRIES_AFTER_S = (0.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the app answered to one delivery; status 0 where it did not answer in time or at all."""

    status: int
    latency_s: float
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether Slack takes this as an acknowledgement."""
        return 200 <= self.status < 300


def signed(body: bytes, *, secret: str = ids.SECRET_OF_SIGNING, at_s: float | None = None) -> dict[str, str]:
    """The headers that say that *body* comes from Slack: https://docs.slack.dev/authentication/verifying-requests."""
    stamp = str(int(time.time() if at_s is None else at_s))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


class Delivery:
    """Sends payloads to one address of the app and keeps what came back."""

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        *,
        secret: str = ids.SECRET_OF_SIGNING,
        clock: Callable[[], float] = time.time,
        within_s: float = ACKNOWLEDGE_WITHIN_S,
    ) -> None:
        self.url = url
        self.acknowledgements: list[Acknowledgement] = []
        self._session = session
        self._secret = secret
        self._clock = clock
        self._within_s = within_s

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str, **about: Any) -> AsyncIterator["Delivery"]:
        """A delivery to *url*, the whole address with its path, that keeps its connections open."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            yield cls(url, session, **about)

    async def deliver(self, payload: Json, *, retry: int = 0, reason: str = "http_timeout") -> Acknowledgement:
        """Send *payload* once; with *retry* as that repetition, for *reason*."""
        content_type, body = encoded(payload)
        headers = signed(body, secret=self._secret, at_s=self._clock()) | {"Content-Type": content_type}
        headers["User-Agent"] = "Slackbot 1.0 (+https://api.slack.com/robots)"
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        return await self.send(body, headers)

    async def insist(self, payload: Json, *, after_s: Sequence[float] = RETRIES_AFTER_S) -> list[Acknowledgement]:
        """Send *payload* as often as Slack would: events again until acknowledged, commands and clicks once."""
        got = [await self.deliver(payload)]
        if way_of(payload) != "json":
            return got
        for number, wait_s in enumerate(after_s, start=1):
            if got[-1].ok or got[-1].headers.get("X-Slack-No-Retry") == "1":
                break
            await asyncio.sleep(wait_s)
            got.append(await self.deliver(payload, retry=number, reason=got[-1].reason))
        return got

    async def send(self, body: bytes, headers: dict[str, str]) -> Acknowledgement:
        """Send *body* with *headers* as they are, for requests that Slack would never send."""
        began = time.monotonic()
        limit = aiohttp.ClientTimeout(total=self._within_s)
        # The client warns of large bodies that are sent in one piece.
        sent = body if len(body) < 1_000_000 else io.BytesIO(body)
        try:
            async with self._session.post(
                self.url, data=sent, headers=headers, timeout=limit, allow_redirects=False
            ) as response:
                text = await response.text()
                status, reason = response.status, "" if response.ok else "http_error"
                got = Acknowledgement(status, time.monotonic() - began, text, dict(response.headers), reason)
        except TimeoutError:
            got = Acknowledgement(0, time.monotonic() - began, reason="http_timeout")
        except aiohttp.ClientError:
            got = Acknowledgement(0, time.monotonic() - began, reason="connection_failed")
        self.acknowledgements.append(got)
        return got
