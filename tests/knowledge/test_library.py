"""The library of a day holds the editions in force on it, and cites clauses as they stood."""

from datetime import date

import pytest
from builders import OWN_DOCUMENT, TODAY, a_library, some_packs

from knowledge.library import Library
from knowledge.model import Authority, ReviewState, Wording
from knowledge.terms import terms


def edition(label: str, effective: str, text: str, extra: str = "") -> str:
    """An edition of the employer's document whose first clause says *text*."""
    return (
        OWN_DOCUMENT.replace('edition: "1"', f'edition: "{label}"')
        .replace("effective: 2020-01", f"effective: {effective}\n{extra}")
        .replace("Lock the shed at night, unless the owl is inside.", f"{text}, unless the owl is inside.")
    )


def a_library_of_editions(*editions: str) -> Library:
    files = some_packs() | {f"documents/own-{n}.yaml": text.encode() for n, text in enumerate(editions)}
    del files["documents/own.yaml"]
    return a_library(files)


THREE = a_library_of_editions(
    edition("3", "2024-05-10", "Third text"),
    edition("1", "2020-01", "First text"),
    edition("2", "2022-01", "Second text"),
)


def text_on(library: Library, on: date) -> str | None:
    cited = library.cite(library.organisations["garden"], on).citation("own/1")
    return cited.clause.text.split(",")[0] if cited else None


@pytest.mark.parametrize(
    ("on", "text"),
    [
        (date(2019, 12, 31), None),
        (date(2020, 1, 1), "First text"),
        (date(2021, 12, 31), "First text"),
        (date(2022, 1, 1), "Second text"),
        (date(2024, 5, 9), "Second text"),
        (date(2024, 5, 10), "Third text"),
        (date(2099, 1, 1), "Third text"),
    ],
)
def test_a_clause_is_cited_as_it_stood_on_the_day(on: date, text: str | None) -> None:
    assert text_on(THREE, on) == text


def test_one_edition_of_each_document_is_in_force() -> None:
    found = [(edition.document.id, edition.label) for edition in THREE.in_force(TODAY)]

    assert sorted(found) == [("other", "May 2019"), ("own", "3")]


def test_before_every_edition_nothing_is_in_force() -> None:
    assert THREE.in_force(date(2010, 1, 1)) == ()


def test_when_an_edition_is_withdrawn_the_one_before_it_is_in_force_again() -> None:
    library = a_library_of_editions(
        edition("1", "2020-01", "First text"), edition("2", "2022-01", "Second text", "withdrawn: 2023-01\n")
    )

    assert text_on(library, date(2022, 6, 1)) == "Second text"
    assert text_on(library, date(2023, 1, 1)) == "First text"


def test_a_citation_tells_the_edition_the_authority_for_the_asker_and_the_review_state(sheds: Library) -> None:
    garden = sheds.organisations["garden"]

    own = sheds.cite(garden, date(2031, 1, 1)).citation("own/1", 0.123456)
    other = sheds.cite(garden, date(2031, 1, 1)).citation("other/1")

    assert own is not None
    assert other is not None
    assert (own.edition.label, own.authority, own.wording) == ("1", Authority.EMPLOYER_POLICY, Wording.VERBATIM)
    assert (own.review_state, own.score) == (ReviewState.OVERDUE, 0.1235)
    assert (other.authority, other.wording, other.review_state) == (
        Authority.UNION_ADVICE,
        Wording.RESTATED,
        ReviewState.NOT_STATED,
    )


def test_clauses_are_cited_once_each_in_order_and_unknown_ones_left_out(sheds: Library) -> None:
    citer = sheds.cite(sheds.organisations["garden"], TODAY)

    cited = citer.citations(["own/2", "own/9", "other/1", "own/2"])

    assert [citation.clause.id for citation in cited] == ["own/2", "other/1"]


def nearest(library: Library, text: str, on: date = TODAY, limit: int = 3) -> list[str]:
    return list(library.nearest(terms(text), on, limit))


def test_the_nearest_clauses_are_those_whose_own_words_match_best(sheds: Library) -> None:
    assert nearest(sheds, "fish and ponds") == ["other/2"]
    assert nearest(sheds, "painting a shed") == ["own/2", "other/1", "own/1"]
    assert nearest(sheds, "zeppelin") == []


def test_a_heading_counts_twice(sheds: Library) -> None:
    assert nearest(sheds, "locking")[0] == "own/1"


def test_many_old_editions_that_match_as_well_do_not_hide_the_one_in_force() -> None:
    library = a_library_of_editions(*(edition(str(n), f"20{n:02}-01", "Lock the gate") for n in range(1, 26)))

    assert nearest(library, "lock the gate", limit=1) == ["own/1"]
    assert nearest(library, "lock the gate", on=date(2003, 5, 1), limit=2) == ["own/1"]


def test_nothing_is_near_before_every_edition(sheds: Library) -> None:
    assert nearest(sheds, "lock the shed", on=date(2010, 1, 1)) == []


def test_a_library_without_documents_cites_nothing() -> None:
    files = some_packs(situations__sheds="topic: sheds\ntitle: Sheds\nsituations: []\n")
    library = a_library({name: data for name, data in files.items() if not name.startswith("documents/")})

    assert library.in_force(TODAY) == ()
    assert nearest(library, "lock the shed") == []
