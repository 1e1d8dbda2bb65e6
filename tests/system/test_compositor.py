"""Whether a screen is composited, and what popups do about it: on a real X server."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from desktop.system import compositor
from desktop.ui.common import theme
from tests.rig.process import Program
from tests.rig.screen import VirtualScreen

WITHIN_S = 30.0


def test_without_x11_everything_is_composited(qapp):
    assert compositor.is_composited()


def test_without_its_library_nothing_is_known_to_be(qapp, monkeypatch: pytest.MonkeyPatch):
    def missing(*_: object) -> None:
        raise OSError("libxcb.so.1: cannot open shared object file")

    monkeypatch.setattr(compositor.QGuiApplication, "platformName", lambda: "xcb")
    monkeypatch.setattr(compositor, "has_compositor", missing)
    assert not compositor.is_composited()


def seen(log: Path, *arguments: str) -> list[list[str]]:
    with VirtualScreen() as screen:
        env = {**os.environ, **screen.env}
        command = [sys.executable, "-m", "tests.rig.popup_window", *arguments]
        with Program(command, env=env, log=log) as program:
            assert program.wait(within=WITHIN_S) == 0, program.output
            return [line.split() for line in program.output.splitlines() if line[:5] in ("popup", "compo")]


@pytest.mark.screen
def test_without_a_compositor_popups_are_square_and_nothing_in_their_corners_is_black(tmp_path: Path):
    line = theme.LIGHT.line.lower()
    assert seen(tmp_path / "log") == [
        ["composited", "False"],
        ["popup", "False", line, line],
        ["popup", "False", line, line],
    ]


@pytest.mark.screen
def test_with_a_compositor_their_windows_have_transparent_corners(tmp_path: Path):
    answer, *popups = seen(tmp_path / "log", "--compositor")
    assert answer == ["composited", "True"]
    assert [translucent for _, translucent, *_ in popups] == ["True", "True"]
