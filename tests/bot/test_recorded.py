import json
from datetime import date

import pytest

from bot.app import PolicyBot
from bot.recorded import Unrestorable, record, restore

QUESTIONS = (
    "can I post bake sale photos?",
    "a patient has just followed me on insta",
    "who ok'd the ward having a tiktok",
    "my manager is fiddling the mileage claims",
    "he is hitting her right now",
    "can I post about Mrs Jones of 5 High Street",
    "hello",
    "what is the dose of amoxicillin for a child",
    "how do I claim mileage",
    "5.6",
    "section 4",
    "show me the whole policy",
    "photos",
    "asdkjh qwoeiu",
    "a " * 1500,
)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("employer", ["trust", "hee"])
def test_an_answer_made_again_from_its_record_is_the_same_answer(shipped, question, employer):
    organisation = shipped.organisations[employer]
    answer = PolicyBot(shipped, organisation, today=lambda: date(2026, 11, 20)).ask(question)

    again = restore(json.loads(json.dumps(record(answer))), shipped, organisation)

    assert again == answer


def test_an_answer_to_every_situation_is_made_again_and_fits_a_button(shipped, trust):
    for situation in shipped.situations:
        answer = trust.ask("", situation=situation)
        recorded = json.dumps(record(answer), separators=(",", ":"))

        assert restore(json.loads(recorded), shipped, trust.organisation) == answer
        assert len(recorded) <= 1900


def test_a_record_holds_no_text_of_the_question_or_of_a_clause(trust):
    answer = trust.ask("can I post bake sale photos?")

    recorded = json.dumps(record(answer))

    assert "bake" not in recorded.lower().replace(answer.situation.id, "")
    assert all(citation.clause.text not in recorded for citation in answer.citations)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"outcome": "answered"},
        {"outcome": "answered", "library": "x", "on": "yesterday"},
        {"outcome": "shrugged", "library": "x", "on": "2026-11-20"},
        {"outcome": "answered", "library": "x", "on": "2026-11-20", "situation": "no-such-situation"},
        {"outcome": "answered", "library": "x", "on": "2026-11-20", "citations": [["trust/5.3", "trust", "1999", 1]]},
        {"outcome": "answered", "library": "x", "on": "2026-11-20", "citations": "trust/5.3"},
        {"outcome": "answered", "library": "x", "on": 20261120},
        {"outcome": "answered", "library": "x", "on": "2026-11-20", "routes": [["nobody", None]]},
    ],
)
def test_what_is_no_record_of_an_answer_is_refused(shipped, trust, broken):
    with pytest.raises(Unrestorable):
        restore(broken, shipped, trust.organisation)
