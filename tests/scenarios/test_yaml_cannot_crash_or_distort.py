"""Promise 15: a hostile pack is refused with file, line and remedy, and an awkward one is kept as written."""

from collections.abc import Iterable

import pytest
from builders import ORGANISATIONS, OTHER_DOCUMENT, OWN_DOCUMENT, ROUTES, SITUATIONS, some_packs
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.errors import InvalidPack, Problem
from knowledge.formats import pack
from knowledge.formats.fields import MOST_PROBLEMS
from knowledge.formats.strict_yaml import MAX_BYTES

OWN = "documents/own.yaml"
SHEDS = "situations/sheds.yaml"
DEEP = 100_000

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
    ("a tag on a number", OWN, own('number: "1"', "number: !!float 5.10"), 12, "tag", "every value is text"),
    ("a file to include", OWN, own("Shed policy", "!include /etc/hostname"), 3, "tag", "every value is text"),
    ("bytes in base 64", OWN, own("Shed policy", "!!binary c2hlZA=="), 3, "tag", "every value is text"),
    ("a key twice", OWN, own("issuer:", "title: Other\nissuer:"), 4, "'title' twice", "keep one"),
    ("a clause's key twice", OWN, own("    stance: may\n", "    stance: may\n    stance: must\n"), 22, "twice", "keep"),
    ("a clause of 3 MB", OWN, own("green.", "green " * 500_000), 20, "over 20,000 characters", "split"),
    ("a file too large", OWN, b"#" * (MAX_BYTES + 1), 1, "larger than", "split"),
    ("too many values", OWN, "- a\n" * 250_000, 199_999, "more than 200,000 nodes", "split"),
    ("two documents", OWN, OWN_DOCUMENT + "---\n" + OWN_DOCUMENT, 23, "second YAML document", "keep one"),
    ("bytes that are no text", OWN, OWN_DOCUMENT.encode() + b"owner: \xff\xfe", 23, "not UTF-8", "save"),
    ("UTF-16", OWN, OWN_DOCUMENT.encode("utf-16"), 1, "not UTF-8", "save"),
    ("a byte 0", OWN, own("Shed policy", "Shed\0policy"), 1, "not valid YAML", "correct"),
    ("an escaped byte 0", OWN, own("Shed policy", r'"Shed\0policy"'), 3, "control character", "remove"),
    ("an order to the terminal", OWN, own("Shed policy", r'"\e[2JShed"'), 3, "control character", "remove"),
    ("writing turned round", OWN, own("Shed policy", "Shed \u202eycilop"), 3, "control character", "remove"),
    ("tabs for indentation", OWN, own("    stance: may\n", "\tstance: may\n"), 21, "not valid YAML", "correct"),
    ("a mapping as a key", OWN, own("title:", "? {a: b}\n: c\ntitle:"), 3, "not text", "plain text"),
    ("a list as a key", OWN, own("title:", "[a, b]: c\ntitle:"), 3, "not text", "plain text"),
    ("a key of two lines", OWN, own("title:", r'"a\nERROR b": c' + "\ntitle:"), 3, "several lines", "one line"),
    ("an open quotation mark", OWN, own("Shed policy", '"Shed policy'), 4, "not valid YAML", "correct"),
    ("an open bracket", OWN, own("[Sheds, Painting]", "[Sheds, Painting"), 20, "not valid YAML", "correct"),
    ("nothing", OWN, "", 1, "empty file", "remove the file"),
    ("nothing but a comment", OWN, "# to do\n", 1, "empty file", "remove the file"),
    ("words only", OWN, "Lock the shed.", 1, "where fields are expected", "name: value"),
    ("a list of documents", OWN, "- document: own", 1, "where fields are expected", "name: value"),
    ("a clause that is a text", OWN, own("  - id: own/2", "  - Locks\n  - id: own/2"), 18, "where fields", "name"),
    ("a misspelt field", OWN, own("owner:", "ownr:"), 7, "unknown field 'ownr'", "did you mean 'owner'?"),
    ("a misspelt stance", OWN, own("    stance: may", "    stanse: may"), 21, "'stanse'", "did you mean 'stance'?"),
    ("a field from elsewhere", OWN, own("owner:", "zzz: 1\nowner:"), 7, "unknown field 'zzz'", "remove it"),
    ("a field left out", OWN, own("owner: Head of Sheds\n", ""), 2, "'owner' is missing", "add it"),
    ("a field left empty", OWN, own("owner: Head of Sheds", "owner:"), 7, "'owner' is not text", "write"),
    ("a list for a text", OWN, own("Shed policy", "[Shed, policy]"), 3, "'title' is not text", "write"),
    ("a text for a list", OWN, own("[Sheds, Painting]", "Sheds"), 19, "'heading' is not a list", "- item"),
    ("an unknown stance", OWN, own("stance: may", "stance: perhaps"), 21, "not known", "must_not, may"),
    ("a month in words", OWN, own("effective: 2020-01", "effective: May 2020"), 9, "not a date", "2015-08"),
    ("a thirteenth month", OWN, own("effective: 2020-01", "effective: 2020-13"), 9, "not a date", "2015-08"),
    ("the 30th of February", OWN, own("2020-01", "2020-02-30"), 9, "not a date", "2015-08"),
    ("a week", OWN, own("2020-01", "2020-W02-1"), 9, "not a date", "2015-08"),
    ("a slash in an id", OWN, own("document: own", "document: own/er"), 2, "a '/' in the document id", "write '-'"),
    ("an exception of its own", OWN, own('["unless the', '["except the'), 16, "not part of the text", "copy it"),
    ("a clause's id twice", OWN, own("id: own/2", "id: own/1"), 18, "'own/1 of edition 1' a second", "yaml:11"),
    (
        "a clause's id twice on a line",
        OWN,
        own("  - id: own/2\n", "  - {id: own/3, heading: [a], text: b, stance: may}\n").split('    number: "2"')[0]
        + "  - {id: own/2, heading: [a], text: b, stance: may}\n".replace("\n", "")
        + "\n",
        0,
        "",
        "",
    ),
)
