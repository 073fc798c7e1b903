"""Numbers and addresses that point at one person, told from the numbers of ordinary questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identifiers import holds_number

# NHS numbers from 999, telephone numbers that Ofcom keeps for films, National Insurance prefixes never issued.
POINTING = (
    "999 012 3456",
    "9990123456",
    "999-012-3456",
    "is 999.012.3456 on our page",
    "patient 999 012 3456.",
    "999,145,0068",
    "NHS9990123456x",
    "nhs no:9990123456, bed 4",
    "٩٩٩ ٠١٢ ٣٤٥٦",
    "９９９０１２３４５６",
    "ring me on 07700 900123",
    "+44 7700 900123",
    "0044 7700 900 123",
    "(020) 7946 0123",
    "+44 (0)20 7946 0123",
    "01632 960123",
    "QQ 12 34 56 C",
    "qq123456c",
    "QQ-12-34-56-A",
    "write to nobody@example.org",
    "NOBODY.NOWHERE+ward@mail.example.co.uk",
    "she lives at 12 Nowhere Street",
    "12a, Upper Nowhere Lane",
    "ZZ99 3WZ",
    "dob 31/02/1949",
    "date of birth: 31 February 1949",
    "born on the 31st of Feb 1949",
    "hospital number 12345678",
    "MRN: 1234567",
    "case ref A123456",
)

ORDINARY = (
    "what does clause 5.6 say",
    "trust/5.10",
    "call 999",
    "ring NHS 111, option 2",
    "bed 4 bay 12",
    "we had 12,500 likes and 1,000,000 views",
    "it cost £1,250.50",
    "on 14/02/2026 at 10:30",
    "in 2026-11-20",
    "24/7",
    "my shift is 07:30 to 20:00",
    "section 43J of the 1996 Act",
    "the 1998 Act and the 2018 Act",
    "OP4.23 and HRP03",
    "band 5, grade 7",
    "COVID-19",
    "a 12 hour shift",
    "1 2 3 4 5",
    "no digits @ all",
    "follow us @nowhere",
    "5-a-day and 10,000 steps",
    "ward 12 of the 3 we have",
    "",
)


@pytest.mark.parametrize("text", POINTING)
def test_what_points_at_a_person_is_recognised(text: str):
    assert holds_number(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_the_numbers_of_ordinary_questions_are_not(text: str):
    assert not holds_number(text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ,.?!'", max_size=200), st.text(alphabet="abc ,.?", max_size=50))
def test_an_nhs_number_is_found_wherever_it_stands(before: str, after: str):
    assert holds_number(f"{before} 999 012 3456 {after}")


@given(st.integers(0, 99_999_999))
def test_a_plain_number_of_fewer_than_nine_digits_points_at_nobody(number: int):
    assert not holds_number(f"we had {number} of them")


@given(st.text(max_size=400))
def test_any_text_may_be_looked_at(text: str):
    assert holds_number(text) in (True, False)
