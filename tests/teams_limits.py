"""How often the stand-in of the Bot Framework may be called, and who came back too early."""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from slack_limits import Storm, Violation

# https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/rate-limit: how many calls in so many seconds,
# of a bot in a conversation (a personal chat, a group chat or a whole channel).
Windows = Mapping[float, int]
SENDS: Windows = {1.0: 7, 2.0: 8, 30.0: 60, 3600.0: 1800}
LOOKS: Windows = {1.0: 14, 2.0: 16, 30.0: 120, 3600.0: 3600}
WINDOWS_OF: Mapping[str, Windows] = {"create": SENDS, "write": SENDS, "look": LOOKS}
# Microsoft does not say how changes count; here they count as what is sent.
OPERATION_OF: Mapping[str, str] = {
    "create": "create",
    "send": "write",
    "update": "write",
    "delete": "write",
    "member": "look",
}
# And of all calls of an app in a tenant.
TENANT: Windows = {1.0: 30}
ALL = "*"


@dataclass(slots=True)
class Past:
    """When calls were let through, in monotonic seconds, oldest first."""

    at: deque[float] = field(default_factory=deque)

    def wait_s(self, windows: Windows, now: float) -> float:
        """The seconds until there is room in each of *windows*, 0 when there is."""
        longest = max(windows)
        while self.at and self.at[0] <= now - longest:
            self.at.popleft()
        full = [(period, most) for period, most in windows.items() if len(self.at) >= most]
        return max([0.0, *(self.at[-most] + period - now for period, most in full)])


@dataclass(slots=True)
class TeamsLimits:
    """Microsoft's limits; a test or a benchmark may set others before it starts."""

    monotonic: Callable[[], float]
    enforced: bool = True
    windows_of: dict[str, Windows] = field(default_factory=lambda: dict(WINDOWS_OF))
    tenant: Windows = field(default_factory=lambda: TENANT)
    violations: list[Violation] = field(default_factory=list)
    _storms: dict[str, Storm] = field(default_factory=dict)
    _past: dict[tuple[str, str], Past] = field(default_factory=lambda: defaultdict(Past))
    _closed_until: dict[tuple[str, str], float] = field(default_factory=dict)

    def storm(self, name: str, retry_after_s: int, *, calls: float = math.inf, for_s: float = math.inf) -> None:
        """Answer 429 to *name* ("*" for all) for so many calls, so many seconds, or until `calm`."""
        self._storms[name] = Storm(retry_after_s, calls, self.monotonic() + for_s)

    def calm(self) -> None:
        """End all storms."""
        self._storms.clear()

    def refused(self, name: str, place: str, tenant: str) -> int:
        """The `Retry-After` in whole seconds for this call, 0 when it may go on; counts it, and who was too early."""
        now = self.monotonic()
        operation = OPERATION_OF[name]
        here, all_over = (operation, place), (ALL, tenant)
        for key in (here, all_over):
            early_s = self._closed_until.get(key, 0.0) - now
            # A timer of the caller's loop may fire a little before the whole second.
            if early_s > 0.05:
                self.violations.append(Violation(name, key[1], early_s))
        waits = {here: float(self._storming(name, now))}
        if not waits[here] and self.enforced:
            waits[here] = self._past[here].wait_s(self.windows_of[operation], now)
            waits[all_over] = self._past[all_over].wait_s(self.tenant, now)
        for key, wait_s in waits.items():
            if wait_s:
                self._closed_until[key] = now + math.ceil(wait_s)
        longest = math.ceil(max(waits.values()))
        if not longest:
            for key in (here, all_over):
                self._past[key].at.append(now)
        return longest

    def _storming(self, name: str, now: float) -> int:
        for named in (name, ALL):
            storm = self._storms.get(named)
            if storm is None:
                continue
            if storm.calls > 0 and now < storm.until_s:
                storm.calls -= 1
                return storm.retry_after_s
            del self._storms[named]
        return 0
