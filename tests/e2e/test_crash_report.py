"""An unexpected error in mid-conversation: its report is shown, and the talk key goes on working."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig import window_manager
from tests.rig.demo import states
from tests.rig.desktop import Desktop, Program

pytestmark = pytest.mark.screen

WITHIN_S = 60.0
REPORT = "Something went wrong"
FAIL_WHEN_ASKED = """
import signal, threading
signal.signal(signal.SIGUSR1, lambda *_: threading.Thread(target=lambda: 1 / 0).start())
"""


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    with Desktop() as made:
        yield made


@pytest.fixture
def manager(desktop: Desktop) -> Program:
    made = desktop.start([sys.executable, "-m", "tests.rig.window_manager"])
    made.until(lambda: window_manager.READY in made.output, within=10, what="the window manager")
    return made


@pytest.fixture
def program(desktop: Desktop, manager: Program, tmp_path: Path) -> Program:
    (tmp_path / "sitecustomize.py").write_text(FAIL_WHEN_ASKED)
    made = desktop.start([sys.executable, "-m", "desktop", "--verbose"], PYTHONPATH=str(tmp_path))
    made.until(lambda: states(made)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
    return made


def report_of_failure(desktop: Desktop, manager: Program, program: Program) -> int:
    """Let something fail; the window of the report."""
    os.kill(program.pid, signal.SIGUSR1)
    report = desktop.screen.window(REPORT, within=10, program=program)
    seen = window_manager.SEEN.format(report)
    manager.until(lambda: seen in manager.output, within=10, what="the report's window")
    return report


def talks(desktop: Desktop, program: Program) -> None:
    desktop.screen.key_down("space")
    program.until(lambda: states(program)[-1] == "Listening", within=5, what="the open microphone")
    desktop.screen.key_up("space")
    program.until(lambda: states(program)[-1] != "Listening", within=5, what="the shut microphone")


def test_the_talk_key_works_while_the_report_is_open(
    desktop: Desktop, manager: Program, program: Program
) -> None:
    talks(desktop, program)
    report = report_of_failure(desktop, manager, program)
    talks(desktop, program)
    assert desktop.screen.windows(REPORT) == [report]
    desktop.screen.focus(report)
    desktop.screen.press("Escape")
    program.until(lambda: not desktop.screen.windows(REPORT), within=5, what="the report's end")
    assert program.stop() == 0


def test_a_report_in_mid_take_leaves_the_take_alone(
    desktop: Desktop, manager: Program, program: Program
) -> None:
    window = desktop.screen.window("^Presstalk$", program=program)
    desktop.screen.key_down("space")
    program.until(lambda: states(program)[-1] == "Listening", within=5, what="the open microphone")
    report_of_failure(desktop, manager, program)
    assert desktop.screen.focused() == window
    assert states(program)[-1] == "Listening"
    desktop.screen.key_up("space")
    program.until(lambda: states(program)[-1] != "Listening", within=5, what="the shut microphone")
    assert program.stop() == 0
