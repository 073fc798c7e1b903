"""Which routes an answer gives, and the clause that says so, if one does."""

from collections.abc import Iterable, Iterator
from datetime import date

from bot.model import Elsewhere, GivenRoute
from knowledge.library import Library
from knowledge.model import Citation, Situation
from knowledge.people import Contact, Organisation, RouteScope


def for_clauses(
    library: Library, organisation: Organisation, citations: Iterable[Citation], situation: Situation | None
) -> tuple[GivenRoute, ...]:
    """Routes that a cited clause names, then the situation's, then the organisation's default; each once."""
    named = ((route, citation.clause.id) for citation in citations for route in citation.clause.routes)
    unnamed: tuple[str, ...] = situation.routes if situation else ()
    return given(library, organisation, [*named, *((r, None) for r in (*unnamed, organisation.default_route))])


def for_ids(library: Library, organisation: Organisation, routes: Iterable[str]) -> tuple[GivenRoute, ...]:
    """The routes with these ids, in this order, without a clause behind them."""
    return given(library, organisation, [(route, None) for route in routes])


def given(
    library: Library, organisation: Organisation, wanted: Iterable[tuple[str, str | None]]
) -> tuple[GivenRoute, ...]:
    """The routes that are wanted, each once, with the clause that names it and the organisation's own contact."""
    found: dict[str, GivenRoute] = {}
    for name, because in wanted:
        if name not in found:
            route = library.routes[name]
            local = organisation.contacts.get(name)
            contact = Contact(local) if local else route.contact
            named_in = library.places.get(because, "") if because else ""
            found[name] = GivenRoute(route.id, route.name, route.scope, contact, because, named_in)
    return tuple(found.values())


def place(situation: Situation, organisation: Organisation) -> Elsewhere:
    """Where staff of *organisation* go with a situation that these policies do not cover."""
    return Elsewhere(situation.id, situation.title, situation.go_to, organisation.elsewhere.get(situation.id, ""))


def with_one_outside(
    library: Library, organisation: Organisation, routes: tuple[GivenRoute, ...], on: date
) -> tuple[GivenRoute, ...]:
    """*routes* with at least three, and one outside that can be reached: its contact is set and not too old."""
    for spare in _SPARE:
        outside = any(r.scope is RouteScope.EXTERNAL and r.contact.text and not r.contact.is_stale(on) for r in routes)
        if len(routes) >= 3 and outside:
            break
        if all(r.id != spare for r in routes):
            routes += for_ids(library, organisation, [spare])
    return routes


_SPARE = ("independent_advice", "freedom_to_speak_up", "regulator", "union_rep")


def stale(routes: Iterable[GivenRoute], on: date) -> Iterator[GivenRoute]:
    """The routes whose contact was last checked too long ago."""
    return (route for route in routes if route.contact.is_stale(on))
