"""However staff type a word, it is the same search term; words that turn a rule round are never dropped."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.terms import STOP_WORDS, Speller, fold, sentences, stem, stems, terms, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PHOTOS", "photos"),
        ("café", "cafe"),
        ("ﬁlming", "filming"),
        ("ｐｈｏｔｏ", "photo"),
        ("don't", "dont"),
        ("don’t", "dont"),
        ("don´t", "dont"),
        ("don`t", "dont"),
        ("realize", "realise"),
        ("organization", "organisation"),
        ("apologizing", "apologising"),
        ("soooooo", "soo"),
        ("Weiß", "weiss"),
    ],
)
def test_one_word_typed_in_two_ways_is_one_word(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize("word", ["size", "prize", "seize", "amazing", "citizen"])
def test_a_word_that_is_written_with_z_everywhere_keeps_it(word: str) -> None:
    assert words(word) == [word]


@pytest.mark.parametrize("word", ["not", "no", "never", "without"])
def test_a_word_that_turns_a_rule_round_is_a_search_term(word: str) -> None:
    assert stem(word) in terms(f"may I {word} post")


def test_forms_of_a_word_are_one_term_and_stop_words_are_none() -> None:
    assert terms("I was posting the photographs") == terms("post a photograph")
    assert terms("can I") == []
    assert stems("can I post") == ["can", "i", "post"]


@given(st.text())
def test_words_are_plain_letters_and_digits_whatever_is_typed(text: str) -> None:
    assert all(set(word) <= set(string.ascii_lowercase + string.digits) for word in words(text))
    assert all(words(word) == [word] for word in words(text))


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_sentences_lose_no_letter(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_sentences_end_at_stops_and_lines() -> None:
    assert sentences("One. Two? Three\nfour! e.g. 5.10") == ["One.", "Two?", "Three", "four!", "e.g.", "5.10"]


SPELLER = Speller(["photograph", "photo", "facebook", "post", "shed", "confidentiality"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("phtoo", "photo"),
        ("photoo", "photo"),
        ("phot", "photo"),
        ("pbotograpgh", "photograph"),
        ("confidentialty", "confidentiality"),
        ("facebok", "facebook"),
    ],
)
def test_a_word_the_library_has_never_seen_becomes_the_nearest_that_it_has(typed: str, meant: str) -> None:
    assert SPELLER.correct(typed) == meant


@pytest.mark.parametrize("word", ["photo", "owl", "sh", "2015", "phxxx", "would", "greenhouse"])
def test_known_short_numeric_and_far_words_stay_as_they_are(word: str) -> None:
    assert SPELLER.correct(word) == word


def test_of_equally_near_words_the_commoner_wins() -> None:
    assert Speller(["mode", "node"]).correct("xode") == "mode"
    assert Speller(["node", "mode"]).correct("xode") == "node"


def test_a_speller_without_words_corrects_nothing() -> None:
    assert Speller([]).correct("photograph") == "photograph"


def test_stop_words_are_folded_words() -> None:
    assert all(words(word) == [word] for word in STOP_WORDS)
