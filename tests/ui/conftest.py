"""A window for tests, with its models, and a list of what it says."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from desktop.protocol import catalog
from desktop.ui.common import gathering, theme
from desktop.ui.window.main_window import MainWindow
from desktop.ui.window.window_models import WindowModels
from desktop.viewmodels.devices_model import DevicesModel
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.note_board import NoteBoard
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel
from tests.ui.opened import use_light_theme


@pytest.fixture(autouse=True)
def _shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each change is shown when it is made. How changes are gathered is tested in test_gathering.py."""
    monkeypatch.setattr(gathering, "PAINT_MS", 0)


class Opened:
    """A window, and the signals it gave, in order."""

    def __init__(self, qtbot) -> None:
        self.transcript = TranscriptModel()
        self.tool_calls = ToolCallsModel()
        self.counted: dict[str, float] = {}
        self.needles = ((-60.0, -60.0, False), (-60.0, -60.0, False))
        self.events = EventsModel()
        self.timing = TimingModel()
        self.notes = NoteBoard()
        self.devices = (DevicesModel("input"), DevicesModel("output"))
        models = WindowModels(
            self.transcript, self.tool_calls, self.events, self.timing, *self.devices, self.notes
        )
        application = QApplication.instance()
        application.setStyleSheet("")  # as the program builds it: `ThemeController`
        self.window = MainWindow(catalog.MODELS, models, lambda: self.needles, lambda: self.counted)
        theme.apply(application, theme.tokens())
        self.window.side.measure_panes()
        qtbot.addWidget(self.window)
        self.emitted: list[tuple] = []
        for name in (
            "talk_pressed",
            "talk_released",
            "talk_lost",
            "escaped",
            "connect_clicked",
            "restart_clicked",
            "models_refresh_clicked",
        ):
            getattr(self.window, name).connect(lambda name=name: self.emitted.append((name,)))
        self.window.text_entered.connect(lambda text: self.emitted.append(("text_entered", text)))
        self.window.option_chosen.connect(lambda *values: self.emitted.append(("chosen", *values)))
        self.window.question_answered.connect(
            lambda *values: self.emitted.append(("question_answered", *values))
        )
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)


@pytest.fixture
def shown(qtbot, qapp: QApplication) -> Opened:
    use_light_theme()
    return Opened(qtbot)
