"""The library that ships: every clause of the five documents, the situations that lead to them, and their dates."""

from collections.abc import Iterator
from datetime import date

import pytest
from builders import TODAY

from knowledge.formats.pack import NEEDED_ROUTES
from knowledge.library import Library
from knowledge.lint import lint
from knowledge.model import Authority, Clause, Document, Edition, Kind, ReviewState, Situation, Stance, Wording
from knowledge.people import RouteScope
from knowledge.terms import terms, words

# "5.1-9" is 5.1 to 5.9, "do/1-8" is do/1 to do/8.
IDS = {
    "care": "1-15",
    "hee": "summary introduction/1-2 purpose purpose/1-4 scope definitions/1-2 duties/1-3 principles/1-5 eia training "
    "monitoring/1-6 monitoring/3.1-5 associated",
    "his": "blog/1-5 conduct/1-4 dont/1-4 effective/1-3",
    "trust": "1.1-4 2.1-3 3.1-3 4.1 5.1-9 6.1-3 7.1 8.1 9.1-2 10.1 def/twitter def/facebook def/youtube def/linkedin "
    "def/audioboo def/myspace-bebo def/snapchat def/oovoo def/instagram do/1-8 dont/1-10 meta standards/scope",
    "unite": "abstract background nhs nhs/1-3 dont/1-6 rep/1-5 resources/1-5",
}


def expanded(document: str) -> Iterator[str]:
    """Every clause id of *document*."""
    for pattern in IDS[document].split():
        first, dash, last = pattern.rpartition("-")
        if not (dash and last.isdigit()):
            yield f"{document}/{pattern}"
            continue
        stem = first.rstrip("0123456789")
        yield from (f"{document}/{stem}{n}" for n in range(int(first.removeprefix(stem)), int(last) + 1))


def clauses(shipped: Library) -> list[tuple[Document, Clause]]:
    return [(edition.document, clause) for edition, clause in shipped.passages]


def situations(shipped: Library, *kinds: Kind) -> list[Situation]:
    return [situation for situation in shipped.matcher.situations if situation.kind in kinds]


def edition_of(shipped: Library, document: str) -> Edition:
    return next(edition for edition in shipped.editions if edition.document.id == document)


def test_all_143_clauses_are_there_each_under_its_own_id(shipped: Library) -> None:
    expected = [clause for document in IDS for clause in expanded(document)]

    got = [clause.id for _, clause in clauses(shipped)]

    assert sorted(got) == sorted(expected)
    assert len(got) == len(set(got)) == 143


@pytest.mark.parametrize(("document", "count"), [("care", 15), ("hee", 33), ("his", 16), ("trust", 57), ("unite", 22)])
def test_each_document_has_all_of_its_clauses(shipped: Library, document: str, count: int) -> None:
    assert len(edition_of(shipped, document).clauses) == count


def test_every_clause_says_something_under_a_heading_and_names_where_it_stands(shipped: Library) -> None:
    empty = [
        clause.id
        for _, clause in clauses(shipped)
        if len(clause.text.split()) < 5 or not all(clause.heading) or not clause.source
    ]

    assert empty == []


def test_exceptions_are_part_of_their_clauses_text(shipped: Library) -> None:
    with_exceptions = [clause for _, clause in clauses(shipped) if clause.exceptions]

    assert all(exception in clause.text for clause in with_exceptions for exception in clause.exceptions)
    assert {"trust/dont/5", "trust/dont/10", "trust/5.5"} <= {clause.id for clause in with_exceptions}


def test_numbers_are_as_printed(shipped: Library) -> None:
    numbers = {clause.id: clause.number for _, clause in clauses(shipped) if clause.number}

    assert numbers["trust/5.1"] == "5.1"
    assert numbers["trust/10.1"] == "10.1"
    assert all(name.endswith(f"/{number}") for name, number in numbers.items())


def test_clauses_and_situations_name_topics_that_exist(shipped: Library) -> None:
    named = {topic for _, clause in clauses(shipped) for topic in clause.topics}

    assert named <= set(shipped.topics)
    assert {situation.topic for situation in shipped.matcher.situations} == set(shipped.topics)


@pytest.mark.parametrize(
    ("document", "dates", "whose_word"),
    [
        ("trust", ("2015-08", "2017-08"), (Authority.OTHER_EMPLOYER, Wording.RESTATED)),
        ("hee", ("2017-06-05", "2018-06"), (Authority.OTHER_EMPLOYER, Wording.RESTATED)),
        ("unite", ("2014-07", None), (Authority.UNION_ADVICE, Wording.RESTATED)),
        ("his", ("2014-12-11", None), (Authority.OTHER_EMPLOYER, Wording.REPORTED)),
        ("care", ("2018-09-18", None), (Authority.COMMENTARY, Wording.RESTATED)),
    ],
)
def test_each_document_has_its_dates_and_its_authority(
    shipped: Library, document: str, dates: tuple[str, str | None], whose_word: tuple[Authority, Wording]
) -> None:
    edition = edition_of(shipped, document)

    review_by = edition.review_by.printed if edition.review_by else None
    assert (edition.effective.printed, review_by) == dates
    assert (edition.document.authority, edition.document.wording) == whose_word
    assert all((edition.document.title, edition.document.issuer, edition.document.owner, edition.label))


@pytest.mark.parametrize(("document", "last_current_day"), [("trust", date(2017, 8, 31)), ("hee", date(2018, 6, 30))])
def test_a_policy_past_its_review_says_so_from_the_right_day(
    shipped: Library, document: str, last_current_day: date
) -> None:
    edition = edition_of(shipped, document)

    assert edition.review_state(last_current_day) is ReviewState.CURRENT
    assert (
        edition.review_state(last_current_day.replace(day=1, month=last_current_day.month + 1)) is ReviewState.OVERDUE
    )


def test_each_employer_s_policy_is_its_own_document_and_the_others_keep_their_authority(shipped: Library) -> None:
    tiers = {
        name: {
            edition.document.id: organisation.authority(edition.clauses[-1], edition.document)
            for edition in shipped.editions
            if edition.document.id != "his"
        }
        for name, organisation in shipped.organisations.items()
    }

    others = {"care": Authority.COMMENTARY, "unite": Authority.UNION_ADVICE}
    assert tiers["trust"] == others | {"trust": Authority.EMPLOYER_POLICY, "hee": Authority.OTHER_EMPLOYER}
    assert tiers["hee"] == others | {"trust": Authority.OTHER_EMPLOYER, "hee": Authority.EMPLOYER_POLICY}


def test_a_blogs_own_words_are_commentary_and_the_rules_it_quotes_are_not(shipped: Library) -> None:
    trust = shipped.organisations["trust"]
    document = edition_of(shipped, "his").document

    authorities = {c.id: trust.authority(c, document) for c in edition_of(shipped, "his").clauses}

    commentary = {name for name, authority in authorities.items() if authority is Authority.COMMENTARY}
    assert commentary == {f"his/blog/{n}" for n in range(1, 6)}
    assert set(authorities.values()) == {Authority.COMMENTARY, Authority.OTHER_EMPLOYER}


def test_a_quotation_that_nobody_saw_in_full_is_said_to_be_one(shipped: Library) -> None:
    wordings = {c.id: c.wording or Wording.REPORTED for c in edition_of(shipped, "his").clauses}

    assert all((wording is Wording.RESTATED) == ("/blog/" in name) for name, wording in wordings.items())
    assert "quot" in edition_of(shipped, "his").document.about


def test_no_clause_is_shown_as_the_documents_own_words(shipped: Library) -> None:
    wordings = {clause.wording or document.wording for document, clause in clauses(shipped)}

    assert wordings == {Wording.RESTATED, Wording.REPORTED}


def test_the_bake_sale_rule_stands_with_its_exception_and_beside_the_two_clauses_that_also_apply(
    shipped: Library,
) -> None:
    situation = shipped.situations["bake-sale-and-event-photos"]
    rule = next(clause for _, clause in clauses(shipped) if clause.id == "trust/dont/5")

    assert situation.answers[0] == rule.id
    assert {"trust/do/5", "trust/do/6"} <= {*situation.answers, *situation.also}
    assert rule.stance is Stance.MUST_NOT
    assert any("bake sale" in exception and "consent" in exception for exception in rule.exceptions)


def test_there_are_about_150_situations_or_more_and_120_subjects_elsewhere_or_more(shipped: Library) -> None:
    assert len(situations(shipped, Kind.POLICY)) >= 150
    assert len(situations(shipped, Kind.ELSEWHERE)) >= 120


@pytest.mark.parametrize(
    ("kind", "at_least"), [(Kind.POLICY, 40), (Kind.SENSITIVE, 40), (Kind.HELP, 40), (Kind.ELSEWHERE, 15)]
)
def test_every_situation_is_said_in_many_different_ways(shipped: Library, kind: Kind, at_least: int) -> None:
    different = {s.id: len({" ".join(words(phrasing)) for phrasing in s.phrasings}) for s in situations(shipped, kind)}

    assert {name: count for name, count in different.items() if count < at_least} == {}


def test_no_phrasing_leads_to_two_situations_that_the_policies_answer(shipped: Library) -> None:
    homes: dict[str, set[str]] = {}
    for situation in situations(shipped, Kind.POLICY):
        for phrasing in situation.phrasings:
            homes.setdefault(" ".join(words(phrasing)), set()).add(situation.id)

    assert {phrasing: home for phrasing, home in homes.items() if len(home) > 1} == {}


def test_every_clause_is_reached_by_a_situation(shipped: Library) -> None:
    reached = {clause for s in situations(shipped, Kind.POLICY) for clause in (*s.answers, *s.also)}

    assert {clause.id for _, clause in clauses(shipped)} - reached == set()


def test_every_situation_that_the_policies_answer_names_a_clause_that_settles_it_once(shipped: Library) -> None:
    for situation in situations(shipped, Kind.POLICY):
        linked = [*situation.answers, *situation.also]
        assert situation.answers, situation.id
        assert len(linked) == len(set(linked)), situation.id


def test_clinical_questions_are_sent_to_a_clinician(shipped: Library) -> None:
    clinical = [situation for situation in situations(shipped, Kind.ELSEWHERE) if situation.clinical]

    assert len(clinical) >= 10
    assert all(situation.go_to for situation in clinical)
    assert {"elsewhere-drug-doses", "elsewhere-test-results"} <= {situation.id for situation in clinical}


def test_danger_leads_to_the_emergency_services_first(shipped: Library) -> None:
    danger = [situation for situation in situations(shipped, Kind.SENSITIVE) if situation.danger]

    assert {situation.id for situation in danger} == {"self-harm-or-suicide", "immediate-danger"}
    assert {situation.routes[0] for situation in danger} == {"emergency"}


def test_every_disclosure_has_three_routes_and_none_is_the_line_manager(shipped: Library) -> None:
    for situation in situations(shipped, Kind.SENSITIVE):
        assert len(set(situation.routes)) >= 3, situation.id
        assert "line_manager" not in situation.routes, situation.id


def test_national_contacts_carry_their_source_and_the_month_of_the_last_check(shipped: Library) -> None:
    assert set(shipped.routes) >= NEEDED_ROUTES
    for route in shipped.routes.values():
        if route.contact.text:
            assert route.scope is RouteScope.EXTERNAL, route.id
            assert route.contact.source.startswith("https://"), route.id
            assert not route.contact.is_stale(TODAY), route.id
    assert all(shipped.routes[name].contact.text for name in ("emergency", "regulator", "independent_advice"))


@pytest.mark.parametrize(
    ("staffs_word", "policys_word"),
    [("reporter", "media"), ("journalist", "media"), ("BBC", "media"), ("coworker", "colleague")],
)
def test_staffs_words_meet_the_policys(shipped: Library, staffs_word: str, policys_word: str) -> None:
    expand = shipped.matcher.thesaurus.expand

    assert set(expand(terms(staffs_word))) & set(expand(terms(policys_word)))


def test_the_lint_finds_what_is_known_to_be_old_or_missing_in_the_policies(shipped: Library) -> None:
    found = {(f.rule, f.where, f.what) for f in lint(shipped, shipped.organisations["trust"], TODAY)}

    rules = {rule for rule, _, _ in found}
    places = {(rule, where) for rule, where, _ in found}
    assert {("past-review", "trust"), ("past-review", "hee"), ("replaced-law", "trust/5.2")} <= places
    assert {
        ("gone", "trust/def/oovoo"),
        ("gone", "hee/summary"),
        ("documents-disagree", "concern-in-a-group"),
    } <= places
    assert ("policy-not-in-library", "trust/10.1", "HRP03") in found
    assert ("policy-not-in-library", "trust/10.1", "OP1.11") in found
    assert "clause-without-situation" not in rules
    assert "stale-contact" not in rules
