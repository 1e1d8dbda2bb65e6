"""The sounds of the talk key are short, quiet and free of clicks."""

from __future__ import annotations

import numpy as np
import pytest

from desktop.audio.cues import PEAK, Cue, cue

NAMES: list[Cue] = ["start", "stop", "error"]
RATES = [16_000, 24_000, 44_100, 48_000]
each = pytest.mark.parametrize("name", NAMES)
at_each_rate = pytest.mark.parametrize("rate", RATES)


def last_pitch(sound: np.ndarray, rate: int) -> float:
    end = sound[-int(0.06 * rate) :]
    return float(np.argmax(np.abs(np.fft.rfft(end, rate))))


@each
@at_each_rate
def test_they_are_short(name: Cue, rate: int) -> None:
    sound = cue(name, rate)
    assert sound.dtype == np.float32
    assert 0.05 * rate < len(sound) <= 0.2 * rate


@each
@at_each_rate
def test_they_are_quiet_and_can_be_heard(name: Cue, rate: int) -> None:
    peak = float(np.max(np.abs(cue(name, rate))))
    assert 0.7 * PEAK < peak <= PEAK


@each
@at_each_rate
def test_they_come_from_silence_and_go_to_it(name: Cue, rate: int) -> None:
    sound = cue(name, rate)
    assert abs(sound[0]) < 1e-4
    assert abs(sound[-1]) < 1e-4
    first_ms = sound[: rate // 1_000]
    assert float(np.max(np.abs(first_ms))) < 0.1 * PEAK


@each
def test_they_do_not_click(name: Cue) -> None:
    rate = 48_000
    steps = np.abs(np.diff(cue(name, rate)))
    # The steepest a tone of 784 Hz with its octave can be at this level is 0.021 from sample to sample.
    assert float(np.max(steps)) < 0.022
    spectrum = np.abs(np.fft.rfft(cue(name, rate))) ** 2
    above_6_khz = spectrum[int(6_000 * len(cue(name, rate)) / rate) :]
    assert float(above_6_khz.sum() / spectrum.sum()) < 1e-5


def test_the_start_is_pitched_above_the_stop_and_both_above_the_error() -> None:
    start, stop, error = (last_pitch(cue(name, 48_000), 48_000) for name in NAMES)
    assert start > 1.3 * stop
    assert stop > 1.3 * error
