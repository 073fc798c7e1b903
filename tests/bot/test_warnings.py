"""What a reader is told beside the clauses."""

from datetime import date

import pytest
from builders import a_clause, a_document, an_edition

from bot import warnings
from bot.model import Warned, WarningId
from knowledge.model import Authority, Citation, PrintedDate, ReviewState, Stance, Wording

DISAGREE, SILENT = WarningId.DOCUMENTS_DISAGREE, WarningId.NOT_EMPLOYER_POLICY
FORBIDS = "Do not post concerns about care online."


def cited(
    name: str = "own/1",
    *,
    document: str = "own",
    stance: Stance = Stance.MUST,
    text: str = "Lock the gate.",
    state: ReviewState = ReviewState.CURRENT,
    wording: Wording = Wording.VERBATIM,
) -> Citation:
    clause = a_clause(text, id=name, stance=stance)
    edition = an_edition(clause, document=a_document(id=document))
    return Citation(clause, edition, Authority.EMPLOYER_POLICY, wording, state)


def test_a_current_clause_word_for_word_needs_no_warning():
    one = cited()

    assert warnings.warnings_for([one], [one], silent=False) == ()


def test_where_the_employer_is_silent_the_leading_clause_is_named_as_not_its_policy():
    lead, other = cited("union/1", document="union"), cited("blog/1", document="blog")

    got = warnings.warnings_for([lead, other], [lead, other], silent=True)

    assert got == (Warned(SILENT, "union/1"),)


@pytest.mark.parametrize(
    ("one", "other", "disagree"),
    [
        (Stance.MUST_NOT, Stance.MAY, True),
        (Stance.SHOULD_NOT, Stance.MAY_IF, True),
        (Stance.MAY, Stance.MUST_NOT, True),
        (Stance.MAY_IF, Stance.SHOULD_NOT, True),
        (Stance.MUST_NOT, Stance.SHOULD_NOT, False),
        (Stance.MAY, Stance.MAY_IF, False),
        (Stance.MUST, Stance.MUST_NOT, False),
        (Stance.INFORMS, Stance.MAY, False),
    ],
)
def test_documents_disagree_where_one_forbids_what_the_other_permits(one: Stance, other: Stance, disagree: bool):
    first, second = cited("own/1", stance=one), cited("union/1", document="union", stance=other)

    got = warnings.warnings_for([first, second], [first, second], silent=False)

    assert got == ((Warned(DISAGREE, "union/1"),) if disagree else ())


def test_two_clauses_of_one_document_do_not_disagree():
    rule, permission = cited("own/1", stance=Stance.MUST_NOT), cited("own/2", stance=Stance.MAY)

    assert warnings.disagreeing([rule, permission]) == []


def test_a_clause_that_only_applies_as_well_disagrees_with_nothing():
    rule, also = cited("own/1", stance=Stance.MUST_NOT), cited("union/1", document="union", stance=Stance.MAY)

    assert warnings.warnings_for([rule, also], [rule], silent=False) == ()


def test_each_clause_that_forbids_raising_concerns_carries_the_rider():
    rule, other, also = cited("own/1", text=FORBIDS), cited("own/2"), cited("own/3", text=FORBIDS)

    got = warnings.warnings_for([rule, other, also], [rule], silent=False)

    assert got == (Warned(WarningId.SPEAKING_UP_RIDER, "own/1"), Warned(WarningId.SPEAKING_UP_RIDER, "own/3"))


def test_each_document_is_warned_of_once():
    overdue = [cited(f"own/{n}", state=ReviewState.OVERDUE, wording=Wording.RESTATED) for n in (1, 2)]
    other = cited("his/1", document="his", state=ReviewState.OVERDUE, wording=Wording.REPORTED)

    got = warnings.warnings_for([*overdue, other], overdue, silent=False)

    assert got == (
        Warned(WarningId.REVIEW_OVERDUE, "own/1"),
        Warned(WarningId.REVIEW_OVERDUE, "his/1"),
        Warned(WarningId.RESTATED, "own/1"),
        Warned(WarningId.REPORTED, "his/1"),
    )


def test_a_document_without_a_review_date_is_not_overdue():
    one = cited(state=ReviewState.NOT_STATED)

    assert warnings.warnings_for([one], [one], silent=False) == ()


@pytest.mark.parametrize(("on", "overdue"), [(date(2021, 8, 31), False), (date(2021, 9, 1), True)])
def test_a_whole_document_is_warned_of_after_its_printed_month_of_review(on: date, overdue: bool):
    edition = an_edition(review_by=PrintedDate("2021-08"))

    got = warnings.warnings_of(edition, on)

    assert got == ((Warned(WarningId.REVIEW_OVERDUE),) if overdue else ())


def test_no_document_no_warning():
    assert warnings.warnings_of(None, date(2030, 1, 1)) == ()
