"""Keys: what is sealed opens with any of them, is found again by none that is not there, and is nowhere shown."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import signpost

from adapters.sealing import Seal, Unsealable, new_key, own_key


def test_what_is_sealed_opens_again_and_cannot_be_read():
    seal = Seal([new_key()])

    sealed = seal.seal(b"a token")

    assert seal.open(sealed) == b"a token"
    assert b"a token" not in sealed


def test_sealing_twice_gives_two_different_things():
    seal = Seal([new_key()])

    assert seal.seal(b"a token") != seal.seal(b"a token")


def test_an_older_key_still_opens_and_the_first_one_seals():
    old, new = new_key(), new_key()
    sealed_before = Seal([old]).seal(b"a token")

    both = Seal([new, old])

    assert both.open(sealed_before) == b"a token"
    assert Seal([new]).open(both.seal(b"another")) == b"another"


def test_after_rotating_the_older_key_is_needed_no_more():
    old, new = new_key(), new_key()
    sealed_before = Seal([old]).seal(b"a token")

    rotated = Seal([new, old]).rotate(sealed_before)

    assert Seal([new]).open(rotated) == b"a token"


@pytest.mark.parametrize("verb", ["open", "rotate"])
@pytest.mark.parametrize(
    "sealed",
    [b"", b"\xff\x00", b"not sealed at all", Seal([new_key()]).seal(b"by another key")],
    ids=["nothing", "no text", "a text", "sealed with another key"],
)
def test_what_no_key_opens_is_said_to_be_unsealable(verb: str, sealed: bytes):
    seal = Seal([new_key()])

    with pytest.raises(Unsealable):
        getattr(seal, verb)(sealed)


@pytest.mark.parametrize(
    "malformed",
    ["", "secret-but-short", "secret" * 20, "sécrèt" * 8, new_key()[:-1]],
    ids=["empty", "short", "long", "with accents", "cut off"],
)
def test_a_malformed_key_is_named_by_its_position_and_not_shown(malformed: str):
    with pytest.raises(ValueError, match=r"key 2 is malformed.*make one with") as refused:
        Seal([new_key(), malformed])

    assert malformed == "" or malformed not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_seal_without_keys_says_how_to_make_one():
    with pytest.raises(ValueError, match=r"no key.*make one with"):
        Seal([])


def test_the_way_to_make_a_key_that_the_message_tells_gives_a_key():
    with pytest.raises(ValueError, match="make one with") as refused:
        Seal([])
    command = str(refused.value).partition("make one with: signpost ")[2]

    done = signpost(*command.split())

    Seal([done.stdout.strip()])


@pytest.mark.parametrize("name", ["file/signpost.key", f"{250 * 'x'}.key"], ids=["no folder", "no draft"])
def test_a_key_that_cannot_be_made_is_named_itself_with_what_to_do(tmp_path: Path, name: str):
    (tmp_path / "file").touch()

    with pytest.raises(
        ValueError, match=r"cannot be read or made .*SIGNPOST_DATABASE_URL.*signpost keys new"
    ) as refused:
        own_key(tmp_path / name)

    assert str(refused.value).startswith(f"{tmp_path / name} cannot")


def test_white_space_around_a_key_does_not_matter():
    key = new_key()

    sealed, looked_up = Seal([f" {key}\n"]).seal(b"a token"), Seal([f" {key}\n"]).key("here")

    assert Seal([key]).open(sealed) == b"a token"
    assert Seal([key]).key("here") == looked_up


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_two_things_have_the_same_key_only_if_all_their_parts_are_the_same(one: list[str], other: list[str]):
    assert (SEAL.key(*one) == SEAL.key(*other)) is (one == other)


@given(st.text(st.characters(), min_size=4))
def test_a_key_says_nothing_about_what_it_stands_for(secret: str):
    key = SEAL.key(secret)

    assert len(key) == 64
    assert set(key) <= set("0123456789abcdef")
    assert Seal([new_key()]).key(secret) != key


def test_keys_to_look_things_up_by_come_from_the_first_key_alone():
    first, second = new_key(), new_key()

    assert Seal([first, second]).key("here") == Seal([first]).key("here")


def test_the_key_of_a_machine_is_made_once_and_for_its_owner_alone(tmp_path: Path):
    path = tmp_path / "signpost" / "key"

    made = own_key(path)

    Seal([made])
    assert own_key(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["key"]


def test_processes_that_start_at_once_all_get_the_same_key(tmp_path: Path):
    path = tmp_path / "key"

    with ThreadPoolExecutor(16) as several:
        keys = set(several.map(lambda _: own_key(path), range(64)))

    assert len(keys) == 1


@pytest.mark.parametrize("content", [b"", b"not a key but a secret", b"\xff\xfe"])
def test_a_file_that_holds_no_key_is_neither_replaced_nor_shown(tmp_path: Path, content: bytes):
    path = tmp_path / "key"
    path.write_bytes(content)

    with pytest.raises(ValueError, match="holds no key; restore it") as refused:
        own_key(path)

    assert str(path) in str(refused.value)
    assert "secret" not in str(refused.value)
    assert path.read_bytes() == content


SEAL = Seal([new_key()])
