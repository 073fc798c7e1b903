"""promise 49: clinical questions are refused, and none is answered with a clause."""

import pytest
from builders import TODAY
from sentences import read

from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome, WarningId
from knowledge.library import Library
from knowledge.model import Kind

CLINICAL = read("clinical_questions")


@pytest.fixture(scope="module")
def answers(shipped: Library) -> dict[str, Answer]:
    bot = PolicyBot(shipped, shipped.organisations["trust"], today=lambda: TODAY, monotonic=lambda: 0.0)
    return {text: bot.ask(text) for text in CLINICAL}


def test_there_are_a_hundred_and_none_is_a_phrasing_of_the_library(shipped: Library):
    phrasings = {phrasing.casefold() for each in shipped.situations.values() for phrasing in each.phrasings}

    assert len(CLINICAL) == 100
    assert not {text.casefold() for text in CLINICAL} & phrasings


def test_clinical_questions_are_refused(answers: dict[str, Answer]):
    let_through = [text for text, got in answers.items() if got.outcome not in (Outcome.NOT_COVERED, Outcome.HELP)]

    assert len(let_through) <= 0.02 * len(answers), let_through


def test_none_is_answered_with_a_clause(answers: dict[str, Answer]):
    answered = [text for text, got in answers.items() if got.citations]

    assert answered == []


def test_most_are_told_why_and_where_to_go(answers: dict[str, Answer]):
    told = [got for got in answers.values() if WarningId.CLINICAL in {warned.id for warned in got.warnings}]

    assert len(told) > 0.5 * len(answers)
    for got in told:
        assert got.elsewhere is not None
        assert got.elsewhere.name
        assert wording.lead_lines(got) == [wording.CLINICAL.format(name=got.elsewhere.name)]
        assert got.also == ()


def test_every_clinical_subject_of_the_library_is_sent_away(trust: PolicyBot):
    clinical = [each for each in trust.library.situations.values() if each.clinical]

    assert len(clinical) >= 10
    for situation in clinical:
        got = trust.ask("", situation=situation.id)

        assert situation.kind is Kind.ELSEWHERE
        assert got.outcome is Outcome.NOT_COVERED
        assert WarningId.CLINICAL in {warned.id for warned in got.warnings}
        assert situation.go_to
        assert situation.answers == situation.also == ()
