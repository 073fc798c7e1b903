"""Where requests come in: what is not Teams's is counted and refused, and told to stop when there is too much of it."""

from aiohttp import web

from adapters.failures import Failures
from adapters.teams import guard
from adapters.teams.bearer import Keys
from adapters.teams.guard import Genuine, Registration
from adapters.teams.refusals import Refusal, Refusals


class Entrance:
    """Checks every request; whoever fails too often is told so, and what is genuine always passes."""

    def __init__(self, registration: Registration, keys: Keys) -> None:
        self._registration = registration
        self._keys = keys
        self._failures = Failures()
        self._refusals = Refusals()

    async def admit(self, request: web.Request) -> Genuine:
        """The activity that *request* brings; raise `Refusal` (400, 401, 403, 413, 429).

        Nothing of its body is read before its sender is known.
        """
        try:
            whose = await guard.sender(request.headers, self._registration, self._keys)
            return guard.activity(whose, await _body(request), self._registration)
        except Refusal as refusal:
            self._refusals.note(refusal.kind)
            if await self._failures.one_too_many(request.remote or ""):
                raise Refusal(429, "too_often") from None
            raise


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(413, "too_big") from None
    except web.RequestPayloadError:  # cut off, or not compressed as its header says
        raise Refusal(400, "malformed") from None
