"""Closing the window where it goes on in the tray, and a start that doesn't show it."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from desktop.protocol import catalog
from desktop.ui.talk.level_meter import Needle
from desktop.ui.window.main_window import MainWindow
from desktop.ui.window.meters import UNSEEN_MS, Meters
from desktop.ui.window.window_models import WindowModels
from desktop.viewmodels.devices_model import DevicesModel
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.note_board import NoteBoard
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel
from tests.ui.conftest import Opened

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
LOUD: Needle = (-10.0, -10.0, False)


def test_closing_hides_it_where_it_stays_and_quitting_ends_it(shown: Opened, qtbot: Any):
    window = shown.window
    closed: list[None] = []
    window.closed.connect(lambda: closed.append(None))
    window.stays_hidden = lambda: True
    window.show()
    window.places.detached.setChecked(True)
    qtbot.waitUntil(lambda: window.places.window is not None and window.places.window.isVisible())
    window.close()
    assert not window.isVisible()
    assert window.places.window
    assert not window.places.window.isVisible(), "nor the panes' own"
    assert not closed
    window.show()
    qtbot.waitUntil(lambda: window.places.window is not None and window.places.window.isVisible())
    window.menu.quit_clicked.emit()
    assert closed == [None]


def test_a_hidden_start_begins_all_the_same_and_only_once(qtbot: Any):
    models = WindowModels(
        TranscriptModel(),
        ToolCallsModel(),
        EventsModel(),
        TimingModel(),
        DevicesModel("input"),
        DevicesModel("output"),
        NoteBoard(),
    )
    window = MainWindow(catalog.MODELS, models, lambda: (LOUD, LOUD), dict)
    qtbot.addWidget(window)
    painted: list[None] = []
    window.first_painted.connect(lambda: painted.append(None))
    window.begin_hidden()
    qtbot.waitUntil(lambda: painted == [None])
    assert not window.isVisible()
    window.show()
    qtbot.waitExposed(window)
    window.repaint()
    qtbot.wait(0)
    assert painted == [None]


def test_levels_move_for_a_window_that_is_seen_while_the_main_one_is_not(qtbot: Any):
    main, other = QWidget(), QWidget()
    for widget in (main, other):
        qtbot.addWidget(widget)
        widget.show()
    qtbot.waitExposed(main)
    meters = Meters(lambda: (LOUD, LOUD), main)
    meters.need("session", True)
    meters.show_in(other)
    main.hide()
    meters.move()
    assert meters.interval_ms != UNSEEN_MS
    other.hide()
    meters.move()
    assert meters.interval_ms == UNSEEN_MS
