"""How often the stand-in of Slack may be called, and who came back too early."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# https://docs.slack.dev/apis/web-api/rate-limits: calls a minute of a workspace, for each method. Slack promises
# "1+" for the first tier; a client that reconnects a few times is served in practice.
TIERS: Mapping[int, int] = {1: 10, 2: 20, 3: 50, 4: 100}
TIER_OF: Mapping[str, int] = {
    "apps.connections.open": 1,
    "assistant.threads.setStatus": 4,
    "assistant.threads.setSuggestedPrompts": 4,
    "assistant.threads.setTitle": 4,
    "auth.revoke": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.open": 3,
    "oauth.v2.access": 4,
    "users.info": 4,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls at once, and after that so many a second."""

    burst: float
    per_s: float


@dataclass(slots=True)
class Bucket:
    """What is left of a rate."""

    rate: Rate
    left: float
    at_s: float

    def take(self, now_s: float) -> float:
        """Take one call; otherwise the seconds until there is one."""
        self.left = min(self.rate.burst, self.left + (now_s - self.at_s) * self.rate.per_s)
        self.at_s = now_s
        if self.left >= 1.0:
            self.left -= 1.0
            return 0.0
        return (1.0 - self.left) / self.rate.per_s


@dataclass(slots=True)
class Storm:
    """A method that answers 429 for a number of calls, until a time, or both."""

    retry_after_s: int
    calls: float = math.inf
    until_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Violation:
    """A call that came although it had been told to wait, and how many seconds too early it was."""

    method: str
    place: str
    early_s: float


@dataclass(slots=True)
class Limits:
    """Slack's limits; a test or a benchmark may set other rates before it starts."""

    monotonic: Callable[[], float]
    posts: Rate = Rate(burst=5, per_s=1.0)
    tiers: dict[int, int] = field(default_factory=lambda: dict(TIERS))
    enforced: bool = True
    violations: list[Violation] = field(default_factory=list)
    _storms: dict[str, Storm] = field(default_factory=dict)
    _buckets: dict[tuple[str, str, str], Bucket] = field(default_factory=dict)
    _closed_until: dict[tuple[str, str, str], float] = field(default_factory=dict)

    def storm(self, method: str, retry_after_s: int, *, calls: float = math.inf, for_s: float = math.inf) -> None:
        """Answer 429 to *method* ("*" for all) for so many calls, so many seconds, or until `calm`."""
        self._storms[method] = Storm(retry_after_s, calls, self.monotonic() + for_s)

    def calm(self) -> None:
        """End all storms."""
        self._storms.clear()

    def refused(self, method: str, team: str, channel: str) -> int:
        """The `Retry-After` in whole seconds for this call, 0 when it may go on; counts it, and who was too early."""
        place = channel if method == "chat.postMessage" else ""
        key = (method, team, place)
        now = self.monotonic()
        early_s = self._closed_until.get(key, 0.0) - now
        # A timer of the caller's loop may fire a little before the whole second.
        if early_s > 0.05:
            self.violations.append(Violation(method, place, early_s))
        wait_s = self._storming(method, now) or self._short(key, now)
        if wait_s:
            self._closed_until[key] = now + wait_s
        return wait_s

    def _storming(self, method: str, now: float) -> int:
        for name in (method, "*"):
            storm = self._storms.get(name)
            if storm is None:
                continue
            if storm.calls > 0 and now < storm.until_s:
                storm.calls -= 1
                return storm.retry_after_s
            del self._storms[name]
        return 0

    def _short(self, key: tuple[str, str, str], now: float) -> int:
        rate = self._rate(key[0])
        if rate is None or not self.enforced:
            return 0
        bucket = self._buckets.setdefault(key, Bucket(rate, rate.burst, now))
        return math.ceil(bucket.take(now))

    def _rate(self, method: str) -> Rate | None:
        if method == "chat.postMessage":
            return self.posts
        tier = TIER_OF.get(method)
        return None if tier is None else Rate(self.tiers[tier], self.tiers[tier] / 60)
