"""promise 30: in Slack a clause is the library's clause, byte for byte, with its source, edition and date.

The escaping of this surface: none in the blocks; in the text for notifications `&`, `<` and `>` as character
references. A clause of over 2,900 characters stands in several quotations, which joined are the clause.
"""

import html

import block_kit
import hostile
import pytest
import slack_screens
from builders import TODAY, a_clause, an_edition
from hypothesis import given
from hypothesis import strategies as st

from adapters import actions, quoting
from adapters.slack import render, views
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome
from knowledge.library import Library
from knowledge.model import Authority, Citation, Clause, Kind, ReviewState, Wording


def quotations(shown: object) -> list[str]:
    """The text of each quotation."""
    quotes = (each for each in block_kit.objects(shown) if each.get("type") == "rich_text_quote")
    return ["".join(block_kit.texts(quote)) for quote in quotes]


def of_one_clause(clause: Clause, library: Library) -> tuple[str, render.Message]:
    """What a message quotes that answers with one clause, and the message."""
    edition = an_edition(clause)
    citation = Citation(clause, edition, Authority.EMPLOYER_POLICY, Wording.VERBATIM, ReviewState.NOT_STATED)
    answer = Answer(Outcome.ANSWERED, library.digest, TODAY, citations=(citation,))
    message = render.message(answer, library, library.organisations["garden"])
    return "".join(quotations(list(message.blocks))), message


@pytest.mark.parametrize("organisation", ["trust", "hee"])
def test_every_clause_asked_for_by_name_is_quoted_whole_with_its_source(shipped: Library, organisation: str):
    bot = PolicyBot(shipped, shipped.organisations[organisation], today=lambda: TODAY)

    for edition, clause in shipped.passages:
        message = render.message(bot.ask(clause.id), shipped, bot.organisation)
        said = "\n".join(block_kit.texts(list(message.blocks)))

        assert quotations(list(message.blocks)) == [clause.text]
        assert clause.text in html.unescape(message.text)
        for text in (said, html.unescape(message.text)):
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
        blocks = list(render.message(answer, library, organisation).blocks)
        shown = quotations(blocks)
        for clicked in slack_screens.buttons(blocks):
            if isinstance(clicked, actions.Show):
                cited = library.cite(organisation, clicked.on).citations(clicked.clauses)
                shown += quotations(views.clauses_modal("", cited, library, organisation))

        assert set(shown) <= clauses
        assert set(shown) == {citation.clause.text for citation in (*answer.citations, *answer.also)}


def test_every_section_holds_its_clauses_in_order(trust: PolicyBot):
    citer = trust.library.cite(trust.organisation, TODAY)
    for citation in citer.citations(clause.id for _, clause in trust.library.passages):
        view = views.section_modal(citation, trust.library, trust.organisation, on=TODAY)

        expected = [clause.text for clause in quoting.section(citation)]
        assert quotations(view) == expected


@given(st.data(), st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=300))
def test_pointing_out_exceptions_changes_no_text(sheds: Library, data: st.DataObject, text: str):
    cuts = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(lambda cut: text[min(cut) : max(cut)])
    exceptions = tuple(data.draw(st.lists(cuts, max_size=3)))

    quoted, _ = of_one_clause(a_clause(text, exceptions=exceptions), sheds)

    assert quoted == text


def test_hostile_text_is_quoted_as_it_is(sheds: Library):
    for text in hostile.strings(1_000, seed=30):
        quoted, message = of_one_clause(a_clause(text, exceptions=(text[:5],)), sheds)

        assert quoted == text
        assert text in html.unescape(message.text)


def test_a_clause_too_long_for_a_message_can_be_read_whole_in_pages(sheds: Library):
    clause = a_clause("The shed is locked at night, and so is the gate. " * 1_500)
    edition = an_edition(clause)
    citation = Citation(clause, edition, Authority.EMPLOYER_POLICY, Wording.VERBATIM, ReviewState.NOT_STATED)

    quoted, message = of_one_clause(clause, sheds)
    (show, *_) = slack_screens.buttons(list(message.blocks))
    pages = [
        views.clauses_modal("", [citation], sheds, sheds.organisations["garden"], page=page, shown=show)  # type: ignore[arg-type]
        for page in range(6)
    ]

    assert quoted == ""
    assert show == actions.Show("rest", TODAY, (clause.id,))
    distinct = [page for at, page in enumerate(pages) if page not in pages[:at]]
    assert "".join(text for page in distinct for text in quotations(page)) == clause.text
