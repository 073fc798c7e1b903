"""The compiled form gives equal answers; anything else than the whole of it is refused and made anew."""

import numpy as np
import pytest
from builders import a_bot, a_library, some_packs
from hypothesis import given
from hypothesis import strategies as st

from knowledge import compiled
from knowledge.compiled import NotCompiled
from knowledge.formats import pack
from knowledge.library import Library

SHEDS = a_library()
PACKS = pack.read(some_packs())
BYTES = compiled.dump(SHEDS)


def loaded(data: bytes = BYTES, identity: str = SHEDS.digest) -> Library:
    return compiled.load(data, PACKS, identity)


def test_the_compiled_form_gives_equal_answers_to_every_phrasing() -> None:
    original, copy = a_bot(SHEDS), a_bot(loaded())
    questions = [text for s in SHEDS.matcher.situations for text in (s.title, *s.phrasings)]
    questions += ["own/1", "zeppelin", "goldfsh", "ponds may hold fish", ""]

    for question in questions:
        assert copy.ask(question) == original.ask(question)


def test_the_compiled_form_of_the_shipped_library_is_the_same_to_the_last_bit(shipped: Library) -> None:
    packs = pack.Packs(
        editions=shipped.editions,
        situations=shipped.matcher.situations,
        topics=shipped.topics,
        thesaurus={},
        routes=tuple(shipped.routes.values()),
        organisations=tuple(shipped.organisations.values()),
        calibration=shipped.matcher.calibration,
    )

    copy = compiled.load(compiled.dump(shipped), packs, shipped.digest)

    assert copy.digest == shipped.digest
    assert copy.matcher.vocabulary == shipped.matcher.vocabulary
    np.testing.assert_array_equal(copy.matcher.linear.rarity, shipped.matcher.linear.rarity)
    pairs = [
        (copy.texts, shipped.texts),
        (copy.matcher.index, shipped.matcher.index),
        (copy.matcher.linear.weights, shipped.matcher.linear.weights),
    ]
    for one, other in pairs:
        assert (one.columns, one.size) == (other.columns, other.size)
        np.testing.assert_array_equal(one.starts, other.starts)
        np.testing.assert_array_equal(one.positions, other.positions)
        np.testing.assert_array_equal(one.weights, other.weights)


def test_compiling_twice_gives_the_same_bytes() -> None:
    assert compiled.dump(a_library()) == BYTES


def test_an_empty_library_has_a_compiled_form_as_well() -> None:
    files = some_packs(situations__sheds="topic: sheds\ntitle: Sheds\nsituations: []\n")
    files = {name: data for name, data in files.items() if name.endswith((*pack.SINGLE_FILES, "sheds.yaml"))}
    empty = a_library(files)

    copy = compiled.load(compiled.dump(empty), pack.read(files), empty.digest)

    assert a_bot(copy).ask("do I lock the shed") == a_bot(empty).ask("do I lock the shed")


@given(st.integers(0, len(BYTES) - 1), st.integers(1, 255))
def test_a_form_with_one_byte_changed_is_refused(at: int, change: int) -> None:
    damaged = BYTES[:at] + bytes([BYTES[at] ^ change]) + BYTES[at + 1 :]

    with pytest.raises(NotCompiled, match="made anew"):
        loaded(damaged)


@given(st.integers(0, len(BYTES) - 1))
def test_a_form_that_was_cut_short_is_refused(length: int) -> None:
    with pytest.raises(NotCompiled, match="made anew"):
        loaded(BYTES[:length])


@given(st.binary(max_size=500))
def test_bytes_of_another_kind_are_refused(data: bytes) -> None:
    with pytest.raises(NotCompiled):
        loaded(data)
    with pytest.raises(NotCompiled):
        loaded(BYTES + data + b"\0")


def test_the_form_of_another_library_is_refused_even_where_it_would_fit() -> None:
    with pytest.raises(NotCompiled, match="another library"):
        loaded(identity="0123456789abcdef")


def test_the_digest_tells_libraries_apart_by_every_byte_and_every_name() -> None:
    files = {"a.yaml": b"one", "b.yaml": b"two"}
    others = [
        {"a.yaml": b"one"},
        {"a.yaml": b"one", "b.yaml": b"twp"},
        {"a.yaml": b"one", "c.yaml": b"two"},
        {"a.yaml": b"two", "b.yaml": b"one"},
        {"a.yaml": b"oneb.yaml", "": b"two"},
        {},
    ]

    digests = {compiled.digest(other) for other in (files, *others)}

    assert len(digests) == 7
    assert compiled.digest(dict(reversed(files.items()))) == compiled.digest(files)
    assert all(len(digest) == 16 and int(digest, 16) >= 0 for digest in digests)
