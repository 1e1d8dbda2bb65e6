"""Takes the folders of the computer that built a library out of it: its RUNPATH, where it looks for others.

Anybody who can write there on the user's computer could put a library of his own in its place. What begins
with $ORIGIN, which is the library's own folder, stays.
"""

from __future__ import annotations

import struct
from pathlib import Path

_DYNAMIC, _LOAD = 2, 1
_NULL, _STRTAB, _RPATH, _RUNPATH = 0, 5, 15, 29
"""Types of segments and of dynamic entries. Source: the ELF specification (gABI), chapter 5."""


def run_paths(library: bytes) -> list[str]:
    """The folders in which an ELF library looks for others; none for any other file."""
    return [
        folder
        for _, tag, value in _dynamic(library)
        if tag in (_RPATH, _RUNPATH)
        for folder in _string(library, value)[1].split(":")
        if folder
    ]


def is_foreign(folder: str) -> bool:
    """Whether this is a folder of the computer that built it."""
    return not folder.startswith(("$ORIGIN", "${ORIGIN}"))


def without_foreign(library: bytes) -> bytes:
    """The library without such folders. Nothing moves in it; their names are overwritten."""
    made = bytearray(library)
    entries = list(_dynamic(library))
    kept = []
    for _, tag, value in entries:
        if tag not in (_RPATH, _RUNPATH):
            kept.append((tag, value))
            continue
        place, text = _string(library, value)
        own = ":".join(folder for folder in text.split(":") if folder and not is_foreign(folder))
        made[place : place + len(text)] = own.encode().ljust(len(text.encode()), b"\0")
        if own:
            kept.append((tag, value))
    kept += [(_NULL, 0)] * (len(entries) - len(kept))
    for (at, _, _), (tag, value) in zip(entries, kept, strict=True):
        struct.pack_into("<QQ", made, at, tag, value)
    return bytes(made)


def clean(source: str, copy: Path) -> str:
    """The path of this library without such folders: its own, if it has none, else that of a copy."""
    library = Path(source).read_bytes()
    if not any(is_foreign(folder) for folder in run_paths(library)):
        return source
    copy.write_bytes(without_foreign(library))
    copy.chmod(0o755)
    return str(copy)


def _segments(library: bytes) -> list[tuple[int, int, int, int]]:
    """Type, place in the file, address and size of each segment of a 64-bit little-endian ELF file."""
    if library[:6] != b"\x7fELF\x02\x01":
        return []
    (table,) = struct.unpack_from("<Q", library, 32)
    size, count = struct.unpack_from("<HH", library, 54)
    segments = []
    for number in range(count):
        kind, _, offset, address, _, length = struct.unpack_from("<IIQQQQ", library, table + number * size)
        segments.append((kind, offset, address, length))
    return segments


def _dynamic(library: bytes) -> list[tuple[int, int, int]]:
    """Place, tag and value of each dynamic entry, up to the end of the segment."""
    for kind, offset, _, length in _segments(library):
        if kind == _DYNAMIC:
            return [
                (at, *struct.unpack_from("<QQ", library, at)) for at in range(offset, offset + length, 16)
            ]
    return []


def _string(library: bytes, at: int) -> tuple[int, str]:
    """Place and text of a string of the dynamic string table."""
    table = next(value for _, tag, value in _dynamic(library) if tag == _STRTAB)
    for kind, offset, address, length in _segments(library):
        if kind == _LOAD and address <= table < address + length:
            place = offset + table - address + at
            return place, library[place : library.index(b"\0", place)].decode()
    raise ValueError("its strings are in no segment")
