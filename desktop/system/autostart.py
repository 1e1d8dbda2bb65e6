"""Starts the program when the user logs in: a `.desktop` file, a LaunchAgent, or a value of the Run key.

Sources: freedesktop.org's Desktop Application Autostart Specification 0.5 and Desktop Entry Specification 1.5
("The Exec key"); launchd.plist(5); "Run and RunOnce Registry Keys" of Windows.
"""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from desktop.base import atomic_file, bundle, paths
from desktop.base.child_process import own_command
from desktop.base.plain_file import read_plain

HIDDEN = "--hidden"
"""The option of such a start."""
LABEL = "io.github.presstalk.Presstalk"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
RUN_NAME = "Presstalk"
LARGEST_ENTRY = 64_000
"""Bytes of a `.desktop` file that is read: ours has 300."""
_ESCAPED = '"`$\\'
"""What a backslash stands before in a quoted argument of Exec."""


class Registry(Protocol):
    """The calls of `winreg` that are needed."""

    HKEY_CURRENT_USER: Any
    KEY_SET_VALUE: int
    REG_SZ: int

    def CreateKeyEx(self, key: Any, sub_key: str, reserved: int, access: int) -> Any: ...

    def OpenKey(self, key: Any, sub_key: str) -> Any: ...

    def SetValueEx(self, key: Any, name: str, reserved: int, kind: int, value: str) -> None: ...

    def QueryValueEx(self, key: Any, name: str) -> tuple[Any, int]: ...

    def DeleteValue(self, key: Any, name: str) -> None: ...


def command() -> list[str]:
    """What starts this program."""
    if bundle.FROZEN:
        # An AppImage runs from a folder that is another one each time.
        return [os.environ.get("APPIMAGE") or sys.executable, HIDDEN]
    script = Path(sys.executable).with_name("presstalk.exe" if sys.platform == "win32" else "presstalk")
    start = [str(script)] if script.exists() else own_command()
    return [*start, HIDDEN]


def set_on(on: bool) -> None:
    """Start at login from now on, or no longer. Blocks. Raises OSError if that can't be written."""
    if sys.platform == "win32":
        import winreg

        set_run_value(winreg, on, command())
    elif sys.platform == "darwin":
        _write(_agent(), agent(command(), _home()) if on else None)
    else:
        _write(_entry(), entry(command(), _home()) if on else None)


def is_on() -> bool:
    """Whether it is started at login: another program, or the user, may have changed that. Blocks."""
    if sys.platform == "win32":
        import winreg

        return has_run_value(winreg)
    if sys.platform == "darwin":
        return _agent().exists()
    try:
        text = read_plain(_entry(), LARGEST_ENTRY).decode(errors="replace")
    except OSError:
        return False
    switched_off = ("Hidden=true", "X-GNOME-Autostart-enabled=false")
    return not any(line.strip() in switched_off for line in text.splitlines())


def entry(words: Sequence[str], home: str) -> bytes:
    """The `.desktop` file that runs this command; `home` as PRESSTALK_HOME, if it isn't empty."""
    if home:
        words = ["env", f"{paths.HOME_VARIABLE}={home}", *words]
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Name=Presstalk",
        f"Exec={' '.join(map(_quoted, words))}",
        "Icon=presstalk",
        "Terminal=false",
        "X-GNOME-Autostart-enabled=true",
    ]
    return ("\n".join(lines) + "\n").encode(errors="surrogateescape")


def agent(words: Sequence[str], home: str) -> bytes:
    """The LaunchAgent that runs this command."""
    content: dict[str, Any] = {
        "Label": LABEL,
        "ProgramArguments": list(words),
        "RunAtLoad": True,
        "ProcessType": "Interactive",
    }
    if home:
        content["EnvironmentVariables"] = {paths.HOME_VARIABLE: home}
    return plistlib.dumps(content)


def set_run_value(registry: Registry, on: bool, words: Sequence[str]) -> None:
    """Write the value of the Run key, or remove it."""
    key = registry.CreateKeyEx(registry.HKEY_CURRENT_USER, RUN_KEY, 0, registry.KEY_SET_VALUE)
    with key:
        if on:
            registry.SetValueEx(key, RUN_NAME, 0, registry.REG_SZ, subprocess.list2cmdline(words))
            return
        try:
            registry.DeleteValue(key, RUN_NAME)
        except FileNotFoundError:
            pass


def has_run_value(registry: Registry) -> bool:
    """Whether the Run key has our value."""
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, RUN_KEY) as key:
            return bool(registry.QueryValueEx(key, RUN_NAME)[0])
    except OSError:
        return False


def _quoted(word: str) -> str:
    """An argument of Exec. A percent sign would begin a field code, a backslash is read twice."""
    escaped = "".join(f"\\{mark}" if mark in _ESCAPED else mark for mark in word)
    return '"' + escaped.replace("\\", "\\\\").replace("%", "%%") + '"'


def _home() -> str:
    return os.path.abspath(home) if (home := os.environ.get(paths.HOME_VARIABLE)) else ""


def _entry() -> Path:
    root = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(root) if os.path.isabs(root) else Path.home() / ".config"
    return folder / "autostart" / "presstalk.desktop"


def _agent() -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"


def _write(place: Path, content: bytes | None) -> None:
    if content is None:
        place.unlink(missing_ok=True)
        return
    atomic_file.make_folder(place.parent)
    atomic_file.write(place, content)
