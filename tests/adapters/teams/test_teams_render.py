"""An answer in Teams holds what every answer holds, within Teams' limits, and each clause whole."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import slack_screens
import teams_cards
import teams_screens
from builders import TODAY, a_clause, an_edition

from adapters import actions
from adapters.teams import cards, citing, inbound, render
from adapters.teams.cards import Buttons, Run
from adapters.teams.render import Message
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Choice, Outcome
from knowledge.library import Library
from knowledge.model import Authority, Citation, PrintedDate, ReviewState, Wording
from knowledge.people import Organisation

GARDEN = Organisation("garden", "The Garden Trust")
EVERYWHERE = "https://intranet.example/policies"


def a_citation(text: str = "You must lock the shed.", name: str = "own/1", **changes: Any) -> Citation:
    clause = a_clause(text, id=name, **changes)
    edition = an_edition(clause)
    return Citation(clause, edition, Authority.EMPLOYER_POLICY, Wording.VERBATIM, ReviewState.NOT_STATED)


def an_answer(*cited: Citation, outcome: Outcome = Outcome.ANSWERED, **parts: Any) -> Answer:
    return Answer(outcome, "digest", TODAY, citations=cited, **parts)


def a_card(answer: Answer, library: Library, organisation: Organisation = GARDEN, **how: Any) -> dict[str, Any]:
    card = render.message(answer, library, organisation, **how).card
    assert card is not None
    return card


def bold(card: teams_cards.Card) -> list[str]:
    """The bold runs of the quotations."""
    quotes = (each for each in teams_cards.objects(card) if each.get("style") == "emphasis")
    return [run["text"] for quote in quotes for run in teams_cards.objects(quote) if run.get("weight") == "Bolder"]


def everything(shipped: Library) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every activity for the staff of each organisation, with every link that there can be."""
    for organisation in shipped.organisations.values():
        urls = {edition.document.id: EVERYWHERE for edition in shipped.editions}
        yield from teams_screens.activities(shipped, replace(organisation, source_urls=urls))


def test_teams_takes_every_message_and_view(shipped: Library):
    found = {}
    for name, activity in everything(shipped):
        found |= dict.fromkeys(teams_cards.problems(activity), name)

    assert found == {}


def test_microsofts_own_library_reads_every_part_of_every_card(shipped: Library):
    every = [(name, activity["attachments"][0]["content"]) for name, activity in everything(shipped)]
    citer = shipped.cite(shipped.organisations["trust"], TODAY)
    every += [(name, result["content"]) for name, result in teams_screens.inserted(shipped, citer.organisation)]

    assert teams_cards.parse_problems(every) == []


def test_what_teams_would_refuse_is_noticed():
    button = Buttons().press("Helpful", actions.Helpful("a"))
    block = {"type": "TextBlock", "text": "**policy**", "wrap": True}
    card = cards.card([block, {"type": "ActionSet", "actions": [button] * 7}, cards.folded("part", [block])], "text")
    activity = Message("text", "summary", card).as_activity()

    said = teams_cards.problems(activity | {"text": "text"})
    parsed = teams_cards.parse_problems(
        [("bad", card | {"body": [*card["body"], block | {"colour": 1}, {"type": "Nope"}]})]
    )

    assert "a text beside the card" in said
    assert "7 actions in a row" in said
    assert "nothing shows part" in said
    assert any("**policy**" in each for each in said)
    assert any("Nope" in each for each in parsed)
    assert any("colour is not read" in each for each in parsed)


def test_a_message_is_never_larger_than_teams_takes_however_many_clauses_there_are(sheds: Library):
    for count in (1, 2, 6, 20, 150):
        for size in (50, 2_000, 9_000, 20_000):
            cited = [a_citation("文x " * (size // 3), f"own/{number}") for number in range(count)]
            answer = an_answer(*cited, also=tuple(cited), near=frozenset())
            record = teams_screens.recorded(answer)

            for message in render.messages(answer, sheds, GARDEN, record=record, refresh_for=teams_screens.ASKER):
                assert teams_cards.problems(message.as_activity()) == [], (count, size)
                assert message.fits


def test_what_does_not_fit_of_many_clauses_stands_behind_one_button(sheds: Library):
    cited = [a_citation(f"Rule {number}.", f"own/{number}") for number in range(1, 21)]

    card = a_card(an_answer(*cited), sheds)

    (rest,) = [each for each in teams_cards.buttons(card) if isinstance(each, actions.Show)]
    assert teams_cards.quotations(card) == [f"Rule {number}." for number in range(1, 7)]
    assert rest.clauses == tuple(f"own/{number}" for number in range(7, 21))
    assert "Show the other clauses (14)" in teams_cards.titles(card)


def test_other_parts_stand_folded_in_the_card_under_buttons_that_say_how_much_there_is(trust: PolicyBot):
    answer = trust.ask("", situation="replying-to-complaints")

    card = a_card(answer, trust.library, trust.organisation)

    assert teams_cards.titles(card) == [
        *(wording.SHOW_SECTION, "Also applies (3)", "What other documents say (1)"),
        *(wording.ASK_COMMS, wording.HELPFUL, wording.UNHELPFUL, wording.SEND),
    ]
    hidden = {each["id"]: each for each in teams_cards.objects(card) if each.get("isVisible") is False}
    assert list(hidden) == ["also", "others", "reasons"]
    for part, cited in (("also", answer.also), ("others", answer.differing)):
        folded = {"type": "AdaptiveCard", "body": [hidden[part]]}
        assert teams_cards.quotations(folded) == [citation.clause.text for citation in cited]
        assert teams_cards.lines(folded)[0] == wording.FOLDED_TITLES[part]


def test_a_part_that_has_no_room_in_the_card_is_asked_for(sheds: Library):
    cited = [a_citation("The shed. " * 600, f"own/{number}") for number in range(4)]

    card = a_card(an_answer(cited[0], also=tuple(cited[1:])), sheds)

    assert actions.Show("also", TODAY, ("own/1", "own/2", "own/3")) in teams_cards.buttons(card)
    assert "Also applies (3)" in teams_cards.titles(card)
    assert len(teams_cards.quotations(card)) == 1


def test_an_exception_is_bold_and_named_in_words(sheds: Library):
    text = "Lock the shed at night, unless the owl is inside. Feed the owl."
    citation = a_citation(text, exceptions=("unless the owl is inside",))

    message = render.message(an_answer(citation), sheds, GARDEN)
    card = message.card or {}

    assert bold(card) == ["unless the owl is inside"]
    assert teams_cards.quotations(card) == [text]
    announced = f"{wording.EXCEPTION}: “unless the owl is inside”"
    assert announced in teams_cards.lines(card)
    assert announced in message.text


def test_a_review_that_is_overdue_is_said_in_words(sheds: Library):
    edition = an_edition(a_clause(), review_by=PrintedDate("2020-08"))
    late = edition.review_state(TODAY + timedelta(days=1))
    citation = replace(a_citation(), edition=edition, review_state=late)

    said = teams_cards.lines(a_card(an_answer(citation), sheds))

    assert any("Review was due by August 2020: overdue." in line for line in said)


@pytest.mark.parametrize("name", ["sensitive", "danger", "identifiable", "help"])
def test_where_people_are_to_be_told_there_is_nothing_to_press(trust: PolicyBot, name: str):
    answer = trust.ask(slack_screens.ASKED[name])

    card = a_card(answer, trust.library, trust.organisation, record="recorded")

    assert teams_cards.titles(card) == []
    assert teams_cards.quotations(card) == []
    assert all(any(route.name in line for line in teams_cards.lines(card)) for route in answer.routes)


def test_danger_comes_before_all_else(trust: PolicyBot):
    message = render.message(trust.ask(slack_screens.ASKED["danger"]), trust.library, trust.organisation)

    assert teams_cards.lines(message.card or {})[0] == wording.DANGER
    assert message.text.startswith(wording.DANGER)
    assert message.summary.startswith(wording.DANGER)


@pytest.mark.parametrize("topic", ["raising-concerns", "sensitive", "elsewhere", "help"])
def test_no_feedback_is_asked_for_where_none_may_be_counted(trust: PolicyBot, topic: str):
    for situation in trust.library.situations.values():
        if situation.topic == topic:
            card = a_card(trust.ask("", situation=situation.id), trust.library, trust.organisation)

            assert not {wording.HELPFUL, wording.UNHELPFUL} & set(teams_cards.titles(card))


def test_choices_keep_their_whole_titles_and_each_has_its_button(sheds: Library):
    choices = (Choice("short", "A shed"), Choice("long", "A very long story about a shed " * 5))

    card = a_card(an_answer(outcome=Outcome.CHOOSE, choices=choices), sheds)

    said = teams_cards.lines(card)
    assert [f"{at}. {choice.title}" for at, choice in enumerate(choices, 1)] == [s for s in said if s[1:3] == ". "]
    assert teams_cards.buttons(card) == [actions.Choose("short"), actions.Choose("long")]
    pressed = [each for each in teams_cards.objects(card) if each.get("type") == "Action.Execute"]
    assert [(each["title"], each["tooltip"]) for each in pressed] == [("Choose", "Choose 1"), ("Choose", "Choose 2")]


@pytest.mark.parametrize("kind", ["Action.Execute", "Action.Submit"])
def test_every_button_comes_back_as_what_it_stands_for_with_the_record(trust: PolicyBot, kind: str):
    answer = trust.ask("", situation="replying-to-complaints")
    record = teams_screens.recorded(answer)
    card = a_card(answer, trust.library, trust.organisation, record=record)
    pressed = [each for each in teams_cards.objects(card) if each.get("type") == kind]

    came = [inbound.executed(an_invoke(each["data"] | {render.REASON: "not_clear"})) for each in pressed]

    assert [each.action for each in came if isinstance(each, inbound.Clicked)] == [
        actions.Section(answer.on, answer.leading[0].clause.id),
        actions.Comms(),
        actions.Helpful("replying-to-complaints"),
        actions.Reason("replying-to-complaints", "not_clear"),
    ]
    assert {each.record for each in came} == {record}


def an_invoke(told: dict[str, Any], verb: str = "section") -> dict[str, Any]:
    """An Action.Execute as Teams sends it."""
    return {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "id": "f:1",
        "serviceUrl": "https://smba.trafficmanager.net/uk/",
        "from": {"id": "29:asker"},
        "recipient": {"id": "28:bot"},
        "conversation": {"id": "19:chat"},
        "value": {"action": {"type": "Action.Execute", "verb": verb, "data": told}},
    }


def test_the_reasons_are_those_that_are_counted_and_a_choice_among_them_comes_with_the_button(trust: PolicyBot):
    card = a_card(trust.ask("", situation="replying-to-complaints"), trust.library, trust.organisation)

    (picked,) = [each for each in teams_cards.objects(card) if each.get("type") == "Input.ChoiceSet"]

    assert picked["id"] == "reason"
    assert tuple(sorted(choice["value"] for choice in picked["choices"])) == actions.REASONS
    assert {choice["title"] for choice in picked["choices"]} == set(wording.REASONS.values())
    assert "isRequired" not in picked


def test_teams_fetches_the_card_anew_for_the_asker_alone_and_gets_the_same_one(trust: PolicyBot):
    answer = trust.ask("", situation="replying-to-complaints")
    record = teams_screens.recorded(answer)

    card = a_card(answer, trust.library, trust.organisation, record=record, refresh_for="29:asker")

    assert card["refresh"]["userIds"] == ["29:asker"]
    action = card["refresh"]["action"]
    came = inbound.executed(an_invoke(action["data"], action["verb"]))
    assert isinstance(came, inbound.Refreshed)
    assert came.record == record


@pytest.mark.parametrize(("record", "refresh_for"), [("", "29:asker"), ("recorded", ""), ("x" * 2_001, "29:asker")])
def test_without_a_record_that_fits_nothing_is_fetched_anew(sheds: Library, record: str, refresh_for: str):
    card = a_card(an_answer(a_citation()), sheds, record=record, refresh_for=refresh_for)

    assert "refresh" not in card
    assert "x" * 2_001 not in json.dumps(card)


def test_in_a_dialog_all_buttons_submit(trust: PolicyBot):
    for _, answer in slack_screens.answers(trust.library, trust.organisation):
        card = a_card(answer, trust.library, trust.organisation, in_dialog=True)

        assert "Action.Execute" not in json.dumps(card)
        assert "Input.ChoiceSet" not in json.dumps(card)


def test_the_card_says_in_text_what_it_shows_for_clients_that_cannot_draw_it(trust: PolicyBot):
    for situation in trust.library.situations.values():
        answer = trust.ask("", situation=situation.id)
        message = render.message(answer, trust.library, trust.organisation)

        expected = [wording.heading(answer), *wording.lead_lines(answer), *wording.beside(answer)]
        expected += [citation.clause.text for citation in answer.leading] if not answer.choices else []
        expected += [wording.clause_name(c) for c in answer.leading] if not answer.choices else []
        expected += [wording.route_line(route) for route in answer.routes]
        assert all(each in message.text for each in expected)
        assert (message.card or {})["fallbackText"] == cards.escaped(message.text)


def test_a_summary_is_the_answer_and_a_clause_in_it_is_whole(trust: PolicyBot):
    for _, answer in slack_screens.answers(trust.library, trust.organisation):
        summary = render.message(answer, trust.library, trust.organisation).summary

        assert wording.heading(answer) in summary
        assert len(summary) <= 1_000
        for citation in [] if answer.choices else answer.leading[:1]:
            assert wording.clause_name(citation) in summary
            assert ("“" in summary) <= (f"“{citation.clause.text}”" in summary)


def test_a_summary_takes_little_room_in_any_script():
    assert len(json.dumps(citing.short("文" * 20_000))) < 2_100
    assert len(citing.short("x" * 20_000)) == 1_000


def test_the_clauses_shown_are_listed_as_citations_and_nothing_is_called_ai(sheds: Library):
    cited = [a_citation(f"Rule {number}. " * 40, f"own/{number}", heading=("Sheds " * 30,)) for number in range(1, 4)]
    organisation = replace(GARDEN, source_urls={"own": EVERYWHERE})

    (entity,) = render.message(an_answer(*cited), sheds, organisation).entities

    assert entity["@type"] == "Message"
    assert [claim["position"] for claim in entity["citation"]] == [1, 2, 3]
    first = entity["citation"][0]["appearance"]
    assert (len(first["name"]), len(first["abstract"])) == (80, 160)
    assert first["url"] == EVERYWHERE
    assert "additionalType" not in entity


def test_no_more_than_twenty_citations_are_listed():
    cited = [a_citation(name=f"own/{number}") for number in range(30)]

    (entity,) = citing.entities(cited, GARDEN)

    assert len(entity["citation"]) == 20


def test_a_document_is_opened_once_at_the_organisations_own_source(trust: PolicyBot):
    organisation = replace(trust.organisation, source_urls={"trust": EVERYWHERE})

    card = a_card(trust.ask("section 5"), trust.library, organisation)

    links = [each["url"] for each in teams_cards.objects(card) if each.get("type") == "Action.OpenUrl"]
    assert links == [EVERYWHERE]
    assert teams_cards.titles(card).count(wording.SHOW_SECTION) == 1


def test_a_whole_document_is_opened_at_its_source_and_its_clauses_here(trust: PolicyBot):
    organisation = replace(trust.organisation, source_urls={"trust": EVERYWHERE})

    card = a_card(trust.ask("show me the whole policy"), trust.library, organisation)

    assert teams_cards.titles(card)[:2] == [wording.OPEN_DOCUMENT, "Show its clauses (57)"]


def test_a_sentence_of_ours_is_plain_text_without_a_card():
    activity = render.said(wording.ANSWERED_PRIVATELY).as_activity()

    assert activity == {
        "type": "message",
        "text": wording.ANSWERED_PRIVATELY,
        "textFormat": "plain",
        "summary": wording.ANSWERED_PRIVATELY,
    }


def test_a_paragraph_is_divided_without_losing_a_character():
    runs = [Run("a b " * 4_000), Run("c😀" * 3_000, bold=True), Run("")]

    elements = cards.rich(*runs)

    found = [run for element in elements for run in element["inlines"]]
    assert "".join(run["text"] for run in found) == "".join(run.text for run in runs)
    assert "".join(run["text"] for run in found if "weight" in run) == runs[1].text
    assert all(cards.size(element) < 9_000 for element in elements)
