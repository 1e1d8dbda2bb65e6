"""The file as a microphone, and the speaker that collects."""

import numpy as np
import pytest

from desktop.audio.fake_streams import FakeClock
from desktop.audio.files import CollectingSpeaker, FileMicrophone, SampleSource
from desktop.audio.format import Samples
from desktop.audio.interfaces import Microphone, Speaker
from desktop.audio.levels import SILENCE
from tests.audio.tones import fit, tone


def microphone(seconds: float = 1.0, rate: int = 24_000, realtime: bool = False) -> FileMicrophone:
    return FileMicrophone(SampleSource(tone(1000, rate, seconds), rate), realtime, FakeClock())


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
    mic = FileMicrophone(SampleSource(tone(1000, 24_000, 1)), realtime=True, clock=clock)
    mic.start(24_000)
    assert len(mic.read()) == 0
    clock.now += 0.02
    assert len(mic.read()) == pytest.approx(480, abs=1)
    assert len(mic.read()) == 0
    clock.now += 3
    reads = [len(mic.read()) for _ in range(4)]
    assert reads[0] == 24_000, "a second with each read, however late it is"
    assert sum(reads) == pytest.approx(72_000, abs=1)
    assert mic.exhausted


class CountedSource(SampleSource):
    """Tells how much was read of it."""

    taken = 0

    def read(self, count: int) -> Samples:
        read = super().read(count)
        self.taken += len(read)
        return read


@pytest.mark.parametrize("rate", [8_000, 24_000, 44_100])
def test_a_file_is_read_only_as_far_as_it_is_sent(rate: int) -> None:
    source = CountedSource(tone(1000, rate, 20), rate)
    mic = FileMicrophone(source, realtime=False)
    mic.start(24_000)
    assert source.taken == 0
    for number in range(1, 100):
        mic.read()
        assert source.taken / rate <= 0.1 * number + 0.3, "at most three blocks ahead"


def test_it_pauses_in_the_speech_while_it_is_held_back() -> None:
    source = CountedSource(tone(1000, 24_000, 1))
    mic = FileMicrophone(source, realtime=False, waiting=True)
    mic.start(24_000)
    full = False
    mic.begin(lambda: full)
    mic.read()
    full = True
    taken = source.taken
    assert [len(mic.read()) for _ in range(3)] == [0, 0, 0]
    assert source.taken == taken
    full = False
    while not mic.exhausted:
        assert len(mic.read()) == 2_400
    full = True
    assert len(mic.read()) == 2_400, "the silence after it ends the take"


def test_a_reconnect_at_another_rate_goes_on_where_it_was() -> None:
    mic = FileMicrophone(SampleSource(tone(1000, 48_000, 2), 48_000), realtime=False)
    mic.start(24_000)
    before = np.concatenate([mic.read() for _ in range(5)])
    mic.start(16_000)
    after = []
    while not mic.exhausted:
        after.append(mic.read())
    assert len(before) / 24_000 + sum(map(len, after)) / 16_000 == pytest.approx(2, abs=0.11)
    assert fit(np.concatenate(after)[800:-3200], 1000, 16_000)[0] == pytest.approx(0.5, rel=0.02)


def test_the_end_is_known_with_the_last_sample() -> None:
    mic = microphone(seconds=0.2)
    mic.start(24_000)
    mic.read()
    assert not mic.exhausted
    mic.read()
    assert mic.exhausted


def test_no_sound_at_all_is_silence() -> None:
    mic = FileMicrophone(SampleSource(), realtime=False)
    mic.start(16_000)
    assert not mic.read().any()
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


def test_nothing_follows_the_speech_until_its_end_was_noticed() -> None:
    mic = FileMicrophone(SampleSource(tone(440, 24_000, 0.25), 24_000), realtime=False, waiting=True)
    mic.start(24_000)
    mic.begin(pause_after=True)
    read = [len(mic.read()) for _ in range(6)]
    assert mic.exhausted
    assert read == [2_400, 2_400, 1_200, 0, 0, 0], "whoever is late gets no silence"
    mic.go_on()
    assert len(mic.read()) == 2_400
