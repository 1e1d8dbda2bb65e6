"""Whether there is a screen, before Qt is asked: it would end the whole process."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from desktop.app import display_check

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows always have a screen")


def test_no_screen_at_all() -> None:
    assert display_check.problem({}).startswith("There is no screen")


def test_a_platform_that_needs_none() -> None:
    assert display_check.problem({"QT_QPA_PLATFORM": "offscreen"}) == ""


@pytest.mark.parametrize("name", [":979", "nonsense", "localhost:979"])
def test_a_display_that_does_not_answer(name: str) -> None:
    assert display_check.problem({"DISPLAY": name}).startswith(f"The screen {name} can't be reached.")


def test_a_wayland_that_answers(tmp_path: Path) -> None:
    environment = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert display_check.problem(environment).startswith("The screen wayland-7 can't be reached.")
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-7"))
        compositor.listen()
        assert display_check.problem(environment) == ""
        assert display_check.problem({"WAYLAND_DISPLAY": str(tmp_path / "wayland-7")}) == ""
