from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop.recording.folder.reader import Recording
from desktop.recording.reading.recorded_timeline import read_timeline
from desktop.recording.reading.replay_sound import replay_sound, stretched
from desktop.viewmodels.timeline.records import VOICES
from tests.recording.reading.recordings import make, tone

MS = 1_000


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recording:
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)
    return make(tmp_path / "r")


def _sound(recording: Recording, begin_ms: float, end_ms: float, speed: float = 1.0) -> np.ndarray | None:
    timeline = read_timeline(recording).timeline
    clips = {voice: timeline.clips(voice) for voice in VOICES}
    made = replay_sound(recording, clips, begin_ms * MS, end_ms * MS, speed)
    return None if made is None else np.frombuffer(made.pcm, "<i2").astype(float)


def _loud(sound: np.ndarray, begin_ms: float, end_ms: float) -> float:
    return float(np.abs(sound[round(begin_ms * 24) : round(end_ms * 24)]).max())


def _pitch(sound: np.ndarray) -> float:
    """Hz of the loudest tone."""
    return float(np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound))))) * 24_000 / len(sound))


def test_both_voices_are_heard_when_they_were(recording: Recording) -> None:
    sound = _sound(recording, 0, 9_000)
    assert sound is not None
    assert len(sound) == 9 * 24_000
    for begin, end in ((1_000, 1_980), (2_610, 4_090), (5_000, 5_980), (6_610, 7_590)):
        assert _loud(sound, begin, end) > 16_000
    for begin, end in ((0, 980), (2_000, 2_590), (4_110, 4_980), (7_610, 9_000)):  # the end wasn't heard
        assert _loud(sound, begin, end) == 0
    assert _pitch(sound[1_000 * 24 : 1_980 * 24]) == pytest.approx(440, abs=2)
    assert _pitch(sound[2_610 * 24 : 4_090 * 24]) == pytest.approx(220, abs=2)


def test_a_part_is_the_same_as_in_the_whole(recording: Recording) -> None:
    whole, part = _sound(recording, 0, 9_000), _sound(recording, 1_500, 3_000)
    assert whole is not None
    assert part is not None
    assert np.array_equal(part, whole[1_500 * 24 : 3_000 * 24])


def test_where_nothing_was_said_there_is_no_sound(recording: Recording) -> None:
    assert _sound(recording, 4_200, 4_900) is None
    (recording.folder / "sent.pcm").unlink()
    (recording.folder / "received.pcm").unlink()
    sound = _sound(recording, 0, 9_000)
    assert sound is not None
    assert not sound.any()


@pytest.mark.parametrize("speed", [0.5, 1.5, 2.0, 4.0])
def test_faster_speech_keeps_its_pitch(speed: float) -> None:
    sound = np.frombuffer(tone(2_000, 300.0), "<i2").astype(np.float32) / 32_768
    made = stretched(sound, 24_000, speed)
    assert len(made) == round(len(sound) / speed)
    middle = made[len(made) // 4 : -len(made) // 4]
    assert _pitch(middle) == pytest.approx(300, abs=4)
    assert 0.4 < np.abs(middle).max() < 0.65


def test_what_is_too_short_to_be_stretched_stays(recording: Recording) -> None:
    assert len(stretched(np.zeros(10, np.float32), 24_000, 2.0)) == 10
    assert _sound(recording, 1_000, 1_010, 2.0) is not None
