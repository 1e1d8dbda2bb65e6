"""The texts that the systems want of a program: names, versions, what it asks for, what it needs."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

NAME = "Presstalk"
BUNDLE_ID = "io.github.presstalk.Presstalk"
SUMMARY = "Push-to-talk voice client for the Opper Realtime API"
MICROPHONE = "Presstalk listens while you hold the talk key, and sends what you say to the model you chose."


def version() -> str:
    """The program's version, without importing it."""
    text = (ROOT / "desktop" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    assert found, "desktop/__init__.py tells the version"
    return found[1]


VERSION = version()


def folder(speech: bool) -> str:
    """The name of the folder that is the bundle."""
    return "presstalk" if speech else "presstalk-lite"


def archive(speech: bool, machine: str = "") -> str:
    """The name of the archive, without its ending: program, version, system, machine."""
    system = {"linux": "linux", "darwin": "macos", "win32": "windows"}[sys.platform]
    return f"{folder(speech)}-{VERSION}-{system}-{(machine or platform.machine()).lower()}"


def plist() -> dict[str, Any]:
    """What macOS reads in `Info.plist`, besides what PyInstaller writes there by itself."""
    return {
        "CFBundleDisplayName": NAME,
        # Else the system takes the program for an English one, and its own dialogs in it.
        "CFBundleLocalizations": ["en", "de"],
        "CFBundleShortVersionString": VERSION,
        "CFBundleVersion": VERSION,
        "LSApplicationCategoryType": "public.app-category.productivity",
        # Qt 6.11 and the speech engine's runtime ask for no less.
        "LSMinimumSystemVersion": "13.0",
        "NSHighResolutionCapable": True,
        "NSMicrophoneUsageDescription": MICROPHONE,
        # Dark as the system is, as Qt draws it.
        "NSRequiresAquaSystemAppearance": False,
    }


def version_info() -> str:
    """What Windows shows as a file's properties, in the words that PyInstaller reads.

    The numbers are four; what follows the third, or isn't a number, is in the texts only.
    """
    numbers = (*(int(part) for part in VERSION.split(".")[:3] if part.isdecimal()), 0, 0, 0, 0)[:4]
    strings: Mapping[str, str] = {
        "CompanyName": "Presstalk contributors",
        "FileDescription": NAME,
        "FileVersion": VERSION,
        "InternalName": "presstalk",
        "LegalCopyright": "MIT licence",
        "OriginalFilename": "Presstalk.exe",
        "ProductName": NAME,
        "ProductVersion": VERSION,
    }
    table = ",\n          ".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    return f"""\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, OS=0x40004, fileType=0x1),
  kids=[
    StringFileInfo([
      StringTable('040904B0', [
          {table}])]),
    VarFileInfo([VarStruct('Translation', [0x409, 1200])]),
  ],
)
"""


def desktop_entry(command: str = "presstalk") -> str:
    """The `.desktop` file, starting this command."""
    text = (ROOT / "resources" / "linux" / "presstalk.desktop").read_text(encoding="utf-8")
    if not re.fullmatch(r"[\w./-]+", command, re.ASCII):
        # freedesktop.org's rules: once for the quotes around an argument, once for the file itself.
        quoted = re.sub(r'([\\"`$])', r"\\\1", command).replace("%", "%%")
        command = '"{}"'.format(quoted.replace("\\", "\\\\"))
    return text.replace("Exec=presstalk", f"Exec={command}")


def metainfo() -> str:
    """The AppStream text: what a software centre shows."""
    name = f"{BUNDLE_ID}.metainfo.xml"
    text = (ROOT / "resources" / "linux" / name).read_text(encoding="utf-8")
    return text.replace("@VERSION@", VERSION).replace("@DATE@", release_date())


def release_date() -> str:
    """The day of this version, from the changelog; of an unreleased one, that of the licence's year."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    dated = re.search(rf"^## {re.escape(VERSION)} - (\d{{4}}-\d\d-\d\d)", changelog, re.MULTILINE)
    return dated[1] if dated else "2026-01-01"


def control(installed_kb: int, machine: str) -> str:
    """The Debian package's own text.

    Args:
        installed_kb: how much it takes on the disk, in units of 1024 bytes.
        machine: the architecture in Debian's words, like `amd64`.
    """
    # What `contents` leaves to the system; in newer releases some have "t64" in their names.
    needs = (
        f"libc6 (>= {_glibc()}), libstdc++6, libgcc-s1, libasound2 | libasound2t64, libdbus-1-3, libegl1, "
        "libgl1, libfontconfig1, libfreetype6, libglib2.0-0 | libglib2.0-0t64, libx11-6, libx11-xcb1, "
        "libxcb1, libwayland-client0, libwayland-cursor0"
    )
    return f"""\
Package: presstalk
Version: {VERSION}
Architecture: {machine}
Maintainer: Presstalk contributors <presstalk@localhost>
Installed-Size: {installed_kb}
Depends: {needs}
Recommends: libasound2-plugins | pipewire-alsa, gnome-keyring | kwalletmanager
Section: sound
Priority: optional
Description: {SUMMARY}
 Hold a key, speak, let go, hear the answer. One protocol, with OpenAI, xAI and
 Gemini behind it; without a key it talks to a small demo of its own.
"""


def _glibc() -> str:
    """The version of this system's C library: what is built on it needs no less."""
    return platform.libc_ver()[1] or "2.34"
