from __future__ import annotations

import re
import struct
import sys
from pathlib import Path

import pytest
from bundling import slim

HEADER = struct.pack("<HBB", 32, 0xDA, 0x27) + bytes(8) + b"CmnD" + bytes(16)


def package(items: dict[str, bytes]) -> bytes:
    """A package of ICU's data, made as its format says."""
    names, contents, toc = b"", b"", struct.pack("<I", len(items))
    names_at = 4 + 8 * len(items)
    first = -(-(names_at + sum(len(name) + 1 for name in items)) // 16) * 16
    for name, content in items.items():
        toc += struct.pack("<II", names_at + len(names), first + len(contents))
        names += name.encode() + b"\0"
        contents += content.ljust(-(-len(content) // 16) * 16, b"\0")
    return HEADER + (toc + names).ljust(first, b"\0") + contents


def test_a_subset_holds_the_chosen_items_as_they_were() -> None:
    items = {"icudt73l/a.icu": b"A" * 20, "icudt73l/b.cnv": b"B" * 50, "icudt73l/root.res": b"R" * 16}
    whole = package(items)
    assert slim.subset(whole, re.compile("")) == whole
    assert slim.subset(whole) == package({name: items[name] for name in items if name[-3:] != "cnv"})


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no package"):
        slim.subset(bytes(200))


@pytest.mark.skipif(sys.platform != "linux", reason="Only on Linux does Qt bring ICU along")
def test_qt_sorts_with_what_is_left_of_its_data(tmp_path: Path) -> None:
    import subprocess

    import PySide6

    (library,) = (Path(PySide6.__file__).parent / "Qt" / "lib").glob("libicudata.so.*")
    copy = tmp_path / library.name
    slim.icu_data(library, copy)
    assert copy.stat().st_size < library.stat().st_size / 5
    code = f"""if True:
        import ctypes
        ctypes.CDLL({str(copy)!r})
        from PySide6.QtCore import QCollator, QLocale
        order = QCollator(QLocale("de"))
        print(order.compare("ä", "b"), order.compare("Zebra", "apfel"), QLocale("de").toUpper("straße"))
        print({str(library)!r} in open("/proc/self/maps").read())
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["-1", "1", "STRASSE", "False"], done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="Stripping is for Linux")
def test_small_files_and_wheels_own_copies_stay_as_they_are(tmp_path: Path) -> None:
    source = tmp_path / "libx.so"
    source.write_bytes(bytes(slim.SMALLEST))
    kept = [("numpy.libs/libx.so", str(source), "BINARY"), ("x.svg", str(source), "DATA")]
    assert slim.slimmed(kept, tmp_path / "slim") == kept
    source.write_bytes(b"small")
    assert slim.slimmed([("libx.so", str(source), "BINARY")], tmp_path / "slim")[0][1] == str(source)
