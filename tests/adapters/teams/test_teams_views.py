"""What a button shows in Teams: every clause of it, page by page, and the way back to the answer."""

from typing import Any

import pytest
import teams_cards
import teams_screens
from builders import TODAY, a_clause, an_edition

from adapters import actions
from adapters.teams import inbound, render, views
from adapters.teams.cards import Buttons
from bot import wording
from bot.app import PolicyBot
from knowledge.library import Library
from knowledge.model import Authority, Citation, ReviewState, Wording


def test_clauses_behind_a_button_stand_in_pages_that_lead_to_one_another(trust: PolicyBot):
    answer = trust.ask("show me the whole policy")
    expected = [clause.text for clause in (answer.document.clauses if answer.document else ())]

    pages = [view.card or {} for name, view in behind(trust, answer) if name.startswith("show")]

    assert [quote for page in pages for quote in teams_cards.quotations(page)] == expected
    turns = [[each for each in teams_cards.buttons(page) if isinstance(each, actions.More)] for page in pages]
    assert len(pages) > 2
    assert [[turn.page for turn in turn] for turn in turns] == [
        *([1], *([at - 1, at + 1] for at in range(1, len(pages) - 1)), [len(pages) - 2])
    ]
    assert f"Page 1 of {len(pages)}." in teams_cards.lines(pages[0])


def behind(bot: PolicyBot, answer: Any, **how: Any) -> list[tuple[str, render.Message]]:
    return list(teams_screens.behind(answer, bot.library, bot.organisation, **how))


def test_every_view_leads_back_to_the_answer_that_it_came_from(trust: PolicyBot):
    answer = trust.ask("", situation="replying-to-complaints")

    for name, view in behind(trust, answer, buttons=Buttons("recorded")):
        (back,) = [each for each in teams_cards.objects(view.card or {}) if each.get("verb") == inbound.REFRESH]
        assert back["title"] == wording.BACK_TO_ANSWER, name
        assert back["data"][inbound.DATA]["record"] == "recorded"


def test_without_a_record_or_in_a_dialog_there_is_no_way_back(trust: PolicyBot):
    answer = trust.ask("", situation="replying-to-complaints")

    for buttons in (Buttons(), Buttons("recorded", in_dialog=True)):
        for _, view in behind(trust, answer, buttons=buttons):
            assert wording.BACK_TO_ANSWER not in teams_cards.titles(view.card or {})


def test_a_page_beyond_the_last_is_the_last(trust: PolicyBot):
    (citation,) = trust.library.cite(trust.organisation, TODAY).citations(["trust/5.4"])
    how: dict[str, Any] = {"on": TODAY}

    assert views.section_message(citation, trust.library, trust.organisation, page=9_999, **how) == (
        views.section_message(citation, trust.library, trust.organisation, page=40, **how)
    )


def test_a_clause_that_needs_the_rider_has_it_wherever_it_stands_without_its_answer(trust: PolicyBot):
    rider = f"{wording.NOTE}: Nothing in a policy or contract can stop you from making a protected disclosure"
    (citation,) = trust.library.cite(trust.organisation, TODAY).citations(["trust/5.3"])

    for view in (
        views.clauses_message("", [citation], trust.library, trust.organisation),
        views.section_message(citation, trust.library, trust.organisation, on=TODAY),
    ):
        assert any(line.startswith(rider) for line in teams_cards.lines(view.card or {}))


def test_a_topic_lists_its_situations_each_with_its_button(trust: PolicyBot):
    card = views.topic_message("media", trust.library, trust.organisation, TODAY).card or {}

    chosen = [each.situation for each in teams_cards.buttons(card) if isinstance(each, actions.Choose)]
    assert chosen
    titles = [trust.library.situations[name].title for name in chosen]
    assert [f"{at}. {title}" for at, title in enumerate(titles, 1)] == [
        line for line in teams_cards.lines(card) if line[0].isdigit()
    ]


def test_the_communications_team_is_named_with_its_contact(trust: PolicyBot):
    card = views.comms_message(trust.library, trust.organisation).card or {}

    assert wording.COMMS in teams_cards.lines(card)
    assert any(line.startswith("The communications team: ") for line in teams_cards.lines(card))


def test_a_sentence_where_a_card_has_to_be_shown_is_a_card(sheds: Library):
    message = views.sentence_message(wording.THANKS, buttons=Buttons("recorded"))

    assert teams_cards.lines(message.card or {}) == [wording.THANKS]
    assert teams_cards.titles(message.card or {}) == [wording.BACK_TO_ANSWER]
    assert teams_cards.problems(message.as_activity()) == []


@pytest.mark.parametrize("heading", ["Sheds", "文" * 20_000, "[x](https://evil.example) " * 900])
def test_a_section_of_any_heading_fits(sheds: Library, heading: str):
    clauses = [a_clause(f"Rule {number}.", id=f"own/{number}", heading=(heading,)) for number in range(90)]
    edition = an_edition(*clauses)
    cited = [Citation(c, edition, Authority.EMPLOYER_POLICY, Wording.VERBATIM, ReviewState.CURRENT) for c in clauses]
    shown = actions.Section(TODAY, "own/1")

    for page in range(5):
        view = views.clauses_message(
            heading, cited, sheds, sheds.organisations["garden"], page=page, shown=shown, buttons=Buttons("r" * 2_000)
        )
        assert view.fits
