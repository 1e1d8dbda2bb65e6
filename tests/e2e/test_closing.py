"""The program ends well, however it is asked to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.demo import states
from tests.rig.desktop import Desktop, Program

pytestmark = pytest.mark.screen

WITHIN_S = 60.0


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    with Desktop() as made:
        yield made


def started(desktop: Desktop, saved: Path) -> Program:
    command = [sys.executable, "-m", "desktop", "--verbose", "--voice", "heart", "--save", str(saved)]
    return desktop.start(command)


def assert_ended_well(desktop: Desktop, program: Program, saved: Path) -> None:
    assert program.wait(within=20) == 0, program.output[-3000:]
    assert "Traceback" not in program.output
    assert (saved / "transcript.md").exists()
    settings = (desktop.home / "presstalk" / "config" / "settings.json").read_text()
    assert "heart" not in settings, "what the command line said held for once"


def test_closing_the_window_ends_the_program(desktop: Desktop, tmp_path: Path) -> None:
    program = started(desktop, tmp_path)
    window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
    program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
    desktop.screen.close_window(window)
    assert_ended_well(desktop, program, tmp_path)


def test_closing_it_while_it_connects_does_so_too(desktop: Desktop, tmp_path: Path) -> None:
    program = started(desktop, tmp_path)
    window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
    desktop.screen.close_window(window)
    assert_ended_well(desktop, program, tmp_path)
