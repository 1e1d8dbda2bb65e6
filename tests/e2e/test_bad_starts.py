"""Where something is missing, the program still starts, or says in a sentence why not."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from desktop.app.main import READY
from tests.rig.desktop import Desktop, Program
from tests.rig.smoke import judge

pytestmark = pytest.mark.screen

WITHIN_S = 60.0
HOME = "PRESSTALK_HOME"

Command = list[str]
Mount = Callable[[str], Path]


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    """A desktop of its own for each test: some take its sound away."""
    with Desktop() as desktop:
        yield desktop


@pytest.fixture(params=["checkout", pytest.param("bundle", marks=pytest.mark.bundle)])
def program(request: pytest.FixtureRequest) -> Command:
    """How the program is started: from here, or as it is handed on."""
    if request.param == "bundle":
        return [str(request.getfixturevalue("lite_bundle"))]
    return [sys.executable, "-m", "desktop"]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Makes a file system in memory with these options, for the time of the test."""
    with ExitStack() as mounted:

        def make(options: str) -> Path:
            folder = tmp_path / "mounted"
            folder.mkdir()
            command = ["mount", "-t", "tmpfs", "-o", options, "presstalk-test", str(folder)]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"Only those who may mount can try this: {done.stderr.strip()}")
            mounted.callback(subprocess.run, ["umount", "--lazy", str(folder)], check=True)
            return folder

        yield make


def ends(desktop: Desktop, program: Program) -> str:
    """Close the window once it is there; what the program has printed, if it ended well."""
    program.until(lambda: READY in program.output, within=WITHIN_S, what="the window")
    desktop.screen.close_window(desktop.screen.window("Presstalk", program=program))
    judge(program.wait(within=20), program.output)
    return program.output


def test_a_home_that_can_only_be_read(desktop: Desktop, program: Command, mount: Mount) -> None:
    home = mount("ro,size=1m")
    output = ends(desktop, desktop.start(program, **{HOME: str(home), "HOME": str(home)}))
    assert "The log folder can't be created: Read-only file system." in output


def test_a_full_disk(desktop: Desktop, program: Command, mount: Mount) -> None:
    home = mount("size=64k")
    for folder in ("config", "logs", "data", "cache"):
        (home / folder).mkdir()
    with pytest.raises(OSError, match="No space"):
        (home / "full").write_bytes(bytes(100_000))
    output = ends(desktop, desktop.start(program, **{HOME: str(home), "HOME": str(home)}))
    assert "No space left on device" in output


@pytest.mark.parametrize("display", ["", ":979"])
def test_no_display(desktop: Desktop, program: Command, display: str) -> None:
    del desktop.env["QT_QPA_PLATFORM"]
    started = desktop.start(program, DISPLAY=display)
    assert started.wait(within=WITHIN_S) == 1
    lines = started.output.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"The screen {display} can't be reached." if display else "There is no screen")
    assert "`presstalk talk` and `say` work without one." in lines[0]


def test_no_sound_server(desktop: Desktop, program: Command) -> None:
    desktop.sound.unplug()
    ends(desktop, desktop.start(program))


def test_a_session_bus_that_says_nothing(desktop: Desktop, program: Command) -> None:
    address = desktop.home / "bus"
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(str(address))
        bus.listen(8)
        ends(desktop, desktop.start(program, DBUS_SESSION_BUS_ADDRESS=f"unix:path={address}"))


def test_the_locale_c(desktop: Desktop, program: Command) -> None:
    plain = {"LC_ALL": "C", "LANG": "C"}
    ends(desktop, desktop.start(program, **plain))
    turn = desktop.start([*program, "say", "Repeat after me: Köln, 東京"], **plain)
    judge(turn.wait(within=WITHIN_S), turn.output)
    assert "assistant: Köln, 東京" in turn.output


def test_a_path_with_spaces_and_umlauts(
    desktop: Desktop, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place = tmp_path / "Schöne neue Welt"
    for name in ("desktop", "resources"):
        shutil.copytree(request.config.rootpath / name, place / name)
    home = desktop.home / "Jörg Müller"
    saved = home / "Gespräch 1"
    command = [sys.executable, "-m", "desktop", "--save", str(saved)]
    ends(desktop, desktop.start(command, **{HOME: str(home), "PYTHONPATH": str(place)}))
    assert (saved / "transcript.md").is_file()
    assert (home / "config" / "settings.json").is_file()
    assert (home / "logs" / "presstalk.log").is_file()
