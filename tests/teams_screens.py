"""Every card that Teams can be given: each situation, each way a question ends, and what each button shows."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import slack_screens
import teams_cards
from builders import TODAY

from adapters import actions, quoting
from adapters.actions import Action
from adapters.teams import extension, render, views
from adapters.teams.cards import Buttons
from adapters.teams.render import Message
from bot import wording
from bot.model import Answer
from bot.recorded import record
from knowledge.library import Library
from knowledge.people import Organisation

ASKER = "29:1a2b3c4d5e6f7g8h9i0jklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
PAGES = 3
NO_RECORD = Buttons()


def recorded(answer: Answer) -> str:
    """The answer as buttons carry it."""
    return json.dumps(record(answer), separators=(",", ":"))


def activities(library: Library, organisation: Organisation) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every activity with a card that one organisation's staff may be sent, by name."""
    for name, answer in slack_screens.answers(library, organisation):
        told = recorded(answer)
        for message in render.messages(answer, library, organisation, record=told, refresh_for=ASKER):
            yield name, message.as_activity()
        yield f"{name}, in a dialog", render.message(answer, library, organisation, in_dialog=True).as_activity()
        for shown, view in behind(answer, library, organisation, buttons=Buttons(told)):
            yield f"{name}, {shown}", view.as_activity()
    yield "a sentence", views.sentence_message(wording.THANKS, buttons=Buttons("recorded")).as_activity()
    for topic in library.topics:
        for page in range(PAGES):
            view = views.topic_message(topic, library, organisation, TODAY, page=page)
            yield f"topic {topic} {page}", view.as_activity()


def inserted(library: Library, organisation: Organisation) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every clause as the message extension gives it, by name."""
    for citation in library.cite(organisation, TODAY).citations(clause.id for _, clause in library.passages):
        yield citation.clause.id, extension.clause_result(citation)


def behind(
    answer: Answer, library: Library, organisation: Organisation, *, buttons: Buttons = NO_RECORD
) -> Iterator[tuple[str, Message]]:
    """What the buttons of an answer show, by name: every page of it."""
    for message in render.messages(answer, library, organisation):
        yield from behind_of(message, answer, library, organisation, buttons=buttons)


def behind_of(
    message: Message, answer: Answer, library: Library, organisation: Organisation, *, buttons: Buttons = NO_RECORD
) -> Iterator[tuple[str, Message]]:
    """What the buttons of one message show, by name: every page of it."""
    for clicked in teams_cards.buttons(message.card or {}):
        before = None
        for page in count():
            view = _behind(clicked, page, answer, library, organisation, buttons)
            if view is None or view == before:
                break
            yield f"{clicked.name} {page}", view
            before = view


def _behind(  # noqa: PLR0917 - what was clicked, and all that it needs
    clicked: Action, page: int, answer: Answer, library: Library, organisation: Organisation, buttons: Buttons
) -> Message | None:
    citer = library.cite(organisation, answer.on)
    match clicked:
        case actions.Show(part, _, ids):
            title, cited = wording.FOLDED_TITLES[part], citer.citations(ids)
            return views.clauses_message(title, cited, library, organisation, page=page, shown=clicked, buttons=buttons)
        case actions.Section(on, clause):
            found = citer.citation(clause)
            assert found is not None
            assert quoting.has_section(found)
            return views.section_message(found, library, organisation, on=on, page=page, buttons=buttons)
        case actions.Comms():
            return views.comms_message(library, organisation, buttons=buttons)
    return None
