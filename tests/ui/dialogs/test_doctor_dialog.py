"""The audio doctor's page."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton

from desktop.devices.doctor.audio_doctor import DISCONNECT_FIRST
from desktop.ui.dialogs.doctor_dialog import DoctorDialog
from desktop.viewmodels.doctor_line import PHASES_S, DoctorLine

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

LINES = [
    DoctorLine("Microphone", "<b>Head</b>set, 48000 Hz", "good", ""),
    DoctorLine("Dropouts", "4 in 16 s", "bad", "Sound was lost."),
]


@pytest.fixture
def dialog(qtbot) -> DoctorDialog:
    dialog = DoctorDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def button(dialog: DoctorDialog, words: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text() == words)


def said(dialog: DoctorDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


def test_it_is_started_stopped_and_shows_how_far_it_is(dialog: DoctorDialog) -> None:
    asked: list[str] = []
    dialog.start_asked.connect(lambda: asked.append("start"))
    dialog.stop_asked.connect(lambda: asked.append("stop"))
    button(dialog, "Start").click()
    bar = dialog.findChild(QProgressBar)
    values = []
    for phase in PHASES_S:
        dialog.show_phase(phase)
        values.append(bar.value())
    assert values == sorted(values)
    assert bar.isVisible()
    button(dialog, "Stop").click()
    dialog.show_phase("")
    assert asked == ["start", "stop"]
    assert not bar.isVisible()
    assert button(dialog, "Start").isVisible()


def test_the_findings_are_plain_text_and_can_be_copied(dialog: DoctorDialog) -> None:
    dialog.show_lines(LINES)
    shown = said(dialog)
    assert "<b>Head</b>set, 48000 Hz" in shown
    assert {"Good", "Bad", "Sound was lost.", "Here is what to look at."} <= set(shown)
    button(dialog, "Copy as text").click()
    assert QGuiApplication.clipboard().text() == (
        "Microphone: <b>Head</b>set, 48000 Hz - Good\nDropouts: 4 in 16 s - Bad\n    Sound was lost."
    )
    dialog.show_phase("opening")
    assert "4 in 16 s" not in said(dialog)


def test_all_well_is_said(dialog: DoctorDialog) -> None:
    dialog.show_lines(LINES[:1])
    assert "All is well." in said(dialog)


def test_why_it_cannot_begin_is_said(dialog: DoctorDialog) -> None:
    dialog.show_problem(DISCONNECT_FIRST())
    assert "A session is using the devices. Disconnect, then start again." in said(dialog)


def test_closing_it_stops_the_examination(dialog: DoctorDialog) -> None:
    stopped: list[bool] = []
    dialog.stop_asked.connect(lambda: stopped.append(True))
    dialog.show_phase("sweeps")
    dialog.close()
    assert stopped
