"""Whose word a clause is for an organisation, and when a contact was last checked."""

from datetime import date

import pytest
from builders import a_clause, a_document

from knowledge.model import Authority, PrintedDate
from knowledge.people import Contact, Organisation


def test_a_document_is_the_employers_policy_only_for_the_organisation_that_says_so() -> None:
    garden = Organisation("garden", "The Garden Trust", {"own": Authority.EMPLOYER_POLICY})
    orchard = Organisation("orchard", "The Orchard Trust")

    assert garden.authority(a_clause(), a_document()) is Authority.EMPLOYER_POLICY
    assert orchard.authority(a_clause(), a_document()) is Authority.OTHER_EMPLOYER


def test_a_clause_with_an_authority_of_its_own_keeps_it_in_every_organisation() -> None:
    garden = Organisation("garden", "The Garden Trust", {"own": Authority.EMPLOYER_POLICY})
    remark = a_clause(authority=Authority.COMMENTARY)

    assert garden.authority(remark, a_document()) is Authority.COMMENTARY


@pytest.mark.parametrize(
    ("reviewed", "on", "stale"),
    [
        ("2026-05", date(2026, 11, 20), False),
        ("2026-05", date(2026, 11, 30), False),
        ("2026-05", date(2026, 12, 1), True),
        ("2026-05-20", date(2026, 11, 19), False),
        ("2026-05-20", date(2026, 11, 20), True),
    ],
)
def test_a_contact_is_stale_half_a_year_after_the_last_check(reviewed: str, on: date, stale: bool) -> None:
    contact = Contact("advice.example", "https://advice.example", PrintedDate(reviewed))

    assert contact.is_stale(on) is stale


def test_a_contact_that_the_organisation_sets_itself_has_no_date_to_pass() -> None:
    assert not Contact("extension 5").is_stale(date.max)
