"""Opening a store: the URLs that people write, what is made for them, and what they are told when it cannot be."""

import logging
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.storage.engine import open_engine, shown
from adapters.storage.faults import StoreUnusable
from adapters.storage.store import open_store

SECRET = "correct-horse"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_file_and_its_folder_are_made_for_the_owner_alone(tmp_path):
    store = await open_store(f"sqlite:///{tmp_path}/new/signpost.db")
    await store.keep("garden", "note", b"x", 60)

    modes = {path.name: mode(path) for path in (tmp_path / "new").iterdir()}
    await store.close()

    assert mode(tmp_path / "new") == 0o700
    assert modes.keys() >= {"signpost.db", "signpost.db-wal"}
    assert set(modes.values()) == {0o600}


async def test_making_the_tables_is_nothing_to_tell_an_operator_of(tmp_path, caplog):
    caplog.set_level(logging.INFO)

    await (await open_store(f"sqlite:///{tmp_path}/signpost.db")).close()

    assert [record.name for record in caplog.records if record.name.startswith("alembic")] == []


async def test_a_file_that_others_could_read_is_closed_to_them(tmp_path):
    path = tmp_path / "signpost.db"
    path.touch(0o644)

    await (await open_store(f"sqlite:///{path}")).close()

    assert mode(path) == 0o600


async def test_a_relative_path_is_below_the_folder_in_which_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    await (await open_store("sqlite:///kept.db")).close()

    assert (tmp_path / "kept.db").exists()


async def test_sqlite_is_set_up_to_share_a_file_and_to_forget(sqlite_url):
    engine = open_engine(sqlite_url)
    names = ("journal_mode", "foreign_keys", "synchronous", "secure_delete")

    async with engine.connect() as connection:
        found = {name: (await connection.execute(text(f"PRAGMA {name}"))).scalar() for name in names}
    await engine.dispose()

    assert found == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 1,
        "secure_delete": 1,
    }


async def test_opening_again_keeps_what_is_there(url):
    first = await open_store(url, patience_s=20)
    await first.keep("garden", "note", b"x", 60)
    await first.close()

    second = await open_store(url, patience_s=20)
    kept = await second.kept("garden", "note")
    await second.close()

    assert kept == b"x"


async def test_a_database_of_a_newer_signpost_is_left_alone(url):
    store = await open_store(url, patience_s=20)
    async with store.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()

    with pytest.raises(StoreUnusable, match=r"newer Signpost \(revision 9999\); upgrade Signpost"):
        await open_store(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("signpost.db", "the database URL cannot be read; write sqlite:///"),
        (f"postgresql://app:{SECRET}@host:port/x", "the database URL cannot be read; write sqlite:///"),
        (f"mysql://app:{SECRET}@host/x", "mysql is no database of ours; write sqlite:///"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file:x?mode=memory&uri=true", "names no file"),
        ("sqlite:////dev/null/signpost.db", "/dev/null/signpost.db: cannot be written"),
        (f"postgresql://app:{SECRET}@127.0.0.1:1/x", r"app:\*\*\*@127.0.0.1:1/x: .*refused.*; see that it runs"),
        (f"postgres://app@/x?host=/nowhere&password={SECRET}", "/nowhere.*; see that it runs"),
    ],
)
async def test_what_cannot_be_opened_says_what_where_and_what_to_do(url, said):
    with pytest.raises(StoreUnusable, match=said) as refusal:
        await open_store(url)

    assert SECRET not in str(refusal.value)
    assert "\n" not in str(refusal.value)


async def test_a_file_that_is_no_database_says_so(tmp_path):
    path = tmp_path / "signpost.db"
    path.write_text("shopping list\n" * 100)

    with pytest.raises(StoreUnusable, match="file is not a database"):
        await open_store(f"sqlite:///{path}")


def test_a_url_is_shown_without_its_password():
    assert SECRET not in shown(f"postgresql://app:{SECRET}@host/x?password={SECRET}")
    assert SECRET not in shown(f"nonsense {SECRET}")
