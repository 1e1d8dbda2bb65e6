"""The set-up: its requirements on the system, and its messages when it can't continue."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import run
import setup
import system

MISSING = system.Part("libno-such.so.9", "libno-such9", "no-such", "nosuch")

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows need no system packages")


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Pretends that only these programs are installed, and that this user runs the set-up."""

    def pretend(*names: str, uid: int) -> None:
        monkeypatch.setattr(shutil, "which", lambda name: name if name in names else None)
        monkeypatch.setattr(os, "geteuid", lambda: uid)

    return pretend


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been run."""
    seen: list[list[str]] = []

    def fake_run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        seen.append(command)
        return subprocess.CompletedProcess(command, 100 if "install" in command else 0, "E: no such package")

    monkeypatch.setattr(subprocess, "run", fake_run)
    return seen


def pinned(lock: Path) -> set[str]:
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {line.partition("==")[0] for line in lines if not line.startswith((" ", "#"))}


@linux_only
@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("apt-get", "sudo apt-get install libno-such9"),
        ("dnf", "sudo dnf install no-such"),
        ("pacman", "sudo pacman -S nosuch"),
        ("none", "libno-such.so.9  (in Debian: libno-such9)"),
    ],
)
def test_a_missing_library_is_named_with_the_command_for_it(
    tool: str, command: str, tools: Callable[..., None]
) -> None:
    tools(tool, uid=1000)
    with pytest.raises(system.SetupError) as failure:
        system.provide([MISSING])
    lines = str(failure.value).splitlines()
    assert lines[0] == "Missing on this system: libno-such.so.9."
    assert lines[-1].strip() == command


@linux_only
def test_root_on_debian_installs_and_removes_nothing_else(
    tools: Callable[..., None], commands: list[list[str]]
) -> None:
    tools("apt-get", uid=0)
    with pytest.raises(system.SetupError, match="E: no such package"):
        system.provide([MISSING])
    assert commands[0][:2] == ["apt-get", "update"]
    assert commands[1][-1] == "libno-such9"
    assert "--no-remove" in commands[1]


def test_nothing_is_run_when_nothing_is_missing(tmp_path: Path, commands: list[list[str]]) -> None:
    (tmp_path / "a.ttf").touch()
    font = system.Part("a font", "fonts", "fonts", "fonts", (f"{tmp_path}/**/*.[to]tf",))
    program = system.Part("sh" if os.name == "posix" else "cmd", "dash", "dash", "dash")
    system.provide([font, program])
    assert commands == []


def test_a_library_that_cannot_be_loaded_is_missing() -> None:
    assert not MISSING.is_there()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What pip was told to install: a lock, or the project in its folder."""
    calls: list[str] = []
    for name in ("pyproject.toml", setup.APP_LOCK, setup.DEV_LOCK):
        (tmp_path / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(setup, "_environment", lambda: "3.12.1")
    monkeypatch.setattr(setup, "_pip", lambda *words: calls.append(Path(words[-1]).name))
    monkeypatch.setattr(system, "provide", lambda parts: None)
    monkeypatch.setattr(system, "offer", lambda part: None)
    return calls


def test_the_packages_are_installed_once(installed: list[str], tmp_path: Path) -> None:
    setup.set_up("window")
    assert installed == [setup.APP_LOCK, tmp_path.name]
    setup.set_up("window")
    setup.set_up("demo")
    assert len(installed) == 2
    setup.set_up("test")
    assert installed[2:] == [setup.DEV_LOCK, tmp_path.name]


def test_the_larger_lock_holds_the_smaller_one(installed: list[str], tmp_path: Path) -> None:
    setup.set_up("test")
    setup.set_up("window")
    assert installed == [setup.DEV_LOCK, tmp_path.name]


def test_a_new_lock_and_a_new_python_install_again(
    installed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.set_up("window")
    (tmp_path / setup.APP_LOCK).write_text("newer", encoding="utf-8")
    setup.set_up("window")
    assert installed[2:] == [setup.APP_LOCK, tmp_path.name]
    monkeypatch.setattr(setup, "_environment", lambda: "3.13.0")
    setup.set_up("window")
    assert installed[4:] == [setup.APP_LOCK, tmp_path.name]


def test_a_new_project_file_installs_the_project_only(installed: list[str], tmp_path: Path) -> None:
    setup.set_up("window")
    (tmp_path / "pyproject.toml").write_text("newer", encoding="utf-8")
    setup.set_up("window")
    assert installed[2:] == [tmp_path.name]


@pytest.mark.parametrize(
    ("release", "machine", "kept"),
    [("14.6", "arm64", False), ("15.1", "arm64", True), ("13.0", "x86_64", True), ("", "x86_64", True)],
)
def test_an_older_mac_gets_no_recogniser_but_all_the_rest(
    release: str, machine: str, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "mac_ver", lambda: (release, ("", "", ""), machine))
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(setup, "VENV", tmp_path)
    whole = pinned(setup.ROOT / setup.APP_LOCK)
    used = pinned(setup._lock_for_this_system(setup.APP_LOCK))
    assert whole - used == (set() if kept else {"moonshine-voice"})


def test_pip_failing_is_a_plain_sentence(commands: list[list[str]]) -> None:
    with pytest.raises(system.SetupError, match="Check the network"):
        setup._pip("--requirement", "x.lock")
    assert "--no-deps" in commands[0]


@linux_only
def test_without_a_display_there_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not run.has_screen()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert run.has_screen()


def test_an_unfit_python_is_refused_with_the_way_out(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    command = ["sh", str(request.config.rootpath / "scripts" / "python.sh"), "-c", "print('ran')"]
    refused = subprocess.run(command, env={**os.environ, "PYTHON": str(old)}, capture_output=True, text=True)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Presstalk needs Python 3.11, 3.12 or 3.13")
    taken = subprocess.run(
        command, env={**os.environ, "PYTHON": sys.executable}, capture_output=True, text=True
    )
    assert taken.stdout == "ran\n"


def test_the_lock_names_no_address_and_every_file_has_a_hash(request: pytest.FixtureRequest) -> None:
    for name in (setup.APP_LOCK, setup.DEV_LOCK):
        text = (request.config.rootpath / name).read_text(encoding="utf-8")
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert "://" not in text
        assert "--index" not in text
        assert len(pins) > 40
        assert all("==" in pin and pin.endswith(" \\") for pin in pins)
        assert "pyside6-essentials==6.12.0 " not in text
