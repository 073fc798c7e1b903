"""An answer as Teams messages: values in, plain dictionaries out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adapters import actions, answer_text, quoting
from adapters.teams import cards, citing, clauses
from adapters.teams.cards import Buttons, Element, Run
from bot import feedback, wording
from bot.model import Answer, Choice, GivenRoute, Outcome
from knowledge.library import Library
from knowledge.model import Citation
from knowledge.people import Organisation

# What the reason that somebody picked is called in the data of the button beside it.
REASON = "reason"
_REASONS = "reasons"
_MOST_CLAUSES = 6
# The answer as text stands in each card as well, for clients that cannot draw it.
_MOST_TEXT = 7_000
_MOST_TEXT_SPREAD = 3_000
_MOST_SPREAD = 18_000
_TO_PEOPLE = frozenset({Outcome.SENSITIVE, Outcome.IDENTIFIABLE, Outcome.HELP})
_PARTS = {title: part for part, title in wording.FOLDED_TITLES.items()}

Parts = Sequence[tuple[str, tuple[Citation, ...]]]


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: the card, or without one the text; the summary is for notifications and screen readers."""

    text: str
    summary: str
    card: dict[str, Any] | None = None
    entities: tuple[dict[str, Any], ...] = ()

    def as_activity(self) -> dict[str, Any]:
        """The activity, up to its addresses. Teams would show a text beside a card, so there is only one of them."""
        posted: dict[str, Any] = {"type": "message", "summary": self.summary}
        if self.card is None:
            return posted | {"text": self.text, "textFormat": "plain"}
        shown = posted | {"attachments": [cards.attachment(self.card)]}
        return shown | ({"entities": list(self.entities)} if self.entities else {})

    @property
    def fits(self) -> bool:
        """Whether Teams takes it, with what is added on the way."""
        return cards.size(self.as_activity()) <= cards.MOST_SIZE


def message(  # noqa: PLR0913 - what is shown, to whom, and where
    answer: Answer,
    library: Library,
    organisation: Organisation,
    *,
    record: str = "",
    refresh_for: str = "",
    in_dialog: bool = False,
) -> Message:
    """*answer* as one message; what has no room in it stands behind buttons.

    All buttons carry *record*, the answer as recorded; Teams fetches the card anew for the user *refresh_for*.
    """
    buttons = Buttons(record, in_dialog)
    layout = _Layout(answer, library, organisation, buttons, buttons.refresh(refresh_for))
    return _fitting(layout, _plans(answer)) or _spread(layout)[0]


def messages(
    answer: Answer, library: Library, organisation: Organisation, *, record: str = "", refresh_for: str = ""
) -> tuple[Message, ...]:
    """*answer* as one message, or as several where the first clause is too long to stand whole in one."""
    buttons = Buttons(record)
    layout = _Layout(answer, library, organisation, buttons, buttons.refresh(refresh_for))
    one = _fitting(layout, (plan for plan in _plans(answer) if plan[0] or not answer.leading))
    return (one,) if one else _spread(layout)


def said(text: str) -> Message:
    """One sentence of ours: a refusal, an apology, a word to a channel."""
    return Message(text, text)


def choice_row(choice: Choice, number: int, buttons: Buttons) -> list[Element]:
    """A situation's whole title, with the button that picks it."""
    *longer, title = cards.rich(Run(f"{number}. "), Run(choice.title))
    label = wording.CHOOSE_NUMBER.format(number=number)
    button = buttons.press(wording.CHOOSE_ONE, actions.Choose(choice.situation), tooltip=label)
    return [*longer, cards.beside([title], button)]


def routes(given: Iterable[GivenRoute]) -> list[Element]:
    """Who to go to, how to reach them and the clause that says so; nothing where there is nobody."""
    lines = [
        element
        for route in given
        for element in cards.rich(Run(route.name, bold=True), Run(f": {wording.reached(route)}"), spacing="Small")
    ]
    return [cards.heading(wording.ROUTES) | cards.RULED, *lines] if lines else []


def footer(digest: str) -> list[Element]:
    """Who can read what is typed, and which library answered."""
    return [
        *(element | cards.RULED for element in cards.rich(Run(wording.EMPLOYER_READS), small=True)),
        *cards.rich(Run(wording.LIBRARY.format(digest=digest)), small=True, spacing="None"),
    ]


def text_size(text: str) -> int:
    """The bytes that *text* takes in a card's fallback text."""
    return cards.size(cards.escaped(text))


def _plans(answer: Answer) -> Iterator[tuple[tuple[Citation, ...], Parts]]:
    """Which clauses are shown and which parts are folded into the card: all that one wants first, then less."""
    leading, parts = answer.leading[:_MOST_CLAUSES], wording.further(answer)
    for count in range(len(parts), -1, -1):
        yield leading, parts[:count]
    for count in range(len(leading) - 1, -1, -1):
        yield leading[:count], ()


def _fitting(layout: "_Layout", plans: Iterable[tuple[tuple[Citation, ...], Parts]]) -> Message | None:
    text = answer_text.text(layout.answer, _MOST_TEXT, text_size)
    summary = citing.summary(layout.answer)
    return next((found for plan in plans if (found := layout.message(text, summary, *plan)).fits), None)


def _spread(layout: "_Layout") -> tuple[Message, ...]:
    """The answer with its first clause, over as many messages as that takes; nothing is left out."""
    groups = cards.spread(layout.body(layout.answer.leading[:1], ()), _MOST_SPREAD)
    text = answer_text.text(layout.answer, _MOST_TEXT_SPREAD, text_size)
    found = []
    for at, group in enumerate(groups):
        before = cards.rich(Run(wording.WENT_BEFORE), small=True) if at else []
        after = cards.rich(Run(wording.GOES_ON), small=True) if at < len(groups) - 1 else []
        said = wording.WENT_BEFORE if at else text
        summary = wording.WENT_BEFORE if at else citing.summary(layout.answer)
        found.append(Message(said, summary, cards.card([*before, *group, *after], said)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Lays one answer out."""

    answer: Answer
    library: Library
    organisation: Organisation
    buttons: Buttons
    refresh: Element

    def message(self, text: str, summary: str, shown: tuple[Citation, ...], inside: Parts) -> Message:
        card = cards.card(self.body(shown, inside), text, self.refresh)
        return Message(text, summary, card, citing.entities(shown, self.organisation))

    def body(self, shown: tuple[Citation, ...], inside: Parts) -> list[Element]:
        """The card's elements, with the clauses *shown* and the parts *inside* it, folded."""
        answer = self.answer
        end = [*routes(answer.routes), *self._feedback(), *footer(answer.library)]
        if answer.outcome in _TO_PEOPLE:
            return [*self._opening(), *routes(answer.routes), *footer(answer.library)]
        if answer.choices:
            rows = (choice_row(choice, at, self.buttons) for at, choice in enumerate(answer.choices, 1))
            return [*self._opening(), *(each for row in rows for each in row), *end]
        cited = clauses.listed(shown, self.organisation, sections=self.buttons, on=answer.on)
        return [*self._opening(), *cited, *self._further(answer.leading[len(shown) :], inside), *end]

    def _opening(self) -> Iterator[Element]:
        """Danger before all else; then the heading, the situation, the first lines and the warnings."""
        danger, title, lines = answer_text.opening(self.answer)
        for line in danger:
            yield from (cards.box([each], "attention") for each in cards.rich(Run(line, bold=True)))
        yield cards.heading(wording.heading(self.answer), large=True)
        for line in title:
            yield from cards.rich(Run(line, bold=True), spacing="Small")
        for line in lines:
            yield from cards.rich(Run(line))
        document = self.answer.document
        if url := quoting.source_url(document, self.organisation) if document else "":
            yield from cards.rows([cards.open_url(wording.OPEN_DOCUMENT, url)])
        for note in wording.beside(self.answer):
            yield from clauses.noted(note)

    def _further(self, rest: tuple[Citation, ...], inside: Parts) -> Iterator[Element]:
        """A button for each part that stands folded: in the card, or to be asked for."""
        answer = self.answer
        pressed = list(self._show("rest", rest)) if rest else []
        parts = []
        for title, cited in wording.further(answer):
            part = _PARTS[title]
            if (title, cited) in inside:
                pressed.append(cards.toggle(wording.FOLDED[part].format(count=len(cited)), part))
                items = [cards.heading(title), *clauses.listed(cited, self.organisation)]
                parts.append(cards.folded(part, items))
            else:
                pressed += self._show(part, cited)
        if answer.document is not None:
            pressed += self._show_ids("whole", [clause.id for clause in answer.document.clauses])
        yield from cards.rows(pressed)
        yield from parts

    def _show(self, part: str, cited: Sequence[Citation]) -> Iterator[Element]:
        return self._show_ids(part, [citation.clause.id for citation in cited])

    def _show_ids(self, part: str, ids: list[str]) -> Iterator[Element]:
        for show in actions.Show(part, self.answer.on, tuple(ids)).divided():
            yield self.buttons.press(wording.FOLDED[part].format(count=len(show.clauses)), show)

    def _feedback(self) -> Iterator[Element]:
        """The communications team where the question may be theirs, and whether the answer helped."""
        answer, situation = self.answer, self.answer.situation
        pressed, reasons = [], []
        asked = answer.outcome in (Outcome.ANSWERED, Outcome.NOT_COVERED) and answer.elsewhere is None
        if asked and wording.COMMS_ROUTE in self.library.routes:
            pressed.append(self.buttons.press(wording.ASK_COMMS, actions.Comms()))
        if situation is not None and feedback.counts(situation) and not self.buttons.in_dialog:
            pressed.append(self.buttons.press(wording.HELPFUL, actions.Helpful(situation.id)))
            pressed.append(cards.toggle(wording.UNHELPFUL, _REASONS))
            picked = cards.choices(REASON, wording.REASONS_LABEL, wording.REASONS)
            reasons = [cards.folded(_REASONS, [picked, *cards.rows([self.buttons.send(wording.SEND, situation.id)])])]
        yield from cards.rows(pressed)
        yield from reasons
