"""Staff's words and the policy's words find each other, and nothing else does."""

from knowledge.index import bm25
from knowledge.terms import terms
from knowledge.thesaurus import Thesaurus

PRESS = Thesaurus.of({"media": ["journalist", "press", "news desk"], "colleague": ["mate", "press officer"]})


def found(question: str, text: str, thesaurus: Thesaurus = PRESS) -> bool:
    """Whether *question* finds a passage that says *text*."""
    index = bm25([thesaurus.expand(terms(text)), ["something", "else"]])
    return [hit.position for hit in index.search(thesaurus.expand(terms(question)))] == [0]


def test_a_policys_word_is_found_by_staffs_word_and_the_other_way_round() -> None:
    assert found("a journalist rang", "requests from the media")
    assert found("the media rang", "talking to journalists")


def test_staffs_words_for_one_thing_find_each_other() -> None:
    assert found("journalists", "the press")


def test_words_of_two_groups_do_not_meet() -> None:
    assert not found("my mate", "the media")


def test_two_words_are_one_name_only_side_by_side() -> None:
    assert found("the news desk rang", "requests from the media")
    assert not found("news of an oak desk", "requests from the media")
    assert not found("desk news", "requests from the media")


def test_a_word_may_stand_in_two_groups() -> None:
    expanded = PRESS.expand(terms("press officer"))

    assert {"=media", "=colleague"} <= set(expanded)


def test_words_keep_their_places_and_gain_only_shared_terms() -> None:
    expanded = PRESS.expand(terms("mate lock shed"))

    assert expanded == ["mate", "lock", "shed", "=colleague"]


def test_a_shared_term_meets_no_word_that_somebody_can_type() -> None:
    assert not any(shared in terms(f"{shared} {shared[1:]}") for groups in PRESS.groups.values() for shared in groups)


def test_every_word_of_the_thesaurus_can_be_spelt() -> None:
    assert {"journalist", "officer", "desk", "colleague"} <= set(PRESS.words)


def test_an_empty_thesaurus_changes_nothing() -> None:
    assert Thesaurus.of({}).expand(["a", "b"]) == ["a", "b"]
