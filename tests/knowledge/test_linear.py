"""The linear model learns the classes of short texts, the same way every time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import linear
from knowledge.linear import Lessons, features, train
from knowledge.terms import stems

TEXTS = (
    ("do i lock the shed", 0),
    ("shed left open overnight", 0),
    ("padlock for the door", 0),
    ("may i paint the fence", 1),
    ("a coat of green paint", 1),
    ("fence needs a new colour", 1),
    ("goldfish in the pond", 2),
    ("can koi live in our pond", 2),
)


def some_lessons(**changes: tuple[float, ...]) -> Lessons:
    """Eight texts of three classes, all as important as one another."""
    importance = changes.get("importance", (1.0,) * len(TEXTS))
    return Lessons(tuple(text for text, _ in TEXTS), tuple((c,) for _, c in TEXTS), importance, 3)


def scores(text: str, lessons: Lessons | None = None) -> np.ndarray:
    return train(lessons or some_lessons()).scores(features(stems(text)))


@pytest.mark.parametrize(("text", "of_class"), TEXTS)
def test_a_learnt_text_scores_best_in_its_own_class(text: str, of_class: int) -> None:
    assert scores(text).argmax() == of_class


@pytest.mark.parametrize(("text", "of_class"), [("the shed door", 0), ("paint it green", 1), ("our pond", 2)])
def test_a_new_text_is_told_by_the_words_it_shares(text: str, of_class: int) -> None:
    assert scores(text).argmax() == of_class


def test_a_text_without_a_known_word_scores_nothing() -> None:
    assert not scores("quarterly zeppelin audit").any()
    assert scores("").tolist() == [0, 0, 0]


def test_nothing_learnt_scores_nothing() -> None:
    model = train(Lessons((), (), (), 3))

    assert model.scores({"shed"}).tolist() == [0, 0, 0]


def test_what_is_learnt_is_ridge_regression() -> None:
    """Against the exact solution. The trained one stops early and drops weights below a fortieth of a sure match.

    A few of those add up in so small a library; 0.05 is a tenth of what the right class scores.
    """
    laid_out = linear.design(some_lessons())
    rows = laid_out.matrix.toarray().astype(float)
    dual = np.linalg.solve(rows @ rows.T + np.diag(laid_out.penalty), laid_out.target)
    expected = rows @ rows.T @ dual

    got = [scores(text) for text, _ in TEXTS]

    np.testing.assert_allclose(got, expected, atol=0.05)


def test_a_lesson_of_greater_importance_is_learnt_better() -> None:
    heavier = some_lessons(importance=(5.0, *(1.0,) * 7))

    assert scores(TEXTS[0][0], heavier)[0] > scores(TEXTS[0][0])[0] + 0.05


def test_training_twice_gives_the_same_weights() -> None:
    one, other = train(some_lessons()), train(some_lessons())

    np.testing.assert_array_equal(one.weights.weights, other.weights.weights)
    assert one.weights.columns == other.weights.columns


def test_scores_do_not_depend_on_the_order_in_which_features_come() -> None:
    """To the last bit: the order of a set differs from process to process, and answers may not."""
    model = train(some_lessons())
    known = list(model.weights.columns)

    of_each_order = {model.scores([*known[n:], *known[:n]]).tobytes() for n in range(len(known))}

    assert len(of_each_order) == 1


def test_features_are_words_and_neighbours_with_the_ends_marked() -> None:
    assert features(["lock", "shed"]) == {"lock", "shed", "^ lock", "lock shed", "shed $"}
    assert features([]) == {"^ $"}


@given(st.lists(st.sampled_from(["lock", "paint", "pond", "owl"]), max_size=8))
def test_scores_are_finite_for_every_message(words: list[str]) -> None:
    assert np.isfinite(MODEL.scores(features(words))).all()


MODEL = train(some_lessons())
