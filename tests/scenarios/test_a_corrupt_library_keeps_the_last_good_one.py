"""promise 34: packs that were spoilt on disk are reported once, and the last good library goes on answering."""

import asyncio
import logging
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import OWN_DOCUMENT, a_bot, a_library, some_packs
from pages import Page
from serving import Server, packs_on_disk

from adapters import library_files, server
from adapters.library_watch import LibraryWatch
from knowledge.errors import KnowledgeError
from knowledge.formats import pack
from knowledge.library import Library

MUTATIONS = 500
QUESTION = "do i lock the shed"


class Disk:
    """A folder of packs whose files change at moments of their own, not of the machine's clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = packs_on_disk(folder)
        self._moment = 1_000_000_000

    def write(self, name: str, data: bytes) -> None:
        self._moment += 1
        path = self.folder / name
        path.write_bytes(data)
        os.utime(path, (self._moment, self._moment))


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "packs")


def spoilt_files(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Files of the small library, changed at random until the library with them is refused."""
    chance, good = random.Random(seed), some_packs()
    found = 0
    while found < count:
        name = chance.choice(sorted(good))
        data = chance.choice(_MUTATIONS)(chance, good[name])
        try:
            pack.read(good | {name: data})
        except KnowledgeError:
            found += 1
            yield name, data


def test_500_spoilt_files_give_one_alert_each_and_no_failed_answer(
    disk: Disk, sheds: Library, caplog: pytest.LogCaptureFixture
):
    good, bot = some_packs(), a_bot(sheds)
    before = bot.ask(QUESTION)
    watch = LibraryWatch(disk.folder)

    for number, (name, data) in enumerate(spoilt_files(MUTATIONS, seed=34), 1):
        disk.write(name, data)
        assert watch.changed() is None
        assert watch.changed() is None
        assert bot.ask(QUESTION) == before
        assert len(caplog.records) == number
        assert caplog.records[-1].levelno == logging.ERROR
        assert re.search(r"\b\w+\.yaml:\d+: .+; .+", caplog.records[-1].getMessage())
        (disk.folder / name).write_bytes(good[name])


def test_the_mended_library_is_taken(disk: Disk):
    watch = LibraryWatch(disk.folder)
    disk.write("documents/own.yaml", b"document: [")
    assert watch.changed() is None

    disk.write("documents/own.yaml", OWN_DOCUMENT.replace("paint the shed green", "paint the shed blue").encode())
    library = watch.changed()

    assert library is not None
    assert [clause.text for _, clause in library.passages if clause.id == "own/2"] == ["You may paint the shed blue."]


def test_a_library_that_did_not_change_is_not_read_again(disk: Disk):
    watch = LibraryWatch(disk.folder)

    assert watch.changed() is None


def test_a_file_more_and_a_file_less_are_changes(disk: Disk):
    watch = LibraryWatch(disk.folder)

    (disk.folder / "situations/help.yaml").rename(disk.folder / "situations/welcome.yaml")
    moved = watch.changed()
    (disk.folder / "situations/welcome.yaml").unlink()
    fewer = watch.changed()

    assert moved is not None
    assert fewer is not None
    assert "help-greeting" in moved.situations
    assert "help-greeting" not in fewer.situations


def test_a_folder_that_is_gone_is_reported_and_not_fatal(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    disk = Disk(tmp_path / "packs")
    watch = LibraryWatch(disk.folder)

    disk.folder.rename(tmp_path / "away")
    got = watch.changed()

    assert got is None
    assert "no such folder" in caplog.records[-1].getMessage()


def test_an_organisation_keeps_up_with_its_settings(sheds: Library, disk: Disk):
    bot = a_bot(sheds)
    organisations = """
organisations:
  - id: garden
    name: The Garden Trust
    documents: {own: employer_policy}
    contacts: {comms_team: "extension 12"}
"""

    disk.write("organisations.yaml", organisations.encode())
    bot.replace_library(library_files.load(disk.folder))

    assert bot.ask(QUESTION).routes[0].contact.text == "extension 12"


async def test_a_look_that_fails_is_not_the_last_one(sheds: Library, caplog: pytest.LogCaptureFixture):
    bot = a_bot(sheds)
    better = a_library(some_packs(documents__own=OWN_DOCUMENT.replace("green", "blue")))
    looks = iter([RuntimeError("broken on purpose"), None, better])
    loop, looked_again = asyncio.get_running_loop(), asyncio.Event()

    class Watch(LibraryWatch):
        def changed(self) -> Library | None:
            found = next(looks, "nothing more")
            if isinstance(found, Exception):
                raise found
            if found == "nothing more":
                loop.call_soon_threadsafe(looked_again.set)
                return None
            return found

    watching = asyncio.create_task(server.keep_watching(Watch(Path()), bot, every_s=0))
    async with asyncio.timeout(30):
        await looked_again.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    assert bot.library is better
    assert [record.levelname for record in caplog.records if record.name == "adapters.server"] == ["ERROR"]


def test_the_server_goes_on_answering_and_takes_the_mended_library(tmp_path: Path):
    served = Server(tmp_path)
    own = served.packs / "documents/own.yaml"
    try:
        own.write_bytes(b"document: [")
        served.wait_for("the last good one goes on answering")
        answered = Page(served.ask([QUESTION])[0][1])
        own.write_bytes(OWN_DOCUMENT.replace("paint the shed green", "paint the shed blue").encode())
        served.wait_for("answering from library=")
        mended = Page(served.get("/documents/own/1/2")[1])
        lines = served.stop()
    finally:
        served.kill()

    assert answered.all("p", kind="text")[0].text.startswith("Lock the shed at night")
    assert mended.one("p", kind="text").text == "You may paint the shed blue."
    assert sum(" ERROR " in line for line in lines) == 1


def test_a_library_without_the_organisation_is_not_taken(tmp_path: Path):
    served = Server(tmp_path)
    organisations = served.packs / "organisations.yaml"
    try:
        organisations.write_text(organisations.read_text().replace("id: garden", "id: orchard"))
        served.wait_for("has no organisation 'garden', the last good one goes on answering")
        ((status, _),) = served.ask([QUESTION])
    finally:
        served.kill()

    assert status == 200


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def _flip(chance: random.Random, data: bytes) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def _insert(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.randint(1, 20)) + data[at:]


def _yaml(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    piece = chance.choice(
        [b"&a ", b"*a ", b"!!python/object ", b"- [", b"{", b"\t", b": ", b"'", b'"', b"\n---\n", b"\n? ", b"|"]
    )
    return data[:at] + piece + data[at:]


def _lines(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    change = chance.choice(["drop", "twice", "swap", "indent"])
    if change == "drop":
        del lines[at]
    elif change == "twice":
        lines.insert(at, lines[at])
    elif change == "swap":
        other = chance.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = b"  " + lines[at]
    return b"".join(lines)


_MUTATIONS = (_cut, _flip, _insert, _yaml, _lines)
