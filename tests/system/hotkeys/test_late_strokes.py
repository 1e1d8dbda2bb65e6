"""Strokes without a time of their own: what was struck while the program was stopped isn't new."""

from __future__ import annotations

import pytest

from desktop.base.hotkey import HotkeyAction
from desktop.system.hotkeys.interface import Lost, Struck
from desktop.system.hotkeys.late_strokes import LATE_S, LastSeen, LateStrokes
from tests.system.hotkeys.heard import Heard

TALK, MUTE = HotkeyAction.TALK, HotkeyAction.MUTE
EVERY_S = 0.1
D, U = True, False


class Thread:
    """What hears the keys, at a time of the test's."""

    def __init__(self) -> None:
        self.time = 100.0
        self.heard = Heard()
        self.seen = LastSeen(EVERY_S, lambda: self.time)
        self.strokes = LateStrokes(self.heard.tell, self.seen)

    def read(self, after_s: float, *strokes: bool, action: HotkeyAction = TALK) -> list[tuple[bool, float]]:
        """Wait so long, and read these; what is told then, and when it was."""
        self.seen.seen()
        self.time += after_s
        for down in strokes:
            self.strokes.strike(action, down)
        self.strokes.tell()
        return [(one.down, one.at) for one in self.heard.rest() if isinstance(one, Struck)]


@pytest.fixture
def thread() -> Thread:
    return Thread()


def test_what_is_read_in_time_is_struck_now(thread: Thread):
    assert thread.read(30, D) == [(D, 130)]
    assert thread.read(EVERY_S) == []
    assert thread.read(EVERY_S + LATE_S / 2, U) == [(U, thread.time)]


def test_a_key_up_that_is_read_after_a_stop_is_as_old_as_the_stop(thread: Thread):
    thread.read(1, D)
    assert thread.read(5, U) == [(U, 101)]


@pytest.mark.parametrize("strokes", [(U, D, U), (U, D, U, D, U)])
def test_strokes_that_are_over_are_none(thread: Thread, strokes: tuple[bool, ...]):
    """Two taps would lock the microphone open, with nobody at the key."""
    assert thread.read(5, *strokes[1:]) == []
    thread.read(1, D)
    assert thread.read(5, *strokes) == [(U, 106)]


def test_a_key_that_is_down_again_is_pressed_now(thread: Thread):
    assert thread.read(5, D, U, D) == [(D, 105)]
    assert thread.read(5, U, D) == [(U, 105), (D, 110)]


def test_a_held_key_that_is_repeated_is_struck_once(thread: Thread):
    assert thread.read(1, D, D, D) == [(D, 101)]
    assert thread.read(EVERY_S, D) == []


def test_no_tap_of_another_key_is_dropped(thread: Thread):
    """Somebody wanted to be muted."""
    assert [down for down, _ in thread.read(5, D, U, action=MUTE)] == [D, U]


def test_a_key_that_is_lost_in_a_stop_is_as_old_as_the_stop(thread: Thread):
    thread.read(1, D)
    thread.time += 5
    thread.strokes.lose_all()
    assert thread.heard.next(Lost) == Lost(TALK, 101)
