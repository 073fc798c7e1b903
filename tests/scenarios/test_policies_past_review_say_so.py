"""promise 50: every answer that cites a document past its review date says so, and its owner is named."""

import io
import random
from collections.abc import Iterator
from datetime import date

import pytest
from builders import TODAY
from rich.console import Console

from adapters import asking
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome, WarningId
from knowledge.library import Library
from knowledge.lint import lint
from knowledge.model import Kind, ReviewState

QUESTIONS = 1_500


def documents_shown(got: Answer) -> Iterator[tuple[str, ReviewState]]:
    for citation in (*got.citations, *got.also, *got.other_views):
        yield citation.edition.document.id, citation.review_state
    if got.document is not None:
        yield got.document.document.id, got.document.review_state(got.on)


def documents_warned_of(got: Answer) -> set[str]:
    clauses = [warned.clause for warned in got.warnings if warned.id is WarningId.REVIEW_OVERDUE]
    return {clause.split("/")[0] if clause else got.document.document.id for clause in clauses}  # type: ignore[union-attr]


def check(got: Answer) -> bool:
    """Whether *got* shows a document past review; it must then be warned of, and no other."""
    overdue = {name for name, state in documents_shown(got) if state is ReviewState.OVERDUE}
    assert documents_warned_of(got) == overdue
    return bool(overdue)


@pytest.mark.parametrize("employer", ["trust", "hee"])
def test_every_situation_is_answered_with_the_warning(shipped: Library, employer: str):
    bot = PolicyBot(shipped, shipped.organisations[employer], today=lambda: TODAY, monotonic=lambda: 0.0)
    situations = [each for each in shipped.situations.values() if each.kind is Kind.POLICY]

    overdue = [check(bot.ask("", situation=situation.id)) for situation in situations]

    assert sum(overdue) > 100


def test_questions_of_all_kinds_are_answered_with_the_warning(trust: PolicyBot):
    phrasings = [phrasing for each in trust.library.situations.values() for phrasing in each.phrasings]
    asked = [trust.ask(text) for text in random.Random(50).sample(phrasings, QUESTIONS)]

    overdue = [check(got) for got in asked]

    assert {got.outcome for got in asked} >= {Outcome.ANSWERED, Outcome.CHOOSE, Outcome.NOT_COVERED}
    assert sum(overdue) > QUESTIONS / 4


@pytest.mark.parametrize("text", ["clause 5.6", "trust/meta", "hee/scope", "section 5", "show me the whole policy"])
def test_a_clause_or_document_that_is_asked_for_by_name_carries_the_warning(trust: PolicyBot, text: str):
    assert check(trust.ask(text))


def test_the_warning_names_the_document_and_the_month(trust: PolicyBot):
    console = Console(file=io.StringIO(), width=10_000)

    console.print(asking.rendered(trust.ask("can I post bake sale photos?")))

    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Social media policy (An NHS hospital trust): This document is past its review date (August 2017)." in said
    assert "Review was due by August 2017: overdue" in said


@pytest.mark.parametrize(("on", "overdue"), [(date(2017, 8, 31), False), (date(2017, 9, 1), True)])
def test_the_trusts_policy_is_overdue_after_august_2017(trust: PolicyBot, on: date, overdue: bool):
    got = trust.ask("trust/5.6", as_of=on)

    assert check(got) == overdue
    assert ("overdue" in wording.edition_line(got.citations[0])) == overdue


def test_a_document_that_states_no_review_is_not_said_to_be_overdue(trust: PolicyBot):
    assert not check(trust.ask("unite/rep/1"))


def test_the_owner_of_each_document_past_review_is_named(shipped: Library):
    found = {f.where: f.what for f in lint(shipped, shipped.organisations["trust"], TODAY) if f.rule == "past-review"}

    overdue = [e for e in shipped.in_force(TODAY) if e.review_state(TODAY) is ReviewState.OVERDUE]
    assert set(found) == {edition.document.id for edition in overdue} >= {"trust", "hee"}
    for edition in overdue:
        assert edition.document.owner in found[edition.document.id]
