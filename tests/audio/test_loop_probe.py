"""The sweeps of the audio doctor are found again, whatever a room does to them."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from desktop.audio.loop_probe import POSITIONS, RATE, SWEEPS, find_sweeps, probe

GENERATOR = np.random.default_rng(3)


def room(delay: int, gain_db: float = -20.0, noise_db: float = -60.0, drift_ppm: float = 0.0) -> np.ndarray:
    """What a microphone hears of the probe, with reverberation; half a second before it and after it."""
    played = probe().astype(np.float64)
    if drift_ppm:
        played = soxr.resample(played, RATE, RATE * (1 + drift_ppm / 1e6))
    tail = GENERATOR.normal(0, 1, RATE // 5) * np.exp(-np.arange(RATE // 5) / (0.04 * RATE))
    tail *= 0.01
    tail[0] = 1.0
    size = 1 << (len(played) + len(tail)).bit_length()
    wet = np.fft.irfft(np.fft.rfft(played, size) * np.fft.rfft(tail, size), size)[: len(played)]
    heard = GENERATOR.normal(0, 10 ** (noise_db / 20), len(played) + 2 * RATE)
    begin = RATE // 2 + delay
    heard[begin : begin + len(wet)] += wet * 10 ** (gain_db / 20)
    return heard.astype(np.float32)


@pytest.mark.parametrize("delay_ms", [3, 45, 180, 900])
@pytest.mark.parametrize(("gain_db", "noise_db"), [(0.0, -70.0), (-20.0, -60.0), (-40.0, -60.0)])
def test_delay_and_loudness_come_back(delay_ms: int, gain_db: float, noise_db: float) -> None:
    delay = delay_ms * RATE // 1000
    found = find_sweeps(room(delay, gain_db, noise_db), RATE // 2)
    assert found.found == SWEEPS
    assert found.jumps == 0
    delays = np.asarray(found.places) - RATE // 2 - POSITIONS[list(found.numbers)]
    assert np.median(delays) == pytest.approx(delay, abs=2)
    assert found.echo_db == pytest.approx(gain_db, abs=1)
    assert found.drift_ppm == pytest.approx(0, abs=2)


@pytest.mark.parametrize("drift_ppm", [-200.0, -30.0, 12.0, 300.0])
def test_drift_is_measured_to_three_millionths(drift_ppm: float) -> None:
    found = find_sweeps(room(2_000, drift_ppm=drift_ppm), RATE // 2)
    assert found.drift_ppm == pytest.approx(drift_ppm, abs=3)
    assert found.jumps == 0


def test_lost_and_doubled_sound_is_counted() -> None:
    heard = room(2_000)
    first, second = (RATE // 2 + POSITIONS[number] - 3_000 for number in (10, 25))
    lost = np.concatenate([heard[:first], heard[first + 480 :]])
    doubled = np.concatenate([lost[:second], lost[second - 480 :]])
    found = find_sweeps(doubled, RATE // 2)
    assert found.jumps == 2
    assert found.drift_ppm == pytest.approx(0, abs=3)


@pytest.mark.parametrize("noise_db", [-90.0, -30.0])
def test_headphones_bring_nothing_back(noise_db: float) -> None:
    noise = GENERATOR.normal(0, 10 ** (noise_db / 20), 18 * RATE).astype(np.float32)
    assert find_sweeps(noise, RATE // 2).found == 0


@pytest.mark.parametrize("frames", [0, 1, 1_000, 30_000])
def test_hardly_any_sound_is_no_error(frames: int) -> None:
    assert find_sweeps(np.zeros(frames, np.float32), 0).found == 0
