"""Dates stay as printed; an edition is in force, and its review overdue, from the right day on."""

from datetime import date, timedelta

import pytest
from builders import a_document, an_edition
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Authority, PrintedDate, ReviewState

DAYS = st.dates()


@given(DAYS)
def test_a_printed_day_names_that_day_only(day: date) -> None:
    printed = PrintedDate(day.isoformat())

    assert (printed.printed, printed.first_day, printed.last_day) == (day.isoformat(), day, day)


@given(DAYS)
def test_a_printed_month_is_compared_as_its_first_day_and_lasts_to_its_end(day: date) -> None:
    printed = PrintedDate(day.isoformat()[:7])

    assert printed.first_day == day.replace(day=1)
    assert printed.last_day.month == day.month
    assert printed.last_day >= day
    assert printed.last_day == date.max or (printed.last_day + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("printed", "last"),
    [("2015-08", 31), ("2016-02", 29), ("2015-02", 28), ("2017-12", 31), ("9999-12", 31), ("0001-01", 31)],
)
def test_a_month_has_its_own_length(printed: str, last: int) -> None:
    assert PrintedDate(printed).last_day.day == last


@pytest.mark.parametrize(
    "printed",
    [
        *("", "2015", "2015-8", "2015-13", "2015-00", "2015-02-30", "15-08-2015", "August 2015", "2015-W03-1"),
        *("2015-08-1", "2015081", "20150801", "2015-08-01T00:00", " 2015-08", "2015-08\n", "-015-08", "２０１５-08"),
        "0000-01",
    ],
)
def test_what_is_no_date_is_refused(printed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        PrintedDate(printed)


@pytest.mark.parametrize(
    ("effective", "on", "in_force"),
    [
        ("2015-08", date(2015, 7, 31), False),
        ("2015-08", date(2015, 8, 1), True),
        ("2017-06-05", date(2017, 6, 4), False),
        ("2017-06-05", date(2017, 6, 5), True),
        ("2017-06-05", date(2099, 1, 1), True),
    ],
)
def test_an_edition_is_in_force_from_the_first_day_that_its_date_names(
    effective: str, on: date, in_force: bool
) -> None:
    edition = an_edition(effective=PrintedDate(effective))

    assert edition.in_force(on) is in_force


def test_an_edition_is_out_of_force_from_the_day_on_which_it_is_withdrawn() -> None:
    edition = an_edition(withdrawn=PrintedDate("2022-03"))

    assert edition.in_force(date(2022, 2, 28))
    assert not edition.in_force(date(2022, 3, 1))


@pytest.mark.parametrize(
    ("review_by", "on", "state"),
    [
        ("2017-08", date(2017, 8, 31), ReviewState.CURRENT),
        ("2017-08", date(2017, 9, 1), ReviewState.OVERDUE),
        ("2018-02", date(2018, 2, 28), ReviewState.CURRENT),
        ("2018-02", date(2018, 3, 1), ReviewState.OVERDUE),
        ("2018-06-15", date(2018, 6, 15), ReviewState.CURRENT),
        ("2018-06-15", date(2018, 6, 16), ReviewState.OVERDUE),
        ("9999-12", date.max, ReviewState.CURRENT),
    ],
)
def test_a_review_is_overdue_after_the_printed_month_or_day(review_by: str, on: date, state: ReviewState) -> None:
    edition = an_edition(review_by=PrintedDate(review_by))

    assert edition.review_state(on) is state


def test_a_document_that_promises_no_review_is_never_overdue() -> None:
    assert an_edition(review_by=None).review_state(date.max) is ReviewState.NOT_STATED


def test_authorities_rank_from_the_employers_own_policy_down_to_commentary() -> None:
    ranked = sorted(Authority, key=lambda authority: authority.tier)

    assert ranked[0] is Authority.EMPLOYER_POLICY
    assert ranked[-1] is Authority.COMMENTARY
    assert [a for a in Authority if a.is_employers] == [Authority.EMPLOYER_POLICY, Authority.EMPLOYER_GUIDANCE]


def test_values_do_not_change_once_made() -> None:
    with pytest.raises(AttributeError):
        a_document().title = "Another"  # type: ignore[misc]
