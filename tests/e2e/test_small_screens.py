"""The real program on small and large-scaled screens: its talk button can be seen."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.rig.demo import states
from tests.rig.desktop import Desktop, Program
from tests.rig.screen_settings import ScreenSettings
from tests.rig.work_area import set_work_area

pytestmark = pytest.mark.screen

WITHIN_S = 60.0
RED = (0xC8, 0x20, 0x2F)
"""The talk button is filled with it while the microphone is open."""
FILLED = 0.6 * 3.1416 * 56 * 56
"""Pixels at a scale of 1: what icon, word and focus ring leave of a disc of 112 pixels."""


def red_pixels(desktop: Desktop) -> int:
    return int(np.count_nonzero((desktop.screen.pixels() == RED).all(axis=2)))


def window_size(desktop: Desktop) -> tuple[int, int]:
    """Width and height of all that isn't black."""
    lit = desktop.screen.pixels().any(axis=2)
    return int(lit.any(axis=0).sum()), int(lit.any(axis=1).sum())


def start(desktop: Desktop, **variables: str) -> Program:
    program = desktop.start([sys.executable, "-m", "desktop", "--verbose"], **variables)
    window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
    program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
    desktop.screen.focus(window)
    return program


def talk_button_is_whole(desktop: Desktop, program: Program, scale: float = 1) -> None:
    """Hold the talk key, and look for the red disc."""
    desktop.screen.key_down("space")
    program.until(
        lambda: red_pixels(desktop) > FILLED * scale**2, within=WITHIN_S, what="the whole talk button in red"
    )
    desktop.screen.key_up("space")
    program.until(lambda: not red_pixels(desktop), within=WITHIN_S, what="the end of the take")


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [(1024, 600, 1), (1920, 1080, 1.75), (1366, 768, 1.5), (1280, 720, 2)],
    ids=["1024x600", "1920x1080 at 175 %", "1366x768 at 150 %", "1280x720 at 200 %"],
)
def test_the_talk_button_can_be_seen(width: int, height: int, scale: float) -> None:
    with Desktop(width, height) as desktop:
        panel = round(32 * scale)
        set_work_area(desktop.screen.env["DISPLAY"], 0, panel, width, height - panel)
        program = start(desktop, QT_SCALE_FACTOR=str(scale))
        talk_button_is_whole(desktop, program, scale)
        _, top, _, tall = desktop.screen.place(desktop.screen.window("Presstalk"))
        assert panel - scale <= top <= panel + scale, "right below the panel"
        assert top + tall <= height + scale, "and whole on the screen"


def test_a_panel_that_appears_does_not_cover_it() -> None:
    with Desktop(1280, 760) as desktop:
        program = start(desktop)
        set_work_area(desktop.screen.env["DISPLAY"], 0, 0, 1280, 560)
        program.until(
            lambda: not desktop.screen.pixels()[560:].any(), within=WITHIN_S, what="room for the panel"
        )
        talk_button_is_whole(desktop, program)


def test_a_panel_and_the_scale_that_change_at_once_leave_the_window_its_size() -> None:
    """The system hands in sizes in pixels of the old scale: each time at another moment."""
    with Desktop(1920, 1080) as desktop, ScreenSettings(desktop.screen.env["DISPLAY"]) as settings:
        program = start(desktop)
        for late in range(12):
            settings.scale(200)
            set_work_area(desktop.screen.env["DISPLAY"], 0, 60, 1920, 1020)
            program.until(
                lambda: window_size(desktop) == (1920, 1020), within=WITHIN_S, what="a small window"
            )
            set_work_area(desktop.screen.env["DISPLAY"], 0, 30, 1920, 1050)
            time.sleep(late % 6 * 0.004)
            settings.scale(125)
            program.until(lambda: window_size(desktop) == (1300, 875), within=10, what="the size of before")


def test_a_place_on_a_screen_that_is_gone_comes_back(tmp_path: Path) -> None:
    # 1040x700 at 3000, 2000: a second screen, right of and below this one
    saved = "AdnQywADAAAAAAu4AAAH0AAAD8cAAAqLAAALuAAAB9AAAA/HAAAKiwAAAAAAAAAABQAAAAu4AAAH0AAAD8cAAAqL"
    with Desktop(1280, 800) as desktop:
        program = start(desktop)
        desktop.screen.close_window(desktop.screen.window("Presstalk", program=program))
        assert program.wait(within=WITHIN_S) == 0
        (settings,) = desktop.home.rglob("settings.json")
        content = json.loads(settings.read_text(encoding="utf-8"))
        settings.write_text(json.dumps({**content, "geometry": saved}), encoding="utf-8")
        talk_button_is_whole(desktop, start(desktop))
