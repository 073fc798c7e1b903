"""Visitors, told apart by a cookie that only this process could have made and that says nothing else."""

import hashlib
import hmac
import secrets

from aiohttp import web

COOKIE = "signpost"
KEPT_S = 15 * 60


class Visitors:
    """Gives each browser a random name, and knows its own names from made-up ones."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def known(self, request: web.Request) -> str | None:
        """The visitor's name; None where the request brings no cookie of this process."""
        name, _, seal = request.cookies.get(COOKIE, "").partition(".")
        return name if hmac.compare_digest(seal.encode(errors="replace"), self._seal(name).encode()) else None

    def new(self) -> str:
        """A name that nobody has and nobody can guess."""
        return secrets.token_urlsafe(16)

    def greet(self, request: web.Request, response: web.Response, visitor: str) -> None:
        """Let the browser of *visitor* bring its name for the next 15 minutes."""
        response.set_cookie(
            COOKIE,
            f"{visitor}.{self._seal(visitor)}",
            httponly=True,
            samesite="Lax",
            secure=request.secure,
            max_age=KEPT_S,
            path="/",
        )

    def _seal(self, name: str) -> str:
        return hmac.new(self._key, name.encode(errors="replace"), hashlib.sha256).hexdigest()
