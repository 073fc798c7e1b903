"""What a button shows: clauses page by page, a section, the situations of a topic, the communications team."""

from collections.abc import Iterator, Sequence
from datetime import date

from adapters import actions, quoting
from adapters.teams import cards, citing, clauses, render
from adapters.teams.cards import Buttons, Element, Run
from adapters.teams.render import Message
from bot import routing, wording
from bot.model import Choice
from knowledge.library import Library
from knowledge.model import Citation, Kind, Situation
from knowledge.people import Organisation

Paged = actions.Show | actions.Section | actions.Topic

# More pages than there ever are, to know how much room their numbers take.
_MANY = 4_000


def clauses_message(  # noqa: PLR0913 - what is shown, which page of it, and the way back
    title: str,
    cited: Sequence[Citation],
    library: Library,
    organisation: Organisation,
    *,
    page: int = 0,
    shown: Paged | None = None,
    buttons: Buttons = Buttons(),  # noqa: B008 - frozen
) -> Message:
    """The clauses behind a button, *shown*, which the buttons that turn pages need; none is left out."""
    listed = [*clauses.rider(cited), *clauses.listed(cited, organisation)]
    return _paged(title, listed, library, page=page, shown=shown, buttons=buttons)


def section_message(  # noqa: PLR0913 - what is shown, which page of it, and the way back
    citation: Citation,
    library: Library,
    organisation: Organisation,
    *,
    on: date,
    page: int = 0,
    buttons: Buttons = Buttons(),  # noqa: B008 - frozen
) -> Message:
    """The whole section that a clause stands in, as on the day."""
    title = wording.SHOW_SECTION_OF.format(heading=" ".join(citation.clause.heading[:1]))
    cited = library.cite(organisation, on).citations(clause.id for clause in quoting.section(citation))
    shown = actions.Section(on, citation.clause.id)
    return clauses_message(title, cited, library, organisation, page=page, shown=shown, buttons=buttons)


def topic_message(  # noqa: PLR0913 - what is shown, which page of it, and the way back
    topic: str,
    library: Library,
    organisation: Organisation,
    on: date,
    *,
    page: int = 0,
    buttons: Buttons = Buttons(),  # noqa: B008 - frozen
) -> Message:
    """The situations of a topic, each with the button that picks it."""
    found = [s for s in _answerable(library, organisation, on) if s.topic == topic]
    rows = [render.choice_row(Choice(s.id, s.title), at, buttons) for at, s in enumerate(found, 1)]
    listed = [*cards.rich(Run(wording.TOPIC)), *(element for row in rows for element in row)]
    title, shown = library.topics.get(topic, ""), actions.Topic(topic)
    return _paged(title, listed, library, page=page, shown=shown, buttons=buttons)


def comms_message(library: Library, organisation: Organisation, *, buttons: Buttons = Buttons()) -> Message:  # noqa: B008 - frozen
    """How to reach the communications team."""
    given = routing.for_ids(library, organisation, [wording.COMMS_ROUTE])
    listed = [*cards.rich(Run(wording.COMMS)), *render.routes(given)]
    return _paged(wording.ASK_COMMS, listed, library, buttons=buttons)


def sentence_message(sentence: str, *, buttons: Buttons = Buttons()) -> Message:  # noqa: B008 - frozen
    """A sentence of ours where a card has to be shown: thanks for a click, a refusal, an apology."""
    body = [*cards.rich(Run(sentence)), *cards.rows(buttons.again(wording.BACK_TO_ANSWER))]
    return Message(sentence, sentence, cards.card(body, sentence))


def _paged(  # noqa: PLR0913 - what is shown, which page of it, and the way back
    title: str,
    listed: Sequence[Element],
    library: Library,
    *,
    page: int = 0,
    shown: Paged | None = None,
    buttons: Buttons,
) -> Message:
    head = citing.short(title)
    text = f"{head}\n\n{wording.MORE_IN_MESSAGE}"

    def view(group: Sequence[Element], at: int, count: int) -> Message:
        said = wording.PAGE.format(page=at + 1, pages=count)
        body = [
            *cards.rich(Run(head, bold=True), large=True),
            *group,
            *(cards.rich(Run(said), small=True) if count > 1 else []),
            *cards.rows([*_turns(at, count, shown, buttons), *buttons.again(wording.BACK_TO_ANSWER)]),
            *render.footer(library.digest),
        ]
        return Message(text, head, cards.card(body, text))

    room = cards.MOST_SIZE - cards.size(view([], _MANY, 2 * _MANY).as_activity())
    pages = cards.spread(listed, room)
    at = min(page, len(pages) - 1)
    return view(pages[at], at, len(pages))


def _turns(at: int, count: int, shown: Paged | None, buttons: Buttons) -> Iterator[Element]:
    if shown is not None and at > 0:
        yield buttons.press(wording.PAGE_BEFORE, actions.More(at - 1, shown))
    if shown is not None and at < count - 1:
        yield buttons.press(wording.NEXT_PAGE, actions.More(at + 1, shown))


def _answerable(library: Library, organisation: Organisation, on: date) -> list[Situation]:
    citer = library.cite(organisation, on)
    return [s for s in library.situations.values() if s.kind is Kind.POLICY and citer.citations(s.answers)]
