"""Levels are asked for while they are seen, and painted where they differ."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.talk.level_meter import LevelMeter
from desktop.ui.window.meters import LEVEL_MS, SILENT, SILENT_LEVEL_MS, UNSEEN_MS, Meters

LOUD = (-20.0, -18.0, False)
IN_A_ROOM = (-58.0, -50.0, False)


class Level:
    """What is heard, and how often somebody asked."""

    def __init__(self) -> None:
        self.needle = LOUD
        self.asked = 0

    def __call__(self):
        self.asked += 1
        return self.needle, SILENT


@pytest.fixture
def window(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_a_window_that_nobody_sees_asks_for_no_level(window, qtbot):
    level = Level()
    meters = Meters(level, window)
    meters.run(True)
    meters.move()
    assert level.asked == 1
    window.hide()
    qtbot.waitUntil(lambda: not window.windowHandle().isExposed())
    asked = level.asked
    meters.move()
    assert level.asked == asked
    assert meters.interval_ms == UNSEEN_MS
    with qtbot.waitExposed(window):
        window.show()
    meters.look()
    assert level.asked > asked
    assert meters.interval_ms == LEVEL_MS


def test_the_noise_of_a_room_is_asked_for_less_often(window):
    level = Level()
    meters = Meters(level, window)
    meters.run(True)
    level.needle = IN_A_ROOM
    meters.move()
    assert meters.interval_ms == SILENT_LEVEL_MS
    level.needle = LOUD
    meters.move()
    assert meters.interval_ms == LEVEL_MS


def test_nothing_is_asked_for_without_a_stream(window):
    level = Level()
    Meters(level, window).look()
    assert level.asked == 0


class CountedMeter(LevelMeter):
    """A meter, and the rectangles that it has painted."""

    def __init__(self) -> None:
        super().__init__("microphone", "Microphone level")
        self.painted: list[int] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted.append(event.rect().left())
        super().paintEvent(event)


def test_a_needle_paints_no_more_than_it_moves(qtbot):
    meter = CountedMeter()
    qtbot.addWidget(meter)
    with qtbot.waitExposed(meter):
        meter.show()
    qtbot.waitUntil(lambda: bool(meter.painted))
    QApplication.processEvents()
    meter.painted.clear()
    meter.show_needle(-30.0, -25.0, False)
    qtbot.waitUntil(lambda: bool(meter.painted))
    assert min(meter.painted) > 20, "the icon stays"
    meter.painted.clear()
    meter.show_needle(-30.001, -25.001, False)
    QApplication.processEvents()
    assert meter.painted == []
    assert meter.bar_db == -30.001
