"""Clauses and documents that a question asks for by name."""

from datetime import date

import pytest
from builders import OTHER_DOCUMENT, OWN_DOCUMENT, TODAY, a_library, some_packs

from bot import clauses_by_name
from bot.clauses_by_name import Named
from knowledge.library import Library


def find(library: Library, text: str, organisation: str = "trust", on: date = TODAY) -> Named | None:
    return clauses_by_name.find(text, library, library.organisations[organisation], on)


def clauses(named: Named | None) -> list[str]:
    return [citation.clause.id for citation in named.clauses] if named else []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trust/5.6", ["trust/5.6"]),
        ("TRUST/5.6?", ["trust/5.6"]),
        ("show me trust/dont/5 please", ["trust/dont/5"]),
        ("what does hee/monitoring/3.2 say", ["hee/monitoring/3.2"]),
        ("unite/rep/1 or trust/5.3", ["unite/rep/1", "trust/5.3"]),
        ("(care/13)", ["care/13"]),
        ("trust/5.6.", ["trust/5.6"]),
    ],
)
def test_a_clause_is_found_by_its_id_in_any_document(shipped: Library, text: str, expected: list[str]):
    assert clauses(find(shipped, text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "5.6",
        "5.6?",
        "clause 5.6",
        "what does section 5.6 say?",
        "paragraph 5.6 of the policy",
        "tell me about rule 5.6 and why it matters to nurses",
        "policy 5.6 please",
        "show me 5.6",
    ],
)
def test_a_clause_is_found_by_its_number(shipped: Library, text: str):
    assert clauses(find(shipped, text)) == ["trust/5.6"]


def test_two_numbers_find_two_clauses(shipped: Library):
    assert set(clauses(find(shipped, "clauses 5.3 and 5.6"))) == {"trust/5.3", "trust/5.6"}


@pytest.mark.parametrize(
    "text",
    [
        "we had 5.6 million views on our video",
        "my shift starts at 5.3 and I want to post",
        "it is 5.6 degrees outside",
        "can I post on 5.6.2026",
        "does the policy cover 5.6 million people",
        "clause 99.9",
        "section 42",
        "trust/no-such-clause",
        "and/or",
        "he/she posted it 24/7",
        "see https://example.org/5.6/page",
        "",
    ],
)
def test_a_number_that_names_no_clause_is_left_to_the_search(shipped: Library, text: str):
    assert find(shipped, text) is None


def test_a_section_gives_all_its_clauses(shipped: Library):
    assert clauses(find(shipped, "section 6")) == ["trust/6.1", "trust/6.2", "trust/6.3"]
    assert clauses(find(shipped, "what is in part 6?")) == ["trust/6.1", "trust/6.2", "trust/6.3"]


def test_a_number_that_two_documents_share_finds_the_employers_clause():
    own = OWN_DOCUMENT.replace('number: "1"', 'number: "4.1"')
    other = OTHER_DOCUMENT.replace("  - id: other/1\n", '  - id: other/1\n    number: "4.1"\n')
    library = a_library(some_packs(documents__own=own, documents__other=other))

    assert clauses(find(library, "clause 4.1", "garden")) == ["own/1"]


def test_a_number_that_only_another_document_has_finds_that_clause():
    other = OTHER_DOCUMENT.replace("  - id: other/1\n", '  - id: other/1\n    number: "4.1"\n')
    library = a_library(some_packs(documents__other=other))

    assert clauses(find(library, "clause 4.1", "garden")) == ["other/1"]


def test_numbers_are_text_and_5_10_is_not_5_1():
    own = OWN_DOCUMENT.replace('number: "1"', 'number: "5.1"').replace('number: "2"', 'number: "5.10"')
    library = a_library(some_packs(documents__own=own))

    assert clauses(find(library, "clause 5.10", "garden")) == ["own/2"]
    assert clauses(find(library, "clause 5.1", "garden")) == ["own/1"]


@pytest.mark.parametrize(
    "text",
    [
        "show me the whole policy",
        "can I see the full social media policy?",
        "the entire document please",
        "show me the whole policy please",
        "Where is the policy?",
        "give me a copy of the policy",
        "read the policy",
        "open your social media policy",
    ],
)
def test_a_whole_document_is_the_employers_unless_another_is_named(shipped: Library, text: str):
    for employer in ("trust", "hee"):
        named = find(shipped, text, employer)

        assert named is not None
        assert named.edition is not None
        assert named.edition.document.id == employer


def test_a_document_that_is_named_is_given(shipped: Library):
    named = find(shipped, "show me the full unite guidance")

    assert named is not None
    assert named.edition is not None
    assert named.edition.document.id == "unite"


@pytest.mark.parametrize(
    "text", ["what does the policy say about photos", "who wrote the policy", "is there a policy on TikTok", "policy"]
)
def test_a_question_about_the_policy_does_not_ask_for_all_of_it(shipped: Library, text: str):
    assert find(shipped, text) is None


@pytest.mark.parametrize("text", ["trust/5.6", "clause 5.6", "show me the whole policy", "section 5"])
def test_what_was_not_in_force_on_the_day_is_not_found(shipped: Library, text: str):
    assert find(shipped, text, on=date(2010, 1, 1)) is None


def test_every_clause_of_the_library_is_found_by_its_id(shipped: Library):
    for _, clause in shipped.passages:
        assert clauses(find(shipped, f"please show me {clause.id}?")) == [clause.id]


def test_every_numbered_clause_of_the_employer_is_found_by_its_number(shipped: Library):
    numbered = [clause for _, clause in shipped.passages if clause.id.startswith("trust/") and "." in clause.number]

    assert len(numbered) > 20
    for clause in numbered:
        assert clauses(find(shipped, f"clause {clause.number}")) == [clause.id]
