"""What is clicked comes back as what it stood for, and nothing that Signpost did not give is taken for it."""

from datetime import date

import pytest
from builders import TODAY
from hypothesis import given
from hypothesis import strategies as st

from adapters.actions import (
    MOST_VALUE,
    PARTS,
    REASONS,
    Action,
    Ask,
    Choose,
    Comms,
    Helpful,
    More,
    Reason,
    Section,
    Share,
    Show,
    Topic,
    Unhelpful,
    action_id,
    decode,
)

ids = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)
days = st.dates(date(1900, 1, 1), date(2999, 12, 31))
shows = st.builds(Show, st.sampled_from(PARTS), days, st.lists(ids, min_size=1, max_size=6).map(tuple))
sections = st.builds(Section, days, ids)
topics = st.builds(Topic, ids)
texts = st.text(min_size=1).filter(lambda text: text.strip() != "" and len(text) < MOST_VALUE)
clicks = st.one_of(
    *(st.builds(kind, ids) for kind in (Choose, Helpful, Unhelpful)),
    *(shows, sections, topics, st.just(Comms())),
    st.builds(More, st.integers(0, 9_999), st.one_of(shows, sections, topics)),
    st.builds(Reason, ids, st.sampled_from(REASONS)),
    *(st.builds(kind, texts) for kind in (Share, Ask)),
)


@given(clicks, st.one_of(st.just(""), st.integers(0, 99)))
def test_what_is_clicked_comes_back_as_what_it_stood_for(click: Action, place: int | str):
    assert decode(action_id(click, place), click.encode()) == click


@pytest.mark.parametrize(
    ("clicked_id", "value"),
    [
        ("signpost.choose", ""),
        ("signpost.choose", "two words"),
        ("signpost.choose", "x" * (MOST_VALUE + 1)),
        ("signpost.nothing", "x"),
        ("other.choose", "x"),
        ("signpost.choose.1.2.3", "x"),
        ("", ""),
        ("signpost.comms", "x"),
        ("signpost.show", "also 2026-11-20"),
        ("signpost.show", "all 2026-11-20 trust/1"),
        ("signpost.show", "also 20-11-2026 trust/1"),
        ("signpost.show", "also 2026-13-40 trust/1"),
        ("signpost.show", "also 2026-11-20 trust/1,"),
        ("signpost.section", "2026-11-20"),
        ("signpost.reason", "bake-sale because"),
        ("signpost.more", "-1 topic:media"),
        ("signpost.more", "1 choose:media"),
        ("signpost.more", "01 topic:media"),
        ("signpost.topic", "%zz"),
        ("signpost.topic", "%ff"),
        ("signpost.share", " "),
        ("signpost.ask", "\n"),
    ],
)
def test_nothing_else_is_taken_for_a_click(clicked_id: str, value: str):
    with pytest.raises(ValueError, match=r"."):
        decode(clicked_id, value)


@given(st.text(max_size=60), st.text(max_size=200))
def test_whatever_comes_it_is_a_click_or_a_value_error(clicked_id: str, value: str):
    for each in (clicked_id, "signpost.show", "signpost.more", "signpost.section", "signpost.reason"):
        try:
            decode(each, value)
        except ValueError:
            continue


def test_a_question_may_be_longer_than_a_value_so_that_answering_can_refuse_it_kindly():
    assert decode("signpost.ask", "may I post " * 400) == Ask("may I post " * 400)


def test_a_list_too_long_for_one_value_is_divided_and_keeps_every_clause_in_order():
    show = Show("rest", TODAY, tuple(f"trust/a-very-long-name-of-a-clause/{number}" for number in range(200)))

    divided = show.divided()

    assert len(divided) > 1
    assert tuple(clause for part in divided for clause in part.clauses) == show.clauses
    assert all(len(More(9_999, part).encode()) <= MOST_VALUE for part in divided)


def test_a_short_list_stays_one():
    show = Show("also", TODAY, ("trust/5.1",))

    assert show.divided() == (show,)
