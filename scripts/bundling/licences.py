"""The licences of all that a bundle carries: Python, its packages, and libraries of the builder's system."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path, PurePosixPath

FOLDER = "resources/licences"
KNOWN_TEXTS = {
    "PySide6_Essentials": "LGPL-3.0.txt",
    "pyside6-essentials": "LGPL-3.0.txt",
    "shiboken6": "LGPL-3.0.txt",
    "flatbuffers": "Apache-2.0.txt",
}
"""Packages whose wheels have no licence's text, and the text in `resources/licences` that is theirs."""

_LICENCE = re.compile(r"(^|/)(LICEN[CS]ES?|COPYING|NOTICE|ThirdPartyNotices)\b[^/]*$")
Licence = tuple[str, str]
"""A file, and its folder in the bundle."""


def of_modules(modules: Iterable[str]) -> list[Licence]:
    """The licence files of the packages that modules belong to."""
    owners = metadata.packages_distributions()
    packages = {package for module in modules for package in owners.get(module.partition(".")[0], ())}
    return [licence for package in sorted(packages) for licence in of_package(package)]


def of_package(package: str) -> list[Licence]:
    """The licence files of a package; in folders of their own, where it has several of one name."""
    return [
        (str(file.locate()), "/".join((FOLDER, package, *_within(file))))
        for file in metadata.files(package) or ()
        if _LICENCE.search(file.as_posix())
    ]


def of_python() -> list[Licence]:
    """Python's own, which every bundle has in it."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    places = (
        Path(sysconfig.get_path("stdlib"), "LICENSE.txt"),
        Path(sys.base_prefix, "LICENSE.txt"),
        Path("/usr/share/doc", version, "copyright"),
    )
    return [(str(place), f"{FOLDER}/python") for place in places if place.is_file()][:1]


def of_system(libraries: Iterable[str]) -> list[Licence]:
    """Those of the libraries that come from the builder's system, as Debian keeps them; else none."""
    if not shutil.which("dpkg-query"):
        return []
    owners = sorted(
        {
            owner
            for library in libraries
            if library.startswith(("/usr/lib", "/lib"))
            for owner in _owners(library)
        }
    )
    found = ((Path("/usr/share/doc", owner, "copyright"), owner) for owner in owners)
    return [(str(file), f"{FOLDER}/{owner}") for file, owner in found if file.is_file()]


def unlicensed(libraries: Iterable[str]) -> list[str]:
    """The libraries that belong to no part whose licence comes along: a bundle must have none."""
    known = {re.sub(r"[-_.]+", "-", name).lower() for name in KNOWN_TEXTS}
    covered = set[str]()
    for one in metadata.distributions():
        name = str(one.name)
        if re.sub(r"[-_.]+", "-", name).lower() in known or of_package(name):
            covered |= {os.path.realpath(str(file.locate())) for file in one.files or ()}
    python = os.path.realpath(sys.base_prefix) + os.sep
    return [
        library
        for library in libraries
        if (real := os.path.realpath(library)) not in covered
        and not (real.startswith((python, "/usr/lib/python")) and of_python())
        and not of_system([library])
    ]


def _within(file: PurePosixPath) -> tuple[str, ...]:
    parts = file.parent.parts
    if parts and parts[0].endswith(".dist-info"):
        parts = parts[1:]
    return tuple(part for part in parts if part != "..")


def _owners(library: str) -> set[str]:
    """The names of the packages that have this library, which may be a link to another one."""
    real = str(Path(library).resolve())
    names = {library, real} | {name.removeprefix("/usr") for name in (library, real)}
    told = subprocess.run(["dpkg-query", "-S", *sorted(names)], capture_output=True, text=True, check=False)
    return {line.partition(":")[0] for line in told.stdout.splitlines() if not line.startswith("diversion")}
