"""Modals and App Home: nothing is lost between pages, and every button leads on."""

import json
from collections.abc import Iterator
from typing import Any

import block_kit
import pytest
import slack_screens
from builders import TODAY, a_clause, an_edition

from adapters import actions
from adapters.slack import render, views
from adapters.slack.views import View
from bot import feedback, wording
from bot.app import PolicyBot
from bot.model import Outcome, WarningId
from knowledge.library import Library
from knowledge.model import Authority, Citation, Kind, ReviewState, Wording

SHOWN = actions.Show("rest", TODAY, ("own/1",))


def citations(*texts: str) -> list[Citation]:
    edition = an_edition(*(a_clause(text, id=f"own/{at}") for at, text in enumerate(texts)))
    return [
        Citation(clause, edition, Authority.EMPLOYER_POLICY, Wording.VERBATIM, ReviewState.NOT_STATED)
        for clause in edition.clauses
    ]


def all_pages(sheds: Library, cited: list[Citation]) -> Iterator[View]:
    """What one sees who turns every page, from the first on."""
    garden = sheds.organisations["garden"]
    page: int | None = 0
    while page is not None:
        view = views.clauses_modal("The clauses", cited, sheds, garden, page=page, shown=SHOWN)
        yield view
        turns = [each for each in slack_screens.buttons(view) if isinstance(each, actions.More)]
        page = next((turn.page for turn in turns if turn.page > page), None)


def quoted(view: View) -> str:
    quotes = (each for each in block_kit.objects(view) if each.get("type") == "rich_text_quote")
    return "".join(text for quote in quotes for text in block_kit.texts(quote))


@pytest.mark.parametrize(
    "texts",
    [
        ["One rule."],
        [f"Rule {number}. " * 40 for number in range(60)],
        [f"Rule {number}." for number in range(300)],
        ["A long rule. " * 1_538],
        ["Short.", "🦉 " * 10_000, "Short again."],
        ["A rule beyond all measure. " * 5_000],
    ],
)
def test_turning_every_page_shows_every_clause_whole_and_in_order(sheds: Library, texts: list[str]):
    shown = list(all_pages(sheds, citations(*texts)))

    assert "".join(map(quoted, shown)) == "".join(texts)
    for view in shown:
        assert block_kit.problems(view) == []
        assert len(json.dumps(view)) < 250_000


def test_a_page_says_which_it_is_and_leads_to_its_neighbours(sheds: Library):
    shown = list(all_pages(sheds, citations(*["Rule. " * 500] * 12)))

    assert len(shown) == 3
    turns = [[each.page for each in slack_screens.buttons(view) if isinstance(each, actions.More)] for view in shown]
    assert turns == [[1], [0, 2], [1]]
    for at, view in enumerate(shown, 1):
        assert wording.PAGE.format(page=at, pages=3) in list(block_kit.texts(view))


def test_a_page_past_the_end_is_the_last(sheds: Library):
    cited, garden = citations("One rule."), sheds.organisations["garden"]

    assert views.clauses_modal("It", cited, sheds, garden, page=99, shown=SHOWN) == views.clauses_modal(
        "It", cited, sheds, garden, shown=SHOWN
    )


def test_a_long_title_of_a_modal_stands_whole(sheds: Library):
    title = "What the shed is for " * 20

    view = views.clauses_modal(title, citations("One rule."), sheds, sheds.organisations["garden"])

    assert next(block_kit.texts(view["blocks"])) == title
    assert block_kit.problems(view) == []


def test_a_section_is_shown_as_on_the_day_with_every_clause_of_its_heading(trust: PolicyBot):
    citation = trust.library.cite(trust.organisation, TODAY).citation("trust/dont/5")
    assert citation is not None

    view = views.section_modal(citation, trust.library, trust.organisation, on=TODAY)

    expected = [c.text for c in citation.edition.clauses if c.heading[0] == "Do not"]
    assert quoted(view) == "".join(expected)
    assert len(expected) == 10
    assert wording.SHOW_SECTION_OF.format(heading="Do not") in list(block_kit.texts(view))


def test_an_answer_in_a_modal_is_the_answer_of_a_message(trust: PolicyBot):
    for _, answer in slack_screens.answers(trust.library, trust.organisation):
        view = views.answer_modal(answer, trust.library, trust.organisation)

        assert view["blocks"] == list(render.message(answer, trust.library, trust.organisation).blocks)


def test_every_situation_of_every_topic_can_be_picked_from_app_home(trust: PolicyBot):
    library, organisation = trust.library, trust.organisation

    home = slack_screens.buttons(views.home(library, organisation, TODAY))
    picked = [
        each.situation
        for topic in home
        if isinstance(topic, actions.Topic)
        for each in slack_screens.buttons(views.topic_modal(topic.topic, library, organisation, TODAY))
        if isinstance(each, actions.Choose)
    ]

    assert len(home) == 17
    assert sorted(picked) == sorted(s.id for s in library.situations.values() if s.kind is Kind.POLICY)
    assert all(trust.ask("", situation=name).outcome is Outcome.ANSWERED for name in picked)


def test_app_home_names_every_route_and_every_edition_newest_first(trust: PolicyBot):
    library = trust.library

    text = "\n".join(block_kit.texts(views.home(library, trust.organisation, TODAY)))

    assert all(route.name in text and route.contact.text in text for route in library.routes.values())
    newest = sorted(library.editions, key=lambda each: each.effective.first_day, reverse=True)
    places = [text.index(f"{each.document.title} ({each.document.issuer})") for each in newest]
    assert places == sorted(places)
    assert all(wording.edition_dates(each) in text for each in newest)


def test_app_home_says_who_can_read_what_is_typed(trust: PolicyBot):
    text = "\n".join(block_kit.texts(views.home(trust.library, trust.organisation, TODAY)))

    assert "Your employer can read messages in its workspace." in text
    assert all(line in text for line in wording.HOME_READ_LINES)


def test_the_search_box_asks_on_enter_and_says_what_to_leave_out(trust: PolicyBot):
    view = views.home(trust.library, trust.organisation, TODAY)

    (box,) = [block for block in view["blocks"] if block["type"] == "input"]
    assert box["dispatch_action"] is True
    assert box["element"]["dispatch_action_config"] == {"trigger_actions_on": ["on_enter_pressed"]}
    assert box["hint"]["text"] == wording.QUESTION_HINT
    assert actions.decode(box["element"]["action_id"], "may I?") == actions.Ask("may I?")


def test_the_reasons_are_offered_each_with_its_value(trust: PolicyBot):
    counted = next(s.id for s in trust.library.situations.values() if feedback.counts(s))

    view = views.reasons_modal(counted)

    element: dict[str, Any] = view["blocks"][0]["element"]
    offered = [actions.decode(element["action_id"], option["value"]) for option in element["options"]]
    assert offered == [actions.Reason(counted, reason) for reason in actions.REASONS]
    assert set(wording.REASONS) == set(actions.REASONS)


def test_there_are_words_for_every_part_that_can_be_shown():
    assert set(wording.FOLDED) == set(wording.FOLDED_TITLES) == set(actions.PARTS)


def test_the_comms_team_is_shown_with_its_contact(trust: PolicyBot):
    text = "\n".join(block_kit.texts(views.comms_modal(trust.library, trust.organisation)))

    assert trust.library.routes["comms_team"].name in text
    assert wording.NO_CONTACT in text


@pytest.mark.parametrize("name", ["sensitive", "danger", "identifiable"])
def test_a_modal_for_what_people_are_to_be_told_has_nothing_to_press(trust: PolicyBot, name: str):
    view = views.answer_modal(trust.ask(slack_screens.ASKED[name]), trust.library, trust.organisation)

    assert slack_screens.buttons(view) == []


def test_a_folded_clause_that_forbids_raising_concerns_carries_the_rider(shipped, trust):
    organisation = trust.organisation
    citer = shipped.cite(organisation, trust.today())
    rider = wording.WARNINGS[WarningId.SPEAKING_UP_RIDER]

    forbidding = views.clauses_modal("", citer.citations(["trust/5.3"]), shipped, organisation)
    other = views.clauses_modal("", citer.citations(["trust/do/8"]), shipped, organisation)
    section = views.section_modal(citer.citations(["trust/5.3"])[0], shipped, organisation, on=trust.today())

    assert rider in json.dumps(forbidding)
    assert rider in json.dumps(section)
    assert rider not in json.dumps(other)
