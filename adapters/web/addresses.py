"""Permanent addresses: bound to the edition, so that an old citation stays true."""

import re
from urllib.parse import quote

from knowledge.model import Citation, Clause, Edition
from knowledge.people import Organisation


def of_edition(edition: Edition) -> str:
    """The address of an edition's page."""
    return f"/documents/{quote(edition.document.id)}/{label(edition)}"


def of_clause(edition: Edition, clause: Clause) -> str:
    """The address of a clause's page in that edition."""
    return f"{of_edition(edition)}/{quote(clause.id.removeprefix(edition.document.id + '/'))}"


def of_citation(citation: Citation, organisation: Organisation) -> str:
    """Where a citation leads: to the organisation's own source of the document, or to the clause's page."""
    source = organisation.source_urls.get(citation.edition.document.id)
    return source or of_clause(citation.edition, citation.clause)


def label(edition: Edition) -> str:
    """The edition's label as it stands in addresses: `june-2017`."""
    return re.sub(r"[^a-z0-9.]+", "-", edition.label.lower()).strip("-")
