"""Nothing is in a bundle without its licence."""

from __future__ import annotations

import re
import shutil
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


def test_the_lock_file_is_audited() -> None:
    workflow = (texts.ROOT / ".github" / "workflows" / "bundles.yml").read_text(encoding="utf-8")
    assert "pip_audit --disable-pip --require-hashes --requirement requirements.lock" in workflow


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
