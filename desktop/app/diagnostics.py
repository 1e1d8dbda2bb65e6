"""A report on this machine for whoever looks for a fault: plain text, without secrets."""

from __future__ import annotations

import logging
import os
import platform
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from desktop import __version__
from desktop.access import credentials
from desktop.audio import devices, portaudio
from desktop.audio.interfaces import AudioError
from desktop.base import secret_variables
from desktop.base.redaction import redact

log = logging.getLogger(__name__)

PACKAGES = (
    "PySide6-Essentials",
    "qasync",
    "websockets",
    "msgspec",
    "sounddevice",
    "rtmixer",
    "numpy",
    "soxr",
    "httpx",
    "keyring",
    "moonshine-voice",
    "hibari-tts",
)

VARIABLES = (
    "OPPER_API_KEY",
    "OPPER_BASE_URL",
    "OPPER_HOME",
    "PRESSTALK_TICKET_HEADER",
    "PRESSTALK_HOME",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "QT_QPA_PLATFORM",
    "QT_SCALE_FACTOR",
)
"""The report says only whether they are set, not their values."""


def _set(name: str) -> str:
    return "set" if os.environ.get(name) or secret_variables.get(name) else "not set"


def versions() -> list[tuple[str, str]]:
    """Names and versions: of the program, Python, Qt and the system."""
    return [
        ("Presstalk", __version__),
        ("Python", platform.python_version()),
        ("Qt", _qt_version()),
        ("System", f"{platform.system()} {platform.release()} ({platform.machine()})"),
    ]


def report(counters: Mapping[str, object] | None = None, credential: str = "") -> str:
    """The whole report. Blocks for up to a second: PortAudio may have to start, the keychain to answer.

    Args:
        counters: what the streams and the session have counted, by name.
        credential: what the session is opened with, in a few words.
    """
    sections = [
        ("Versions", [f"{name}: {version}" for name, version in versions()]),
        ("Packages", [f"{name}: {_package_version(name)}" for name in PACKAGES]),
        ("Desktop", _desktop()),
        ("Sound", _sound()),
        ("Key", [*_credential(credential), f"from: {_key_source()}", f"keychain: {_keychain()}"]),
        ("Environment", [f"{name}: {_set(name)}" for name in VARIABLES]),
        ("Counters", [f"{name}: {value}" for name, value in (counters or {}).items()] or ["none yet"]),
    ]
    text = "\n\n".join("\n".join([f"{title}", *(f"  {line}" for line in lines)]) for title, lines in sections)
    return without_home(redact(text)) + "\n"


def _qt_version() -> str:
    from PySide6.QtCore import qVersion

    return qVersion()


def _package_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _desktop() -> list[str]:
    session = (os.environ.get("XDG_SESSION_TYPE", ""), os.environ.get("XDG_CURRENT_DESKTOP", ""))
    lines = [
        f"system: {platform.platform()}",
        f"session: {' '.join(filter(None, session)) or 'unknown'}",
        f"frozen: {'yes' if getattr(sys, 'frozen', False) else 'no'}",
    ]
    if "PySide6.QtGui" in sys.modules:  # without a window its libraries may be missing
        from PySide6.QtGui import QGuiApplication

        lines.append(f"Qt platform: {QGuiApplication.platformName()}")
    return lines


def _sound() -> list[str]:
    try:
        sounddevice = portaudio.load()
        lines = [f"PortAudio: {sounddevice.get_portaudio_version()[1]}"]
        lines += [f"host API: {api['name']} ({len(api['devices'])})" for api in sounddevice.query_hostapis()]
        found = devices.list_devices()
    except AudioError as exc:
        return [str(exc)]
    return lines + ([_device(device) for device in found] or ["no devices"])


def _device(device: devices.Device) -> str:
    default = " ".join(
        word
        for word, is_default in (("in", device.is_default_input), ("out", device.is_default_output))
        if is_default
    )
    mark = f" [default {default}]" if default else ""
    return f"device: {device.key}, {device.inputs} in, {device.outputs} out, {device.rate} Hz{mark}"


def _credential(words: str) -> list[str]:
    return [f"session opened with: {words}"] if words else []


def _key_source() -> str:
    # This also registers the key with `redact`, which removes it wherever it may have got to.
    return credentials.find().source


def _keychain() -> str:
    import keyring

    try:
        return str(keyring.get_keyring().name)
    except Exception as exc:  # each system's keychain fails with classes of its own
        log.info("keychain: %s", type(exc).__name__)
        return f"none ({type(exc).__name__})"


def without_home(text: str) -> str:
    """The text with `~` for the home folder, whose path holds the user's name."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > len("/root") else text
