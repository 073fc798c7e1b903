"""An answer as a Slack message: values in, plain dictionaries out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adapters import actions, answer_text, quoting
from adapters.slack import cards, fallback, rich
from adapters.slack.rich import Block, Line, Run, item, paragraph
from bot import feedback, wording
from bot.model import Answer, Choice, GivenRoute, Outcome
from knowledge.library import Library
from knowledge.model import Citation
from knowledge.people import Organisation

# What does not fit stands behind a button. The blocks and characters leave room for all that stands around them.
_MOST_CLAUSES = 6
_MOST_CLAUSE_BLOCKS = 24
_MOST_CLAUSE_CHARACTERS = 12_000
_MOST_FIRST_CHARACTERS = 34_000
_MOST_SECTION_BUTTONS = 3
DIVIDER: Block = {"type": "divider"}
_FOLDED = {title: part for part, title in wording.FOLDED_TITLES.items()}


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: the blocks, and as `text` the same for notifications and screen readers."""

    text: str
    blocks: tuple[dict[str, Any], ...]


def message(answer: Answer, library: Library, organisation: Organisation, *, shareable: str | None = None) -> Message:
    """Lay *answer* out; *shareable* is the recorded answer for a button that shares it with the channel."""
    return Message(fallback.text(answer), tuple(body(answer, library, organisation, shareable=shareable)))


def said(text: str) -> Message:
    """One sentence of ours: a refusal, an apology."""
    return Message(fallback.escaped(text), tuple(rich.sections(text)))


def shared(answer: Answer, library: Library, organisation: Organisation, *, by: str) -> Message:
    """The answer as a channel sees it when the user *by* shares it."""
    who: Block = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [{"type": "text", "text": wording.SHARED_BY}, {"type": "user", "user_id": by}],
            }
        ],
    }
    return Message(fallback.text(answer), (who, *body(answer, library, organisation)))


def plain(posted: Message) -> Message:
    """The same facts and buttons in plain sections only, for when Slack refuses the blocks."""
    return Message(posted.text, tuple(fallback.sections(posted.blocks)))


def body(answer: Answer, library: Library, organisation: Organisation, *, shareable: str | None = None) -> list[Block]:
    """The blocks of *answer*, for a message or a modal."""
    if answer.outcome in _TO_PEOPLE:
        return [*_opening(answer, organisation), *routes(answer.routes), *_footer(answer)]
    if answer.choices:
        return [*_opening(answer, organisation), *_choices(answer), *routes(answer.routes), *_footer(answer)]
    shown, rest = _fitting(answer.leading, organisation)
    return [
        *_opening(answer, organisation),
        *(block for each in shown for block in (DIVIDER, *cards.card(each, organisation))),
        *rich.actions(_folded(answer, rest)),
        *routes(answer.routes),
        *rich.actions(_tools(answer, shown, library)),
        *rich.actions(_feedback(answer, shareable)),
        *_footer(answer),
    ]


def _opening(answer: Answer, organisation: Organisation) -> list[Block]:
    """Danger before all else; then the heading, the situation, the first lines and the warnings."""
    danger, title, lines = answer_text.opening(answer)
    example = {f"“{each}”" for each in wording.EXAMPLES}
    said = [(item if line in example else paragraph)(Run(line)) for line in lines]
    return [
        *rich.rich_text(*(paragraph(Run(line, bold=True)) for line in danger)),
        rich.header(wording.heading(answer)),
        *rich.rich_text(*(paragraph(Run(line, bold=True)) for line in title)),
        *rich.rich_text(*said, *_source(answer, organisation)),
        *(block for note in wording.beside(answer) for block in _note(note)),
    ]


def _source(answer: Answer, organisation: Organisation) -> list[Line]:
    """Where the whole document is to be read, if one was asked for and the organisation says where."""
    url = quoting.source_url(answer.document, organisation) if answer.document else ""
    return [paragraph(Run(wording.OPEN_DOCUMENT, url=url))] if url else []


def _note(text: str) -> list[Block]:
    return rich.rich_text(paragraph(Run(f"{wording.NOTE}: ", bold=True), Run(text)))


def _choices(answer: Answer) -> Iterator[Block]:
    for place, choice in enumerate(answer.choices, 1):
        yield from choice_row(choice, place)


def choice_row(choice: Choice, place: int) -> list[Block]:
    """A situation's whole title, with the button that picks it: Slack cuts the text of long buttons short."""
    label = wording.CHOOSE_LABEL.format(title=choice.title)
    button = rich.button(wording.CHOOSE_ONE, actions.Choose(choice.situation), place=place, label=label)
    return rich.sections(choice.title, button)


def _fitting(
    cited: Sequence[Citation], organisation: Organisation
) -> tuple[tuple[Citation, ...], tuple[Citation, ...]]:
    """What of *cited* stands in the message, whole clauses from the first on, and what stands behind a button."""
    count = blocks = characters = 0
    for citation in cited[:_MOST_CLAUSES]:
        blocks += 1 + len(cards.card(citation, organisation))
        characters += len(citation.clause.text)
        most = _MOST_CLAUSE_CHARACTERS if count else _MOST_FIRST_CHARACTERS
        if blocks > _MOST_CLAUSE_BLOCKS or characters > most:
            break
        count += 1
    return tuple(cited[:count]), tuple(cited[count:])


def _folded(answer: Answer, rest: tuple[Citation, ...]) -> Iterator[Block]:
    """A button for each part that stands folded."""
    parts = [("rest", rest)] if rest else []
    parts += [(_FOLDED[title], cited) for title, cited in wording.further(answer)]
    for part, cited in parts:
        yield from _show(part, answer, [citation.clause.id for citation in cited])
    if answer.document is not None:
        yield from _show("whole", answer, [clause.id for clause in answer.document.clauses])


def _show(part: str, answer: Answer, ids: list[str]) -> Iterator[Block]:
    for place, show in enumerate(actions.Show(part, answer.on, tuple(ids)).divided(), 1):
        text = wording.FOLDED[part].format(count=len(show.clauses))
        label = wording.FOLDED_LABEL.format(text=text)
        yield rich.button(text, show, place=f"{part}{place}", label=label)


def _tools(answer: Answer, shown: Sequence[Citation], library: Library) -> Iterator[Block]:
    """Whole sections, and the communications team where the question may be theirs."""
    found = {(c.edition.document.id, c.clause.heading[:1]): c for c in reversed(shown) if quoting.has_section(c)}
    wanted = list(reversed(found.values()))[:_MOST_SECTION_BUTTONS]
    for place, citation in enumerate(wanted, 1):
        heading = wording.SHOW_SECTION_OF.format(heading=citation.clause.heading[0])
        text = wording.SHOW_SECTION if len(wanted) == 1 else heading
        yield rich.button(text, actions.Section(answer.on, citation.clause.id), place=place, label=heading)
    asked = answer.outcome in (Outcome.ANSWERED, Outcome.NOT_COVERED) and answer.elsewhere is None
    if asked and wording.COMMS_ROUTE in library.routes:
        yield rich.button(wording.ASK_COMMS, actions.Comms())


def _feedback(answer: Answer, shareable: str | None) -> Iterator[Block]:
    if answer.situation is not None and feedback.counts(answer.situation):
        name = answer.situation.id
        yield rich.button(wording.HELPFUL, actions.Helpful(name))
        yield rich.button(wording.UNHELPFUL, actions.Unhelpful(name))
    if shareable is not None and len(shareable) <= actions.MOST_VALUE:
        yield rich.button(wording.SHARE, actions.Share(shareable), label=wording.SHARE_LABEL)


def routes(given: Iterable[GivenRoute]) -> list[Block]:
    """Who to go to, how to reach them and the clause that says so; nothing where there is nobody."""
    items = [item(Run(route.name, bold=True), Run(f": {wording.reached(route)}")) for route in given]
    return [DIVIDER, *rich.rich_text(paragraph(Run(wording.ROUTES, bold=True)), *items)] if items else []


def _footer(answer: Answer) -> list[Block]:
    return rich.context(wording.EMPLOYER_READS, wording.LIBRARY.format(digest=answer.library))


_TO_PEOPLE = frozenset({Outcome.SENSITIVE, Outcome.IDENTIFIABLE, Outcome.HELP})
