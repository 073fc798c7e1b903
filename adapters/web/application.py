"""The web application: its routes, what guards them, and what it needs."""

import logging
from collections.abc import Awaitable, Callable
from importlib.resources import files

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from adapters.limits import Limits
from adapters.traces import trace
from adapters.web import addresses, asking, reading
from adapters.web.keys import BOT, LIMITS, READY, TEMPLATES, VISITORS
from adapters.web.visitors import Visitors
from bot import wording
from bot.app import PolicyBot

logger = logging.getLogger(__name__)

MOST_BODY_BYTES = 256 * 1024

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers would then send "Origin: null" with our own form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "Server": "signpost",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build(bot: PolicyBot) -> web.Application:
    """Return the application that answers with *bot*; it opens no socket and starts no task."""
    application = web.Application(middlewares=[guard], client_max_size=MOST_BODY_BYTES)
    application[BOT] = bot
    application[LIMITS] = Limits()
    application[READY] = [True]
    application[TEMPLATES] = _templates(bot)
    application[VISITORS] = Visitors()
    application.on_response_prepare.append(_add_headers)
    application.on_shutdown.append(_shutting_down)
    application.add_routes(
        [
            web.get("/", asking.page),
            web.post("/", asking.answer),
            web.get("/documents", reading.documents),
            web.get("/documents/{document}/{edition}", reading.document),
            web.get("/documents/{document}/{edition}/{clause:.+}", reading.clause),
            web.get("/livez", _alive),
            web.get("/readyz", _ready),
            web.static("/static", str(files("adapters.web") / "static")),
        ]
    )
    return application


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what other sites send, and turn every failure into a page in plain English."""
    if request.method not in ("GET", "HEAD") and not _from_our_own_page(request):
        return _problem(request, 403, wording.NOT_ALLOWED)
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        return _problem(request, 413, wording.TOO_LONG)
    except web.RequestPayloadError:  # cut off, or not compressed as its header says
        return _problem(request, 400, wording.REFUSED_REQUEST)
    except web.HTTPNotFound:
        return _problem(request, 404, wording.PAGE_NOT_FOUND)
    except web.HTTPMethodNotAllowed as refusal:
        refused = _problem(request, 405, wording.NOT_ALLOWED)
        refused.headers["Allow"] = refusal.headers["Allow"]
        return refused
    except web.HTTPException as refusal:
        return refusal if refusal.status < 400 else _problem(request, refusal.status, wording.REFUSED_REQUEST)
    except Exception as error:  # noqa: BLE001 - the one edge of the web: logged with its place, apologised for
        logger.error("a page failed route=%s: %s", getattr(request.match_info.route, "name", None), trace(error))
        return _problem(request, 500, wording.UNKNOWN_ERROR)


def _from_our_own_page(request: web.Request) -> bool:
    """Whether the request comes from a page of ours, by what browsers say (Fetch Metadata, or Origin)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host


def _problem(request: web.Request, status: int, said: str) -> web.Response:
    html = request.app[TEMPLATES].get_template("problem.html").render(said=said, status=status)
    return web.Response(text=html, content_type="text/html", status=status)


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


async def _alive(_request: web.Request) -> web.Response:
    return web.Response(text="alive")


async def _ready(request: web.Request) -> web.Response:
    ready = request.app[READY][0]
    return web.Response(text="ready" if ready else "stopping", status=200 if ready else 503)


def not_ready(application: web.Application) -> None:
    """Say at `/readyz` that this process takes no more requests."""
    application[READY][0] = False


async def _shutting_down(application: web.Application) -> None:
    not_ready(application)


def _templates(bot: PolicyBot) -> Environment:
    loader = FileSystemLoader(str(files("adapters.web") / "templates"))
    environment = Environment(
        loader=loader,
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        wording=wording,
        citation_address=lambda citation: addresses.of_citation(citation, bot.organisation),
        clause_address=addresses.of_clause,
        document_address=addresses.of_edition,
    )
    environment.filters["exceptions_marked"] = reading.exceptions_marked
    return environment
