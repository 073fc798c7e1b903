"""Which clause leads, which follow, and how sure the ranking is."""

from datetime import date

import pytest
from builders import TODAY, a_library, some_packs
from hypothesis import given
from hypothesis import strategies as st

from bot import ranking
from bot.ranking import MOST_CHOICES, MOST_CITATIONS, Ranking
from knowledge.library import Citer, Library
from knowledge.matching import Match

DOCUMENT = """
document: {id}
title: {title}
issuer: {title}
authority: {authority}
wording: verbatim
owner: {title}
edition: "1"
effective: {effective}
clauses:
"""
CLAUSE = '  - {{id: {document}/{n}, number: "{n}", heading: [Gates], text: Gate {n} of {document}., stance: informs}}\n'


def a_document(name: str, authority: str, clauses: int, effective: str = "2020-01") -> str:
    head = DOCUMENT.format(id=name, title=name.title(), authority=authority, effective=effective)
    return head + "".join(CLAUSE.format(document=name, n=n) for n in range(1, clauses + 1))


SITUATIONS = """
topic: gates
title: Gates
situations:
  - {id: first, title: First, answers: [own/1], phrasings: [first gate]}
  - {id: second, title: Second, answers: [own/2, own/1], phrasings: [second gate]}
  - {id: same-lead, title: Same lead, answers: [own/1, own/3], phrasings: [same gate]}
  - {id: union-first, title: Union first, answers: [union/1, own/4], phrasings: [union gate]}
  - {id: of-others, title: Of others, answers: [blog/1, union/2], phrasings: [their gate]}
  - {id: blog-alone, title: Blog alone, answers: [blog/2], phrasings: [blog gate]}
  - {id: of-the-future, title: Of the future, answers: [later/1], phrasings: [future gate]}
  - {id: also-only, title: Also only, answers: [own/5], also: [own/6], phrasings: [also gate]}
  - id: many
    title: Many
    answers: [own/1, own/2, own/3, own/4, own/5, own/6, own/7, own/8, own/9, own/10, own/11, own/12]
    phrasings: [many gates]
"""


@pytest.fixture(scope="module")
def gates() -> Library:
    files = some_packs(
        documents__own=a_document("own", "other_employer", 12),
        documents__union=a_document("union", "union_advice", 3),
        documents__blog=a_document("blog", "commentary", 3),
        documents__later=a_document("later", "national_policy", 1, effective="2030-01"),
        situations__sheds=SITUATIONS,
    )
    del files["documents/other.yaml"]
    return a_library(files)


@pytest.fixture(scope="module")
def citer(gates: Library) -> Citer:
    return gates.cite(gates.organisations["garden"], TODAY)


def matches(library: Library, **probabilities: float) -> list[Match]:
    """Matches by falling probability; a situation's `-` is written `_`."""
    found = [Match(library.situations[name.replace("_", "-")], p) for name, p in probabilities.items()]
    return sorted(found, key=lambda match: -match.probability)


def rank(citer: Citer, **probabilities: float) -> Ranking:
    got = ranking.rank(matches(citer.library, **probabilities), citer)
    assert got is not None
    return got


def clauses(got: Ranking) -> list[str]:
    return [citation.clause.id for citation in got.citations]


def test_the_likeliest_situations_first_clause_leads(citer: Citer):
    got = rank(citer, second=0.9, first=0.1)

    assert clauses(got)[0] == "own/2"
    assert got.lead.id == "second"


def test_two_situations_that_lead_to_one_clause_outweigh_a_third(citer: Citer):
    got = rank(citer, second=0.4, first=0.35, same_lead=0.25)

    assert clauses(got)[0] == "own/1"


def test_confidence_is_the_share_of_what_the_first_clause_leads(citer: Citer):
    got = rank(citer, first=0.3, same_lead=0.3, also_only=0.2)

    assert got.confidence == pytest.approx(0.75)


def test_one_situation_alone_is_certain(citer: Citer):
    assert rank(citer, first=0.01).confidence == pytest.approx(1)


def test_clauses_of_close_situations_are_shown_and_marked_as_near(citer: Citer):
    got = rank(citer, first=0.5, also_only=0.45)

    assert clauses(got) == ["own/1", "own/5"]
    assert got.near == {"own/5"}


def test_clauses_of_unlikely_situations_are_not_shown(citer: Citer):
    got = rank(citer, first=0.99, also_only=0.001)

    assert clauses(got) == ["own/1"]
    assert got.near == frozenset()


def test_the_employers_clause_leads_whatever_the_packs_order_says(citer: Citer):
    got = rank(citer, union_first=1.0)

    assert clauses(got) == ["own/4", "union/1"]
    assert not got.silent


def test_commentary_leads_only_where_nothing_else_answers(citer: Citer):
    with_advice, alone = rank(citer, of_others=1.0), rank(citer, blog_alone=1.0)

    assert clauses(with_advice) == ["union/2", "blog/1"]
    assert clauses(alone) == ["blog/2"]


def test_where_the_employer_is_silent_only_others_are_cited(citer: Citer):
    got = rank(citer, blog_alone=0.5, first=0.45)

    assert got.silent
    assert clauses(got) == ["blog/2"]


def test_where_the_employer_is_silent_no_neighbours_clause_leads(citer: Citer):
    got = rank(citer, blog_alone=0.5, of_others=0.45)

    assert clauses(got) == ["blog/2", "union/2", "blog/1"]
    assert got.near == {"union/2", "blog/1"}
    assert got.confidence == pytest.approx(0.5 / 0.95)


def test_what_applies_as_well_never_leads(citer: Citer):
    got = rank(citer, also_only=1.0)

    assert clauses(got) == ["own/5"]


def test_a_list_holds_at_most_ten_clauses(citer: Citer):
    assert len(rank(citer, many=1.0).citations) == MOST_CITATIONS == 10


def test_nothing_is_ranked_where_the_likeliest_situation_has_no_clause_in_force(citer: Citer):
    assert ranking.rank(matches(citer.library, of_the_future=0.6, first=0.4), citer) is None
    assert ranking.rank([], citer) is None


def test_a_clause_is_ranked_from_the_day_on_which_it_is_in_force(gates: Library):
    on_the_day = gates.cite(gates.organisations["garden"], date(2030, 1, 1))

    assert clauses(rank(on_the_day, of_the_future=1.0)) == ["later/1"]


NAMES = ["first", "second", "same-lead", "union-first", "of-others", "blog-alone", "also-only", "many"]
SHARES = st.dictionaries(st.sampled_from(NAMES), st.floats(1e-6, 1), min_size=1)


@given(SHARES)
def test_the_employers_clauses_stand_before_all_others_and_none_twice(citer: Citer, shares: dict[str, float]):
    got = rank(citer, **{name.replace("-", "_"): share for name, share in shares.items()})

    employers = [citation.authority.is_employers for citation in got.citations]
    assert employers == sorted(employers, reverse=True)
    assert len(set(clauses(got))) == len(clauses(got))
    assert got.silent == (not any(employers))
    assert 0 < got.confidence <= 1 + 1e-9


@given(SHARES)
def test_the_leading_clause_answers_the_leading_situation(citer: Citer, shares: dict[str, float]):
    got = rank(citer, **{name.replace("-", "_"): share for name, share in shares.items()})

    assert clauses(got)[0] in got.lead.answers
    assert clauses(got)[0] not in got.near


def test_choices_lead_to_different_clauses_and_are_at_most_four(citer: Citer):
    every = matches(
        citer.library, first=0.2, same_lead=0.19, second=0.18, union_first=0.17, also_only=0.16, blog_alone=0.1
    )

    got = ranking.distinct(every, citer)

    assert [situation.id for situation, _ in got] == ["first", "second", "union-first", "also-only"]
    assert [citation.clause.id for _, citation in got] == ["own/1", "own/2", "own/4", "own/5"]
    assert len(got) == MOST_CHOICES


def test_a_situation_without_a_clause_in_force_is_no_choice(citer: Citer):
    got = ranking.distinct(matches(citer.library, of_the_future=0.5, first=0.4, second=0.1), citer)

    assert [situation.id for situation, _ in got] == ["first", "second"]
