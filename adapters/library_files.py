"""Libraries on disk: the folder of packs, and the compiled form kept beside the user's caches."""

import contextlib
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.resources import files as package_files
from pathlib import Path

from knowledge import compiled
from knowledge.errors import KnowledgeError
from knowledge.formats import pack
from knowledge.library import Library

logger = logging.getLogger(__name__)

SHIPPED = Path(str(package_files("knowledge"))) / "packs"
MOST_BYTES = 40_000_000
MOST_FORMS_KEPT = 32


def load(folder: Path | None = None) -> Library:
    """Return the library in *folder* (default: the shipped one); compile it first where that was not done.

    Every pack is read and checked each time; only what was learnt from these very bytes is taken from the
    compiled form. Raises `KnowledgeError` naming what is wrong and where.
    """
    folder = folder or SHIPPED
    files = dict(_read(folder))
    packs = pack.read(files)
    identity = compiled.digest(files)
    for place in _places(identity, folder):
        with contextlib.suppress(OSError, compiled.NotCompiled):
            return compiled.load(place.read_bytes(), packs, identity)
    logger.warning("learning from the packs of library=%s, which takes up to a minute", identity)
    return _compile_apart(folder, packs, identity)


def compile_here(folder: Path, to: Path | None = None) -> Library:
    """Build the library in this process; keep its compiled form in the file *to*, or where starts look for it."""
    files = dict(_read(folder))
    identity = compiled.digest(files)
    library = compiled.build(pack.read(files), identity)
    data = compiled.dump(library)
    if to is not None:
        to.write_bytes(data)
    else:
        _keep(data, identity, folder)
    return library


def _compile_apart(folder: Path, packs: pack.Packs, identity: str) -> Library:
    # Learning takes ten times the memory that answering does: a process of its own gives it back.
    # -P: nothing that lies in the current folder is taken for a module of ours.
    with tempfile.TemporaryDirectory() as made:
        to = Path(made) / "compiled.npz"
        command = [sys.executable, "-P", "-m", "adapters.cli", "compile", "--library", str(folder), "--to", str(to)]
        subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600
        )
        with contextlib.suppress(OSError, compiled.NotCompiled):
            data = to.read_bytes()
            library = compiled.load(data, packs, identity)
            _keep(data, identity, folder)
            return library
    return compiled.build(packs, identity)


def _keep(data: bytes, identity: str, folder: Path) -> None:
    """Write the compiled form to the first place that takes it, and remove forms that nobody has used of late."""
    for place in _places(identity, folder):
        with contextlib.suppress(OSError):
            _write_whole(place, data)
            forms = sorted(place.parent.glob("*.npz"), key=lambda form: form.stat().st_mtime, reverse=True)
            for old in forms[MOST_FORMS_KEPT:]:
                old.unlink(missing_ok=True)
            return


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The YAML files below *folder*: links are not followed out of it, and all together are bounded."""
    root = folder.resolve()
    if not root.is_dir():
        raise KnowledgeError(f"{folder}: no such folder; give the folder that holds documents/ and situations/")
    total = 0
    safety = ["situations/sensitive.yaml"]
    for path in sorted(root.rglob("*.yaml")):
        if not path.is_file() or not path.resolve().is_relative_to(root):
            continue
        total += path.stat().st_size
        if total > MOST_BYTES:
            raise KnowledgeError(f"{folder}: more than {MOST_BYTES:,} bytes of packs; split the library")
        name = path.relative_to(root).as_posix()
        if not name.isprintable():
            raise KnowledgeError(f"{folder}: a file name that cannot be shown, {name!a}; rename the file")
        data = path.read_bytes()
        if b"kind: sensitive" in data:
            safety = []
        yield name, data
    # A folder need not repeat what is the same everywhere; and no library is without what keeps people safe.
    for name in (*pack.SINGLE_FILES, *safety):
        if not (root / name).is_file():
            yield name, (SHIPPED / name).read_bytes()


def _places(identity: str, folder: Path) -> Iterator[Path]:
    """Where a compiled form may be: the shipped library's beside the package, others in the user's cache."""
    name = f"{identity}-{compiled.FORM}.npz"
    if folder.resolve() == SHIPPED.resolve():
        # Apart from the others: it takes longest to learn, and they must not push it out.
        yield SHIPPED.parent / "compiled" / name
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    yield Path(cache) / "signpost" / name


def _write_whole(place: Path, data: bytes) -> None:
    """Write so that a reader sees all of it or nothing."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
        file.write(data)
    os.chmod(file.name, 0o644)
    os.replace(file.name, place)
