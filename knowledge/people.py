"""Who takes over: routes, their contacts, and the organisation that they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from knowledge.model import Authority, Clause, Document, PrintedDate

CONTACT_KEPT = timedelta(days=183)


class RouteScope(StrEnum):
    """Whether a route leads to somebody inside or outside the organisation."""

    INTERNAL = "internal"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a route: the words to show, where they were found, and when that was checked."""

    text: str = ""
    source: str = ""
    reviewed: PrintedDate | None = None

    def is_stale(self, on: date) -> bool:
        """Whether a contact with a review date was last checked more than six months before *on*."""
        return self.reviewed is not None and on - self.reviewed.last_day > CONTACT_KEPT


@dataclass(frozen=True, slots=True)
class Route:
    """Who takes over; internal routes get their contact from the organisation's settings."""

    id: str
    name: str
    scope: RouteScope
    contact: Contact = Contact()


@dataclass(frozen=True, slots=True)
class Organisation:
    """One employer: whose word each document is for its staff, and how its people are reached."""

    id: str
    name: str
    authorities: Mapping[str, Authority] = field(default_factory=dict)
    default_route: str = "line_manager"
    contacts: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    source_urls: Mapping[str, str] = field(default_factory=dict)

    def authority(self, clause: Clause, document: Document) -> Authority:
        """Whose word the clause is for this organisation; a clause's own word goes first."""
        return clause.authority or self.authorities.get(document.id, document.authority)
