"""How the stand-in of Slack breaks: it hangs, refuses, answers 5xx or closes the connection, also after the deed."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(slots=True)
class Fault:
    """One way to break; `after` breaks once the call has done what it was for."""

    times: float
    after: bool
    status: int = 0
    error: str = ""
    location: str = ""
    released: asyncio.Event | None = None
    caught: int = 0

    def release(self) -> None:
        """Let everything that hangs go on, and hang nothing more."""
        self.times = 0
        if self.released is not None:
            self.released.set()


@dataclass(slots=True)
class Faults:
    """What a test has broken, by method; "*" is every method."""

    _faults: dict[str, list[Fault]] = field(default_factory=dict)
    caught: Callable[[], None] = lambda: None

    def hang(self, method: str, *, times: float = 1, after: bool = False) -> Fault:
        """Do not answer the next calls of *method* until the fault that this returns is released."""
        return self._add(method, Fault(times, after, released=asyncio.Event()))

    def fail(self, method: str, status: int = 503, *, times: float = 1, after: bool = False) -> Fault:
        """Answer the next calls of *method* with *status* and no JSON."""
        return self._add(method, Fault(times, after, status))

    def refuse(self, method: str, error: str, *, times: float = math.inf) -> Fault:
        """Refuse the next calls of *method*, all of them unless *times* says otherwise, with *error*."""
        return self._add(method, Fault(times, after=False, error=error))

    def redirect(self, method: str, location: str, *, times: float = 1) -> Fault:
        """Send the next calls of *method* to *location*, with all that they carry."""
        return self._add(method, Fault(times, after=False, status=307, location=location))

    def drop(self, method: str, *, times: float = 1, after: bool = False) -> Fault:
        """Close the connection under the next calls of *method*."""
        return self._add(method, Fault(times, after))

    def release_all(self) -> None:
        """Mend everything."""
        for fault in [one for several in self._faults.values() for one in several]:
            fault.release()
        self._faults.clear()

    def next(self, method: str) -> Fault | None:
        """The fault that this call of *method* meets, counted."""
        for name in (method, "*"):
            for fault in self._faults.get(name, ()):
                if fault.times > 0:
                    fault.times -= 1
                    fault.caught += 1
                    self.caught()
                    return fault
        return None

    def _add(self, method: str, fault: Fault) -> Fault:
        self._faults.setdefault(method, []).append(fault)
        return fault


async def broken(fault: Fault, request: web.Request) -> web.Response | None:
    """Break *request*; None when it hung and may now be answered."""
    if fault.released is not None:
        await fault.released.wait()
        return None
    if fault.error:
        status = 404 if "response" in request.path else 200
        return web.json_response({"ok": False, "error": fault.error}, status=status)
    if fault.location:
        return web.Response(status=fault.status, headers={"Location": fault.location})
    if fault.status:
        return web.Response(status=fault.status, text="upstream error", content_type="text/html")
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
