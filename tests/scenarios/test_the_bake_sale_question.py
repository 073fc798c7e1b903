"""The first question of all: photographs of a bake sale get the rule with its exception, and what else applies."""

import pytest

from bot.app import PolicyBot
from bot.model import Outcome, WarningId
from knowledge.model import Authority, Stance

ASKED = (
    "can I post bake sale photos?",
    "Can I post photos of our bake sale?",
    "can i put pictures from the ward bake sale on facebook",
    "we had a cake sale, may I share the photos online",
    "posting bakesale pics on insta ok?",
    "is it okay to tweet pictures of the charity bake sale in the foyer",
)


@pytest.mark.parametrize("text", ASKED)
def test_the_rule_is_shown_with_its_exception_and_what_else_applies(trust: PolicyBot, text: str):
    got = trust.ask(text)

    assert got.outcome is Outcome.ANSWERED
    (lead, *_) = got.leading
    assert lead.clause.id == "trust/dont/5"
    assert [citation.clause.id for citation in got.also] == ["trust/do/5", "trust/do/6"]


def test_the_exception_is_part_of_the_rule_that_is_shown(trust: PolicyBot):
    (lead, *_) = trust.ask(ASKED[0]).leading

    assert lead.clause.stance is Stance.MUST_NOT
    (*_, consent) = lead.clause.exceptions
    assert "bake sale" in consent
    assert "consent" in consent
    assert consent in lead.clause.text


def test_the_answer_is_the_employers_policy_with_its_edition_and_its_review(trust: PolicyBot):
    got = trust.ask(ASKED[0])

    assert got.leading[0].authority is Authority.EMPLOYER_POLICY
    assert got.leading[0].edition.label == "1.0"
    assert got.leading[0].edition.effective.printed == "2015-08"
    assert WarningId.REVIEW_OVERDUE in {warned.id for warned in got.warnings}
    assert WarningId.NOT_EMPLOYER_POLICY not in {warned.id for warned in got.warnings}


def test_there_is_somebody_to_go_to(trust: PolicyBot):
    assert trust.ask(ASKED[0]).routes
