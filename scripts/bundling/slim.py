"""Smaller copies of libraries: without debug symbols, and of ICU's data only what Qt asks for.

The builder's folders are taken out too (`run_paths.py`). All of it is for Linux, where wheels and Python
itself come with symbols, and where Qt brings all of ICU along. It needs GNU's binutils, as PyInstaller does.
"""

from __future__ import annotations

import re
import struct
import subprocess
from pathlib import Path

from bundling import run_paths
from bundling.contents import Entry

SMALLEST = 20_000
"""Bytes. What stripping saves in smaller files isn't worth the time."""

_ICU = re.compile(r"libicudata\.so\.(\d+)$")

_KEPT = re.compile(
    r"""^icudt\d+l/(
        [^/]+\.(icu|nrm|spp|cfu)    # properties of characters, normalising
      | (root|pool|res_index|supplementalData|likelySubtags|keyTypeData|icuver|icustd
         |numberingSystems|timezoneTypes|zoneinfo64|windowsZones|metaZones|metadata)\.res
      | coll/(root|pool|res_index|ucadata)\.\w+     # sorting without a language's own order
    )""",
    re.VERBOSE,
)
"""Qt asks ICU for sorting, upper and lower case, time zones and old encodings and for nothing else (`nm -D`
tells), and the program asks Qt for none of these: Python has its own. 29 of 32 MB are never read."""


def slimmed(entries: list[Entry], folder: Path) -> list[Entry]:
    """The same list, with smaller copies in `folder` in place of the larger libraries."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        (place, _rid(place, _smaller(place, source, kind, folder), kind, folder), kind)
        for place, source, kind in entries
    ]


def _rid(place: str, source: str, kind: str, folder: Path) -> str:
    """The file without the builder's folders, if it is a library."""
    if kind not in ("BINARY", "EXTENSION"):
        return source
    copy = folder / place.replace("/", "+")
    return run_paths.clean(source, copy)


def _smaller(place: str, source: str, kind: str, folder: Path) -> str:
    if kind not in ("BINARY", "EXTENSION") or Path(source).stat().st_size < SMALLEST:
        return source
    # Wheels' own copies of foreign libraries were moved about by patchelf: stripped, they don't load.
    if ".libs/" in place:
        return source
    copy = folder / place.replace("/", "+")
    if _ICU.search(source):
        icu_data(Path(source), copy)
    else:
        subprocess.run(["strip", "--strip-unneeded", "-o", str(copy), source], check=True)
    return str(copy)


def icu_data(library: Path, copy: Path) -> None:
    """Write a library of ICU's data that holds only what `_KEPT` names.

    Raises:
        ValueError: it isn't such a library.
    """
    found = _ICU.search(library.name)
    if not found:
        raise ValueError(f"{library.name} is no library of ICU's data")
    symbol = f"icudt{found[1]}_dat"
    data = copy.with_suffix(".dat")
    data.write_bytes(subset(_symbol(library, symbol)))
    assembled = copy.with_suffix(".o")
    text = f"""
        .section .rodata
        .balign 16
        .globl {symbol}
        .type {symbol}, %object
        {symbol}: .incbin "{data.name}"
        .size {symbol}, . - {symbol}
        .section .note.GNU-stack, "", %progbits
    """
    for command in (
        ["as", "-o", assembled.name, "-"],
        ["ld", "-shared", "-soname", library.name, "-o", copy.name, assembled.name],
    ):
        subprocess.run(command, cwd=copy.parent, input=text, text=True, check=True)


def subset(data: bytes, kept: re.Pattern[str] = _KEPT) -> bytes:
    """An ICU data package with only the items whose names match.

    It is a header, whose size is its first number, then the count of items, a table of (name's place,
    item's place) from the count on, the names and the items, each item on a multiple of 16: the format
    "CmnD" of ICU's `ucmndata.h`.
    """
    header = struct.unpack_from("<H", data)[0]
    if data[12:16] != b"CmnD":
        raise ValueError("this is no package of ICU's data")
    body = data[header:]
    count = struct.unpack_from("<I", body)[0]
    table = [struct.unpack_from("<II", body, 4 + 8 * index) for index in range(count)]
    ends = [place for _, place in table[1:]] + [len(body)]
    items = []
    for (name_at, begin), end in zip(table, ends, strict=True):
        name = body[name_at : body.index(b"\0", name_at) + 1]
        if kept.match(name[:-1].decode("ascii")):
            items.append((name, body[begin:end].ljust(-(-(end - begin) // 16) * 16, b"\0")))
    names_at = 4 + 8 * len(items)
    first = -(-(names_at + sum(len(name) for name, _ in items)) // 16) * 16
    toc, names, contents = bytearray(struct.pack("<I", len(items))), bytearray(), bytearray()
    for name, content in items:
        toc += struct.pack("<II", names_at + len(names), first + len(contents))
        names += name
        contents += content
    return data[:header] + bytes(toc + names).ljust(first, b"\0") + bytes(contents)


def _symbol(library: Path, symbol: str) -> bytes:
    """The bytes from a symbol on to the end of its section; ICU's data symbol has no size."""
    listed = subprocess.run(["nm", "-D", str(library)], capture_output=True, text=True, check=True).stdout
    address = re.search(rf"^([0-9a-f]+) \w {symbol}$", listed, re.MULTILINE)
    if not address:
        raise ValueError(f"{library.name} has no {symbol}")
    told = subprocess.run(["objdump", "-h", str(library)], capture_output=True, text=True, check=True).stdout
    for size, start, _, offset in re.findall(r"\.rodata\s+(\w+)\s+(\w+)\s+(\w+)\s+(\w+)", told):
        skipped = int(address[1], 16) - int(start, 16)
        with library.open("rb") as file:
            file.seek(int(offset, 16) + skipped)
            return file.read(int(size, 16) - skipped)
    raise ValueError(f"{library.name} has no read-only data")
