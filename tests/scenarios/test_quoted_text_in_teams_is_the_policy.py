"""promise 30: in Teams a clause is the library's clause, byte for byte, with its source, edition and date.

The escaping of this surface: none in the card, where a clause of over 8 kB stands on several grounds that follow one
another, or over several messages; in the card's text for clients that draw none, a backslash before markdown's signs.
"""

import re

import hostile
import pytest
import teams_cards
import teams_screens
from builders import TODAY, a_clause, an_edition
from hypothesis import given
from hypothesis import strategies as st

from adapters import actions, quoting
from adapters.teams import extension, render, views
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome
from knowledge.library import Library
from knowledge.model import Authority, Citation, Clause, Kind, ReviewState, Wording


def unescaped(text: str) -> str:
    """Markdown's backslashes taken away."""
    return re.sub(r"\\([\\`*_\[\]<>~#|])", r"\1", text)


def cited(clause: Clause) -> Citation:
    edition = an_edition(clause)
    return Citation(clause, edition, Authority.EMPLOYER_POLICY, Wording.VERBATIM, ReviewState.NOT_STATED)


def of_one_clause(clause: Clause, library: Library) -> tuple[str, tuple[render.Message, ...]]:
    """What the messages quote that answer with one clause, and the messages."""
    answer = Answer(Outcome.ANSWERED, library.digest, TODAY, citations=(cited(clause),))
    found = render.messages(answer, library, library.organisations["garden"])
    return "".join(quote for message in found for quote in teams_cards.quotations(message.card or {})), found


@pytest.mark.parametrize("organisation", ["trust", "hee"])
def test_every_clause_asked_for_by_name_is_quoted_whole_with_its_source(shipped: Library, organisation: str):
    bot = PolicyBot(shipped, shipped.organisations[organisation], today=lambda: TODAY)

    for edition, clause in shipped.passages:
        (message,) = render.messages(bot.ask(clause.id), shipped, bot.organisation)
        card = message.card or {}

        assert teams_cards.quotations(card) == [clause.text]
        assert clause.text in unescaped(card["fallbackText"])
        for text in ("\n".join(teams_cards.lines(card)), unescaped(card["fallbackText"])):
            assert edition.document.title in text
            assert edition.document.issuer in text
            assert wording.edition_dates(edition) in text


def test_every_quotation_of_every_answer_is_a_clause_and_every_clause_of_it_can_be_read(trust: PolicyBot):
    library, organisation = trust.library, trust.organisation
    clauses = {clause.text for _, clause in library.passages}

    for situation in library.situations.values():
        if situation.kind is not Kind.POLICY:
            continue
        answer = trust.ask("", situation=situation.id)
        posted = render.messages(answer, library, organisation)
        shows = [message for name, message in teams_screens.behind(answer, library, organisation) if "show" in name]
        shown = {quote for each in (*posted, *shows) for quote in teams_cards.quotations(each.card or {})}

        assert shown <= clauses
        assert shown == {citation.clause.text for citation in (*answer.citations, *answer.also)}


def test_every_section_holds_its_clauses_in_order(trust: PolicyBot):
    citer = trust.library.cite(trust.organisation, TODAY)
    for citation in citer.citations(clause.id for _, clause in trust.library.passages):
        pages = [
            views.section_message(citation, trust.library, trust.organisation, on=TODAY, page=page).card or {}
            for page in range(4)
        ]
        distinct = [page for at, page in enumerate(pages) if page not in pages[:at]]

        shown = [quote for page in distinct for quote in teams_cards.quotations(page)]
        assert shown == [clause.text for clause in quoting.section(citation)]


@pytest.mark.parametrize("organisation", ["trust", "hee"])
def test_every_clause_is_inserted_whole_with_its_source_its_review_and_no_button(shipped: Library, organisation: str):
    for citation in shipped.cite(shipped.organisations[organisation], TODAY).citations(
        clause.id for _, clause in shipped.passages
    ):
        card = extension.clause_result(citation)["content"]

        assert teams_cards.quotations(card) == [citation.clause.text]
        assert wording.clause_name(citation) in teams_cards.lines(card)
        assert wording.edition_line(citation) in teams_cards.lines(card)
        assert citation.clause.text in unescaped(card["fallbackText"])
        assert teams_cards.titles(card) == []


@given(st.data(), st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=300))
def test_pointing_out_exceptions_changes_no_text(sheds: Library, data: st.DataObject, text: str):
    cuts = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(lambda cut: text[min(cut) : max(cut)])
    exceptions = tuple(data.draw(st.lists(cuts, max_size=3)))

    quoted, _ = of_one_clause(a_clause(text, exceptions=exceptions), sheds)

    assert quoted == text


def test_hostile_text_is_quoted_as_it_is(sheds: Library):
    for text in hostile.strings(1_000, seed=31):
        quoted, (message, *more) = of_one_clause(a_clause(text, exceptions=(text[:5],)), sheds)

        assert quoted == text
        assert more or text in unescaped((message.card or {})["fallbackText"])


@pytest.mark.parametrize("letter", ["s", "é", "文", "😀", '"', "\x00"])
@pytest.mark.parametrize("size", [7_900, 12_000, 17_000, 20_000])
def test_a_clause_of_any_size_stands_whole_over_as_many_messages_as_it_takes(sheds: Library, letter: str, size: int):
    text = (f"{letter * 6} " * 3_000)[:size]

    quoted, messages = of_one_clause(a_clause(text, exceptions=(text[70:90],)), sheds)

    assert quoted == text
    for at, message in enumerate(messages):
        assert teams_cards.problems(message.as_activity()) == []
        said = teams_cards.lines(message.card or {})
        assert (wording.WENT_BEFORE in said) == (at > 0)
        assert (wording.GOES_ON in said) == (at < len(messages) - 1)


def test_a_clause_without_a_space_stands_whole_too(sheds: Library):
    text = "文" * 20_000

    quoted, messages = of_one_clause(a_clause(text), sheds)

    assert quoted == text
    assert len(messages) > 5


def test_a_clause_too_long_for_one_message_can_be_asked_for_where_only_one_card_has_room(sheds: Library):
    clause = a_clause("Clos la remise à clé la nuit, et le portail aussi. " * 390)
    organisation = sheds.organisations["garden"]
    answer = Answer(Outcome.ANSWERED, sheds.digest, TODAY, citations=(cited(clause),))

    card = render.message(answer, sheds, organisation).card or {}
    show = actions.Show("rest", TODAY, (clause.id,))
    pages = [
        views.clauses_message("", answer.citations, sheds, organisation, page=page, shown=show).card or {}
        for page in range(6)
    ]

    assert teams_cards.quotations(card) == []
    assert teams_cards.buttons(card)[0] == show
    distinct = [page for at, page in enumerate(pages) if page not in pages[:at]]
    assert "".join(quote for page in distinct for quote in teams_cards.quotations(page)) == clause.text
