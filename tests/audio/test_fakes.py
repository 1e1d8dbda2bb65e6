"""The fakes behave like the real devices."""

import numpy as np
import pytest

from desktop.audio.fakes import FakeMicrophone, FakeSpeaker
from desktop.audio.interfaces import Microphone, NoDeviceError, Speaker
from desktop.base.message import verbatim

RATE = 24_000


def pcm(duration_ms: float) -> bytes:
    return b"\1\0" * round(RATE * duration_ms / 1000)


@pytest.fixture
def speaker() -> FakeSpeaker:
    speaker = FakeSpeaker()
    speaker.start(RATE)
    return speaker


def test_they_are_what_they_stand_for() -> None:
    mic: Microphone = FakeMicrophone()
    speaker: Speaker = FakeSpeaker()
    assert not mic.lost
    assert not speaker.playing


def test_microphone_hears_what_is_pushed_once() -> None:
    mic = FakeMicrophone()
    mic.start(RATE)
    mic.push(np.ones(3, dtype=np.float32))
    mic.push_ms(10, amplitude=0.5)
    assert mic.read().tolist() == [1] * 3 + [0.5] * 240
    assert mic.level.clipped
    assert len(mic.read()) == 0


def test_both_can_refuse_to_open() -> None:
    with pytest.raises(NoDeviceError):
        FakeMicrophone(NoDeviceError(verbatim("There is no microphone."))).start(RATE)
    with pytest.raises(NoDeviceError):
        FakeSpeaker(NoDeviceError(verbatim("There is no speaker."))).start(RATE)


def test_speaker_plays_responses_in_order_by_hand(speaker: FakeSpeaker) -> None:
    speaker.write(1, pcm(100))
    speaker.write(2, pcm(100))
    assert speaker.playing
    speaker.play(150)
    assert (speaker.heard_ms(1), speaker.heard_ms(2)) == (100, 50)
    speaker.play(150)
    assert not speaker.playing


def test_speaker_flushes_what_was_not_heard_to_its_end(speaker: FakeSpeaker) -> None:
    speaker.write(1, pcm(100))
    speaker.complete(1)
    speaker.write(2, pcm(100))
    speaker.play(120)
    assert speaker.flush() == {2: 20}
    assert not speaker.playing
    speaker.write(2, pcm(100))
    assert not speaker.playing
    assert speaker.flush() == {}


def test_closing_is_remembered(speaker: FakeSpeaker) -> None:
    mic = FakeMicrophone()
    mic.close()
    speaker.close()
    assert mic.closed
    assert speaker.closed
