"""Signpost in Microsoft's own client, the Agents Playground: what staff type, click and see."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from serving import ROOT, free_port
from teams_playground import CHANNEL, GROUP, PERSONAL, SHOWN_MS, Client, browser, playground

from bot import wording
from bot.app import PolicyBot
from bot.model import Answer
from knowledge.library import Library
from knowledge.model import Citation

pytestmark = pytest.mark.browser

BAKE_SALE = "can I post bake sale photos?"
AMBIGUOUS = "and what about colleagues?"
DISCLOSURE = "my manager screams at me every day and I am frightened of her"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the shipped product takes activities: without an app id, and so for this machine only."""
    folder, port = tmp_path_factory.mktemp("signpost"), free_port()
    own = {"SIGNPOST_DATABASE_URL": f"sqlite:///{folder}/signpost.db"}
    command = (sys.executable, "-m", "adapters.cli", "serve", "--dev", "--port", str(port))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | own) as process:
        assert process.stderr is not None
        try:
            said = list(until("Signpost answers at", process.stderr))
            assert process.poll() is None, said
            yield f"http://127.0.0.1:{port}/api/messages"
        finally:
            process.terminate()
            logged = process.stderr.read()
        assert " ERROR " not in logged


def until(said: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines up to the one that says so; all of them where none does."""
    for line in lines:
        yield line
        if said in line:
            return


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as launched:
        yield launched


@pytest.fixture
def client(chromium: Browser, served: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Client]:
    """The page of a Playground whose people have never asked anything."""
    with playground(served, tmp_path) as address:
        opened = Client(chromium.new_page(), address)
        yield opened
        opened.picture(request.node.name)
        opened.page.close()


@pytest.fixture
def trust(shipped: Library) -> PolicyBot:
    """What the product should say today: which contacts are current depends on the day."""
    return PolicyBot(shipped, shipped.organisations["trust"], today=date.today, monotonic=lambda: 0.0)


@pytest.fixture
def bake_sale(trust: PolicyBot) -> Answer:
    return trust.ask(BAKE_SALE)


def holds(card: Locator, *texts: str) -> None:
    """Wait until the card holds the texts, whole; white space is as HTML has it."""
    for text in texts:
        expect(card).to_contain_text(text, timeout=SHOWN_MS)


def clauses(citations: Iterable[Citation]) -> list[str]:
    return [citation.clause.text for citation in citations]


def test_a_question_in_the_personal_chat_gets_the_clause_and_nothing_else_was_said(client: Client, bake_sale: Answer):
    client.open(PERSONAL)
    client.say(BAKE_SALE)

    card = client.card(wording.heading(bake_sale))
    holds(card, *clauses(bake_sale.leading), wording.clause_name(bake_sale.leading[0]))
    assert client.page.locator(".ac-adaptiveCard").count() == 1
    client.picture("teams-playground-answer", conversation=1100)


def test_a_mention_in_a_channel_is_answered_in_its_thread(client: Client, bake_sale: Answer):
    client.open(CHANNEL)
    client.mention(BAKE_SALE)

    card = client.card(wording.heading(bake_sale))
    holds(card, *clauses(bake_sale.leading))


def test_a_mention_in_a_group_chat_is_answered_there(client: Client, bake_sale: Answer):
    client.open(GROUP)
    client.mention(BAKE_SALE)

    card = client.card(wording.heading(bake_sale))
    holds(card, *clauses(bake_sale.leading))


def test_a_folded_part_unfolds(client: Client, bake_sale: Answer):
    client.open(PERSONAL)
    client.say(BAKE_SALE)
    card = client.card(wording.heading(bake_sale))
    folded = card.get_by_text(wording.ALSO, exact=True)
    expect(folded).to_be_hidden()

    card.get_by_role("button", name=wording.FOLDED["also"].format(count=len(bake_sale.also))).click()

    expect(folded).to_be_visible()
    assert all(" ".join(text.split()) in " ".join(card.inner_text().split()) for text in clauses(bake_sale.also))


def test_a_button_shows_the_whole_section_and_another_leads_back(client: Client, bake_sale: Answer):
    client.open(PERSONAL)
    client.say(BAKE_SALE)

    client.card(wording.heading(bake_sale)).get_by_role("button", name=wording.SHOW_SECTION).first.click()
    section = client.card("Whole section")
    holds(section, *clauses(bake_sale.leading[:1]))
    section.get_by_role("button", name=wording.BACK_TO_ANSWER).click()

    holds(client.card(wording.heading(bake_sale)), *clauses(bake_sale.leading))


def test_a_button_says_how_to_reach_the_comms_team(client: Client, bake_sale: Answer):
    client.open(PERSONAL)
    client.say(BAKE_SALE)

    client.card(wording.heading(bake_sale)).get_by_role("button", name=wording.ASK_COMMS).click()

    client.sees(wording.COMMS)


def test_one_of_several_situations_is_chosen(client: Client, trust: PolicyBot):
    offered = trust.ask(AMBIGUOUS)
    picked = trust.ask("", situation=offered.choices[0].situation)
    client.open(PERSONAL)
    client.say(AMBIGUOUS)

    choices = client.card(wording.heading(offered))
    holds(choices, *(choice.title for choice in offered.choices))
    choices.get_by_role("button", name=wording.CHOOSE_ONE).first.click()

    holds(client.card(wording.clause_name(picked.leading[0])), *clauses(picked.leading))


def test_a_disclosure_in_a_channel_is_answered_in_the_personal_chat(client: Client, trust: PolicyBot):
    answer = trust.ask(DISCLOSURE)
    client.open(CHANNEL)
    client.mention(DISCLOSURE)

    client.sees(wording.ANSWERED_PRIVATELY)
    assert client.page.locator(".ac-adaptiveCard").count() == 0
    client.picture("teams-playground-disclosure", conversation=510)
    client.open(PERSONAL)
    card = client.card(wording.heading(answer))

    holds(card, *(wording.route_line(route) for route in answer.routes))


def test_a_clause_is_found_and_sent_in_a_group_chat(client: Client, shipped: Library):
    trust = shipped.organisations["trust"]
    (clause,) = shipped.cite(trust, date.today()).citations(["trust/5.4"])
    client.open(GROUP)

    client.find("5.4").filter(has_text="5.4").first.click()
    client.send()

    card = client.card(wording.clause_name(clause))
    holds(card, clause.clause.text)
    assert card.get_by_role("button").count() == 0
    client.picture("teams-playground-clause", conversation=390)


def test_feedback_is_taken_with_its_reason(client: Client, bake_sale: Answer):
    client.open(PERSONAL)
    client.say(BAKE_SALE)

    card = client.card(wording.heading(bake_sale))
    card.get_by_role("button", name=wording.UNHELPFUL, exact=True).click()
    card.get_by_text(wording.REASONS["wrong_clause"]).click()
    card.get_by_role("button", name=wording.SEND, exact=True).click()

    client.sees(wording.THANKS)


def test_whatever_is_said_leads_somewhere(client: Client, trust: PolicyBot):
    client.open(PERSONAL)

    for said in ("hello", "flurble grommet wobbulator", "help"):
        client.say(said)
        answer = trust.ask(said)
        holds(client.card(wording.heading(answer)), *wording.lead_lines(answer))

    assert client.page.locator(".ac-adaptiveCard").count() == 3
