"""Levels in dB, and the needle of a meter."""

import numpy as np
import pytest

from desktop.audio.levels import FLOOR_DB, MOST_DB, SILENCE, Ballistics, Level, LevelWindow, measure
from tests.audio.tones import tone


def test_a_sine_has_its_peak_and_rms() -> None:
    level = measure(tone(1000, 48_000, 0.1, amplitude=0.1))
    assert level.peak_db == pytest.approx(-20, abs=0.01)
    assert level.rms_db == pytest.approx(-23.01, abs=0.01)
    assert not level.clipped


def test_silence_and_nothing_are_at_the_floor() -> None:
    assert measure(np.zeros(100, dtype=np.float32)) == SILENCE
    assert measure(np.zeros(0, dtype=np.float32)) == SILENCE
    assert measure(np.full(100, 1e-6, dtype=np.float32)).rms_db == FLOOR_DB


@pytest.mark.parametrize(("sample", "clipped"), [(0.9989, False), (0.9991, True), (-1.0, True)])
def test_clips_just_below_full_scale(sample: float, clipped: bool) -> None:
    assert measure(np.array([0, sample], dtype=np.float32)).clipped is clipped


@pytest.mark.parametrize("sample", [np.inf, -np.inf, 1e30])
def test_a_sample_beyond_all_bounds_is_as_loud_as_can_be_measured(sample: float) -> None:
    level = measure(np.array([0.1, sample], dtype=np.float32))
    assert level.peak_db == pytest.approx(MOST_DB)
    assert level.rms_db == pytest.approx(MOST_DB - 3, abs=0.1)
    assert level.clipped


def test_a_sample_that_is_no_number_is_silence() -> None:
    assert measure(np.array([np.nan, 0.1], dtype=np.float32)) == measure(np.array([0, 0.1], dtype=np.float32))


def test_window_knows_the_last_50_ms_however_they_came() -> None:
    window = LevelWindow(1000)
    window.push(np.ones(10, dtype=np.float32))
    assert window.level.peak_db == 0
    window.push(np.zeros(0, dtype=np.float32))
    window.push(np.zeros(40, dtype=np.float32))
    assert window.level.peak_db == 0
    window.push(np.zeros(1, dtype=np.float32))
    window.push(np.zeros(9, dtype=np.float32))
    assert window.level == SILENCE
    window.push(np.concatenate([np.ones(50), np.zeros(50)]).astype(np.float32))
    assert window.level == SILENCE


def test_bar_rises_at_once_and_falls_in_200_ms() -> None:
    ballistics = Ballistics()
    assert ballistics.update(Level(-10, -7), now=5.0).bar_db == -10
    assert ballistics.update(SILENCE, now=5.2).bar_db == pytest.approx(-60 + 50 / np.e)


def test_the_fall_does_not_depend_on_how_often_one_looks() -> None:
    often, seldom = Ballistics(), Ballistics()
    for ballistics in (often, seldom):
        ballistics.update(Level(-10, -7), now=0.0)
    for step in range(1, 10):
        often.update(SILENCE, now=step / 30)
    assert often.update(SILENCE, now=1 / 3).bar_db == pytest.approx(seldom.update(SILENCE, now=1 / 3).bar_db)


def test_peak_mark_and_clip_lamp_stay_for_a_second() -> None:
    ballistics = Ballistics()
    ballistics.update(Level(-10, 0, clipped=True), now=0.0)
    held = ballistics.update(SILENCE, now=1.0)
    assert (held.mark_db, held.clipped) == (0, True)
    fallen = ballistics.update(SILENCE, now=1.2)
    assert fallen.mark_db < -30
    assert not fallen.clipped


def test_rests_when_nothing_moves() -> None:
    ballistics = Ballistics()
    ballistics.update(Level(-10, -5, clipped=True), now=0.0)
    assert not ballistics.resting
    for step in range(1, 40):
        ballistics.update(SILENCE, now=step / 10)
    assert ballistics.resting
