"""A message is matched to the situation that it describes, with probabilities that can be compared."""

import pytest
from builders import a_library, some_packs
from hypothesis import given
from hypothesis import strategies as st

from knowledge.library import Library
from knowledge.matching import Calibration, Matcher, Matches, lessons
from knowledge.model import Kind
from knowledge.thesaurus import Thesaurus

SHEDS = a_library()


def matched(text: str, library: Library = SHEDS) -> Matches:
    return library.matcher.match(library.matcher.read(text))


@pytest.mark.parametrize("situation", SHEDS.matcher.situations, ids=lambda s: s.id)
def test_a_phrasing_finds_its_situation(situation: object) -> None:
    found = [matched(phrasing).ranked[0].situation for phrasing in situation.phrasings]  # type: ignore[attr-defined]

    assert set(found) == {situation}


@pytest.mark.parametrize(
    ("text", "situation"),
    [
        ("Hi, the shed was never locked last night, who should have done it?", "locking-the-shed"),
        ("PAINTING TEH SHED", "painting-the-shed"),
        ("a goldfsh for the pnd", "fish-in-the-pond"),
        ("my payslip is wrong", "elsewhere-wages"),
        ("The head gardener screams at me and I feel humiliated.", "bullied"),
        ("good morning!", "help-greeting"),
    ],
)
def test_other_words_typing_errors_and_stories_find_it_too(text: str, situation: str) -> None:
    assert matched(text).ranked[0].situation.id == situation


@given(st.text(max_size=200))
def test_probabilities_add_up_to_one_and_fall_whatever_is_typed(text: str) -> None:
    found = matched(text)

    probabilities = [match.probability for match in found.ranked]
    assert sum(probabilities) == pytest.approx(1)
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(found.by_kind.values()) == pytest.approx(1)
    assert {match.situation.id for match in found.ranked} == set(SHEDS.situations)


def test_a_kinds_probability_is_that_of_its_situations_and_its_matches_stay_in_order() -> None:
    found = matched("shed")

    policy = found.of_kind(Kind.POLICY)

    assert [match.situation.kind for match in policy] == [Kind.POLICY] * 3
    assert found.by_kind[Kind.POLICY] == pytest.approx(sum(match.probability for match in policy))
    assert [m for m in found.ranked if m in policy] == list(policy)


def test_a_message_that_shares_no_word_prefers_no_situation() -> None:
    found = matched("quarterly zeppelin audit")

    assert len({match.probability for match in found.ranked}) == 1


def test_the_same_message_always_gives_the_same_answer() -> None:
    assert matched("paint the shed") == matched("paint the shed") == matched("paint the shed", a_library())


def test_a_library_without_situations_matches_nothing() -> None:
    empty = Matcher.build((), Thesaurus.of({}), Calibration())

    found = empty.match(empty.read("do I lock the shed"))

    assert found.ranked == ()
    assert set(found.by_kind.values()) == {0.0}


def test_a_reading_corrects_stems_and_tells_how_much_it_knows() -> None:
    reading = SHEDS.matcher.read("Can I lcok the zeppelin?")

    assert reading.stems == ("can", "i", "lock", "the", "zeppelin")
    assert reading.terms == ("lock", "zeppelin")
    assert reading.known == 0.5


def test_a_reading_counts_different_terms_once() -> None:
    assert SHEDS.matcher.read("shed shed sheds pond").distinct == 2


@pytest.mark.parametrize("text", ["", "???", "the of and", "👍"])
def test_a_message_without_content_is_read_as_knowing_nothing(text: str) -> None:
    reading = SHEDS.matcher.read(text)

    assert (reading.terms, reading.known) == ((), 0.0)


def test_staffs_words_find_a_situation_through_the_thesaurus() -> None:
    thesaurus = "entries:\n  - {policy_word: shed, staff_words: [outhouse, potting hut]}\n"
    library = a_library(some_packs(thesaurus=thesaurus))

    found = [matched(text, library).ranked[0].situation.id for text in ("lock the outhouse", "lock the potting hut")]

    assert found == ["locking-the-shed"] * 2


def test_a_kind_with_few_phrasings_makes_each_of_them_count_more() -> None:
    learnt = lessons(SHEDS.matcher.situations)

    of_kind = {classes[1]: weight for classes, weight in zip(learnt.classes, learnt.importance, strict=True)}

    counts = {kind: [classes[1] for classes in learnt.classes].count(kind) for kind in of_kind}
    assert sorted(counts, key=lambda kind: counts[kind]) == sorted(of_kind, key=lambda kind: -of_kind[kind])


def test_weights_of_the_calibration_decide_what_counts() -> None:
    only_terms = Calibration(bm25=5.0, linear=0.0, kind=0.0)
    nothing = Calibration(bm25=0.0, linear=0.0, kind=0.0)

    by_terms = Matcher.build(SHEDS.matcher.situations, SHEDS.matcher.thesaurus, only_terms)
    by_nothing = Matcher.build(SHEDS.matcher.situations, SHEDS.matcher.thesaurus, nothing)

    first = by_terms.index.search(by_terms.read("goldfish").terms, 1)[0].position
    assert by_terms.match(by_terms.read("goldfish")).ranked[0].situation is by_terms.situations[first]
    assert len({match.probability for match in by_nothing.match(by_nothing.read("goldfish")).ranked}) == 1
