"""Builders for tests: each makes something ordinary, and a test overrides the one thing it is about."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bot.app import PolicyBot
from knowledge import compiled
from knowledge.formats import pack
from knowledge.library import Library
from knowledge.model import (
    Authority,
    Clause,
    Document,
    Edition,
    Kind,
    PrintedDate,
    Situation,
    Stance,
    Wording,
)

TODAY = date(2026, 11, 20)


def a_clause(text: str = "You must lock the shed.", **changes: Any) -> Clause:
    """A rule of the employer's own document."""
    values: dict[str, Any] = {
        "id": "own/1",
        "number": "1",
        "heading": ("Sheds",),
        "text": text,
        "stance": Stance.MUST,
    }
    return Clause(**values | changes)


def a_document(**changes: Any) -> Document:
    """A document; what it is for the asker the organisation decides."""
    values: dict[str, Any] = {
        "id": "own",
        "title": "Shed policy",
        "issuer": "The Garden Trust",
        "authority": Authority.OTHER_EMPLOYER,
        "wording": Wording.VERBATIM,
        "owner": "Head of Sheds",
    }
    return Document(**values | changes)


def an_edition(*clauses: Clause, **changes: Any) -> Edition:
    """An edition of 2020 without a review date."""
    values: dict[str, Any] = {
        "document": a_document(),
        "label": "1",
        "effective": PrintedDate("2020-01"),
        "review_by": None,
        "withdrawn": None,
        "clauses": clauses or (a_clause(),),
    }
    return Edition(**values | changes)


def a_situation(name: str = "locking-the-shed", *phrasings: str, **changes: Any) -> Situation:
    """A situation that the employer's first clause answers."""
    values: dict[str, Any] = {
        "id": name,
        "title": name.replace("-", " "),
        "topic": "sheds",
        "kind": Kind.POLICY,
        "answers": ("own/1",),
        "phrasings": phrasings or ("do I lock the shed", "shed left open overnight"),
    }
    return Situation(**values | changes)


ROUTES = """
routes:
  - {id: line_manager, name: Your line manager, scope: internal}
  - {id: comms_team, name: The communications team, scope: internal}
  - {id: raising_concerns, name: The raising concerns policy, scope: internal}
  - {id: hr, name: Human resources, scope: internal}
  - {id: information_governance, name: Information governance, scope: internal}
  - {id: freedom_to_speak_up, name: A Guardian, scope: internal}
  - {id: union_rep, name: Your union, scope: external}
  - id: regulator
    name: The regulator
    scope: external
    contact: regulator.example
    source: https://regulator.example
    reviewed: 2026-10
  - id: independent_advice
    name: Independent advice
    scope: external
    contact: advice.example
    source: https://advice.example
    reviewed: 2026-10
  - id: emergency
    name: Emergency services
    scope: external
    contact: "999"
    source: https://999.example
    reviewed: 2026-10
"""

ORGANISATIONS = """
organisations:
  - id: garden
    name: The Garden Trust
    documents: {own: employer_policy}
"""

OWN_DOCUMENT = """
document: own
title: Shed policy
issuer: The Garden Trust
authority: other_employer
wording: verbatim
owner: Head of Sheds
edition: "1"
effective: 2020-01
review_by: 2030-01
clauses:
  - id: own/1
    number: "1"
    heading: [Sheds, Locking]
    text: Lock the shed at night, unless the owl is inside.
    stance: must
    exceptions: ["unless the owl is inside"]
    routes: [comms_team]
  - id: own/2
    number: "2"
    heading: [Sheds, Painting]
    text: You may paint the shed green.
    stance: may
"""

OTHER_DOCUMENT = """
document: other
title: Union advice on gardens
issuer: The Gardeners' Union
authority: union_advice
wording: restated
owner: The union
edition: May 2019
effective: 2019-05
clauses:
  - id: other/1
    heading: [Painting]
    text: Do not paint a shed at all.
    stance: must_not
  - id: other/2
    heading: [Ponds]
    text: Ponds may hold fish.
    stance: may
"""

SITUATIONS = """
topic: sheds
title: Sheds
situations:
  - id: locking-the-shed
    title: Locking the shed
    answers: [own/1]
    also: [own/2]
    phrasings: [do i lock the shed, shed left open overnight, who locks the shed door, padlock on the shed]
  - id: painting-the-shed
    title: Painting the shed
    routes: [hr]
    answers: [own/2, other/1]
    phrasings: [may i paint the shed green, shed needs a coat of paint, what colour for the shed, repainting the planks]
  - id: fish-in-the-pond
    title: Fish in the pond
    answers: [other/2]
    phrasings: [can i put goldfish in the pond, koi carp in our pond, fish for the pond, stocking the pond with fish]
"""

ELSEWHERE = """
topic: elsewhere
title: Elsewhere
kind: elsewhere
situations:
  - id: elsewhere-wages
    title: Wages
    go_to: The wages office
    phrasings: [my wages are wrong, when is payday, overtime rate this month, payslip missing]
  - id: elsewhere-poison
    title: Poisonous plants
    go_to: A registered clinician
    clinical: "yes"
    phrasings: [i ate a foxglove, are these berries poisonous, dose of charcoal for hemlock, rash from nettles]
"""

SENSITIVE = """
topic: sensitive
title: Speaking up
kind: sensitive
situations:
  - id: bullied
    title: Bullying
    routes: [hr, freedom_to_speak_up, union_rep]
    phrasings: [the head gardener bullies me, my boss screams at me daily, she humiliates me, i am being bullied]
  - id: in-danger
    title: Danger
    danger: "yes"
    routes: [emergency, regulator, hr]
    phrasings: [he has a knife in the shed, someone is attacking me, i want to end it all, there is a fire in here]
"""

HELP = """
topic: help
title: Help
kind: help
situations:
  - id: help-greeting
    title: Greeting
    phrasings: [hello, good morning, hiya, thank you, what can you do]
"""

PACKS: Mapping[str, str] = {
    "documents/own.yaml": OWN_DOCUMENT,
    "documents/other.yaml": OTHER_DOCUMENT,
    "situations/sheds.yaml": SITUATIONS,
    "situations/elsewhere.yaml": ELSEWHERE,
    "situations/sensitive.yaml": SENSITIVE,
    "situations/help.yaml": HELP,
    "routes.yaml": ROUTES,
    "organisations.yaml": ORGANISATIONS,
}


def some_packs(**changes: str) -> dict[str, bytes]:
    """The files of a small library about sheds; *changes* replaces files (`documents__own` for that path)."""
    texts = dict(PACKS) | {f"{name.replace('__', '/')}.yaml": text for name, text in changes.items()}
    return {name: text.encode() for name, text in texts.items()}


def a_library(files: Mapping[str, bytes] | None = None) -> Library:
    """The small library, built in memory in well under a second."""
    files = files or some_packs()
    return compiled.build(pack.read(files), compiled.digest(files))


def a_bot(library: Library | None = None, *, today: date = TODAY, clock: Iterable[float] | None = None) -> PolicyBot:
    """A bot of the Garden Trust; *clock* gives the seconds that each look at the clock returns."""
    library = library or a_library()
    ticks = iter(clock) if clock is not None else None
    return PolicyBot(
        library,
        library.organisations["garden"],
        today=lambda: today,
        monotonic=(lambda: next(ticks)) if ticks is not None else (lambda: 0.0),
    )
