"""The ask page: a question comes by POST only, and its answer is a page or, for the script, a part of one."""

import secrets

from aiohttp import web

from adapters.web.keys import BOT, LIMITS, TEMPLATES
from bot import wording
from bot.model import Answer

COOKIE = "signpost"
FRAGMENT = "Signpost-Fragment"


async def page(request: web.Request) -> web.Response:
    """Show the empty ask page."""
    return _render(request, answer=None, asked="", problem="")


async def answer(request: web.Request) -> web.Response:
    """Answer the question, or the situation that was picked."""
    form = await request.post()
    text = _text(form, "question")
    situation = _text(form, "situation") or None
    visitor = request.cookies.get(COOKIE, "")
    conversation = visitor if _is_ours(visitor) else secrets.token_urlsafe(16)
    if not text and situation is None:
        return _render(request, answer=None, asked="", problem=wording.EMPTY_QUESTION, status=400)
    if not await request.app[LIMITS].allows(conversation if _is_ours(visitor) else request.remote or ""):
        return _render(request, answer=None, asked="", problem=wording.TOO_MANY, status=429)
    bot = request.app[BOT]
    got = bot.ask(text, conversation=conversation, situation=situation)
    picked = bot.library.situations.get(situation) if situation else None
    asked = picked.title if picked else _echo(text, got)
    response = _render(request, answer=got, asked=asked, problem="")
    response.set_cookie(
        COOKIE, conversation, httponly=True, samesite="Lax", secure=request.secure, max_age=15 * 60, path="/"
    )
    return response


def _echo(text: str, got: Answer) -> str:
    """The question to repeat above its answer; a message that points at a person is not repeated."""
    return "" if got.outcome.value in ("identifiable", "sensitive") else text[:300]


def _text(form: object, name: str) -> str:
    value = form.get(name)  # type: ignore[attr-defined]
    return value.strip() if isinstance(value, str) else ""


def _is_ours(cookie: str) -> bool:
    return len(cookie) == 22 and cookie.replace("-", "").replace("_", "").isalnum()


def _render(
    request: web.Request, *, answer: Answer | None, asked: str, problem: str, status: int = 200
) -> web.Response:
    name = "_answer.html" if request.headers.get(FRAGMENT) and answer is not None else "ask.html"
    organisation = request.app[BOT].organisation
    html = (
        request.app[TEMPLATES]
        .get_template(name)
        .render(answer=answer, asked=asked, problem=problem, organisation=organisation)
    )
    return web.Response(text=html, content_type="text/html", status=status)
