"""The bot remembers the last question of a conversation for fifteen minutes, and never what it must not."""

import pytest
from builders import TODAY, a_library, some_packs

from bot import app
from bot.app import REMEMBERED_S, PolicyBot
from bot.model import Outcome
from knowledge.library import Library
from knowledge.people import Organisation

PAINTING = "may i paint the shed green"
FOLLOW_UP = "and what about the planks?"
BULLIED = "my boss screams at me daily"
WITH_NUMBER = "may 999 012 3456 paint the shed green"


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot(sheds: Library, clock: Clock) -> PolicyBot:
    return PolicyBot(sheds, sheds.organisations["garden"], today=lambda: TODAY, monotonic=clock)


def is_remembered(bot: PolicyBot, conversation: str) -> bool:
    """Whether a follow-up finds the question about painting before it."""
    got = bot.ask(FOLLOW_UP, conversation=conversation)
    return got.situation is not None and got.situation.id == "painting-the-shed"


def test_a_follow_up_is_answered_from_the_question_before_it(bot: PolicyBot):
    bot.ask(PAINTING, conversation="a")

    got = bot.ask(FOLLOW_UP, conversation="a")

    assert got.outcome is Outcome.ANSWERED
    assert got.situation is not None
    assert got.situation.id == "painting-the-shed"


def test_a_follow_up_leans_on_a_choice_that_was_picked(bot: PolicyBot):
    bot.ask("", conversation="a", situation="painting-the-shed")

    assert is_remembered(bot, "a")


def test_a_question_is_remembered_for_fifteen_minutes(bot: PolicyBot, clock: Clock):
    bot.ask(PAINTING, conversation="a")
    clock.now += REMEMBERED_S

    assert REMEMBERED_S == 15 * 60
    assert is_remembered(bot, "a")


def test_after_fifteen_minutes_it_is_forgotten(bot: PolicyBot, clock: Clock):
    bot.ask(PAINTING, conversation="a")
    clock.now += REMEMBERED_S + 1

    assert not is_remembered(bot, "a")


def test_each_answer_starts_the_fifteen_minutes_again(bot: PolicyBot, clock: Clock):
    bot.ask(PAINTING, conversation="a")
    for _ in range(3):
        clock.now += REMEMBERED_S - 1
        assert is_remembered(bot, "a")


@pytest.mark.parametrize("text", [BULLIED, WITH_NUMBER, "he has a knife in the shed"])
def test_nothing_is_remembered_after_what_points_at_a_person(bot: PolicyBot, text: str):
    bot.ask(PAINTING, conversation="a")

    bot.ask(text, conversation="a")

    assert not is_remembered(bot, "a")


def test_a_disclosure_itself_is_never_leant_on(bot: PolicyBot):
    bot.ask(BULLIED, conversation="a")

    got = bot.ask("and what about the shed?", conversation="a")

    assert got == bot.ask("and what about the shed?")


def test_an_incomplete_question_in_a_conversation_that_is_not_known_gets_a_choice(bot: PolicyBot):
    got = bot.ask("and what about the shed?", conversation="never-seen")

    assert got.outcome is Outcome.CHOOSE


def test_another_process_does_not_know_the_conversation(sheds: Library, bot: PolicyBot):
    other = PolicyBot(sheds, sheds.organisations["garden"], today=lambda: TODAY, monotonic=Clock())
    bot.ask(PAINTING, conversation="a")

    assert other.ask("and what about the shed?", conversation="a").outcome is Outcome.CHOOSE


def test_conversations_do_not_mix(bot: PolicyBot):
    bot.ask(PAINTING, conversation="a")
    bot.ask("can i put goldfish in the pond", conversation="b")

    in_a, in_b, in_none = (bot.ask("and what about the shed?", conversation=key) for key in ("a", "b", None))

    assert in_a.situation is not None
    assert in_a.situation.id == "painting-the-shed"
    assert in_b != in_a
    assert in_none.outcome is Outcome.CHOOSE


def test_a_question_outside_any_conversation_is_remembered_nowhere(bot: PolicyBot):
    bot.ask(PAINTING)

    assert bot.ask("and what about the shed?").outcome is Outcome.CHOOSE


def test_the_number_of_conversations_is_bounded_and_the_oldest_goes_first(
    bot: PolicyBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(app, "MOST_CONVERSATIONS", 3)
    for key in "abcd":
        bot.ask(PAINTING, conversation=key)

    assert len(bot._conversations) == 3
    assert not is_remembered(bot, "a")
    assert is_remembered(bot, "b")
    assert is_remembered(bot, "d")


def test_a_conversation_that_goes_on_is_not_the_oldest(bot: PolicyBot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(app, "MOST_CONVERSATIONS", 2)
    for key in "abac":
        bot.ask(PAINTING, conversation=key)

    assert not is_remembered(bot, "b")
    assert is_remembered(bot, "a")


def test_old_conversations_leave_the_memory_when_others_speak(bot: PolicyBot, clock: Clock):
    for key in range(50):
        bot.ask(PAINTING, conversation=str(key))
    clock.now += REMEMBERED_S + 1

    bot.ask(PAINTING, conversation="new")

    assert list(bot._conversations) == ["new"]


def test_what_is_remembered_holds_no_text(bot: PolicyBot):
    bot.ask("may i paint the shed green, asks somebody from Llanfairpwll", conversation="a")

    ((_, remembered),) = bot._conversations.values()

    assert "somebody from Llanfairpwll" not in repr(remembered)
    assert remembered.situation == "painting-the-shed"
    assert "own/2" in remembered.clauses


def test_a_day_may_be_given_with_a_question(bot: PolicyBot):
    got = bot.ask(PAINTING, as_of=TODAY.replace(year=2018))

    assert got.on.year == 2018
    assert got.outcome is Outcome.NOT_COVERED


def test_the_clock_that_was_passed_in_says_which_day_it_is(bot: PolicyBot):
    assert bot.ask(PAINTING).on == TODAY


def test_a_new_library_answers_the_next_question_by_its_own_settings(sheds: Library, bot: PolicyBot):
    organisations = """
organisations:
  - {id: garden, name: The New Garden Trust, documents: {own: employer_policy}, default_route: hr}
"""
    library = a_library(some_packs(organisations=organisations))

    bot.replace_library(library)

    got = bot.ask(PAINTING)
    assert got.library == library.digest != sheds.digest
    assert got.routes[-1].id == "hr"
    assert bot.organisation.name == "The New Garden Trust"


def test_a_new_library_that_does_not_know_the_organisation_keeps_its_settings(sheds: Library):
    organisation = Organisation("elsewhere", "Elsewhere", default_route="hr")
    bot = PolicyBot(sheds, organisation, today=lambda: TODAY, monotonic=Clock())

    bot.replace_library(a_library())

    assert bot.organisation == organisation
