"""The app's two icons, drawn: the signpost of the ask page, in the sizes and colours that Teams wants.

https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/apps-package#app-icons
"""

import struct
import zlib
from collections.abc import Callable

BLUE = (0x00, 0x5E, 0xB8)
ACCENT = "#{:02x}{:02x}{:02x}".format(*BLUE)
WHITE = (255, 255, 255)
# Teams crops the colour icon to other shapes: the sign keeps to the half of the width and height in the middle.
COLOUR_SIZE, SIGN_SIZE, OUTLINE_SIZE = 192, 96, 32

# The sign is as wide as it is high; both measures run from 0 to this, so that its edges are sharp in the outline.
_SPAN = 32
_LINE = 2
# Each pixel is looked at in so many places along both its edges.
_FINENESS = 4


def colour() -> bytes:
    """A PNG of 192 × 192 pixels: the sign in white, on blue up to the edges."""
    scale, margin = _SPAN / SIGN_SIZE, (COLOUR_SIZE - SIGN_SIZE) / 2

    def pixel(x: int, y: int) -> tuple[int, int, int, int]:
        part = _part(lambda u, v: _post(u, v) or _board(u, v), x - margin, y - margin, scale)
        red, green, blue = (round(ground + (white - ground) * part) for ground, white in zip(BLUE, WHITE, strict=True))
        return red, green, blue, 255

    return _png(COLOUR_SIZE, pixel)


def outline() -> bytes:
    """A PNG of 32 × 32 pixels: the outline of the sign in white, and nothing behind it."""

    def inked(u: float, v: float) -> bool:
        return (_board(u, v) and not _board(u, v, inset=_LINE)) or (_post(u, v) and not _board(u, v))

    return _png(OUTLINE_SIZE, lambda x, y: (*WHITE, round(255 * _part(inked, x, y, _SPAN / OUTLINE_SIZE))))


def _post(u: float, v: float) -> bool:
    return 12 <= u <= 15 and 0 <= v <= _SPAN


def _board(u: float, v: float, *, inset: float = 0) -> bool:
    """Whether the point is on the board, which points to the right; *inset* takes as much away along its edge."""
    # The point's edges slope by 45 degrees: cut straight, they lie further in by the diagonal.
    tip = _SPAN - abs(v - 10) - inset * 2**0.5
    return 4 + inset <= v <= 16 - inset and inset <= u <= tip


def _part(inked: Callable[[float, float], bool], x: float, y: float, scale: float) -> float:
    """How much of the pixel at *x*, *y* is inked, from 0 to 1."""
    offsets = [(step + 0.5) / _FINENESS for step in range(_FINENESS)]
    return sum(inked((x + right) * scale, (y + down) * scale) for right in offsets for down in offsets) / _FINENESS**2


def _png(size: int, pixel: Callable[[int, int], tuple[int, int, int, int]]) -> bytes:
    """A square picture with transparency (https://www.w3.org/TR/png-3/)."""
    rows = b"".join(b"\0" + bytes(part for x in range(size) for part in pixel(x, y)) for y in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, held: bytes) -> bytes:
    return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))
