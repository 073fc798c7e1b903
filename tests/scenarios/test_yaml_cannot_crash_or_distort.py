"""Promise 15: a hostile pack is refused with file, line and remedy, and an awkward one is kept as written."""

import pytest
from builders import ORGANISATIONS, OWN_DOCUMENT, ROUTES, SITUATIONS, some_packs
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.errors import InvalidPack, Problem
from knowledge.formats import pack
from knowledge.formats.fields import MOST_PROBLEMS
from knowledge.formats.strict_yaml import MAX_BYTES

OWN = "documents/own.yaml"
SHEDS = "situations/sheds.yaml"
DEEP = 100_000

ON_ONE_LINE = (
    "\n{document: own, title: t, issuer: i, authority: commentary, wording: verbatim, owner: o, edition: '1', "
    "effective: 2020-01, clauses: [{id: own/1, heading: [a], text: b, stance: may}, "
    "{id: own/2, heading: [a], text: b, stance: may}, {id: own/1, heading: [a], text: b, stance: may}]}"
)
SECOND_SHEDS = """
topic: more-sheds
title: More sheds
situations:
  - {id: locking-the-shed, title: Again, answers: [own/1], phrasings: [shed again]}
"""


def problems_of(file: str, data: str | bytes) -> tuple[Problem, ...]:
    """What is said about a library in which *file* holds *data*."""
    files = some_packs() | {file: data.encode() if isinstance(data, str) else data}
    with pytest.raises(InvalidPack) as refused:
        pack.read(files)
    return refused.value.problems


def own(old: str, new: str) -> str:
    """The employer's document with one thing changed."""
    assert old in OWN_DOCUMENT
    return OWN_DOCUMENT.replace(old, new)


def sheds(old: str, new: str) -> str:
    """The situations about sheds with one thing changed."""
    assert old in SITUATIONS
    return SITUATIONS.replace(old, new)


def laughs() -> str:
    """Nine anchors, each ten times the one before: a thousand million words if anybody follows them."""
    levels = ["a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        levels.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    return "\n".join(levels)


# What is in the file, where it stands, the line that is named, what is wrong, and the remedy.
HOSTILE: tuple[tuple[str, str, str | bytes, int, str, str], ...] = (
    ("lists in lists", OWN, "[" * DEEP, 1, "nested more than", "flatten"),
    ("mappings in mappings", OWN, "{a: " * DEEP, 1, "nested more than", "flatten"),
    ("dashes in dashes", OWN, "- " * DEEP + "a", 1, "nested more than", "flatten"),
    ("steps of indentation", OWN, "".join(f"{' ' * n}a:\n" for n in range(999)), 13, "nested", "flatten"),
    ("a thousand million laughs", OWN, laughs(), 1, "anchor", "write the value out"),
    ("an alias", OWN, own("issuer: The Garden Trust", "issuer: *who"), 4, "alias", "write the value out"),
    ("a merge key", OWN, own("issuer: The Garden Trust", "<<: *who"), 4, "alias", "write the value out"),
    ("an anchor", OWN, own("Shed policy", "&title Shed policy"), 3, "anchor", "write the value out"),
    ("an object of Python", OWN, "!!python/object/apply:os.getcwd []", 1, "tag", "every value is text"),
    ("a tag on a number", OWN, own('number: "1"', "number: !!float 5.10"), 13, "tag", "every value is text"),
    ("a file to include", OWN, own("Shed policy", "!include /etc/hostname"), 3, "tag", "every value is text"),
    ("bytes in base 64", OWN, own("Shed policy", "!!binary c2hlZA=="), 3, "tag", "every value is text"),
    ("a key twice", OWN, own("issuer:", "title: Other\nissuer:"), 4, "'title' twice", "keep one"),
    ("a clause's key twice", OWN, own("    stance: may\n", "    stance: may\n    stance: must\n"), 24, "twice", "keep"),
    ("a clause of 3 MB", OWN, own("green.", "green " * 500_000), 22, "over 20,000 characters", "split"),
    ("a file too large", OWN, b"#" * (MAX_BYTES + 1), 1, "larger than", "split"),
    ("too many values", OWN, "- a\n" * 250_000, 199_999, "more than 200,000 nodes", "split"),
    ("two documents", OWN, OWN_DOCUMENT + "---\n" + OWN_DOCUMENT, 24, "second YAML document", "keep one"),
    ("bytes that are no text", OWN, OWN_DOCUMENT.encode() + b"owner: \xff\xfe", 24, "not UTF-8", "save"),
    ("UTF-16", OWN, OWN_DOCUMENT.encode("utf-16"), 1, "not UTF-8", "save"),
    ("a byte 0", OWN, own("Shed policy", "Shed\0policy"), 3, "a character that text", "correct"),
    ("an escaped byte 0", OWN, own("Shed policy", r'"Shed\0policy"'), 3, "control character", "remove"),
    ("an order to the terminal", OWN, own("Shed policy", r'"\e[2JShed"'), 3, "control character", "remove"),
    ("writing turned round", OWN, own("Shed policy", "Shed \u202eycilop"), 3, "control character", "remove"),
    ("tabs for indentation", OWN, own("    stance: may\n", "\tstance: may\n"), 23, "not valid YAML", "correct"),
    ("a mapping as a key", OWN, own("title:", "? {a: b}\n: c\ntitle:"), 3, "not text", "plain text"),
    ("a list as a key", OWN, own("title:", "[a, b]: c\ntitle:"), 3, "not text", "plain text"),
    ("a key of two lines", OWN, own("title:", r'"a\nERROR b": c' + "\ntitle:"), 3, "several lines", "one line"),
    ("an open quotation mark", OWN, own("text: You", 'text: "You'), 24, "begins on line 22", "correct"),
    ("an open bracket", OWN, own("[Sheds, Painting]", "[Sheds, Painting"), 22, "not valid YAML", "correct"),
    ("nothing", OWN, "", 1, "empty file", "remove the file"),
    ("nothing but a comment", OWN, "# to do\n", 1, "empty file", "remove the file"),
    ("words only", OWN, "Lock the shed.", 1, "where fields are expected", "name: value"),
    ("a list of documents", OWN, "- document: own", 1, "where fields are expected", "name: value"),
    ("a clause that is a text", OWN, own("  - id: own/2", "  - Locks\n  - id: own/2"), 19, "where fields", "name"),
    ("a misspelt field", OWN, own("owner:", "ownr:"), 7, "unknown field 'ownr'", "did you mean 'owner'?"),
    ("a misspelt stance", OWN, own("    stance: may", "    stanse: may"), 23, "'stanse'", "did you mean 'stance'?"),
    ("a field from elsewhere", OWN, own("owner:", "zzz: 1\nowner:"), 7, "unknown field 'zzz'", "remove it"),
    ("a field left out", OWN, own("owner: Head of Sheds\n", ""), 2, "'owner' is missing", "add it"),
    ("a field left empty", OWN, own("owner: Head of Sheds", "owner:"), 7, "'owner' is not text", "write"),
    ("a list for a text", OWN, own("Shed policy", "[Shed, policy]"), 3, "'title' is not text", "write"),
    ("a text for a list", OWN, own("[Sheds, Painting]", "Sheds"), 21, "'heading' is not a list", "- item"),
    ("an unknown stance", OWN, own("stance: may", "stance: perhaps"), 23, "not known", "must_not, may"),
    ("a month in words", OWN, own("effective: 2020-01", "effective: May 2020"), 9, "not a date", "2015-08"),
    ("a thirteenth month", OWN, own("effective: 2020-01", "effective: 2020-13"), 9, "not a date", "2015-08"),
    ("the 30th of February", OWN, own("2020-01", "2020-02-30"), 9, "not a date", "2015-08"),
    ("a week", OWN, own("2020-01", "2020-W02-1"), 9, "not a date", "2015-08"),
    ("a slash in an id", OWN, own("document: own", "document: own/er"), 2, "a '/' in the document id", "write '-'"),
    ("an exception of its own", OWN, own('["unless the', '["except the'), 17, "not part of the text", "copy it"),
    ("a clause's id twice", OWN, own("id: own/2", "id: own/1"), 19, "'own/1 of edition 1' a second", "yaml:12"),
    ("a clause's id twice on a line", OWN, ON_ONE_LINE, 2, "'own/1 of edition 1' a second", "own.yaml:2"),
    ("a clause's id in two files", "documents/zz.yaml", OWN_DOCUMENT, 12, "a second time", "documents/own.yaml:12"),
    ("a clause of another document", OWN, own("id: own/2", "id: other/2"), 19, "in document 'own'", "begin"),
    ("a situation in two files", "situations/zz.yaml", SECOND_SHEDS, 5, "a second time", "sheds.yaml:5"),
    ("a link to no clause", SHEDS, sheds("[own/1]", "[own/9]"), 7, "no clause 'own/9'", "correct the id"),
    ("what also applies, and does not", SHEDS, sheds("[own/2]", "[zz/1]"), 8, "no clause 'zz/1'", "correct"),
    ("a link to no route", SHEDS, sheds("[hr]", "[hrr]"), 12, "no route 'hrr'", "correct the id"),
    ("a clause that names no route", OWN, own("[comms_team]", "[press]"), 18, "no route 'press'", "correct"),
    (
        "a contact for no route",
        "organisations.yaml",
        ORGANISATIONS + "    contacts: {hrr: extension 5}\n",
        6,
        "no route 'hrr'",
        "correct the id",
    ),
    (
        "a source address that runs",
        "organisations.yaml",
        ORGANISATIONS + "    source_urls: {own: 'javascript:alert(1)'}\n",
        6,
        "not https",
        "https://",
    ),
    (
        "an authority nobody has",
        "organisations.yaml",
        ORGANISATIONS.replace("employer_policy", "king"),
        5,
        "authority 'king' is not known",
        "employer_policy",
    ),
    (
        "no way to the emergency services",
        "routes.yaml",
        ROUTES.replace("id: emergency", "id: ambulance"),
        1,
        "the route 'emergency' is missing",
        "add it",
    ),
    ("a phrasing with a colon", SHEDS, sheds("[do i lock", "[what: do i lock"), 9, "not text", "write text"),
    ("neither yes nor no", SHEDS, sheds("routes: [hr]", "danger: maybe"), 12, "neither yes nor no", "write yes"),
    ("a weight that is no number", "calibration.yaml", "bm25: NaN", 1, "not a number", "such as 0.5"),
    ("a weight without end", "calibration.yaml", "bm25: 1e999", 1, "not a number", "such as 0.5"),
    ("a weight with a line in it", "calibration.yaml", "bm25: 1_0", 1, "not a number", "such as 0.5"),
    ("a weight below nothing", "calibration.yaml", "bm25: -4.0", 1, "not a number", "such as 0.5"),
    ("a file of no kind", "notes.yaml", "a: b", 1, "a file that no pack has", "documents/ or situations/"),
)


@pytest.mark.parametrize(
    ("file", "data", "line", "what", "remedy"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_a_hostile_file_is_refused_with_its_name_the_line_and_a_remedy(
    file: str, data: str | bytes, line: int, what: str, remedy: str
) -> None:
    problems = problems_of(file, data)

    assert [(p.file, p.line) for p in problems if what in p.what and remedy in p.remedy] == [(file, line)]


def test_a_file_that_is_no_yaml_is_the_only_thing_reported() -> None:
    problems = problems_of(OWN, own("Shed policy", '"Shed policy'))

    assert [problem.file for problem in problems] == [OWN]


def test_every_fault_of_every_file_is_reported_at_once_in_order() -> None:
    files = some_packs(
        documents__own=own("owner:", "ownr:"), situations__sheds=sheds("[own/1]", "[own/9]").replace("[hr]", "[hrr]")
    )

    with pytest.raises(InvalidPack) as refused:
        pack.read(files)

    places = [(problem.file, problem.line) for problem in refused.value.problems]
    assert places == [(OWN, 2), (OWN, 7), (SHEDS, 7), (SHEDS, 12)]
    assert str(refused.value).startswith("the library was refused: 4 problems\n")
    assert f"{SHEDS}:12: no route 'hrr'; correct the id or add it" in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        "".join(f"owner{n}: a\n" for n in range(90_000)),
        "document: own\nclauses:\n" + "- a\n" * 180_000,
        "topic: t\ntitle: t\nsituations:\n" + "- {}\n" * 60_000,
        "entries:\n" + "- {policy_word: a, staff_words: [b]}\n" * 20_000,
    ],
)
@pytest.mark.parametrize("file", [OWN, SHEDS, "thesaurus.yaml"])
def test_a_file_with_nothing_right_in_it_is_given_up_early(file: str, data: str) -> None:
    problems = problems_of(file, data)

    assert len(problems) <= MOST_PROBLEMS


def test_no_more_links_to_nowhere_are_listed_than_a_person_can_mend() -> None:
    nowhere = ", ".join(f"own/{n}" for n in range(100, 20_000))

    problems = problems_of(SHEDS, sheds("[own/1]", f"[{nowhere}]"))

    assert len(problems) == MOST_PROBLEMS


AWKWARD = (
    "5.10", "0123", "no", "Yes", "off", "1_000", "2015-08", "2015-08-31", "NaN", ".inf", "0x1F", "0o17", "1e3",
    "~", "null", "true", "12:30:45", "=", "+44", "1,000", "5.60", "!", "&c", "é ✓ 🐝", "a: b", "# no comment",
)  # fmt: skip


@pytest.mark.parametrize("value", [v for v in AWKWARD if not set(v) & set("!&#") and ": " not in v])
def test_a_bare_value_that_yaml_would_change_is_kept_as_written(value: str) -> None:
    packs = pack.read(some_packs(documents__own=own('number: "2"', f"number: {value}")))

    assert packs.editions[1].clauses[1].number == value


@pytest.mark.parametrize("value", AWKWARD)
def test_a_value_in_quotation_marks_is_kept_as_written(value: str) -> None:
    packs = pack.read(some_packs(documents__own=own('number: "2"', f"number: '{value}'")))

    assert packs.editions[1].clauses[1].number == value


def test_two_clauses_whose_numbers_are_equal_as_numbers_stay_two_clauses() -> None:
    document = own("id: own/1", "id: own/5.1").replace("id: own/2", "id: own/5.10")
    situations = sheds("[own/1]", "[own/5.1]").replace("own/2", "own/5.10")

    packs = pack.read(some_packs(documents__own=document, situations__sheds=situations))

    assert [clause.id for clause in packs.editions[1].clauses] == ["own/5.1", "own/5.10"]
    assert packs.situations[-3].answers == ("own/5.1",)


@pytest.mark.parametrize(
    ("mark", "data"),
    [
        ("a byte order mark", b"\xef\xbb\xbf" + OWN_DOCUMENT.lstrip().encode()),
        ("line ends of Windows", OWN_DOCUMENT.replace("\n", "\r\n").encode()),
        ("line ends of old Macs", OWN_DOCUMENT.replace("\n", "\r").encode()),
        ("a start and an end", f"---{OWN_DOCUMENT}...\n".encode()),
        ("comments", OWN_DOCUMENT.replace("clauses:", "# all of them\nclauses:  # here").encode()),
        ("unbroken lines", OWN_DOCUMENT.replace("wording: verbatim", "'wording'   :    verbatim   ").encode()),
    ],
)
def test_an_awkward_file_reads_like_a_plain_one(mark: str, data: bytes) -> None:
    packs = pack.read(some_packs() | {OWN: data})

    assert packs.editions == pack.read(some_packs()).editions, mark


def test_a_text_folded_over_lines_is_one_line_and_loses_no_word() -> None:
    folded = own("text: You may paint the shed green.", "text: >-\n      You may\n      paint   the\n\n      shed.")

    packs = pack.read(some_packs(documents__own=folded))

    assert packs.editions[1].clauses[1].text == "You may paint the shed."


PIECES = [
    "a",
    "b: ",
    "- ",
    "\n",
    "  ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "'",
    '"',
    "|",
    ">",
    "&x ",
    "*x",
    "!!int ",
    "? ",
    "#",
    "%",
    "\t",
]


@given(st.lists(st.sampled_from([*PIECES, "document: own\n", "clauses:\n"]), max_size=60).map("".join))
@example("? ")
@example("---\n...\n")
@example("%YAML 9.9\n---\na")
def test_no_yaml_does_more_than_be_refused(text: str) -> None:
    assert outcome(text.encode()) in ("read", "refused")


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    assert outcome(data) in ("read", "refused")


def outcome(data: bytes) -> str:
    """How reading a library with *data* in two of its files ends; any other exception goes through."""
    try:
        pack.read(some_packs() | {"documents/zz.yaml": data, "thesaurus.yaml": data})
    except InvalidPack as refused:
        complete = all(p.line >= 1 and p.what and p.remedy for p in refused.problems)
        return "refused" if complete else "refused without a line or a remedy"
    return "read"
