"""All keys and buttons that talk are one key, and a double tap of any of them locks it."""

from __future__ import annotations

import pytest

from desktop.turn.effects import DisplayState
from desktop.ui.talk.talk_latch import TalkLatch
from desktop.ui.talk.tap_lock import WAIT_MS


class Latched:
    """A latch whose presses open a take, as the controller does, and what it said."""

    def __init__(self, enabled: bool = True, connected: bool = True) -> None:
        self.now = 0.0
        self.latch = TalkLatch(enabled, clock=lambda: self.now)
        self.emitted: list[object] = []
        for name in ("pressed", "lost"):
            getattr(self.latch, name).connect(lambda name=name: self.emitted.append(name))
        self.latch.released.connect(lambda ms: self.emitted.append(("released", ms)))
        self.latch.lock_changed.connect(
            lambda locked: self.emitted.append("locked" if locked else "unlocked")
        )
        if connected:
            self.latch.pressed.connect(lambda: self.latch.show_state(DisplayState.LISTENING))

    def tap(self) -> None:
        self.latch.press()
        self.now += 0.1
        self.latch.release()
        self.now += 0.1


@pytest.fixture
def latched(qapp) -> Latched:
    return Latched()


def test_a_double_tap_locks_and_a_tap_sends(latched: Latched):
    latched.tap()
    latched.tap()
    assert latched.emitted == ["pressed", ("released", WAIT_MS), "pressed", "locked"]
    latched.now += 3
    del latched.emitted[:]
    latched.tap()
    assert latched.emitted == [("released", 0.0), "unlocked"]


@pytest.mark.parametrize(("late_s", "locks"), [(0.5, True), (2.0, False)])
def test_a_double_tap_that_is_read_seconds_later_locks_nothing(latched: Latched, late_s: float, locks: bool):
    """The window hung, and nothing happened: who taps then expects no microphone that opens afterwards."""
    latched.now = 10.0
    for at in (0.0, 0.2):
        latched.latch.press(10.0 + at - late_s)
        latched.latch.release(10.1 + at - late_s)
    assert latched.latch.locked is locks
    assert latched.emitted[-1] == ("locked" if locks else ("released", 0.0))


def test_the_window_that_goes_to_the_back_unlocks(latched: Latched):
    latched.tap()
    latched.tap()
    latched.latch.attend(False)
    assert latched.emitted[-2:] == ["lost", "unlocked"]


def test_the_window_in_the_back_does_not_end_a_key_held_elsewhere(latched: Latched):
    latched.latch.press()
    latched.latch.attend(False)
    assert latched.emitted == ["pressed"]


def test_of_two_held_at_once_the_last_one_to_come_up_counts(latched: Latched):
    latch = latched.latch
    for key in ("key", "button"):
        latch.press(key=key)
        latched.now += 1
    latch.release(key="key")
    assert latched.emitted == ["pressed"]
    latch.release(key="button")
    assert latched.emitted == ["pressed", ("released", 0.0)]


def test_one_that_is_lost_leaves_the_other_ones_take_open(latched: Latched):
    """As where the key goes up unheard, under a grab, and the button is still held."""
    latch = latched.latch
    for key in ("key", "button"):
        latch.press(key=key)
    latched.now += 1
    latch.lose(key="key")
    assert latched.emitted == ["pressed"]
    latch.release(key="button")
    assert latched.emitted == ["pressed", ("released", 0.0)]


def test_the_last_one_to_be_lost_loses_the_take(latched: Latched):
    latch = latched.latch
    for key in ("key", "button"):
        latch.press(key=key)
    for key in ("key", "button"):
        latch.lose(key=key)
    latch.release(key="button")
    assert latched.emitted == ["pressed", "lost"]


def test_one_that_is_pressed_twice_is_held_once(latched: Latched):
    """As where its release was not heard."""
    latched.latch.press(key="key")
    latched.latch.press(key="key")
    latched.now += 1
    latched.latch.release(key="key")
    assert latched.emitted == ["pressed", ("released", 0.0)]


def test_where_both_are_read_late_the_second_one_ends_nothing(latched: Latched):
    latched.latch.press(10.0, "key")
    latched.latch.press(12.0, "button")
    latched.latch.release(12.1, "button")
    assert latched.emitted == ["pressed"]


def outside(latched: Latched) -> None:
    """A key from outside has opened the take."""
    latched.latch.show_state(DisplayState.LISTENING)
    latched.latch.hold_outside(True)


@pytest.mark.parametrize("how", ["release", "lose"])
def test_a_key_from_outside_keeps_the_take_open(latched: Latched, how: str):
    outside(latched)
    latched.latch.press(key="key")
    latched.now += 1
    getattr(latched.latch, how)(key="key")
    assert latched.emitted == ["pressed"]
    latched.latch.hold_outside(False)
    latched.latch.press(key="key")
    latched.now += 1
    latched.latch.release(key="key")
    assert latched.emitted[2:] == [("released", 0.0)]


def test_a_tap_ends_what_a_key_from_outside_left_open(latched: Latched):
    """Its release may never have come."""
    outside(latched)
    latched.tap()
    assert latched.emitted == ["pressed", ("released", WAIT_MS)]


def test_the_end_of_the_take_forgets_a_key_from_outside(latched: Latched):
    outside(latched)
    latched.latch.show_state(DisplayState.SENDING)
    latched.latch.press(key="key")
    latched.now += 1
    latched.latch.release(key="key")
    assert latched.emitted == ["pressed", ("released", 0.0)]


def test_the_end_of_the_take_unlocks(latched: Latched):
    latched.tap()
    latched.tap()
    latched.latch.show_state(DisplayState.SENDING)
    assert latched.emitted[-1] == "unlocked"
    assert not latched.latch.locked


def test_one_who_can_hold_nothing_locks_and_sends(latched: Latched):
    latched.latch.toggle()
    assert latched.latch.locked
    latched.now += 2
    latched.latch.toggle()
    assert latched.emitted[-2:] == [("released", 0.0), "unlocked"]
    assert not latched.latch.locked


def test_switched_off_it_only_holds(qapp):
    latched = Latched(enabled=False)
    latched.tap()
    latched.tap()
    assert latched.emitted == ["pressed", ("released", 0.0)] * 2


def test_switching_it_off_works_at_once(latched: Latched):
    latched.latch.enable(False)
    latched.tap()
    latched.tap()
    assert not latched.latch.locked


def test_without_a_session_nothing_locks(qapp):
    latched = Latched(connected=False)
    latched.latch.toggle()
    assert not latched.latch.locked
