"""The file as a microphone, and the speaker that collects."""

import numpy as np
import pytest

from desktop.audio.fake_streams import FakeClock
from desktop.audio.files import CollectingSpeaker, FileMicrophone
from desktop.audio.interfaces import Microphone, Speaker
from desktop.audio.levels import SILENCE
from tests.audio.tones import fit, tone


def microphone(seconds: float = 1.0, rate: int = 24_000, realtime: bool = False) -> FileMicrophone:
    return FileMicrophone(tone(1000, rate, seconds), rate, realtime, FakeClock())


def test_they_are_what_they_stand_for() -> None:
    mic: Microphone = microphone()
    speaker: Speaker = CollectingSpeaker()
    assert not mic.lost
    assert not speaker.lost


def test_speaks_as_fast_as_it_is_read_and_is_silent_then() -> None:
    mic = microphone(seconds=0.25)
    mic.start(24_000)
    reads = [mic.read() for _ in range(3)]
    assert [len(read) for read in reads] == [2400] * 3
    assert mic.exhausted
    assert np.array_equal(np.concatenate(reads)[:6000], tone(1000, 24_000, 0.25))
    assert not np.concatenate(reads)[6000:].any()
    assert not mic.read().any()


def test_is_not_exhausted_before_its_end() -> None:
    mic = microphone(seconds=0.25)
    mic.start(24_000)
    mic.read()
    mic.read()
    assert not mic.exhausted


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_a_file_of_another_rate_is_resampled(rate: int) -> None:
    mic = microphone(rate=rate)
    mic.start(16_000)
    spoken = np.concatenate([mic.read() for _ in range(10)])
    assert fit(spoken[1600:-1600], 1000, 16_000)[0] == pytest.approx(0.5, rel=0.01)


def test_in_real_time_the_clock_says_how_much() -> None:
    clock = FakeClock()
    mic = FileMicrophone(tone(1000, 24_000, 1), 24_000, realtime=True, clock=clock)
    mic.start(24_000)
    assert len(mic.read()) == 0
    clock.now += 0.02
    assert len(mic.read()) == pytest.approx(480, abs=1)
    assert len(mic.read()) == 0
    clock.now += 3
    assert len(mic.read()) == pytest.approx(72_000, abs=1)
    assert mic.exhausted


def test_level_follows_what_is_spoken() -> None:
    mic = microphone(seconds=0.1)
    assert mic.level == SILENCE
    mic.start(24_000)
    mic.read()
    assert mic.level.peak_db == pytest.approx(-6, abs=0.1)
    mic.read()
    assert mic.level == SILENCE


def test_collects_each_response_and_counts_it_as_heard() -> None:
    speaker = CollectingSpeaker()
    speaker.start(24_000)
    speaker.write(2, b"aabb")
    speaker.write(1, b"cc")
    speaker.write(2, b"d")
    speaker.write(2, b"d")
    assert (speaker.pcm(2), speaker.pcm(1), speaker.pcm(9)) == (b"aabbdd", b"cc", b"")
    assert speaker.pcm_all == b"aabbddcc"
    assert speaker.heard_ms(2) == 1000 * 3 / 24_000
    assert speaker.flush() == {}
    assert not speaker.playing
