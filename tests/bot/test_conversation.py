"""Follow-ups, and two questions in one message."""

import pytest
from builders import TODAY, a_library, some_packs

from bot import conversation
from bot.model import Remembered
from knowledge.library import Library
from knowledge.model import Kind


def leans(library: Library, text: str) -> bool:
    return conversation.leans_on_earlier(text, library.matcher.read(text))


def remembered(library: Library, text: str, situation: str) -> Remembered:
    return Remembered(situation, (), library.matcher.read(text).terms)


@pytest.mark.parametrize(
    "text",
    [
        "and what about colleagues?",
        "what about the pond",
        "How about on Sundays?",
        "ok and if she agrees?",
        "what if it is green",
        "but even if it's locked?",
        "same for volunteers?",
        "would that be different?",
        "why not",
        "who should I ask then",
        "or if they say yes",
        "thanks, and at night?",
    ],
)
def test_a_message_that_opens_like_a_follow_up_and_says_little_leans_on_the_one_before(sheds: Library, text: str):
    assert leans(sheds, text)


@pytest.mark.parametrize(
    "text",
    [
        "do I lock the shed",
        "may I paint the shed green",
        "can I ask about the pond",
        "what colour may I paint the shed",
        "what if the owl is inside the shed at night and the padlock on the door is broken and nobody has the key",
        "and so I painted the planks green, put goldfish in the pond, locked the padlock and the door",
        "",
    ],
)
def test_a_whole_question_leans_on_nothing(sheds: Library, text: str):
    assert not leans(sheds, text)


def test_a_follow_up_is_read_with_the_terms_before_it(sheds: Library):
    before = remembered(sheds, "may i paint the shed green", "painting-the-shed")

    reading, matches = conversation.follow_up(sheds.matcher.read("and at night?"), before, sheds)

    assert set(before.terms) <= set(reading.terms)
    assert matches.of_kind(Kind.POLICY)[0].situation.id == "painting-the-shed"


def test_what_a_follow_up_says_itself_counts_for_more(sheds: Library):
    before = remembered(sheds, "may i paint the shed green", "painting-the-shed")

    _, matches = conversation.follow_up(sheds.matcher.read("and what about goldfish in the pond?"), before, sheds)

    assert matches.of_kind(Kind.POLICY)[0].situation.id == "fish-in-the-pond"


def both(library: Library, text: str) -> set[str]:
    found = conversation.two_questions(text, library, library.organisations["garden"], TODAY)
    return {match.situation.id for match in found}


@pytest.mark.parametrize(
    "text",
    [
        "may i paint the shed green? can i put goldfish in the pond?",
        "may i paint the shed green and can i put goldfish in the pond",
        "can i put goldfish in the pond? also may i paint the shed green?",
        "May i paint the shed green?\nCan i put goldfish in the pond?",
    ],
)
def test_two_plain_questions_are_both_found(sheds: Library, text: str):
    assert both(sheds, text) == {"painting-the-shed", "fish-in-the-pond"}


@pytest.mark.parametrize(
    "text",
    [
        "may i paint the shed green",
        "may i paint the shed green? repainting the planks of the shed?",
        "may i paint the shed green? thanks?",
        "may i paint the shed green and lock it",
        "may i paint the shed green? my wages are wrong this month?",
        "may i paint the shed green? " + "can i put goldfish in the pond or not because i do not know " * 4 + "?",
    ],
)
def test_what_is_no_two_plain_questions_is_left_whole(sheds: Library, text: str):
    assert both(sheds, text) == set()


def test_two_questions_with_one_answer_are_one_question():
    situations = """
topic: sheds
title: Sheds
situations:
  - {id: lock, title: Lock, answers: [own/1], phrasings: [do i lock the shed, padlock on the shed, shed left open]}
  - {id: keys, title: Keys, answers: [own/1], phrasings: [who keeps the shed keys, keys lost at night, spare keys]}
"""
    library = a_library(some_packs(situations__sheds=situations))

    assert both(library, "do i lock the shed at night? who keeps the spare shed keys?") == set()
