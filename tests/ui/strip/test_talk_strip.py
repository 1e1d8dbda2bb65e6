"""The strip: held, dragged, remembered; it never takes the focus."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.turn.effects import DisplayState
from desktop.ui.strip.talk_strip import SIZE, TalkStrip
from desktop.ui.talk import hold_watch
from desktop.ui.talk.hold_watch import InputSnapshot

# The screen that isn't one has no windows above others.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")

QUIET = (-60.0, -60.0, False)


@pytest.fixture
def strip(qtbot: Any) -> TalkStrip:
    made = TalkStrip()
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_is_on_top_and_takes_no_focus(strip: TalkStrip):
    flags = strip.windowFlags()
    for flag in (
        Qt.WindowType.WindowStaysOnTopHint,
        Qt.WindowType.FramelessWindowHint,
        Qt.WindowType.WindowDoesNotAcceptFocus,
    ):
        assert flags & flag
    assert strip.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert not strip.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
    assert (strip.width(), strip.height()) == SIZE
    children = strip.findChildren(QWidget)
    assert all(child.focusPolicy() is Qt.FocusPolicy.NoFocus for child in children)


def test_its_button_is_held(strip: TalkStrip, qtbot: Any):
    seen: list[str] = []
    strip.talk_button.pressed.connect(lambda: seen.append("down"))
    strip.talk_button.released.connect(lambda: seen.append("up"))
    qtbot.mousePress(strip.talk_button, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(strip.talk_button, Qt.MouseButton.LeftButton)
    assert seen == ["down", "up"]


class Held:
    """A system that says that the button is held, and that another window has the focus."""

    keys: frozenset[int] = frozenset()
    button = True
    focus = 4242

    def __init__(self) -> None:
        self.asked = 0

    def ask(self) -> None:
        self.asked += 1

    def answer(self) -> InputSnapshot | None:
        return self


def test_a_hold_goes_on_whoever_has_the_focus(qtbot: Any, monkeypatch: Any):
    monkeypatch.setattr(hold_watch, "READ_MS", 1)
    monkeypatch.setattr(hold_watch, "ASK_MS", 1)
    monkeypatch.setattr(hold_watch, "AGAIN_MS", 1)
    held = Held()
    strip = TalkStrip(held)
    qtbot.addWidget(strip)
    strip.show()
    lost: list[str] = []
    strip.talk_button.lost.connect(lambda: lost.append("lost"))
    qtbot.mousePress(strip.talk_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: held.asked >= 3)
    assert not lost
    held.button = False  # its release was not heard
    qtbot.waitUntil(lambda: lost == ["lost"])


def test_it_shows_the_state_the_end_of_the_words_and_the_levels(strip: TalkStrip):
    strip.show_state(DisplayState.SPEAKING)
    assert strip.state_label.text() == "Speaking"
    strip.show_words("A long sentence <b>that</b> has\nmore words than there is room for, and ends so.")
    assert strip.words_label.text().endswith("ends so.")
    assert strip.words_label.text().startswith("…")
    strip.show_words("<i>short</i>")
    assert strip.words_label.text() == "<i>short</i>", "plain text"
    strip.show_needles((-30.0, -20.0, False), QUIET)
    assert strip.microphone.level_db == -30.0
    assert strip.speaker.level_db == -60.0


def test_it_is_where_it_was_if_that_can_be_seen(strip: TalkStrip):
    area = QGuiApplication.primaryScreen().availableGeometry()
    place = area.topLeft() + QPoint(40, 50)
    strip.put(place)
    assert strip.pos() == place
    for unseen in (area.bottomRight(), QPoint(-5_000, 40), None):
        strip.put(unseen)
        assert area.contains(strip.geometry())


def test_a_drag_moves_it_and_a_double_click_opens_the_window(strip: TalkStrip, qtbot: Any):
    strip.put(QPoint(100, 100))
    from PySide6.QtTest import QTest

    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(150, 28))
    event_at = QPoint(170, 38)
    _move(strip, event_at)
    assert strip.pos() == QPoint(120, 110)
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(150, 28))
    with qtbot.waitSignal(strip.window_clicked):
        QTest.mouseDClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(150, 28))


def _move(strip: TalkStrip, to: QPoint) -> None:
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(to),
        QPointF(strip.mapToGlobal(to)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    strip.mouseMoveEvent(event)
