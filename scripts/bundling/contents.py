"""What goes into a bundle, and what stays out of it.

PyInstaller finds what is imported, and takes every plugin of Qt with all it needs. Here the plugins that are
used are chosen, and the libraries that nothing needs any more leave with the others.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]
"""As PyInstaller lists a file: where it will lie in the bundle, where it lies now, of what kind."""

LITE = "PRESSTALK_LITE"
"""The environment variable that leaves the offline demo's speech out, if it is set to something."""

SPEECH = ("hibari", "moonshine_voice", "onnxruntime", "pocketsphinx")

# `portaudio.load` imports these by name.
HIDDEN = ["sounddevice", "rtmixer", "pa_ringbuffer"]

UNUSED = [
    *("tkinter", "unittest", "doctest", "pdb", "pydoc", "readline", "curses", "sqlite3", "lib2to3", "xmlrpc"),
    *(
        "setuptools",
        "pkg_resources",
        "pytest",
        "py",
        "psutil",
        "tomli_w",
        "rich",
        "pygments",
    ),
    # Bound in numpy by name and loaded when asked for, as nothing of ours and of the wire's side does.
    *("numpy.f2py", "numpy.testing", "numpy.ctypeslib", "charset_normalizer"),
    *("PySide6.QtNetwork", "PySide6.QtDBus"),
    *("websockets.legacy", "websockets.sync", "websockets.cli", "_pydecimal"),
    *("_codecs_jp", "_codecs_hk", "_codecs_cn", "_codecs_tw", "_codecs_kr", "_codecs_iso2022"),
]
MCP = [
    *("mcp", "mcp_types", "pydantic", "pydantic_core", "jsonschema", "rpds", "starlette"),
    *("uvicorn", "click", "httpx2", "opentelemetry"),
]
"""The MCP servers' library, and what it alone stands on. Without it the page of the tools says so."""
UNUSED_WITHOUT_SPEECH = [
    *SPEECH,
    *MCP,
    *("numpy.random", "numpy.ma", "numpy.polynomial"),
]

_PLUGINS = re.compile(
    r"""PySide6/(Qt/)?plugins/(
        platforms/(lib)?q(xcb|wayland|offscreen|windows|cocoa)\b
      | platformthemes/libqxdgdesktopportal     # the system's own colours and file dialogs
      | platforminputcontexts/                  # compose keys and ibus
      | wayland-shell-integration/libxdg-shell
      | wayland-decoration-client/libadwaita
      | iconengines/ | imageformats/(lib)?qsvg\b
      | styles/
    )""",
    re.VERBOSE,
)
"""The plugins of Qt that are used: a widget window on each system, drawn without OpenGL, its icons in SVG."""

_HOSTS = re.compile(
    r"lib(mvec|stdc\+\+|gcc_s|glib-2\.0|gthread-2\.0|dbus-1|fontconfig|freetype|X11|X11-xcb|asound)\.so"
)
"""What every graphical Linux has, and has in a version that fits its other parts. An older copy in the
bundle would be taken by the system's own plugins too (sound, input methods), and break them."""

FALLBACK = "fallback"
_FALLBACKS = re.compile(r"lib(jack|db-5\.3)\.so")
"""What PortAudio needs, and a system with JACK has in the version of its server: the bundle's own comes
second (`start_hook.py`)."""

_DROPPED = re.compile(
    r"""^PySide6/(Qt/)?translations/(?!qtbase_de\.)  # what the program doesn't speak
      | (^|/)numpy/_core/_\w*tests\.            # of numpy's own tests
      | ^moonshine_voice/assets/(?!tiny-en/)    # recordings and word lists that only its examples use
      | ^onnxruntime/capi/libonnxruntime\.so     # the extension module has its own copy in it
      | ^hibari/assets/.*_gb                    # British English: the voice is American
      | ^resources/docs/                        # the pictures of the README
      | ^resources/i18n/.*\.ts$                 # for translators; the program loads the .qm
      | ^PySide6/opengl32sw\.dll$               # OpenGL by software, which nothing here draws with
    """,
    re.VERBOSE,
)


def speech_wanted(environment: Mapping[str, str]) -> bool:
    """Whether the offline demo's speech goes in."""
    return not environment.get(LITE)


def speech_packages() -> list[str]:
    """The parts of the speech whose models and libraries lie beside their modules, as far as installed."""
    return [name for name in ("hibari", "moonshine_voice", "pocketsphinx") if importlib.util.find_spec(name)]


def excluded(speech: bool) -> list[str]:
    """The modules that stay out, though something mentions them."""
    return UNUSED if speech else UNUSED + UNUSED_WITHOUT_SPEECH


def hidden(platform: str = sys.platform) -> list[str]:
    """The modules that go in, though nothing imports them by a statement."""
    # Windows has no list of time zones.
    return [*HIDDEN, *(["tzdata"] if platform == "win32" else [])]


def is_wanted(place: str) -> bool:
    """Whether a file belongs into the bundle, by its place there, before its needs are looked at."""
    place = place.replace("\\", "/")
    if "/plugins/" in place and place.startswith("PySide6/"):
        return bool(_PLUGINS.match(place))
    return not _DROPPED.search(place)


def needed(entries: Iterable[Entry], needs: Callable[[str], Iterable[str]]) -> list[Entry]:
    """The wanted files of a Linux bundle, and of the libraries those that one of them needs, directly or not.

    Args:
        entries: all that PyInstaller has found.
        needs: the names of the libraries that a file on this disk needs.
    """
    wanted = [entry for entry in entries if is_wanted(entry[0]) and not _HOSTS.match(_name(entry[0]))]
    libraries = {_name(place): source for place, source, kind in wanted if _is_library(place, kind)}
    waiting = [source for place, source, kind in wanted if not _is_library(place) and kind != "SYMLINK"]
    found: set[str] = set()
    while waiting:
        for name in needs(waiting.pop()):
            if name in libraries and name not in found:
                found.add(name)
                waiting.append(libraries[name])
    return [_placed(entry) for entry in wanted if not _is_library(entry[0]) or _name(entry[0]) in found]


def elf_needs(file: str) -> list[str]:
    """The names of the libraries that an ELF file needs; none for another kind of file."""
    if not file or not Path(file).is_file():
        return []
    with open(file, "rb") as start:
        if start.read(4) != b"\x7fELF":
            return []
    told = subprocess.run(["objdump", "-p", file], capture_output=True, text=True, check=True).stdout
    return re.findall(r"NEEDED\s+(\S+)", told)


_ROOTS = re.compile(r"lib(portaudio|sndfile|python3|moonshine|onnxruntime_providers_shared)")
"""Loaded by name: nothing in the bundle says that it needs them."""


def _is_library(place: str, kind: str = "") -> bool:
    name = _name(place)
    shared = re.match(r"lib.+\.so(\.|$)", name) and "/plugins/" not in place and kind != "SYMLINK"
    return bool(shared) and not _ROOTS.match(name)


def _placed(entry: Entry) -> Entry:
    place, source, kind = entry
    return (f"{FALLBACK}/{_name(place)}", source, kind) if _FALLBACKS.match(_name(place)) else entry


def _name(place: str) -> str:
    return PurePosixPath(place.replace("\\", "/")).name
