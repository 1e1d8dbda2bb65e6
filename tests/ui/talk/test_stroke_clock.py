"""Strokes that a window reads late, all at once, are what they were when they were made."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.turn.effects import DisplayState
from desktop.ui.talk.stroke_clock import StrokeClock
from desktop.ui.talk.talk_button import TalkButton
from desktop.ui.talk.talk_keys import TalkKeys
from desktop.ui.talk.talk_latch import TalkLatch

LONG = ((1_000, 2_000), (2_100, 3_000))
"""Two long strokes in quick succession: when each began and ended, in ms."""
FAR = ((1_000, 1_100), (3_000, 3_100))
"""Two taps that are far apart."""
TAPS = ((1_000, 1_100), (1_200, 1_300))


class Now:
    """A clock that is set."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def test_what_is_read_as_it_is_made_is_what_it_is():
    now = Now()
    strokes = StrokeClock(now)
    for at_ms in (0, 100, 5_000, 6_000):
        now.s = 100 + at_ms / 1_000
        assert not strokes.press(at_ms)
        now.s += 0.05
        assert not strokes.release(at_ms + 50)


def test_a_long_stroke_read_at_once_is_no_tap():
    strokes = StrokeClock(Now())
    strokes.press(1_000)
    assert strokes.release(1_400)
    assert not strokes.press(1_500)
    assert not strokes.release(1_600), "that one was a tap"
    assert strokes.press(2_600), "but not soon enough after the other"


def test_events_without_a_time_are_taken_as_they_come():
    strokes = StrokeClock(Now())
    assert not any((strokes.press(0), strokes.release(0), strokes.press(0), strokes.release(0)))


class Stalled:
    """A window that reads all strokes at once, and the latch behind it."""

    def __init__(self, qtbot, *, button: bool) -> None:
        self.window: QWidget = TalkButton() if button else QWidget()
        qtbot.addWidget(self.window)
        self.source = self.window if button else TalkKeys(self.window, settle_ms=0)
        self.latch = TalkLatch(True)
        self.source.pressed.connect(self.latch.press)
        self.source.released.connect(self.latch.release)
        self.source.lost.connect(self.latch.lose)
        self.latch.pressed.connect(lambda: self.latch.show_state(DisplayState.LISTENING))
        self.window.winId()

    def read(self, down: bool, at_ms: int) -> None:
        nothing = Qt.KeyboardModifier.NoModifier
        if isinstance(self.window, TalkButton):
            kind = QEvent.Type.MouseButtonPress if down else QEvent.Type.MouseButtonRelease
            left, middle = Qt.MouseButton.LeftButton, QPointF(self.window.rect().center())
            event: QKeyEvent | QMouseEvent = QMouseEvent(kind, middle, middle, left, left, nothing)
            target: object = self.window
        else:
            kind = QEvent.Type.KeyPress if down else QEvent.Type.KeyRelease
            event = QKeyEvent(kind, Qt.Key.Key_Space, nothing, " ", False)
            target = self.window.windowHandle()
        event.setTimestamp(at_ms)
        QApplication.sendEvent(target, event)


@pytest.mark.parametrize("button", [False, True], ids=["key", "button"])
@pytest.mark.parametrize(("strokes", "locks"), [(LONG, False), (FAR, False), (TAPS, True)])
def test_only_two_real_taps_lock(qtbot, button: bool, strokes: tuple[tuple[int, int], ...], locks: bool):
    stalled = Stalled(qtbot, button=button)
    for down_ms, up_ms in strokes:
        stalled.read(True, down_ms)
        stalled.read(False, up_ms)
    assert stalled.latch.locked is locks


@pytest.mark.parametrize(("strokes", "locks"), [(LONG, False), (FAR, False), (TAPS, True)])
def test_two_sources_strokes_are_timed_together(qapp, strokes: tuple[tuple[int, int], ...], locks: bool):
    """A key that seems to do nothing, and then the button: each sees a first stroke of its own."""
    now = Now()
    now.s = strokes[-1][1] / 1_000 + 0.1
    latch = TalkLatch(True, clock=now)
    latch.pressed.connect(lambda: latch.show_state(DisplayState.LISTENING))
    for down_ms, up_ms in strokes:
        latch.press(down_ms / 1_000)
        latch.release(up_ms / 1_000)
    assert latch.locked is locks
