"""promise 30: on the page, in the terminal and in JSON a clause is the library's clause, byte for byte.

The escaping of each surface: character references on the page; in the terminal lines broken at spaces, and
inside a word only where it is longer than the line; JSON's own.
"""

import html as html_entities
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from builders import TODAY, a_clause
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pages import MakeClient, Page, a_visitor
from rich.console import Console

from adapters import asking
from adapters.cli import signpost
from adapters.web import addresses, application
from adapters.web.reading import exceptions_marked
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome
from knowledge.library import Library
from knowledge.model import Citation, Kind


async def test_every_clause_stands_at_its_permanent_address(aiohttp_client: MakeClient, trust: PolicyBot):
    client = await aiohttp_client(application.build(trust))

    for edition, clause in trust.library.passages:
        response = await client.get(addresses.of_clause(edition, clause))
        page = Page(await response.text())

        assert response.status == 200, clause.id
        assert page.one("p", kind="text").text == clause.text
        source = page.one("p", kind="source").text
        assert edition.document.title in source
        assert wording.edition_dates(edition) in source


async def test_every_document_page_holds_every_clause_in_order(aiohttp_client: MakeClient, trust: PolicyBot):
    client = await aiohttp_client(application.build(trust))

    for edition in trust.library.editions:
        response = await client.get(addresses.of_edition(edition))
        page = Page(await response.text())

        assert response.status == 200
        assert [text.text for text in page.all("p", kind="text")] == [clause.text for clause in edition.clauses]
        links = [page.all("a", within=source)[0].attributes["href"] for source in page.all("p", kind="source")]
        assert links == [addresses.of_clause(edition, clause) for clause in edition.clauses]


def test_no_two_clauses_share_an_address(shipped: Library):
    found = [addresses.of_clause(edition, clause) for edition, clause in shipped.passages]

    assert len(set(found)) == len(found) == len(shipped.passages)


async def test_every_card_of_every_answer_shows_a_clause_and_leads_to_it(aiohttp_client: MakeClient, trust: PolicyBot):
    visitor = await a_visitor(aiohttp_client, trust)
    at = {addresses.of_clause(edition, clause): clause for edition, clause in trust.library.passages}
    shown = set()

    for situation in trust.library.situations.values():
        if situation.kind is not Kind.POLICY:
            continue
        _, page = await visitor.ask(situation=situation.id)
        for card in page.all("div", kind="clause"):
            text, source = page.all("p", kind="text", within=card)[0], page.all("p", kind="source", within=card)[0]
            clause = at[page.all("a", within=source)[0].attributes["href"] or ""]
            assert text.text == clause.text
            shown.add(clause.id)

    assert len(shown) > 100


def test_json_holds_the_clause(shipped: Library, tmp_path: Path):
    ids = [clause.id for _, clause in shipped.passages]
    asked = tmp_path / "clauses.jsonl"
    asked.write_text("".join(json.dumps({"id": name, "question": name}) + "\n" for name in ids))

    done = CliRunner().invoke(signpost, ["ask", "--batch", str(asked)])

    assert done.exit_code == 0
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ids
    for answer, (edition, clause) in zip(answers, shipped.passages, strict=True):
        (cited,) = answer["citations"]
        assert cited["text"] == clause.text
        assert (cited["clause"], cited["document"], cited["edition"]) == (clause.id, edition.document.id, edition.label)
        assert cited["effective"] == edition.effective.printed


def test_the_terminal_shows_the_clause_broken_at_spaces_only(trust: PolicyBot):
    for _, clause in trust.library.passages:
        answer = trust.ask(clause.id)
        (citation,) = answer.citations

        assert _card(answer, width=200) == _said(citation)


@pytest.mark.parametrize("width", [30, 60, 80])
def test_a_narrow_terminal_breaks_long_web_addresses_and_loses_no_character(trust: PolicyBot, width: int):
    for _, clause in trust.library.passages:
        answer = trust.ask(clause.id)
        (citation,) = answer.citations

        assert _card(answer, width).replace(" ", "") == _said(citation).replace(" ", "")


words = st.text(st.characters(categories=("L", "N", "P", "S", "M"), max_codepoint=0x24F), min_size=1, max_size=12)


@given(st.lists(words, min_size=1, max_size=30).map(" ".join))
def test_the_terminal_changes_no_text_at_all(sheds: Library, text: str):
    citation = sheds.cite(sheds.organisations["garden"], TODAY).citation("own/2")
    assert citation is not None
    citation = replace(citation, clause=replace(citation.clause, text=text, exceptions=(text[:3].strip(),)))
    answer = Answer(Outcome.ANSWERED, sheds.digest, TODAY, citations=(citation,))

    assert _card(answer, 1_000) == _said(citation)


@given(st.data(), st.text(st.sampled_from("ab <>&\"'strong;#x/"), min_size=1, max_size=40))
def test_pointing_out_exceptions_changes_no_text(data: st.DataObject, text: str):
    cuts = st.integers(0, len(text)).flatmap(
        lambda a: st.integers(0, len(text)).map(lambda b: text[min(a, b) : max(a, b)])
    )
    exceptions = tuple(filter(None, data.draw(st.lists(cuts, max_size=3))))

    marked = str(exceptions_marked(a_clause(text, exceptions=exceptions)))

    assert html_entities.unescape(re.sub(r"</?strong>", "", marked)) == text
    assert Page(f"<p>{marked}</p>").one("p").text == text
    assert bool(exceptions) == ("<strong>" in marked)


def _card(answer: Answer, width: int) -> str:
    """The text of the only clause's card, its broken lines joined again."""
    console = Console(file=io.StringIO(), width=width)
    console.print(asking.rendered(answer))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    inside = [line.removeprefix("│ ").removesuffix("│").strip() for line in lines if line.startswith("│")]
    return " ".join(inside)


def _said(citation: Citation) -> str:
    stance = wording.STANCES[citation.clause.stance]
    return f"{stance} {citation.clause.text} {wording.clause_name(citation)}. {wording.edition_line(citation)}"
