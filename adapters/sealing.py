"""Seals what has to be kept but may not be read without the key, and hides what has to be found again."""

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"signpost: keys to look things up by"
HOW_TO_MAKE_ONE = "a key is 32 random bytes in URL-safe base64; make one with: signpost keys new"


class Unsealable(Exception):
    """None of the keys opens it: it was sealed with another key, or changed since."""


class Seal:
    """Seals with the first of its keys and opens with any; to change keys, put the new one in front of the old."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take *keys* as `new_key` makes them; ValueError names a malformed one by its position, never by its text."""
        if not keys:
            raise ValueError(f"no key to seal with: {HOW_TO_MAKE_ONE}")
        self._fernet = MultiFernet([_fernet(key, position) for position, key in enumerate(keys, start=1)])
        derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE)
        self._lookup = derived.derive(keys[0].strip().encode())

    def seal(self, plain: bytes) -> bytes:
        """*plain*, so that only the keys open it; different each time."""
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed; raises `Unsealable`."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise Unsealable("sealed with a key that is not among the keys, or damaged") from None

    def rotate(self, sealed: bytes) -> bytes:
        """The same, sealed with the first key; raises `Unsealable`."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken:
            raise Unsealable("sealed with a key that is not among the keys, or damaged") from None

    def key(self, *parts: str) -> str:
        """64 hexadecimal digits to look up *parts* by, that say nothing about them; others once the first key changes.

        HMAC-SHA-256 (RFC 2104) with a key derived from the first key (HKDF, RFC 5869).
        """
        # With its length in front of each part, ("ab", "c") and ("a", "bc") stay apart.
        encoded = [part.encode(errors="surrogatepass") for part in parts]
        message = b"".join(len(part).to_bytes(8, "big") + part for part in encoded)
        return hmac.new(self._lookup, message, hashlib.sha256).hexdigest()


def new_key() -> str:
    """A key that nobody has."""
    return Fernet.generate_key().decode()


def own_key(path: Path) -> str:
    """The key in the file *path*, for an installation on one machine; made, for the owner's eyes only, if need be.

    Raises ValueError, which says what to do, for a file that holds no key, or that cannot be read or made.
    """
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(path)
        key = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as failed:
        raise ValueError(
            f"{path} cannot be read or made ({failed.strerror}); put the database into a folder that this user may "
            "write to (SIGNPOST_DATABASE_URL), or set a key: signpost keys new"
        ) from None
    try:
        _fernet(key, 1)
    except ValueError:
        raise ValueError(
            f"{path} holds no key; restore it from a backup. Without that, delete it: a new one is made, "
            "and what was sealed with the old one (Slack's tokens) has to be set up again"
        ) from None
    return key


def _make(path: Path) -> None:
    """Write a new key to *path*, whole or not at all, unless another process was first."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(new_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces a file: of two processes that start at once, both use the first one's key.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _fernet(key: str, position: int) -> Fernet:
    try:
        return Fernet(key.strip())
    except ValueError:
        raise ValueError(f"key {position} is malformed: {HOW_TO_MAKE_ONE}") from None
