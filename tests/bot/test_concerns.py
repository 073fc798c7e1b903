"""Danger and disclosures are recognised by words of danger and by example."""

import pytest
from builders import SENSITIVE, a_library, some_packs

from bot import concerns
from bot.concerns import Concern
from knowledge.library import Library

DANGERS = (
    "I want to kill myself",
    "she says she is going to kill herself",
    "I can't go on and I want to end it all",
    "he wants to end his life today, he is suicidal",
    "I don't want to be here any more",
    "everyone would be better off dead, me first",
    "a patient is self-harming in the bathroom",
    "I keep cutting myself",
    "I cut my wrists last night",
    "he told me that he will hang himself",
    "she has taken an overdose",
    "my brother threatened to stab me",
    "he's going to shoot someone",
    "my neighbour is not breathing",
    "a visitor is being attacked",
    "there's a man who has a gun",
    "I DON’T WANT TO LIVE",
)

SUBJECTS = (
    "may I post about suicide awareness week",
    "where is the training on self-harm",
    "we are making a film about a suicidal student",
    "is there a policy on self harm",
    "fundraising for a suicide prevention charity",
)


def recognised(library: Library, text: str, *, numbered: bool = False) -> Concern | None:
    matches = library.matcher.match(library.matcher.read(text))
    return concerns.recognise(text, matches, library.matcher.calibration, numbered=numbered)


@pytest.mark.parametrize("text", DANGERS)
def test_words_of_danger_are_danger(sheds: Library, text: str):
    got = recognised(sheds, text)

    assert got == Concern(sheds.situations["in-danger"], danger=True)


@pytest.fixture(scope="module")
def without() -> Library:
    """A library that describes no disclosure."""
    files = some_packs()
    del files["situations/sensitive.yaml"]
    return a_library(files)


@pytest.mark.parametrize("text", DANGERS)
def test_danger_needs_no_example_in_the_library(without: Library, text: str):
    got = recognised(without, text)

    assert got is not None
    assert got.danger


@pytest.mark.parametrize("text", SUBJECTS)
def test_a_word_of_danger_as_a_subject_is_no_danger(without: Library, text: str):
    assert recognised(without, text) is None


@pytest.mark.parametrize(
    ("text", "situation"),
    [
        ("the head gardener bullies me", "bullied"),
        ("my boss screams at me daily", "bullied"),
        ("she humiliates me in front of the others", "bullied"),
        ("there is a fire in the shed", "in-danger"),
    ],
)
def test_a_disclosure_is_recognised_by_example(sheds: Library, text: str, situation: str):
    got = recognised(sheds, text)

    assert got is not None
    assert got.situation.id == situation
    assert got.danger == (situation == "in-danger")


@pytest.mark.parametrize(
    "text", ["do i lock the shed", "may i paint the shed green", "can i put goldfish in the pond", "my wages are wrong"]
)
def test_an_ordinary_question_is_no_disclosure(sheds: Library, text: str):
    assert recognised(sheds, text) is None


@pytest.mark.parametrize("text", ["", "?", "xyzzy plugh", "12345"])
def test_a_message_of_which_not_a_word_is_known_is_no_disclosure(sheds: Library, text: str):
    assert recognised(sheds, text) is None
    assert recognised(sheds, text, numbered=True) is None


def test_with_somebodys_number_in_it_less_is_enough(sheds: Library):
    text = "she painted the shed and the planks green, she keeps the padlock"
    thresholds = 'sensitive_from: "0.99"\nsensitive_elsewhere_from: "0.99"\nsensitive_numbered_from: "0"\n'
    cautious = a_library(some_packs(calibration=thresholds))

    assert recognised(cautious, text) is None
    assert recognised(cautious, text, numbered=True) is not None


def test_a_library_without_disclosures_recognises_none_by_example(without: Library):
    assert recognised(without, "my boss screams at me daily") is None


def test_danger_in_a_library_without_a_situation_of_danger_is_still_danger():
    only_bullying = SENSITIVE[: SENSITIVE.index("  - id: in-danger")]
    library = a_library(some_packs(situations__sensitive=only_bullying))

    got = recognised(library, "I want to kill myself")

    assert got is not None
    assert got.danger
