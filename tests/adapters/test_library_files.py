"""Libraries on disk: what is read, what is refused, and what is kept so that the next start is quick."""

import os
import shutil
from pathlib import Path

import pytest
from builders import OWN_DOCUMENT, some_packs
from serving import packs_on_disk

from adapters import library_files
from knowledge.errors import InvalidPack, KnowledgeError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return packs_on_disk(tmp_path / "packs")


def compiled_form(cache: Path, digest: str) -> Path:
    (found,) = cache.glob(f"signpost/{digest}-*.npz")
    return found


def test_a_library_is_the_same_however_often_it_is_loaded(packs: Path, tmp_path: Path):
    first = library_files.load(packs)
    elsewhere = library_files.load(Path(shutil.copytree(packs, tmp_path / "copy")))

    assert elsewhere.digest == first.digest
    assert elsewhere.passages == first.passages


def test_any_byte_makes_another_library(packs: Path):
    before = library_files.load(packs).digest
    (packs / "documents/own.yaml").write_text(OWN_DOCUMENT + "# one more remark\n")

    assert library_files.load(packs).digest != before


def test_what_is_the_same_everywhere_need_not_be_repeated(tmp_path: Path):
    files = {name: data for name, data in some_packs().items() if name != "routes.yaml"}

    library = library_files.load(packs_on_disk(tmp_path, files))

    assert "comms_team" in library.routes
    assert "trust" not in library.organisations


def test_what_was_learnt_from_other_libraries_is_kept_apart_from_the_shipped_one(packs: Path):
    shipped = set((library_files.SHIPPED.parent / "compiled").glob("*.npz"))

    library_files.load(packs)

    assert set((library_files.SHIPPED.parent / "compiled").glob("*.npz")) == shipped


def test_a_damaged_compiled_form_is_made_anew(packs: Path, cache: Path):
    good = library_files.load(packs)
    place = compiled_form(cache, good.digest)
    whole = place.read_bytes()

    for damage in (b"", b"nonsense", whole[: len(whole) // 2]):
        place.write_bytes(damage)
        assert library_files.load(packs).passages == good.passages
        assert place.read_bytes() == whole


def test_packs_are_checked_before_a_compiled_form_is_used(packs: Path):
    library_files.load(packs)
    (packs / "documents/own.yaml").write_text(OWN_DOCUMENT.replace("stance: may", "stance: perhaps"))

    with pytest.raises(InvalidPack, match=r"documents/own\.yaml:\d+: "):
        library_files.load(packs)


def test_links_are_not_followed_out_of_the_folder(packs: Path, tmp_path: Path):
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: hunter2")
    before = library_files.load(packs).digest

    (packs / "documents/secret.yaml").symlink_to(secret)

    assert library_files.load(packs).digest == before


def test_a_link_that_leads_nowhere_or_to_itself_is_passed_over(packs: Path):
    before = library_files.load(packs).digest
    (packs / "documents/none.yaml").symlink_to(packs / "nowhere.yaml")
    (packs / "documents/self.yaml").symlink_to(packs / "documents/self.yaml")
    (packs / "documents/folder.yaml").mkdir()

    assert library_files.load(packs).digest == before


def test_packs_that_are_too_large_together_are_refused_unread(packs: Path):
    for number in range(11):
        with (packs / f"documents/{number}.yaml").open("wb") as file:
            file.truncate(4_000_000)

    with pytest.raises(KnowledgeError, match="40,000,000 bytes"):
        library_files.load(packs)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(KnowledgeError, match="no such folder; give the folder that holds documents/"):
        library_files.load(tmp_path / "none")


@pytest.mark.parametrize("name", [b"\xff.yaml", b"a\nb.yaml", b"\x1b[31m.yaml"])
def test_a_file_whose_name_cannot_be_shown_is_refused(packs: Path, name: bytes):
    (packs / "documents" / os.fsdecode(name)).write_text(OWN_DOCUMENT)

    with pytest.raises(KnowledgeError, match="a file name that cannot be shown") as refused:
        library_files.load(packs)

    assert str(refused.value).isprintable()


def test_files_that_are_no_packs_are_passed_over(packs: Path):
    before = library_files.load(packs).digest
    (packs / "README.md").write_text("Packs of sheds.")
    (packs / "documents/own.yaml.bak").write_text("document: [")

    assert library_files.load(packs).digest == before
