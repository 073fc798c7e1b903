"""The decision: what is looked for in which order, and how each question ends."""

from datetime import date

import pytest
from builders import OWN_DOCUMENT, SENSITIVE, SITUATIONS, TODAY, a_library, some_packs
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import MAX_CHARACTERS, MAX_TERMS, answer
from bot.model import Answer, Outcome, Question, WarningId
from knowledge.library import Library
from knowledge.model import Authority

LOCKING = "do i lock the shed"
PAINTING = "may i paint the shed green"
POND = "can i put goldfish in the pond"
BULLIED = "my boss screams at me daily"
DANGER = "he has a knife in the shed"
NUMBER = "999 012 3456"

SECOND_EDITION = OWN_DOCUMENT.replace('edition: "1"', 'edition: "2"').replace("2020-01", "2026-06")


def ask(library: Library, text: str, *, on: date = TODAY, situation: str | None = None) -> Answer:
    return answer(Question(text, on, situation), library, library.organisations["garden"])


def warned(got: Answer) -> set[WarningId]:
    return {each.id for each in got.warnings}


def clauses(got: Answer) -> list[str]:
    return [citation.clause.id for citation in got.citations]


def test_a_question_is_answered_with_the_clause_that_settles_it(sheds: Library):
    got = ask(sheds, LOCKING)

    assert got.outcome is Outcome.ANSWERED
    assert got.leading[0].clause.id == "own/1"
    assert [citation.clause.id for citation in got.also] == ["own/2"]


def test_every_answer_names_the_library_and_the_day(sheds: Library):
    for text in (LOCKING, BULLIED, DANGER, NUMBER, "hello", "my wages are wrong", "xyzzy", ""):
        got = ask(sheds, text)

        assert (got.library, got.on) == (sheds.digest, TODAY)


@pytest.mark.parametrize("text", [f"{DANGER} and i want to paint it", f"{DANGER}, his number is {NUMBER}"])
def test_danger_is_seen_before_anything_else(sheds: Library, text: str):
    got = ask(sheds, text)

    assert got.outcome is Outcome.SENSITIVE
    assert got.warnings[0].id is WarningId.DANGER
    assert got.routes[0].id == "emergency"


def test_in_danger_the_emergency_services_stand_first_although_the_situation_names_others():
    sensitive = SENSITIVE.replace("routes: [emergency, regulator, hr]", "routes: [regulator, hr]")
    library = a_library(some_packs(situations__sensitive=sensitive))

    got = ask(library, DANGER)

    assert [route.id for route in got.routes] == ["emergency", "regulator", "hr"]


def test_a_disclosure_is_seen_before_the_identifiers_in_it(sheds: Library):
    got = ask(sheds, f"{BULLIED}, his nhs number is {NUMBER}")

    assert got.outcome is Outcome.SENSITIVE
    assert warned(got) == {WarningId.REMOVE_IDENTIFIERS}


def test_a_disclosure_is_seen_before_a_clause_that_is_named(sheds: Library):
    got = ask(sheds, f"{BULLIED}, what does own/1 say")

    assert got.outcome is Outcome.SENSITIVE


def test_identifiers_are_seen_before_a_clause_that_is_named(sheds: Library):
    got = ask(sheds, f"clause 1 about {NUMBER}")

    assert got.outcome is Outcome.IDENTIFIABLE


def test_identifiers_are_seen_before_the_search(sheds: Library):
    got = ask(sheds, f"may {NUMBER} paint the shed green")

    assert got.outcome is Outcome.IDENTIFIABLE
    assert got.situation is None
    assert (got.citations, got.also, got.choices) == ((), (), ())
    assert warned(got) == {WarningId.REMOVE_IDENTIFIERS}
    assert [route.id for route in got.routes] == ["information_governance", "line_manager"]


def test_a_sensitive_matter_goes_to_a_person_and_quotes_nothing(sheds: Library):
    got = ask(sheds, BULLIED)

    assert got.outcome is Outcome.SENSITIVE
    assert (got.citations, got.also, got.other_views, got.choices) == ((), (), (), ())
    assert [route.id for route in got.routes][:3] == ["hr", "freedom_to_speak_up", "union_rep"]


def test_a_long_message_is_still_searched_for_danger_and_identifiers(sheds: Library):
    filling = "who locks the shed door " * 200

    assert ask(sheds, f"{DANGER}. {filling}").outcome is Outcome.SENSITIVE
    assert ask(sheds, f"ring me on {NUMBER}. {filling}").outcome is Outcome.IDENTIFIABLE


def test_a_message_that_is_too_long_is_refused_politely(sheds: Library):
    got = ask(sheds, "shed " * (MAX_CHARACTERS // 5 + 1))

    assert got.outcome is Outcome.NOT_COVERED
    assert warned(got) == {WarningId.TOO_LONG}
    assert (got.citations, got.also) == ((), ())
    assert [route.id for route in got.routes] == ["line_manager"]


def test_a_message_at_the_limit_is_answered(sheds: Library):
    text = LOCKING.ljust(MAX_CHARACTERS)

    assert ask(sheds, text).outcome is Outcome.ANSWERED
    assert WarningId.TOO_LONG in warned(ask(sheds, text + " "))


def test_a_message_of_too_many_different_words_is_refused_politely(sheds: Library):
    words = [f"shed{'abcdefghij'[n // 10]}{'klmnopqrst'[n % 10]}" for n in range(MAX_TERMS + 1)]

    assert WarningId.TOO_LONG not in warned(ask(sheds, " ".join(words[:-1])))
    assert WarningId.TOO_LONG in warned(ask(sheds, " ".join(words)))


@pytest.mark.parametrize("text", ["", " ", "\n\t", "?", "...", "\u200b", "🙂🙂"])
def test_a_message_without_a_word_gets_no_clause(shipped: Library, text: str):
    got = answer(Question(text, TODAY), shipped, shipped.organisations["trust"])

    assert got.outcome in (Outcome.HELP, Outcome.NOT_COVERED)
    assert (got.citations, got.also) == ((), ())


def test_a_clause_that_is_named_is_shown_without_a_search(sheds: Library):
    got = ask(sheds, "own/2")

    assert got.outcome is Outcome.ANSWERED
    assert got.situation is None
    assert clauses(got) == ["own/2"]
    assert [route.id for route in got.routes] == ["line_manager"]


def test_a_named_clause_of_another_document_is_named_as_another_view(sheds: Library):
    got = ask(sheds, "other/1")

    assert clauses(got) == ["other/1"]
    assert got.other_views == got.citations
    assert WarningId.RESTATED in warned(got)


def test_a_document_that_is_named_is_given_whole(sheds: Library):
    got = ask(sheds, "show me the shed policy")

    assert got.outcome is Outcome.ANSWERED
    assert got.document is sheds.editions[1]
    assert got.document.document.id == "own"
    assert got.citations == ()


def test_a_document_past_review_says_so_when_it_is_given_whole(sheds: Library):
    got = ask(sheds, "show me the shed policy", on=date(2031, 1, 1))

    assert got.document is not None
    assert warned(got) == {WarningId.REVIEW_OVERDUE}


def test_small_talk_gets_help_and_no_route(sheds: Library):
    got = ask(sheds, "good morning")

    assert got.outcome is Outcome.HELP
    assert got.situation is not None
    assert got.situation.id == "help-greeting"
    assert (got.citations, got.routes, got.warnings) == ((), (), ())


def test_a_subject_of_another_team_is_sent_there(sheds: Library):
    got = ask(sheds, "my wages are wrong")

    assert got.outcome is Outcome.NOT_COVERED
    assert got.elsewhere is not None
    assert (got.elsewhere.id, got.elsewhere.name, got.elsewhere.contact) == ("elsewhere-wages", "The wages office", "")
    assert got.citations == ()


def test_the_organisations_own_contact_for_another_team_is_given():
    organisations = """
organisations:
  - {id: garden, name: The Garden Trust, documents: {own: employer_policy}, elsewhere: {elsewhere-wages: ext 4}}
"""
    library = a_library(some_packs(organisations=organisations))

    got = ask(library, "my wages are wrong")

    assert got.elsewhere is not None
    assert got.elsewhere.contact == "ext 4"


def test_a_clinical_question_is_sent_away_and_said_to_be_one(sheds: Library):
    got = ask(sheds, "i ate a foxglove")

    assert got.outcome is Outcome.NOT_COVERED
    assert warned(got) == {WarningId.CLINICAL}
    assert got.elsewhere is not None
    assert got.elsewhere.name == "A registered clinician"


def test_what_nobody_knows_is_not_covered_and_goes_to_the_default_route(sheds: Library):
    got = ask(sheds, "xyzzy plugh")

    assert got.outcome is Outcome.NOT_COVERED
    assert got.citations == ()
    assert [route.id for route in got.routes] == ["line_manager"]


def test_the_nearest_clauses_of_an_uncovered_question_carry_their_warnings():
    strict = 'covered_from: "1"\nelsewhere_from: "1"\n'
    old = OWN_DOCUMENT.replace("review_by: 2030-01", "review_by: 2021-01")
    forbidding = old.replace("You may paint the shed green.", "Do not post a concern about a painted shed online.")
    library = a_library(some_packs(calibration=strict, documents__own=forbidding))

    got = ask(library, "fish wages for a painted shed")

    assert got.outcome is Outcome.NOT_COVERED
    assert got.citations == ()
    assert "own/2" in {citation.clause.id for citation in got.also}
    assert {WarningId.REVIEW_OVERDUE, WarningId.SPEAKING_UP_RIDER} <= warned(got)


def test_situations_that_compete_are_offered_by_title(sheds: Library):
    got = ask(sheds, "what about the shed")

    assert got.outcome is Outcome.CHOOSE
    assert {choice.title for choice in got.choices} >= {"Locking the shed", "Painting the shed"}
    leading = [sheds.situations[choice.situation].answers[0] for choice in got.choices]
    assert clauses(got) == leading


def test_every_choice_leads_to_another_clause(shipped: Library):
    for text in ("what about relatives?", "what about photos", "how about at work"):
        got = answer(Question(text, TODAY), shipped, shipped.organisations["trust"])

        assert got.outcome is Outcome.CHOOSE
        assert 2 <= len(got.choices) <= 4
        assert len(set(clauses(got))) == len(got.choices)


@pytest.mark.parametrize("situation", ["locking-the-shed", "painting-the-shed", "fish-in-the-pond"])
def test_a_choice_is_picked_by_its_situation_whatever_the_text_says(sheds: Library, situation: str):
    got = ask(sheds, "a button was pressed", situation=situation)

    assert got.outcome is Outcome.ANSWERED
    assert got.situation == sheds.situations[situation]
    assert clauses(got)[0] == sheds.situations[situation].answers[0]


@pytest.mark.parametrize(
    ("situation", "outcome"),
    [
        ("bullied", Outcome.SENSITIVE),
        ("in-danger", Outcome.SENSITIVE),
        ("elsewhere-wages", Outcome.NOT_COVERED),
        ("help-greeting", Outcome.HELP),
    ],
)
def test_a_situation_of_any_kind_can_be_picked(sheds: Library, situation: str, outcome: Outcome):
    assert ask(sheds, "", situation=situation).outcome is outcome


def test_a_situation_that_does_not_exist_is_no_situation(sheds: Library):
    assert ask(sheds, LOCKING, situation="no-such-thing") == ask(sheds, LOCKING)


def test_a_picked_situation_without_a_clause_in_force_says_that_nothing_was(sheds: Library):
    got = ask(sheds, "", situation="fish-in-the-pond", on=date(2019, 4, 30))

    assert got.outcome is Outcome.NOT_COVERED
    assert warned(got) == {WarningId.NOTHING_IN_FORCE}


@pytest.mark.parametrize(
    "text",
    [
        f"{PAINTING}? {POND}?",
        f"{PAINTING} and {POND}?",
        f"{POND}? also {PAINTING}?",
    ],
)
def test_two_questions_in_one_message_are_both_offered(sheds: Library, text: str):
    got = ask(sheds, text)

    assert got.outcome is Outcome.CHOOSE
    assert {choice.situation for choice in got.choices} == {"painting-the-shed", "fish-in-the-pond"}


def test_a_question_asked_twice_in_one_message_is_one_question(sheds: Library):
    got = ask(sheds, f"{PAINTING}? {PAINTING}?")

    assert got.outcome is Outcome.ANSWERED


def test_an_incomplete_question_without_an_earlier_one_gets_a_choice(sheds: Library):
    assert ask(sheds, "and what about the pond?").outcome is Outcome.CHOOSE


def test_the_employers_clause_leads_and_the_others_stand_as_other_views(sheds: Library):
    got = ask(sheds, PAINTING)

    assert clauses(got) == ["own/2", "other/1"]
    assert [citation.authority for citation in got.citations] == [Authority.EMPLOYER_POLICY, Authority.UNION_ADVICE]
    assert [citation.clause.id for citation in got.leading] == ["own/2"]
    assert [citation.clause.id for citation in got.other_views] == ["other/1"]
    assert [citation.clause.id for citation in got.differing] == ["other/1"]


def test_where_the_employer_is_silent_another_document_leads_and_the_answer_says_so(sheds: Library):
    got = ask(sheds, POND)

    assert clauses(got) == ["other/2"]
    assert got.warnings[0].id is WarningId.NOT_EMPLOYER_POLICY
    assert got.warnings[0].clause == "other/2"


def test_the_employer_is_silent_where_its_clause_only_applies_as_well():
    situations = SITUATIONS.replace("answers: [other/2]", "answers: [other/2]\n    also: [own/2]")
    library = a_library(some_packs(situations__sheds=situations))

    got = ask(library, POND)

    assert clauses(got) == ["other/2"]
    assert WarningId.NOT_EMPLOYER_POLICY in warned(got)
    assert [citation.clause.id for citation in got.also] == ["own/2"]


def test_documents_that_disagree_are_both_shown_and_the_disagreement_is_said(sheds: Library):
    got = ask(sheds, PAINTING)

    disagreements = [each for each in got.warnings if each.id is WarningId.DOCUMENTS_DISAGREE]
    assert [each.clause for each in disagreements] == ["other/1"]
    assert {"own/2", "other/1"} <= set(clauses(got))


def test_routes_that_a_clause_names_come_first_and_the_default_comes_last(sheds: Library):
    got = ask(sheds, LOCKING)

    assert [(route.id, route.because) for route in got.routes] == [("comms_team", "own/1"), ("line_manager", None)]


def test_the_situations_routes_stand_between_the_clauses_and_the_default(sheds: Library):
    got = ask(sheds, PAINTING)

    assert [(route.id, route.because) for route in got.routes] == [("hr", None), ("line_manager", None)]


def test_hee_puts_its_own_policy_first(shipped: Library):
    for situation in ("patient-information", "breaking-the-rules", "being-monitored", "acceptable-use"):
        got = answer(Question("", TODAY, situation), shipped, shipped.organisations["hee"])

        assert got.citations[0].edition.document.id == "hee"
        assert got.citations[0].authority is Authority.EMPLOYER_POLICY
        assert WarningId.NOT_EMPLOYER_POLICY not in warned(got)


def test_the_trusts_policy_is_another_employers_for_hee(shipped: Library):
    got = answer(Question("", TODAY, "bake-sale-and-event-photos"), shipped, shipped.organisations["hee"])

    assert got.citations[0].clause.id == "trust/dont/5"
    assert got.citations[0].authority is Authority.OTHER_EMPLOYER
    assert WarningId.NOT_EMPLOYER_POLICY in warned(got)


def test_a_whole_document_is_the_employers_own(shipped: Library):
    for employer in ("trust", "hee"):
        got = answer(Question("show me the whole policy", TODAY), shipped, shipped.organisations[employer])

        assert got.document is not None
        assert got.document.document.id == employer


def test_a_day_is_answered_from_the_editions_in_force_on_it():
    later = SECOND_EDITION.replace("You may paint the shed green.", "You may paint the shed blue.")
    library = a_library(some_packs(documents__own_2=later))

    before, after = (ask(library, PAINTING, on=day) for day in (date(2026, 5, 31), date(2026, 6, 1)))

    assert (before.citations[0].edition.label, after.citations[0].edition.label) == ("1", "2")
    assert before.citations[0].clause.text == "You may paint the shed green."
    assert after.citations[0].clause.text == "You may paint the shed blue."


def test_a_withdrawn_edition_is_cited_up_to_the_day_before(sheds: Library):
    withdrawn = OWN_DOCUMENT.replace("review_by: 2030-01", "review_by: 2030-01\nwithdrawn: 2026-03-10")
    library = a_library(some_packs(documents__own=withdrawn))

    last, gone = (ask(library, LOCKING, on=day) for day in (date(2026, 3, 9), date(2026, 3, 10)))

    assert clauses(last)[0] == "own/1"
    assert "own/1" not in clauses(gone)


@pytest.mark.parametrize("text", [LOCKING, PAINTING, POND, "what about the shed"])
def test_before_every_edition_nothing_is_covered_and_the_answer_says_why(sheds: Library, text: str):
    got = ask(sheds, text, on=date(2018, 1, 1))

    assert got.outcome is Outcome.NOT_COVERED
    assert warned(got) == {WarningId.NOTHING_IN_FORCE}
    assert (got.citations, got.also, got.choices) == ((), (), ())


def test_before_every_edition_a_disclosure_still_gets_its_routes(sheds: Library):
    got = ask(sheds, BULLIED, on=date(2018, 1, 1))

    assert got.outcome is Outcome.SENSITIVE
    assert len(got.routes) >= 3


def test_a_disclosure_that_names_two_routes_gets_a_third_and_one_outside():
    sensitive = SENSITIVE.replace("routes: [hr, freedom_to_speak_up, union_rep]", "routes: [hr]")
    library = a_library(some_packs(situations__sensitive=sensitive))

    got = ask(library, BULLIED)

    assert len(got.routes) >= 3
    assert got.routes[0].id == "hr"
    assert any(route.scope.value == "external" for route in got.routes)


@given(st.text(max_size=300))
def test_any_text_is_answered_and_twice_the_same(sheds: Library, text: str):
    first, second = ask(sheds, text), ask(sheds, text)

    assert first == second


def test_two_libraries_of_the_same_packs_give_equal_answers(sheds: Library):
    again = a_library()

    for text in (LOCKING, PAINTING, POND, BULLIED, DANGER, "hello", "my wages are wrong", "what about the shed"):
        assert ask(again, text) == ask(sheds, text)
