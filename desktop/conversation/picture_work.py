"""What of a picture's file a decoder gets to see, and how often it goes over it: it has no bounds itself."""

from __future__ import annotations

PNG_BEGIN = b"\x89PNG\r\n\x1a\n"
_LENGTH = _KIND = _SUM = 4
"""Bytes of a chunk's parts beside its content. Source: the PNG specification, 5.3."""
_NEEDED = frozenset(
    (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"eXIf")
)
"""The pixels, their colours, and which side is up. Text isn't needed, and may be packed: 8 kB of it become
8 MB, a thousand times."""
_ONCE = frozenset((b"iCCP", b"eXIf"))
MOST_PASSES = 16
"""Of the largest picture. Cameras and editors write a progressive JPEG in ten; each takes half a second."""
_SCAN = b"\xff\xda"
"""Begins a pass over the pixels. Within one, this byte is followed by 0. Source: ITU-T T.81, B.1.1.2."""


def bare_png(content: bytes) -> bytes:
    """The PNG without what isn't needed to see it. What is broken in it stays so."""
    parts, seen, at = [PNG_BEGIN], set[bytes](), len(PNG_BEGIN)
    while at < len(content):
        size = int.from_bytes(content[at : at + _LENGTH], "big")
        kind = content[at + _LENGTH : at + _LENGTH + _KIND]
        end = at + _LENGTH + _KIND + size + _SUM
        if kind in _NEEDED and not (kind in _ONCE and kind in seen):
            seen.add(kind)
            parts.append(content[at:end])
        at = end
    return b"".join(parts)


def passes(content: bytes) -> int:
    """How often a JPEG's decoder goes over its pixels."""
    return content.count(_SCAN)
