"""The times of events by this machine's clock, from the window system's."""

from __future__ import annotations

import pytest

from desktop.ui.talk.event_clock import OLDEST_MS, WRAP_MS, EventClock, event_clock, made_at


class Now:
    def __init__(self, s: float) -> None:
        self.s = s

    def __call__(self) -> float:
        return self.s


@pytest.mark.parametrize("uptime_s", [100.0, 5_000_000.0, WRAP_MS / 1_000 + 2.0])
@pytest.mark.parametrize("late_s", [0.0, 0.02, 4.8, 600.0])
def test_an_event_that_is_read_late_was_made_when_it_was(uptime_s: float, late_s: float):
    """Uptimes before and after the 49.7 days at which 32 bits of milliseconds begin anew."""
    now = Now(uptime_s)
    stamp = round((uptime_s - late_s) * 1_000) % WRAP_MS
    if uptime_s > late_s and stamp:
        assert EventClock(True, now).made_at(stamp) == pytest.approx(uptime_s - late_s, abs=0.002)


@pytest.mark.parametrize("stamp", [0, 5, -7])
def test_without_a_time_or_with_that_of_another_clock_it_is_now(stamp: int):
    assert EventClock(True, Now(2 * OLDEST_MS / 1_000)).made_at(stamp) == 2 * OLDEST_MS / 1_000


def test_an_event_from_the_future_is_now():
    assert EventClock(True, Now(50.0)).made_at(50_003) == 50.0


def test_another_machines_clock_is_learned_from_the_quickest_event():
    now = Now(1_000.0)
    clock = EventClock(False, now)
    assert clock.made_at(77_000) == 1_000.0
    now.s = 1_001.0
    assert clock.made_at(78_030) == 1_001.0  # that one was quicker
    now.s = 1_010.0
    assert clock.made_at(83_030) == pytest.approx(1_006.0)


def test_a_platform_without_times_has_no_clock(qapp):
    assert event_clock() is None, "the tests' own platform makes them up"
    assert made_at(None, 5) > 0
