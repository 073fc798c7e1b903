"""What is suggested is answered by the employer's own clauses, and asking for it by its title finds it."""

import pytest
from builders import TODAY

from bot.app import PolicyBot
from bot.model import Outcome
from bot.suggestions import suggested
from knowledge.library import Library


@pytest.mark.parametrize("organisation", ["trust", "hee"])
def test_asking_for_a_suggestion_by_its_title_gives_its_own_answer(shipped: Library, organisation: str):
    bot = PolicyBot(shipped, shipped.organisations[organisation], today=lambda: TODAY)

    choices = suggested(shipped, bot.organisation, TODAY)

    assert len(choices) == 4
    for choice in choices:
        answer = bot.ask(choice.title)
        assert answer.outcome is Outcome.ANSWERED
        picked = bot.ask("", situation=choice.situation)
        assert answer.situation == picked.situation
        assert [c.clause for c in answer.leading] == [c.clause for c in picked.leading]
        assert answer.leading[0].authority.is_employers


@pytest.mark.parametrize("organisation", ["trust", "hee"])
def test_no_topic_is_suggested_twice_and_the_suggestions_stay_the_same(shipped: Library, organisation: str):
    employer = shipped.organisations[organisation]

    choices = suggested(shipped, employer, TODAY, count=8)

    topics = [shipped.situations[choice.situation].topic for choice in choices]
    assert len(set(topics)) == len(topics)
    assert choices == suggested(shipped, employer, TODAY, count=8)
    assert choices[:4] == suggested(shipped, employer, TODAY)


def test_a_situation_that_only_others_answer_is_not_suggested(sheds: Library):
    choices = suggested(sheds, sheds.organisations["garden"], TODAY)

    assert [choice.situation for choice in choices] == ["locking-the-shed"]


def test_nothing_is_suggested_where_nothing_is_in_force(sheds: Library):
    assert suggested(sheds, sheds.organisations["garden"], TODAY.replace(year=1999)) == ()
