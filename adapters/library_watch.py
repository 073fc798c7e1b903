"""Notices that packs on disk have changed; a broken library never replaces a good one."""

import logging
from pathlib import Path

from adapters import library_files
from knowledge.errors import KnowledgeError
from knowledge.library import Library

logger = logging.getLogger(__name__)

Fingerprint = tuple[tuple[str, int, int], ...]


class LibraryWatch:
    """Looks at one folder of packs; each change is loaded, or reported, once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._fingerprint()

    def changed(self) -> Library | None:
        """Return the library when its files changed and are good; None otherwise.

        A library that is refused is logged once, as an error with every problem, and the caller goes on
        with the one it has.
        """
        now = self._fingerprint()
        if now == self._seen:
            return None
        try:
            library = library_files.load(self._folder)
        except OSError as unread:
            logger.error("the changed library could not be read, it will be tried again: %s", unread.strerror)
            return None
        except KnowledgeError as refused:
            self._seen = now
            logger.error("the changed library is refused, the last good one goes on answering: %s", refused)
            return None
        self._seen = now
        return library

    def _fingerprint(self) -> Fingerprint:
        found = []
        for path in sorted(self._folder.rglob("*.yaml")):
            try:
                state = path.stat()
            except OSError:
                continue
            found.append((str(path), state.st_size, state.st_mtime_ns))
        return tuple(found)
