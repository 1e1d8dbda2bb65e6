"""The window that says what is in the way of a start: what can be done there, and what it sees by itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from desktop.app import obstacle_window
from desktop.app.second_start import Obstacle, Step
from desktop.app.single_instance import SingleInstance
from desktop.settings.schema import Settings
from desktop.ui.dialogs.running_already_dialog import RunningAlreadyDialog
from tests.app.starts import FIRST, starting

pytestmark = [
    pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)"),
    pytest.mark.skipif(sys.platform != "linux", reason="sockets with a path, and processes' files"),
]


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """A program with these settings."""
    with TemporaryDirectory(prefix="run-") as folder, starting(tmp_path) as start:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        made = start()
        assert made.said() == FIRST
        yield made


@pytest.fixture
def ask(qapp: QApplication) -> Any:
    """Shows an obstacle, and does something about its window: a function of the window, once it is open."""

    def asked(obstacle: Obstacle, act: Any) -> Step:
        def find() -> None:
            dialogs = [one for one in qapp.topLevelWidgets() if isinstance(one, RunningAlreadyDialog)]
            act(next(one for one in dialogs if one.isVisible()))

        QTimer.singleShot(0, find)
        instance = SingleInstance()
        try:
            return obstacle_window.ask(obstacle, qapp, Settings(ui_language="en"), instance)
        finally:
            instance.close()

    return asked


def click(words: str) -> Any:
    def act(dialog: RunningAlreadyDialog) -> None:
        (button,) = [one for one in dialog.findChildren(QPushButton) if one.text() == words]
        button.click()

    return act


def buttons(dialog: RunningAlreadyDialog) -> set[str]:
    return {one.text() for one in dialog.findChildren(QPushButton)}


@pytest.mark.parametrize(
    ("obstacle", "words", "step"),
    [
        (Obstacle(pid=4242), "Try again", Step.RETRY),
        (Obstacle(pid=4242), "End it and start again", Step.END_IT),
        (Obstacle(reached=False), "Start anyway", Step.START_ANYWAY),
        (Obstacle(words="No."), "Close", Step.GIVE_UP),
    ],
)
def test_each_button_is_a_step(running: Any, ask: Any, obstacle: Obstacle, words: str, step: Step):
    assert ask(obstacle, click(words)) is step


@pytest.mark.parametrize(
    ("obstacle", "offered"),
    [
        (Obstacle(pid=4242), {"End it and start again"}),
        (Obstacle(), set()),
        (Obstacle(reached=False), {"Start anyway"}),
        (Obstacle(words="No."), set()),
    ],
)
def test_only_what_helps_is_offered(running: Any, ask: Any, obstacle: Obstacle, offered: set[str]):
    found: list[set[str]] = []

    def look(dialog: RunningAlreadyDialog) -> None:
        found.append(buttons(dialog))
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    assert ask(obstacle, look) is Step.GIVE_UP
    assert found == [{"Try again", "Close"} | offered]


def test_what_the_other_one_says_is_plain_and_bounded(running: Any, ask: Any):
    shown: list[str] = []

    def look(dialog: RunningAlreadyDialog) -> None:
        shown.extend(label.text() for label in dialog.findChildren(QLabel))
        assert all(label.textFormat() is Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel))
        dialog.reject()

    ask(Obstacle(words="<b>No</b>\x1b[2J " + "very " * 1_000), look)
    assert len(shown) == 1
    assert shown[0].startswith("<b>No</b>")
    assert "\x1b" not in shown[0]
    assert len(shown[0]) <= obstacle_window.LONGEST_WORDS


def test_it_closes_when_the_other_one_has_ended(running: Any, ask: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(obstacle_window, "LOOK_MS", 10)
    assert ask(Obstacle(reached=False), lambda _: running.kill()) is Step.CLAIMED


def test_it_closes_when_the_other_one_can_be_reached(running: Any, ask: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(obstacle_window, "LOOK_MS", 10)
    assert ask(Obstacle(reached=False), lambda _: None) is Step.RETRY
