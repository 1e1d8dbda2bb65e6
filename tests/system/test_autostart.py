"""The start at login, in each system's way."""

from __future__ import annotations

import os
import plistlib
import re
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop.system import autostart

WORDS = ["/opt/a b/presstalk", "--hidden"]
ODD = ['/opt/"quoted"/$HOME`x`/100%/back\\slash', "--hidden"]


def exec_words(line: str) -> list[str]:
    """As a desktop reads it: the escapes of a string first, then those of a quoted argument."""
    text = line.removeprefix("Exec=").replace("\\\\", "\0").replace("\0", "\\")
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in words]


@pytest.mark.parametrize("words", [WORDS, ODD])
def test_the_entry_runs_the_command_as_it_is(words: list[str]):
    lines = autostart.entry(words, "").decode().splitlines()
    assert lines[0] == "[Desktop Entry]"
    (line,) = [line for line in lines if line.startswith("Exec=")]
    assert exec_words(line) == words


def test_a_home_of_its_own_goes_along():
    (line,) = [line for line in autostart.entry(WORDS, "/h o").decode().splitlines() if "Exec=" in line]
    assert exec_words(line) == ["env", "PRESSTALK_HOME=/h o", *WORDS]
    assert plistlib.loads(autostart.agent(WORDS, "/h o"))["EnvironmentVariables"] == {
        "PRESSTALK_HOME": "/h o"
    }


@pytest.mark.skipif(sys.platform != "linux", reason="the .desktop file")
def test_on_linux_it_is_a_file_that_the_desktop_may_switch_off(monkeypatch: Any, tmp_path: Path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    place = tmp_path / "config" / "autostart" / "presstalk.desktop"
    assert not autostart.is_on()
    autostart.set_on(False)
    autostart.set_on(True)
    autostart.set_on(True)
    assert autostart.is_on()
    text = place.read_text()
    for line in ("Hidden=true", "X-GNOME-Autostart-enabled=false"):
        place.write_text(f"{text}{line}\n")
        assert not autostart.is_on()
    place.write_bytes(b"\xff\x00")
    assert autostart.is_on()
    autostart.set_on(False)
    assert not place.exists()


def test_on_macos_it_is_an_agent_at_login():
    found = plistlib.loads(autostart.agent(WORDS, ""))
    assert found["ProgramArguments"] == WORDS
    assert found["RunAtLoad"] is True
    assert "EnvironmentVariables" not in found


class FakeRegistry:
    """`winreg`'s calls, on a dict."""

    HKEY_CURRENT_USER = "user"
    KEY_SET_VALUE = 2
    REG_SZ = 1

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def __enter__(self) -> FakeRegistry:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def CreateKeyEx(self, key: Any, sub_key: str, reserved: int, access: int) -> Any:
        assert (key, sub_key, access) == ("user", autostart.RUN_KEY, 2)
        return self

    def OpenKey(self, key: Any, sub_key: str) -> Any:
        return self

    def SetValueEx(self, key: Any, name: str, reserved: int, kind: int, value: str) -> None:
        self.values[name] = value

    def QueryValueEx(self, key: Any, name: str) -> tuple[Any, int]:
        if name not in self.values:
            raise FileNotFoundError(name)
        return self.values[name], 1

    def DeleteValue(self, key: Any, name: str) -> None:
        if name not in self.values:
            raise FileNotFoundError(name)
        del self.values[name]


def test_on_windows_it_is_a_value_of_the_run_key():
    registry = FakeRegistry()
    autostart.set_run_value(registry, False, WORDS)
    assert not autostart.has_run_value(registry)
    autostart.set_run_value(registry, True, [r"C:\Program Files\presstalk.exe", "--hidden"])
    assert registry.values == {"Presstalk": r'"C:\Program Files\presstalk.exe" --hidden'}
    assert autostart.has_run_value(registry)
    autostart.set_run_value(registry, False, WORDS)
    assert not autostart.has_run_value(registry)


def test_what_is_started_is_this_program_hidden(monkeypatch: Any, tmp_path: Path):
    assert autostart.command()[-1] == "--hidden"
    assert Path(autostart.command()[0]).exists()
    monkeypatch.setattr(autostart.bundle, "FROZEN", True)
    monkeypatch.setenv("APPIMAGE", "/home/me/Presstalk.AppImage")
    assert autostart.command() == ["/home/me/Presstalk.AppImage", "--hidden"]


@pytest.mark.skipif(sys.platform != "linux", reason="the .desktop file")
def test_its_folder_is_the_user_s_alone_and_what_is_no_file_is_not_waited_for(
    monkeypatch: Any, tmp_path: Path
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    autostart.set_on(True)
    place = tmp_path / "config" / "autostart" / "presstalk.desktop"
    assert {stat.S_IMODE(each.stat().st_mode) for each in (place.parent, place.parent.parent)} == {0o700}
    place.unlink()
    os.mkfifo(place)
    assert not autostart.is_on()
    with pytest.raises(OSError, match="no file"):
        autostart.set_on(True)


def test_at_login_nothing_is_taken_from_the_current_folder(monkeypatch: Any, tmp_path: Path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))  # with no script beside it
    assert autostart.command() == [sys.executable, "-P", "-m", "desktop", "--hidden"]
