"""Nothing is in a bundle without its licence."""

from __future__ import annotations

import re
import shutil
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

import pytest
from bundling import licences, texts


def test_licences_come_along() -> None:
    found = licences.of_modules(["websockets.asyncio.client", "soxr", "soundfile", "json"])
    packages = {Path(place).relative_to(licences.FOLDER).parts[0] for _, place in found}
    assert packages == {"websockets", "soxr", "soundfile"}
    # The library in it has a licence of its own.
    assert [Path(file).name for file, place in found if "soundfile" in place] == ["COPYING", "LICENSE"]
    assert all(Path(file).is_file() for file, _ in found)


def test_every_package_of_the_program_has_one() -> None:
    lock = (texts.ROOT / "requirements-app.lock").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE)
    installed = {_key(str(one.name)): str(one.name) for one in metadata.distributions()}
    here = [installed[_key(name)] for name in names if _key(name) in installed]
    assert len(here) > 30
    known = {_key(name): text for name, text in licences.KNOWN_TEXTS.items()}
    without = [name for name in here if not licences.of_package(name) and _key(name) not in known]
    assert without == []
    assert all((texts.ROOT / licences.FOLDER / text).is_file() for text in licences.KNOWN_TEXTS.values())


def test_two_licences_of_one_name_lie_apart() -> None:
    for package in ("numpy", "aiohttp", "soxr"):
        places = [f"{place}/{Path(file).name}" for file, place in licences.of_package(package)]
        assert len(places) == len(set(places)), package


def test_python_has_one() -> None:
    ((file, place),) = licences.of_python()
    assert "PYTHON SOFTWARE FOUNDATION" in Path(file).read_text(encoding="utf-8")
    assert place == f"{licences.FOLDER}/python"


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="as Debian keeps them")
def test_a_library_of_the_system_has_one() -> None:
    (library,) = list(Path("/usr/lib").glob("*/libc.so.6"))[:1]
    assert [place for _, place in licences.of_system([str(library)])] == [f"{licences.FOLDER}/libc6"]
    assert licences.of_system([__file__]) == []


@pytest.mark.skipif(sys.platform != "linux", reason="where the wheels' libraries are called like this")
def test_a_library_of_nobody_is_found(tmp_path: Path) -> None:
    site = Path(sysconfig.get_path("platlib"))
    carried = [
        *site.glob("numpy.libs/*.so*"),
        *site.glob("PySide6/Qt/lib/libQt6Gui.so.6"),
        *site.glob("_soundfile_data/*.so"),
        *site.glob("shiboken6/*.so*"),
        *Path(sysconfig.get_path("stdlib"), "lib-dynload").glob("_json*.so"),
    ]
    assert len(carried) >= 6
    assert licences.unlicensed(map(str, carried)) == []
    stranger = tmp_path / "libstranger.so.1"
    stranger.write_bytes(b"\x7fELF")
    assert licences.unlicensed([*map(str, carried), str(stranger)]) == [str(stranger)]


QT_PARTS = {
    "zlib": ("Core", b"zlib"),
    "PCRE2": ("Core", b"lookbehind assertion"),
    "BLAKE2": ("Core", b"Blake2b_160"),
    "ICU": ("Core", b"libicuuc.so"),
    "FreeType": ("Gui", b"FreeType"),
    "HarfBuzz": ("Gui", b"harfbuzz"),
    "libpng": ("Gui", b"libpng version"),
    "MD4C": ("Gui", b"md4c"),
}
"""Parts of others that can be told in Qt's libraries: in which, and by which bytes."""


@pytest.mark.skipif(sys.platform != "linux", reason="where the libraries are called like this")
@pytest.mark.parametrize("part", QT_PARTS)
def test_what_qt_has_of_others_is_named(part: str) -> None:
    library, mark = QT_PARTS[part]
    text = (texts.ROOT / licences.FOLDER / "Qt-third-parties.txt").read_text(encoding="utf-8")
    found = mark in Path(sysconfig.get_path("platlib"), f"PySide6/Qt/lib/libQt6{library}.so.6").read_bytes()
    assert found, "take another mark, or the part out of the text"
    entry = next(entry for entry in text.split("\n\n") if entry.startswith(f"{part}\n"))
    assert f"in: {library}" in entry
    assert "copyright: " in entry


def test_each_licence_of_qts_parts_has_its_text() -> None:
    text = (texts.ROOT / licences.FOLDER / "Qt-third-parties.txt").read_text(encoding="utf-8")
    named = set(re.findall(r"^  licence: (.+)$", text, re.MULTILINE)) - {"public domain"}
    with_text = set(re.findall(r"^Licence: (.+)\n-+\n\n *\S", text, re.MULTILINE))
    assert named == with_text
    for other in re.findall(r"See (\S+\.txt) beside", text):
        assert (texts.ROOT / licences.FOLDER / other).is_file()


def test_the_lock_file_is_audited() -> None:
    workflow = (texts.ROOT / ".github" / "workflows" / "bundles.yml").read_text(encoding="utf-8")
    assert "pip_audit --disable-pip --require-hashes --requirement requirements.lock" in workflow


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
