"""The Bot Framework on its way to `POST /api/messages`: with a token, given its time, and tried again if need be."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
from teams_ids import Json

# https://learn.microsoft.com/en-us/azure/bot-service/bot-builder-basics: the channel waits so long for an answer.
ANSWER_WITHIN_S = 15.0
# A client that gets no answer to an invoke asks twice more.
RETRIES_AFTER_S = (0.0, 0.0)


class Channel(Protocol):
    """Who sends: `TeamsService`, or `TeamsProcess` in a benchmark."""

    def live(self, activity: Json) -> Json:
        """*activity* with the address that answers go to."""

    def bearer(self) -> str:
        """A right token."""


@dataclass(frozen=True, slots=True)
class Reception:
    """What the app answered to one delivery; status 0 where it did not answer in time or at all."""

    status: int
    latency_s: float
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the channel takes this for an answer."""
        return 200 <= self.status < 300

    @property
    def body(self) -> Any:
        """What the answer holds, as for invokes; None where it holds nothing."""
        return json.loads(self.text) if self.text else None


class Delivery:
    """Sends activities to one address of the app and keeps what came back."""

    def __init__(
        self, url: str, session: aiohttp.ClientSession, channel: Channel, *, within_s: float = ANSWER_WITHIN_S
    ) -> None:
        self.url = url
        self.receptions: list[Reception] = []
        self._session = session
        self._channel = channel
        self._within_s = within_s

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str, channel: Channel, **about: Any) -> AsyncIterator["Delivery"]:
        """A delivery to *url*, the whole address with its path, that keeps its connections open."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            yield cls(url, session, channel, **about)

    async def deliver(self, activity: Json, *, token: str | None = None) -> Reception:
        """Send *activity* once, with a right token unless another *token* is given; "" sends none."""
        live = self._channel.live(activity)
        return await self.send(
            json.dumps(live).encode(), headers(live, self._channel.bearer() if token is None else token)
        )

    async def insist(
        self, activity: Json, *, token: str | None = None, after_s: Sequence[float] = RETRIES_AFTER_S
    ) -> list[Reception]:
        """Send *activity* until it is answered."""
        got = [await self.deliver(activity, token=token)]
        for wait_s in after_s:
            if got[-1].ok:
                break
            await asyncio.sleep(wait_s)
            got.append(await self.deliver(activity, token=token))
        return got

    async def send(self, body: bytes, headers: dict[str, str]) -> Reception:
        """Send *body* with *headers* as they are, for requests that the Bot Framework would never send."""
        began = time.monotonic()
        limit = aiohttp.ClientTimeout(total=self._within_s)
        try:
            async with self._session.post(
                self.url,
                data=io.BytesIO(body),
                headers=headers,
                timeout=limit,
                allow_redirects=False,
                skip_auto_headers=("Content-Type",),
            ) as response:
                text = await response.text()
                got = Reception(response.status, time.monotonic() - began, text, dict(response.headers))
        except (TimeoutError, aiohttp.ClientError):
            got = Reception(0, time.monotonic() - began)
        self.receptions.append(got)
        return got


def headers(activity: Json, token: str) -> dict[str, str]:
    """The headers around *activity*: https://learn.microsoft.com/en-us/microsoftteams/platform/bots/build-conversational-capability."""
    about = activity.get("conversation")
    conversation = about if isinstance(about, dict) else {}
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)",
        "x-ms-conversation-id": str(conversation.get("id", "")),
        "x-ms-tenant-id": str(conversation.get("tenantId", "")),
        **({"Authorization": f"Bearer {token}"} if token else {}),
    }
