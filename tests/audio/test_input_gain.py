"""The microphone's gain: exact, bounded, and without clicks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from desktop.audio.files import FileMicrophone, SampleSource
from desktop.audio.input_gain import InputGain
from desktop.audio.speaker_tone import PEAK, speaker_tone

RATE = 48_000


def test_nothing_is_changed_without_a_gain():
    block = np.full(480, 0.5, dtype=np.float32)
    assert InputGain(RATE).apply(block) is block


@pytest.mark.parametrize(
    ("db", "factor"), [(6, 1.99526), (-6, 0.50119), (20, 10), (90, 10), (-90, 0.1), (math.nan, 1)]
)
def test_decibels_within_bounds(db, factor):
    gain = InputGain(RATE)
    gain.set_db(db)
    gain.begin()
    assert gain.apply(np.ones(10, dtype=np.float32)) == pytest.approx(np.full(10, factor), rel=1e-4)


@pytest.mark.parametrize("sizes", [[480] * 6, [7] * 200, [480, 1, 0, 2_000], [4_800]])
def test_a_change_is_a_ramp_of_one_block_however_it_is_read(sizes):
    gain = InputGain(RATE)
    gain.set_db(20)
    heard = np.concatenate([gain.apply(np.ones(size, dtype=np.float32)) for size in sizes])
    assert np.abs(np.diff(heard, prepend=1.0)).max() <= 9 / 480 * 1.01
    assert heard[479:] == pytest.approx(np.full(len(heard) - 479, 10.0))


def test_a_change_in_mid_ramp_goes_on_from_where_it_is():
    gain = InputGain(RATE)
    gain.set_db(20)
    first = gain.apply(np.ones(240, dtype=np.float32))
    gain.set_db(0)
    second = gain.apply(np.ones(960, dtype=np.float32))
    assert abs(second[0] - first[-1]) < 0.02
    assert second[-1] == 1.0


def test_a_file_is_amplified_before_its_level_is_measured():
    microphone = FileMicrophone(SampleSource(np.full(48_000, 0.1, dtype=np.float32), RATE), realtime=False)
    microphone.gain_db = 6.0
    microphone.start(RATE)
    block = microphone.read()
    assert block[1_000] == pytest.approx(0.1995, rel=1e-3)
    assert microphone.level.peak_db == pytest.approx(-14, abs=0.1)


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000])
def test_the_speakers_tone_begins_and_ends_in_silence(rate):
    tone = speaker_tone(rate)
    assert tone.dtype == np.float32
    assert len(tone) == pytest.approx(1.2 * rate, abs=3)
    assert np.abs(tone).max() == pytest.approx(PEAK, rel=0.01)
    assert abs(tone[0]) < 0.01
    assert abs(tone[-1]) < 0.01
    assert np.abs(np.diff(tone)).max() < PEAK * 2 * math.pi * 660 / rate * 1.1, "no click"
