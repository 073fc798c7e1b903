"""Every message and view that Slack can be given: each situation, each way a question ends, each modal."""

from collections.abc import Iterator
from datetime import date

from block_kit import Shown
from builders import TODAY

from adapters import actions, quoting
from adapters.slack import render, views
from bot import routing, wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome
from knowledge.library import Library
from knowledge.people import Organisation

ASKED = {
    "choose": "and what about colleagues?",
    "elsewhere": "can I park my tractor in the staff car park?",
    "sensitive": "my manager screams at me every day and I am frightened of her",
    "danger": "a colleague has a knife on the ward right now",
    "identifiable": "can I post about the patient with NHS number 943 476 5919?",
    "help": "hello",
    "a clause": "trust/5.4",
    "a section": "section 5",
    "a whole document": "show me the whole policy",
    "too long": "may I post " * 400,
}
BEFORE_ALL = date(1999, 1, 1)


def answers(library: Library, organisation: Organisation) -> Iterator[tuple[str, Answer]]:
    """Each situation's answer, and one for each other way in which a question ends, by name."""
    bot = PolicyBot(library, organisation, today=lambda: TODAY, monotonic=lambda: 0.0)
    for situation in library.situations.values():
        yield situation.id, bot.ask("", situation=situation.id)
    for name, text in ASKED.items():
        yield name, bot.ask(text)
    nearest = tuple(library.cite(organisation, TODAY).citations(["trust/5.4", "hee/principles/3"]))
    routes = routing.for_ids(library, organisation, ["line_manager"])
    yield "nearest", Answer(Outcome.NOT_COVERED, library.digest, TODAY, also=nearest, routes=routes)
    yield "nothing in force", bot.ask("can I post photos?", as_of=BEFORE_ALL)


def every(library: Library, organisation: Organisation) -> Iterator[tuple[str, Shown]]:
    """What one organisation's staff may be shown, by name; lists are the blocks of messages."""
    for name, answer in answers(library, organisation):
        yield from of_answer(name, answer, library, organisation)
    for sentence in (wording.TOO_MANY, wording.UNKNOWN_ERROR, wording.EMPTY_QUESTION):
        yield sentence, list(render.said(sentence).blocks)
    yield "home", views.home(library, organisation, TODAY)
    yield "comms", views.comms_modal(library, organisation)
    yield "reasons", views.reasons_modal("bake-sale")
    yield "thanks", views.thanks_modal()
    yield "a sentence", views.sentence_modal(wording.TOO_MANY)
    for topic in library.topics:
        for page in range(3):
            yield f"topic {topic} {page}", views.topic_modal(topic, library, organisation, TODAY, page=page)
    for citation in library.cite(organisation, TODAY).citations(clause.id for _, clause in library.passages):
        if quoting.has_section(citation):
            for page in range(3):
                yield (
                    f"section of {citation.clause.id} {page}",
                    views.section_modal(citation, library, organisation, on=TODAY, page=page),
                )


def of_answer(name: str, answer: Answer, library: Library, organisation: Organisation) -> Iterator[tuple[str, Shown]]:
    """The messages and modals that an answer leads to."""
    for posted in (
        render.message(answer, library, organisation),
        render.message(answer, library, organisation, shareable="recorded-answer"),
        render.shared(answer, library, organisation, by="U0123456789"),
    ):
        yield name, list(posted.blocks)
        yield f"{name}, plain", list(render.plain(posted).blocks)
    yield f"{name}, modal", views.answer_modal(answer, library, organisation)
    for clicked in buttons(list(render.message(answer, library, organisation).blocks)):
        if isinstance(clicked, actions.Show):
            cited = library.cite(organisation, clicked.on).citations(clicked.clauses)
            title = wording.FOLDED_TITLES[clicked.part]
            for page in range(3):
                yield (
                    f"{name}, {clicked.part} {page}",
                    views.clauses_modal(title, cited, library, organisation, page=page, shown=clicked),
                )


def buttons(shown: Shown) -> list[actions.Action]:
    """What each button of a message or view stands for, in order."""
    blocks = shown["blocks"] if not isinstance(shown, list) else shown
    found = [each for block in blocks for each in (*block.get("elements", ()), block.get("accessory", {}))]
    return [actions.decode(each["action_id"], each.get("value", "")) for each in found if each.get("type") == "button"]
