"""The ask page: a question comes by POST only, and its answer is a page or, for the script, a part of one."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from adapters.web.keys import BOT, LIMITS, TEMPLATES, VISITORS
from bot import wording
from bot.model import Answer, Outcome

FRAGMENT = "Signpost-Fragment"
MOST_FIELDS = 10


async def page(request: web.Request) -> web.Response:
    """Show the empty ask page."""
    response = _render(request, answer=None, asked="", problem="")
    visitors = request.app[VISITORS]
    if visitors.known(request) is None:
        visitors.greet(request, response, visitors.new())
    return response


async def answer(request: web.Request) -> web.Response:
    """Answer the question, or the situation that was picked."""
    fields = await _fields(request)
    text = fields.get("question", "").strip()
    situation = fields.get("situation", "").strip() or None
    visitors = request.app[VISITORS]
    known = visitors.known(request)
    if not text and situation is None:
        return _render(request, answer=None, asked="", problem=wording.EMPTY_QUESTION, status=400)
    if not await request.app[LIMITS].allows(known or request.remote or "", request.remote or ""):
        return _render(request, answer=None, asked="", problem=wording.TOO_MANY, status=429)
    visitor = known or visitors.new()
    bot = request.app[BOT]
    got = bot.ask(text, conversation=visitor, situation=situation)
    picked = bot.library.situations.get(situation) if situation else None
    asked = picked.title if picked else _echo(text, got)
    response = _render(request, answer=got, asked=asked, problem="")
    visitors.greet(request, response, visitor)
    return response


async def _fields(request: web.Request) -> Mapping[str, str]:
    """The fields of a form as browsers send ours; whatever else comes is refused, whole."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        body = (await request.read()).decode()
        return dict(parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS))
    except (ValueError, web.RequestPayloadError, ConnectionResetError):
        raise web.HTTPBadRequest from None


def _echo(text: str, got: Answer) -> str:
    """The question to repeat above its answer; a message that points at a person is not repeated."""
    return "" if got.outcome in (Outcome.IDENTIFIABLE, Outcome.SENSITIVE) else text


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
