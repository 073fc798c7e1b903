"""Slack's modals and App Home: values in, plain dictionaries out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from adapters import actions, quoting
from adapters.slack import cards, render, rich
from adapters.slack.rich import Block, Run, item, paragraph
from bot import routing, wording
from bot.model import Answer, Choice, GivenRoute
from knowledge.library import Library
from knowledge.model import Citation, Edition, Kind, Situation
from knowledge.people import Organisation

View = dict[str, Any]
Paged = actions.Show | actions.Section | actions.Topic

REASONS = "signpost.reasons"
REASON_BLOCK = "signpost.reason"
SEARCH_BLOCK = "signpost.search"
# Slack takes 100 blocks and some 250 kB in a view; a character takes up to 12 bytes of JSON.
_MOST_ON_PAGE = 90
_MOST_CHARACTERS = 15_000
_MOST_NEW = 10


def answer_modal(answer: Answer, library: Library, organisation: Organisation) -> View:
    """An answer in a modal, for questions asked in App Home and situations picked there."""
    return _modal(render.body(answer, library, organisation))


def clauses_modal(  # noqa: PLR0913 - what the modal shows, and which page of it
    title: str,
    citations: Sequence[Citation],
    library: Library,
    organisation: Organisation,
    *,
    page: int = 0,
    shown: Paged | None = None,
) -> View:
    """The clauses behind a button, *shown*, which the buttons that turn pages need; none is left out."""
    groups = [[render.DIVIDER, *cards.card(citation, organisation)] for citation in citations]
    on_page, turn = _page(groups, page, shown)
    return _modal([*_titled(title), *cards.rider(citations), *on_page, *turn, *_footer(library)])


def section_modal(citation: Citation, library: Library, organisation: Organisation, *, on: date, page: int = 0) -> View:
    """The whole section that a clause stands in, as on the day."""
    title = wording.SHOW_SECTION_OF.format(heading=" ".join(citation.clause.heading[:1]))
    cited = library.cite(organisation, on).citations(clause.id for clause in quoting.section(citation))
    shown = actions.Section(on, citation.clause.id)
    return clauses_modal(title, cited, library, organisation, page=page, shown=shown)


def topic_modal(topic: str, library: Library, organisation: Organisation, on: date, *, page: int = 0) -> View:
    """The situations of a topic, each with the button that picks it."""
    found = [s for s in _answerable(library, organisation, on) if s.topic == topic]
    groups = [render.choice_row(Choice(s.id, s.title), place) for place, s in enumerate(found, 1)]
    on_page, turn = _page(groups, page, actions.Topic(topic))
    return _modal([*_titled(library.topics.get(topic, "")), *rich.sections(wording.TOPIC), *on_page, *turn])


def comms_modal(library: Library, organisation: Organisation) -> View:
    """How to reach the communications team."""
    given = routing.for_ids(library, organisation, [wording.COMMS_ROUTE])
    return _modal([*rich.sections(wording.COMMS), *render.routes(given)], title=wording.ASK_COMMS)


def reasons_modal(situation: str) -> View:
    """Asks why an answer did not help; the chosen option's value is a `Reason`."""
    options = [
        {"text": rich.plain_text(said), "value": actions.Reason(situation, reason).encode()}
        for reason, said in wording.REASONS.items()
    ]
    asked: Block = {
        "type": "input",
        "block_id": REASON_BLOCK,
        "label": rich.plain_text(wording.REASONS_LABEL),
        "element": {"type": "radio_buttons", "action_id": actions.action_id(actions.Reason), "options": options},
    }
    view = _modal([asked], title=wording.REASONS_TITLE)
    return view | {
        "callback_id": REASONS,
        "submit": rich.plain_text(wording.SEND),
        "close": rich.plain_text(wording.CANCEL),
    }


def thanks_modal() -> View:
    """Thanks for a reason, and what becomes of it."""
    return _modal(rich.sections(wording.THANKS))


def sentence_modal(sentence: str) -> View:
    """One sentence of ours: a refusal, an apology."""
    return _modal(rich.sections(sentence), title=wording.NAME)


def home(library: Library, organisation: Organisation, on: date) -> View:
    """App Home: a search box, topics, people, what is new, and who can read what is typed."""
    blocks = [
        rich.header(wording.NAME),
        *rich.sections(wording.TAGLINE + "."),
        *rich.sections(wording.EMPLOYER.format(name=organisation.name)),
        _search(),
        *_topics(library, organisation, on),
        *_list(wording.ROUTES, _reached(routing.for_ids(library, organisation, library.routes))),
        *_list(wording.HOME_NEW, (_edition(library, each, on) for each in _newest(library))),
        *_list(wording.HOME_READING, (item(Run(line)) for line in wording.HOME_READ_LINES)),
        *rich.context(wording.LIBRARY.format(digest=library.digest)),
    ]
    return {"type": "home", "blocks": blocks}


def _modal(blocks: list[Block], *, title: str = wording.MODAL) -> View:
    view = {"type": "modal", "title": rich.plain_text(title), "close": rich.plain_text(wording.CLOSE)}
    return view | {"blocks": blocks}


def _titled(title: str) -> list[Block]:
    if len(title) <= rich.MOST_HEADER:
        return [rich.header(title)] if title else []
    return rich.rich_text(paragraph(Run(title, bold=True)))


def _footer(library: Library) -> list[Block]:
    return rich.context(wording.EMPLOYER_READS, wording.LIBRARY.format(digest=library.digest))


def _page(groups: Iterable[list[Block]], page: int, shown: Paged | None) -> tuple[list[Block], list[Block]]:
    """The blocks of one page, and what turns to its neighbours; a group that fits on no page is divided."""
    pages = _pages(groups)
    at = min(page, len(pages) - 1)
    if len(pages) == 1 or shown is None:
        return pages[at], []
    turns = []
    if at > 0:
        turns.append(rich.button(wording.PAGE_BEFORE, actions.More(at - 1, shown), place=at - 1))
    if at < len(pages) - 1:
        turns.append(rich.button(wording.NEXT_PAGE, actions.More(at + 1, shown), place=at + 1))
    return pages[at], [*rich.context(wording.PAGE.format(page=at + 1, pages=len(pages))), *rich.actions(turns)]


def _pages(groups: Iterable[list[Block]]) -> list[list[Block]]:
    pages: list[list[Block]] = [[]]
    room = _MOST_CHARACTERS
    for group in groups:
        parts = [group] if _size(group) <= _MOST_CHARACTERS else [[block] for block in group]
        for part in parts:
            if pages[-1] and (_size(part) > room or len(pages[-1]) + len(part) > _MOST_ON_PAGE):
                pages.append([])
                room = _MOST_CHARACTERS
            pages[-1] += part
            room -= _size(part)
    return pages


def _size(found: object) -> int:
    """The characters of all texts in blocks."""
    if isinstance(found, dict):
        return sum(_size(value) for value in found.values())
    if isinstance(found, list):
        return sum(_size(value) for value in found)
    return len(found) if isinstance(found, str) else 0


def _answerable(library: Library, organisation: Organisation, on: date) -> list[Situation]:
    citer = library.cite(organisation, on)
    return [s for s in library.situations.values() if s.kind is Kind.POLICY and citer.citations(s.answers)]


def _search() -> Block:
    example = f"{wording.EXAMPLES_TITLE}: {wording.EXAMPLES[0]}"
    return {
        "type": "input",
        "block_id": SEARCH_BLOCK,
        "dispatch_action": True,
        "label": rich.plain_text(wording.QUESTION_LABEL),
        "hint": rich.plain_text(wording.QUESTION_HINT),
        "element": {
            "type": "plain_text_input",
            "action_id": actions.action_id(actions.Ask),
            "placeholder": rich.plain_text(example),
            "max_length": 2_000,
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        },
    }


def _topics(library: Library, organisation: Organisation, on: date) -> list[Block]:
    there = {situation.topic for situation in _answerable(library, organisation, on)}
    named = [(topic, title) for topic, title in library.topics.items() if topic in there]
    buttons = [rich.button(title, actions.Topic(topic), place=at) for at, (topic, title) in enumerate(named, 1)]
    return [rich.header(wording.HOME_TOPICS), *rich.actions(buttons)]


def _list(title: str, items: Iterable[rich.Line]) -> list[Block]:
    return [{"type": "divider"}, rich.header(title), *rich.rich_text(*items)]


def _reached(routes: Iterable[GivenRoute]) -> Iterator[rich.Line]:
    """The routes that can be reached, each with its contact; then the names of the others."""
    unset = []
    for route in routes:
        if route.contact.text:
            yield item(Run(route.name, bold=True), Run(f": {wording.reached(route)}"))
        else:
            unset.append(route.name)
    if unset:
        yield item(Run(wording.NO_CONTACTS.format(names=", ".join(unset))))


def _newest(library: Library) -> list[Edition]:
    return sorted(library.editions, key=lambda each: each.effective.first_day, reverse=True)[:_MOST_NEW]


def _edition(library: Library, edition: Edition, on: date) -> rich.Line:
    note = wording.force_note(edition, edition in library.in_force(on), on)
    state = f"{wording.review(edition, edition.review_state(on))}."
    said = " ".join(part for part in (wording.edition_dates(edition), state, note) if part)
    return item(Run(f"{edition.document.title} ({edition.document.issuer})", bold=True), Run(f": {said}"))
