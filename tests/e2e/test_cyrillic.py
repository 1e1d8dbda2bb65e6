"""The real program on a keyboard that has Russian letters only."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.rig.demo import states
from tests.rig.desktop import Desktop

pytestmark = pytest.mark.screen

WITHIN_S = 60.0


def test_ctrl_k_disconnects_by_its_place() -> None:
    with Desktop() as desktop:
        env = {**os.environ, **desktop.screen.env}
        keymap = subprocess.run(["setxkbmap", "ru", "-print"], capture_output=True, check=True, env=env)
        display = desktop.screen.env["DISPLAY"]
        subprocess.run(["xkbcomp", "-w", "0", "-", display], input=keymap.stdout, check=True)
        program = desktop.start([sys.executable, "-m", "desktop", "--verbose"])
        window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
        program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
        desktop.screen.focus(window)
        desktop.screen.press("ctrl+Cyrillic_el")
        program.until(
            lambda: states(program)[-1:] == ["Offline"], within=WITHIN_S, what="the end of the session"
        )
