"""The real program on a German desktop."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.rig.demo import states
from tests.rig.desktop import Desktop

pytestmark = pytest.mark.screen

WITHIN_S = 60.0


def test_a_german_system_is_spoken_to_in_german(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "desktop", "--verbose", "--save", str(tmp_path)]
    with Desktop() as desktop:
        program = desktop.start(command, LANGUAGE="de_DE:en")
        window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
        program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
        desktop.screen.close_window(window)
        assert program.wait(within=20) == 0, program.output[-3000:]
    document = (tmp_path / "transcript.md").read_text(encoding="utf-8")
    assert document.startswith("# Gespräch\n")
    assert "Verbunden mit Offline-Demo. Sie versteht und spricht nur Englisch." in document
