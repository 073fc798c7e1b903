"""Each rule finds its fault in a library made to have it, and nothing in one without."""

from datetime import date

import pytest
from builders import OTHER_DOCUMENT, OWN_DOCUMENT, ROUTES, SITUATIONS, TODAY, a_library, some_packs

from knowledge.lint import Finding, lint

GATES = """
document: gates
title: Gate rules
issuer: The Garden Trust
authority: other_employer
wording: verbatim
owner: Head of Gates
edition: "1"
effective: 2021-01
clauses:
  - id: gates/1
    heading: [Gates]
    text: "{text}"
    stance: must
"""
GATES_SITUATION = """
topic: gates
title: Gates
situations:
  - {id: gate, title: The gate, answers: [own/1, gates/1], phrasings: [is the gate shut]}
"""
FAULTLESS = {
    "situations__sheds": SITUATIONS.replace("[own/2, other/1]", "[own/2]").replace(
        "answers: [other/2]", "answers: [own/1, other/2]\n    also: [other/1]"
    )
}


def findings(on: date = TODAY, **files: str) -> list[Finding]:
    library = a_library(some_packs(**FAULTLESS | files))
    return lint(library, library.organisations["garden"], on)


def gates(text: str) -> list[tuple[str, str]]:
    """What is found about a clause that says *text*, by rule."""
    found = findings(documents__gates=GATES.replace("{text}", text), situations__gates=GATES_SITUATION)
    return [(finding.rule, finding.what) for finding in found if finding.where == "gates/1"]


def test_a_library_without_faults_has_no_findings() -> None:
    assert findings() == []


def test_a_review_date_that_has_passed_names_the_owner() -> None:
    late = OWN_DOCUMENT.replace("review_by: 2030-01", "review_by: 2026-10")

    assert findings(on=date(2026, 10, 31), documents__own=late) == []
    assert findings(on=date(2026, 11, 1), documents__own=late) == [
        Finding("past-review", "own", "review was due by 2026-10; tell its owner: Head of Sheds")
    ]


def test_a_contact_that_nobody_checked_for_six_months_names_its_source() -> None:
    late = ROUTES.replace(
        "source: https://regulator.example\n    reviewed: 2026-10", "source: r.example\n    reviewed: 2026-04"
    )

    assert findings(routes=late) == [
        Finding("stale-contact", "regulator", "contact last checked in 2026-04; check it at r.example")
    ]


@pytest.mark.parametrize(
    ("text", "rule", "name"),
    [
        ("Keep to the Data Protection Act 1998.", "replaced-law", "Data Protection Act 1998"),
        ("as the data protection act 1998 says", "replaced-law", "Data Protection Act 1998"),
        ("The Sex Discrimination Act 1975 applies.", "replaced-law", "Sex Discrimination Act 1975"),
        ("Pictures on Bebo are public.", "gone", "Bebo"),
        ("Ask Public Health England.", "gone", "Public Health England"),
        ("You may use Twitter at the gate.", "gone", "Twitter"),
    ],
)
def test_law_that_was_replaced_and_names_that_are_gone_are_found(text: str, rule: str, name: str) -> None:
    found = gates(text)

    assert [(r, what.split(":")[0]) for r, what in found] == [(rule, name)]


@pytest.mark.parametrize(
    "text", ["Keep to the Data Protection Act 2018.", "A bebop band played.", "Ask the gardeners of England."]
)
def test_law_in_force_and_other_names_are_left_alone(text: str) -> None:
    assert gates(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("See HRP03 for the procedure.", "HRP03"),
        ("OP1.11 says who holds the key.", "OP1.11"),
        ("Follow the Gate Locking Policy as well.", "Gate Locking Policy"),
        ("The Health and Safety policy comes first.", "The Health and Safety policy"),
    ],
)
def test_a_policy_that_is_not_in_the_library_is_found(text: str, name: str) -> None:
    assert gates(text) == [("policy-not-in-library", name)]


@pytest.mark.parametrize(
    "text", ["This policy is for all.", "See the Shed policy.", "The Trust policy is short.", "Our policy is kind."]
)
def test_a_policy_that_is_in_the_library_and_the_policy_itself_are_left_alone(text: str) -> None:
    assert gates(text) == []


def test_a_situation_without_a_clause_of_the_employers_is_a_gap() -> None:
    found = findings(situations__sheds=FAULTLESS["situations__sheds"].replace("[own/1, other/2]", "[other/2]"))

    assert found == [Finding("gap-in-employers-policy", "fish-in-the-pond", "Fish in the pond")]


def test_a_gap_is_the_employers_own() -> None:
    organisations = "organisations: [{id: garden, name: G, documents: {other: employer_guidance}}]"

    found = findings(organisations=organisations)

    assert [(finding.rule, finding.where) for finding in found] == [
        ("gap-in-employers-policy", "locking-the-shed"),
        ("gap-in-employers-policy", "painting-the-shed"),
    ]


def test_a_clause_that_no_situation_leads_to_is_found() -> None:
    found = findings(situations__sheds=FAULTLESS["situations__sheds"].replace("also: [other/1]", "also: [own/2]"))

    assert found == [Finding("clause-without-situation", "other/1", "Painting")]


@pytest.mark.parametrize("stances", [("may", "must_not"), ("may_if", "should_not"), ("must_not", "may")])
def test_documents_that_take_opposite_stances_on_one_situation_are_found(stances: tuple[str, str]) -> None:
    found = findings(
        documents__own=OWN_DOCUMENT.replace("stance: may\n", f"stance: {stances[0]}\n"),
        documents__other=OTHER_DOCUMENT.replace("stance: must_not", f"stance: {stances[1]}"),
        situations__sheds=FAULTLESS["situations__sheds"].replace("[own/2]\n    phr", "[own/2, other/1]\n    phr"),
    )

    assert [(finding.rule, finding.where) for finding in found] == [("documents-disagree", "painting-the-shed")]
    assert {"own/2", "other/1"} <= set(found[0].what.split())


def test_a_document_does_not_disagree_with_itself_nor_one_that_informs_with_one_that_forbids() -> None:
    both = FAULTLESS["situations__sheds"].replace("answers: [own/1]", "answers: [own/1, own/2, other/1]")
    informs = OTHER_DOCUMENT.replace("stance: must_not", "stance: informs").replace("stance: may", "stance: informs")

    found = findings(
        documents__own=OWN_DOCUMENT.replace("stance: must\n", "stance: must_not\n"),
        documents__other=informs,
        situations__sheds=both,
    )

    assert found == []


def test_a_phrasing_in_two_situations_is_found_however_it_is_written() -> None:
    twice = FAULTLESS["situations__sheds"].replace("koi carp in our pond", "Do I lock the SHED?")

    assert findings(situations__sheds=twice) == [
        Finding("phrasing-in-two-situations", "fish-in-the-pond, locking-the-shed", "do i lock the shed")
    ]


def test_phrasings_without_a_word_are_not_taken_for_one_another() -> None:
    signs = FAULTLESS["situations__sheds"].replace("koi carp in our pond", '"🐟"')
    signs = signs.replace("padlock on the shed", '"🔒"')

    assert findings(situations__sheds=signs) == []


def test_a_clause_that_forbids_raising_concerns_is_found() -> None:
    found = gates("Do not post complaints about the gate on the internet.")

    assert [rule for rule, _ in found] == ["forbids-raising-concerns"]


def test_documents_that_are_not_in_force_are_not_looked_at() -> None:
    withdrawn = GATES.replace("{text}", "See HRP03.").replace("clauses:", "withdrawn: 2024-01\nclauses:")

    assert findings(documents__gates=withdrawn, situations__gates=GATES_SITUATION) == []


def test_findings_are_grouped_by_rule() -> None:
    text = "On Bebo, HRP03 and the Data Protection Act 1998 apply; on Oovoo, OP1.11 does."

    rules = [rule for rule, _ in gates(text)]

    assert rules == ["gone", "gone", "policy-not-in-library", "policy-not-in-library", "replaced-law"]
