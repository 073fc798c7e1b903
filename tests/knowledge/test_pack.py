"""A folder of packs becomes documents, situations, routes and organisations, with defaults where allowed."""

import re

import pytest
from builders import ORGANISATIONS, OWN_DOCUMENT, ROUTES, some_packs

from knowledge.errors import InvalidPack
from knowledge.formats import pack
from knowledge.formats.pack import MAX_FILES, NEEDED_ROUTES, Packs
from knowledge.matching import Calibration
from knowledge.model import Authority, Edition, Kind, PrintedDate, Situation, Stance, Wording
from knowledge.people import RouteScope


def read(**files: str) -> Packs:
    return pack.read(some_packs(**files))


def the_edition(packs: Packs, document: str = "own") -> Edition:
    return next(edition for edition in packs.editions if edition.document.id == document)


def the_situation(packs: Packs, name: str) -> Situation:
    return next(situation for situation in packs.situations if situation.id == name)


def test_a_document_is_read_with_all_that_it_says() -> None:
    edition = the_edition(read())

    document = edition.document
    assert (document.title, document.issuer, document.owner) == ("Shed policy", "The Garden Trust", "Head of Sheds")
    assert (document.authority, document.wording) == (Authority.OTHER_EMPLOYER, Wording.VERBATIM)
    assert (edition.label, edition.effective, edition.review_by, edition.withdrawn) == (
        "1",
        PrintedDate("2020-01"),
        PrintedDate("2030-01"),
        None,
    )


def test_a_clause_is_read_with_all_that_it_says() -> None:
    own = OWN_DOCUMENT.replace(
        "    stance: may\n",
        "    stance: may\n    topics: [sheds, paint]\n    authority: commentary\n"
        "    wording: reported\n    source: p. 4\n",
    )

    first, second = the_edition(read(documents__own=own)).clauses

    assert (first.id, first.number, first.heading, first.stance) == ("own/1", "1", ("Sheds", "Locking"), Stance.MUST)
    assert (first.exceptions, first.routes) == (("unless the owl is inside",), ("comms_team",))
    assert (first.authority, first.wording, first.topics, first.source) == (None, None, (), "")
    assert (second.authority, second.wording) == (Authority.COMMENTARY, Wording.REPORTED)
    assert (second.topics, second.source) == (("sheds", "paint"), "p. 4")


def test_situations_are_of_their_files_kind_and_topic() -> None:
    packs = read()

    poison = the_situation(packs, "elsewhere-poison")
    assert (poison.kind, poison.topic, poison.clinical) == (Kind.ELSEWHERE, "elsewhere", True)
    assert poison.go_to == "A registered clinician"
    assert the_situation(packs, "in-danger").danger
    painting = the_situation(packs, "painting-the-shed")
    assert (painting.kind, painting.answers, painting.routes) == (Kind.POLICY, ("own/2", "other/1"), ("hr",))
    assert (painting.danger, painting.clinical) == (False, False)
    assert packs.topics == {"sheds": "Sheds", "elsewhere": "Elsewhere", "sensitive": "Speaking up", "help": "Help"}


def test_two_editions_of_a_document_share_their_clauses_ids() -> None:
    later = OWN_DOCUMENT.replace('edition: "1"', 'edition: "2"').replace("2020-01", "2022-01")

    packs = pack.read(some_packs() | {"documents/own-2.yaml": later.encode()})

    assert [edition.label for edition in packs.editions if edition.document.id == "own"] == ["2", "1"]


def test_routes_and_organisations_are_read_with_their_contacts() -> None:
    organisations = ORGANISATIONS + (
        "    contacts: {hr: extension 5}\n    elsewhere: {elsewhere-wages: room 9}\n    default_route: hr\n"
        "    source_urls: {own: 'https://garden.example/sheds'}\n"
    )

    packs = read(organisations=organisations)

    garden = packs.organisations[0]
    assert (garden.id, garden.name, garden.default_route) == ("garden", "The Garden Trust", "hr")
    assert (garden.authorities, garden.contacts) == ({"own": Authority.EMPLOYER_POLICY}, {"hr": "extension 5"})
    assert (garden.elsewhere, garden.source_urls) == (
        {"elsewhere-wages": "room 9"},
        {"own": "https://garden.example/sheds"},
    )
    regulator = next(route for route in packs.routes if route.id == "regulator")
    assert (regulator.scope, regulator.contact.text) == (RouteScope.EXTERNAL, "regulator.example")
    assert regulator.contact.reviewed == PrintedDate("2026-10")


def test_what_a_folder_leaves_out_is_as_measured() -> None:
    assert read().calibration == Calibration()
    assert read().thesaurus == {}


def test_calibration_and_thesaurus_are_read() -> None:
    packs = read(
        calibration="bm25: 2\nanswered_from: '0.25'\n",
        thesaurus="entries:\n  - {policy_word: shed, staff_words: [hut, BBC]}\n",
    )

    assert packs.calibration == Calibration(bm25=2.0, answered_from=0.25)
    assert packs.thesaurus == {"shed": ("hut", "BBC")}


@pytest.mark.parametrize("route", sorted(NEEDED_ROUTES))
def test_a_route_that_answers_need_may_not_be_left_out(route: str) -> None:
    renamed = re.sub(rf"\bid: {route}\b", f"id: no_{route}", ROUTES)

    with pytest.raises(InvalidPack, match=rf"routes.yaml:1: the route '{route}' is missing; add it"):
        read(routes=renamed)


@pytest.mark.parametrize("left_out", ["source: https://regulator.example", "reviewed: 2026-10"])
def test_a_contact_needs_its_source_and_the_date_of_its_check(left_out: str) -> None:
    with pytest.raises(InvalidPack, match=r"routes.yaml:\d+: '(source|reviewed)' is missing; add it"):
        read(routes=ROUTES.replace(left_out, "", 1))


def test_more_files_than_a_library_has_are_refused_unread() -> None:
    files = {f"situations/{n}.yaml": b"[" * 10 for n in range(MAX_FILES + 1)}

    with pytest.raises(InvalidPack, match="merge some"):
        pack.read(files)


def test_a_policys_situation_must_say_what_answers_it() -> None:
    with pytest.raises(InvalidPack, match="'answers' is missing"):
        read(situations__more="topic: m\ntitle: M\nsituations: [{id: a, title: A, phrasings: [b]}]\n")


def test_reading_changes_nothing_in_what_was_given() -> None:
    files = some_packs()

    pack.read(files)

    assert files == some_packs()
