"""The documents: a page for each edition and for each of its clauses."""

import re

from aiohttp import web
from markupsafe import Markup, escape

from adapters.web import addresses
from adapters.web.keys import BOT, TEMPLATES
from bot import wording
from knowledge.model import Citation, Clause, Edition


async def documents(request: web.Request) -> web.Response:
    """List the documents and their editions."""
    bot = request.app[BOT]
    whose = bot.organisation.authorities
    employers_first = sorted(bot.library.editions, key=lambda e: whose.get(e.document.id, e.document.authority).tier)
    return _render(request, "documents.html", editions=employers_first, in_force=_in_force(request), today=bot.today())


async def document(request: web.Request) -> web.Response:
    """Show one edition of a document, whole."""
    edition = _edition(request)
    cited = [_cited(request, edition, clause) for clause in edition.clauses]
    note = _force_note(request, edition)
    return _render(
        request, "document.html", edition=edition, citations=cited, today=request.app[BOT].today(), note=note
    )


async def clause(request: web.Request) -> web.Response:
    """Show one clause of one edition."""
    edition = _edition(request)
    wanted = f"{edition.document.id}/{request.match_info['clause']}"
    for each in edition.clauses:
        if each.id == wanted:
            cited = _cited(request, edition, each)
            return _render(request, "clause.html", edition=edition, citation=cited, note=_force_note(request, edition))
    raise web.HTTPNotFound


def exceptions_marked(clause: Clause) -> Markup:
    """The clause's text, escaped, with its exceptions in strong type and not a word added."""
    if not clause.exceptions:
        return escape(clause.text)
    longest_first = sorted(clause.exceptions, key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, longest_first))})", clause.text)
    strong = Markup("<strong>{}</strong>")
    return Markup("").join(strong.format(part) if at % 2 else part for at, part in enumerate(parts))


def _edition(request: web.Request) -> Edition:
    for edition in request.app[BOT].library.editions:
        if (edition.document.id, addresses.label(edition)) == (
            request.match_info["document"],
            request.match_info["edition"],
        ):
            return edition
    raise web.HTTPNotFound


def _in_force(request: web.Request) -> tuple[Edition, ...]:
    bot = request.app[BOT]
    return bot.library.in_force(bot.today())


def _force_note(request: web.Request, edition: Edition) -> str:
    return wording.force_note(edition, edition in _in_force(request), request.app[BOT].today())


def _cited(request: web.Request, edition: Edition, clause: Clause) -> Citation:
    bot = request.app[BOT]
    return bot.library.cite(bot.organisation, bot.today()).of(edition, clause)


def _render(request: web.Request, template: str, **values: object) -> web.Response:
    html = request.app[TEMPLATES].get_template(template).render(**values)
    return web.Response(text=html, content_type="text/html")
