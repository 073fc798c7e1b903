"""One answer, the same facts on both platforms: what a message shows, and what its buttons show."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import block_kit
import pytest
import slack_screens
import teams_cards
import teams_screens
from builders import TODAY

from adapters import actions
from adapters.slack import render as slack
from adapters.slack import views as slack_views
from adapters.teams import render as teams
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer
from knowledge.library import Library
from knowledge.people import Organisation

_NUMBER = re.compile(r"[0-9]+\. ")
# Where in a long list a page stands, and what stands on a button in one of the two and in a heading of the other.
_FURNITURE = {wording.OPEN_DOCUMENT, wording.ASK_COMMS}
PAGES = range(8)
_FURNITURE_BEGINS = (wording.PAGE.split("{")[0],)


def in_slack(answer: Answer, library: Library, organisation: Organisation) -> set[str]:
    """Every line of the message and of the modals that its buttons open."""
    blocks = list(slack.message(answer, library, organisation).blocks)
    shown = list(_lines(blocks))
    citer = library.cite(organisation, answer.on)
    for clicked in slack_screens.buttons(blocks):
        match clicked:
            case actions.Show(part, _, ids):
                title, cited = wording.FOLDED_TITLES[part], citer.citations(ids)
                for page in PAGES:
                    view = slack_views.clauses_modal(title, cited, library, organisation, page=page, shown=clicked)
                    shown += _lines(view)
            case actions.Section(on, clause):
                found = citer.citation(clause)
                assert found is not None
                for page in PAGES:
                    shown += _lines(slack_views.section_modal(found, library, organisation, on=on, page=page))
            case actions.Comms():
                shown += _lines(slack_views.comms_modal(library, organisation))
            case actions.Unhelpful(situation):
                shown += _lines(slack_views.reasons_modal(situation))
    return _facts(shown)


def _lines(shown: Any) -> Iterator[str]:
    for block in shown["blocks"] if isinstance(shown, dict) else shown:
        match block:
            case {"type": "rich_text", "elements": elements}:
                for element in elements:
                    inside = element["elements"] if element["type"] == "rich_text_list" else [element]
                    yield from ("".join(run.get("text", "") for run in line["elements"]) for line in inside)
            case {"type": "context", "elements": elements}:
                yield from (element["text"] for element in elements)
            case {"type": "input", "label": label, "element": element}:
                yield from (label["text"], *(option["text"]["text"] for option in element["options"]))
            case {"text": text}:
                yield text["text"]


def in_teams(answer: Answer, library: Library, organisation: Organisation) -> set[str]:
    """Every line of the card, folded ones too, and of the cards that its buttons show."""
    posted = teams.messages(answer, library, organisation)
    behind = [message for _, message in teams_screens.behind(answer, library, organisation)]
    return _facts(line for message in (*posted, *behind) for line in teams_cards.lines(message.card or {}))


def _facts(lines: Any) -> set[str]:
    found = {_NUMBER.sub("", line, count=1) for line in lines}
    return {line for line in found - _FURNITURE if not line.startswith(_FURNITURE_BEGINS)}


def pressed(found: list[actions.Action]) -> set[actions.Action]:
    """The buttons that both have to have; what stands folded and the reasons are reached in different ways."""
    kinds = (actions.Choose, actions.Section, actions.Comms, actions.Helpful)
    return {each for each in found if isinstance(each, kinds)}


@pytest.fixture(params=["trust", "hee"])
def organisation(shipped: Library, request: pytest.FixtureRequest) -> Organisation:
    # With sources set, Slack gives a clause's name a line of its own, as Teams always does.
    found = shipped.organisations[request.param]
    urls = {edition.document.id: f"https://intranet.example/{edition.document.id}" for edition in shipped.editions}
    return replace(found, source_urls=urls, contacts={"comms_team": "comms@trust.example"})


def test_every_answer_holds_the_same_facts_in_slack_and_in_teams(shipped: Library, organisation: Organisation):
    different: dict[str, object] = {}
    for name, answer in slack_screens.answers(shipped, organisation):
        there, here = in_slack(answer, shipped, organisation), in_teams(answer, shipped, organisation)
        if there != here:
            different[name] = (sorted(there - here), sorted(here - there))

    assert different == {}


def test_the_facts_are_those_of_the_answer(shipped: Library, organisation: Organisation):
    for name, answer in slack_screens.answers(shipped, organisation):
        cited = () if answer.choices else (*answer.leading, *(c for _, part in wording.further(answer) for c in part))
        expected = {wording.heading(answer), *wording.lead_lines(answer)}
        expected |= {f"{wording.NOTE}: {note}" for note in wording.beside(answer)}
        expected |= {choice.title for choice in answer.choices}
        expected |= {f"{route.name}: {wording.reached(route)}" for route in answer.routes}
        for citation in cited:
            clause, authority = citation.clause, wording.AUTHORITIES[citation.authority]
            expected |= {clause.text, f"{wording.STANCES[clause.stance]} · {authority}"}
            expected |= {wording.clause_name(citation), wording.edition_line(citation)}
            expected |= {wording.exception_line(clause.exceptions)} if clause.exceptions else set()

        shown = in_teams(answer, shipped, organisation)

        assert _facts(expected) <= shown, name


def test_every_answer_has_the_same_buttons_in_slack_and_in_teams(shipped: Library, organisation: Organisation):
    for name, answer in slack_screens.answers(shipped, organisation):
        blocks = list(slack.message(answer, shipped, organisation).blocks)
        card = teams.message(answer, shipped, organisation).card

        assert pressed(slack_screens.buttons(blocks)) == pressed(teams_cards.buttons(card or {})), name


def test_a_fact_that_is_left_out_would_be_noticed(shipped: Library, organisation: Organisation):
    answer = PolicyBot(shipped, organisation, today=lambda: TODAY).ask("", situation="replying-to-complaints")
    less = replace(answer, also=())

    assert in_slack(answer, shipped, organisation) != in_teams(less, shipped, organisation)
    assert in_slack(less, shipped, organisation) != in_teams(answer, shipped, organisation)


def test_the_lines_of_slack_are_all_its_texts(shipped: Library, organisation: Organisation):
    answer = PolicyBot(shipped, organisation, today=lambda: TODAY).ask("", situation="replying-to-complaints")
    blocks = [b for b in slack.message(answer, shipped, organisation).blocks if b["type"] != "actions"]

    assert "".join(_lines(blocks)) == "".join(block_kit.texts(blocks))
