"""Every sentence of the bot's own: there is one for everything, and none is left half made."""

from datetime import date

import pytest
from builders import TODAY, a_clause, a_document, an_edition

from bot import wording
from bot.answering import answer
from bot.model import Answer, Elsewhere, GivenRoute, Outcome, Question, Warned, WarningId
from knowledge.library import Library
from knowledge.model import (
    Authority,
    Citation,
    Edition,
    Kind,
    PrintedDate,
    ReviewState,
    Situation,
    Stance,
    Wording,
)
from knowledge.people import Contact, RouteScope


def a_citation(edition: Edition | None = None, *, wording: Wording = Wording.VERBATIM) -> Citation:
    edition = edition or an_edition()
    state = edition.review_state(TODAY)
    return Citation(edition.clauses[0], edition, Authority.EMPLOYER_POLICY, wording, state)


def an_answer(outcome: Outcome = Outcome.ANSWERED, **parts: object) -> Answer:
    return Answer(outcome, "digest", TODAY, **parts)  # type: ignore[arg-type]


def a_route(contact: Contact | None = None, because: str | None = None) -> GivenRoute:
    return GivenRoute("hr", "Human resources", RouteScope.INTERNAL, contact or Contact(), because)


def test_there_are_words_for_everything_that_an_answer_may_hold():
    assert set(wording.OUTCOMES) == set(Outcome)
    assert set(wording.WARNINGS) == set(WarningId)
    assert set(wording.STANCES) == set(Stance)
    assert set(wording.AUTHORITIES) == set(Authority)


@pytest.mark.parametrize(
    ("printed", "words"),
    [("2015-08", "August 2015"), ("2017-06-05", "5 June 2017"), ("2018-12-31", "31 December 2018")],
)
def test_a_date_is_said_no_more_exactly_than_it_was_printed(printed: str, words: str):
    assert wording.printed(PrintedDate(printed)) == words


@pytest.mark.parametrize(
    ("review_by", "words"),
    [
        (None, "No review date is stated"),
        (PrintedDate("2020-08"), "Review was due by August 2020: overdue"),
        (PrintedDate("2030-08"), "Review due by August 2030"),
    ],
)
def test_an_edition_says_where_it_stands_with_its_review(review_by: PrintedDate | None, words: str):
    edition = an_edition(review_by=review_by)

    assert wording.review(edition, edition.review_state(TODAY)) == words


def test_a_citation_names_its_edition_its_review_and_how_it_is_worded():
    citation = a_citation(an_edition(review_by=PrintedDate("2020-08")), wording=Wording.RESTATED)

    said = wording.edition_line(citation)

    assert said == (
        "Edition 1, effective January 2020. Review was due by August 2020: overdue. "
        "In our words; the original prevails."
    )


def test_a_clause_word_for_word_is_not_said_to_be_in_our_words():
    assert wording.RESTATED not in wording.edition_line(a_citation())


def test_a_reported_clause_says_that_somebody_else_reported_it():
    assert wording.REPORTED in wording.edition_line(a_citation(wording=Wording.REPORTED))


def test_a_clause_is_named_by_its_number_or_by_its_heading():
    numbered, headed = a_clause(number="5.6"), a_clause(number="", heading=("Do", "Be kind"))

    assert wording.clause_name(a_citation(an_edition(numbered))) == "Shed policy (The Garden Trust), 5.6"
    assert wording.clause_name(a_citation(an_edition(headed))) == "Shed policy (The Garden Trust), Do: Be kind"


def test_a_route_says_its_contact_when_it_was_checked_and_which_clause_names_it():
    contact = Contact("ext 7", "https://example.org", PrintedDate("2026-10"))

    assert wording.route_line(a_route(contact, "own/1")) == (
        "Human resources: ext 7 (checked October 2026) [named in own/1]"
    )


def test_a_route_without_a_contact_says_that_none_is_set():
    assert wording.route_line(a_route()) == f"Human resources: {wording.NO_CONTACT}"


def test_danger_is_said_first():
    calm, danger = an_answer(Outcome.SENSITIVE), an_answer(Outcome.SENSITIVE, warnings=(Warned(WarningId.DANGER),))

    said = f"{wording.SENSITIVE_OPENING} {wording.SENSITIVE}"
    assert wording.lead_lines(calm) == [said]
    assert wording.lead_lines(danger) == [wording.DANGER, said]


def test_somebody_who_may_need_help_themselves_is_not_told_off_to_a_bot(trust):
    for situation, opening in wording.SENSITIVE_OPENINGS.items():
        answer = trust.ask("", situation=situation)

        assert wording.lead_lines(answer)[-1] == f"{opening} {wording.SENSITIVE}"
        assert "bot" not in wording.lead_lines(answer)[-1]
        assert any("116 123" in route.contact.text for route in answer.routes) or situation == "domestic-abuse"


def test_details_are_said_not_to_be_needed():
    assert "You do not need to give any details here" in wording.SENSITIVE


def test_nothing_in_force_names_the_day():
    answered = Answer(Outcome.NOT_COVERED, "digest", date(2010, 3, 9), warnings=(Warned(WarningId.NOTHING_IN_FORCE),))

    (said,) = wording.lead_lines(answered)

    assert "9 March 2010" in said


def test_a_subject_of_another_team_is_named_with_the_place_and_its_contact():
    place = Elsewhere("elsewhere-wages", "Wages", "The wages office", "ext 4")

    (said,) = wording.lead_lines(an_answer(Outcome.NOT_COVERED, elsewhere=place))

    assert said == (
        "This seems to be about “Wages”. The policies here do not cover it. The place to ask: The wages office. ext 4"
    )


def test_a_clinical_question_is_told_that_none_is_answered():
    place = Elsewhere("elsewhere-poison", "Poison", "A registered clinician")

    (said,) = wording.lead_lines(
        an_answer(Outcome.NOT_COVERED, elsewhere=place, warnings=(Warned(WarningId.CLINICAL),))
    )

    assert said == wording.CLINICAL.format(name="A registered clinician")


def test_a_message_that_is_too_long_is_told_the_limits():
    (said,) = wording.lead_lines(an_answer(Outcome.NOT_COVERED, warnings=(Warned(WarningId.TOO_LONG),)))

    assert "2,000 characters and 64 different words" in said


def test_a_whole_document_is_given_with_its_edition_and_its_review():
    edition = an_edition(review_by=PrintedDate("2020-08"))

    said = wording.lead_lines(an_answer(document=edition))

    assert said == [
        "You can read the whole document: Shed policy.",
        "Edition 1, effective January 2020. Review was due by August 2020: overdue.",
    ]


def test_help_gives_examples_and_the_notice():
    said = wording.lead_lines(an_answer(Outcome.HELP))

    assert said[0] == wording.HELP
    assert said[-1] == wording.NOTICE
    assert all(any(example in line for line in said) for example in wording.EXAMPLES)


def test_every_particular_help_belongs_to_a_situation_of_the_library(shipped: Library):
    helps = {name for name, situation in shipped.situations.items() if situation.kind is Kind.HELP}

    assert set(wording.HELP_FIRST) <= helps


@pytest.mark.parametrize("name", sorted(wording.HELP_FIRST))
def test_who_talks_to_the_bot_is_answered_first(name: str):
    situation = Situation(name, "Title", "help", Kind.HELP)

    assert wording.lead_lines(an_answer(Outcome.HELP, situation=situation))[0] == wording.HELP_FIRST[name]


@pytest.mark.parametrize("example", wording.EXAMPLES)
def test_every_example_is_answered_by_the_employers_policy(shipped: Library, example: str):
    got = answer(Question(example, TODAY), shipped, shipped.organisations["trust"])

    assert got.outcome is Outcome.ANSWERED
    assert got.leading[0].authority is Authority.EMPLOYER_POLICY


def test_a_document_past_review_is_warned_of_by_name_and_month():
    citation = a_citation(an_edition(review_by=PrintedDate("2020-08")))
    answered = an_answer(citations=(citation,), warnings=(Warned(WarningId.REVIEW_OVERDUE, "own/1"),))

    assert wording.beside(answered) == [
        "Shed policy (The Garden Trust): This document is past its review date (August 2020). It may be out of date."
    ]


def test_a_whole_document_past_review_is_warned_of_in_the_same_words():
    edition = an_edition(review_by=PrintedDate("2020-08"))
    answered = an_answer(document=edition, warnings=(Warned(WarningId.REVIEW_OVERDUE),))

    (said,) = wording.beside(answered)

    assert said.startswith("Shed policy (The Garden Trust): ")
    assert "August 2020" in said


def test_a_clause_that_only_applies_as_well_is_warned_of_too():
    old = an_edition(a_clause(id="old/1"), document=a_document(id="old", title="Old"), review_by=PrintedDate("2020-08"))
    answered = an_answer(
        citations=(a_citation(),), also=(a_citation(old),), warnings=(Warned(WarningId.REVIEW_OVERDUE, "old/1"),)
    )

    (said,) = wording.beside(answered)

    assert said.startswith("Old (The Garden Trust): ")


def test_what_stands_with_each_clause_is_not_said_twice():
    warnings = tuple(Warned(each) for each in WarningId)

    said = wording.beside(an_answer(warnings=warnings, document=an_edition(review_by=PrintedDate("2020-08"))))

    assert wording.RESTATED not in said
    assert wording.DANGER not in said
    assert wording.WARNINGS[WarningId.NOT_EMPLOYER_POLICY] in said
    assert wording.WARNINGS[WarningId.SPEAKING_UP_RIDER] in said


def test_what_stands_below_is_titled_and_empty_parts_are_left_out():
    leading = a_citation()
    other = Citation(
        a_clause(id="other/1"),
        an_edition(document=a_document(id="other")),
        Authority.UNION_ADVICE,
        Wording.RESTATED,
        ReviewState.NOT_STATED,
    )
    also = a_citation(an_edition(a_clause(id="own/2")))

    with_all = wording.further(an_answer(citations=(leading, other), also=(also,)))
    not_covered = wording.further(an_answer(Outcome.NOT_COVERED, also=(also,)))

    assert with_all == [(wording.ALSO, (also,)), (wording.OTHER_VIEWS, (other,))]
    assert not_covered == [(wording.NEAREST, (also,))]
    assert wording.further(an_answer(citations=(leading,))) == []


def test_no_sentence_is_left_with_a_gap(shipped: Library):
    organisation = shipped.organisations["trust"]
    days = (TODAY, date(2010, 1, 1), date(2030, 1, 1))

    for day in days:
        for name in shipped.situations:
            got = answer(Question("", day, name), shipped, organisation)
            for said in (*wording.lead_lines(got), *wording.beside(got), *map(wording.route_line, got.routes)):
                assert said.strip()
                assert "{" not in said
                assert " None" not in said
