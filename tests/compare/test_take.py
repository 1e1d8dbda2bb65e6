"""The one source of sound: the same bytes for everybody, and a sentence for what is no take."""

from __future__ import annotations

import hashlib
import wave
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from desktop.audio.sound_file import SoundFile
from desktop.audio.sound_file_errors import SoundFileError
from desktop.compare.sound_store import SoundStore
from desktop.compare.take import LONGEST_S, Take, TakeError, take_of, take_of_pcm

TONE = (0.2 * np.sin(np.arange(48_000) / 8)).astype(np.float32)


def write(path: Path, frames: int, rate: int = 8_000, value: int = 2_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.full(frames, value, "<i2").tobytes())
    return path


def take_in(path: Path) -> tuple[Take, list[str]]:
    with closing(SoundFile(path)) as sound:
        return take_of(sound)


def test_each_rate_is_made_once_and_its_hash_is_told():
    take = Take(TONE, 48_000, "tone")
    sixteen, twenty_four = take.at_rate(16_000), take.at_rate(24_000)
    assert take.at_rate(16_000) is sixteen
    assert (len(sixteen), len(twenty_four)) == (2 * 16_000, 2 * 24_000)
    assert take.sha256 == {
        16_000: hashlib.sha256(sixteen).hexdigest(),
        24_000: hashlib.sha256(twenty_four).hexdigest(),
    }
    assert Take(TONE, 48_000, "again").at_rate(24_000) == twenty_four


def test_a_take_on_the_disk_is_the_same():
    there, here = Take(TONE, 48_000, "x", SoundStore()), Take(TONE, 48_000, "x")
    for rate in (16_000, 24_000, 16_000):
        assert there.at_rate(rate) == here.at_rate(rate)
    assert there.sha256 == here.sha256
    assert there.seconds == 1.0


def test_a_take_at_its_own_rate_is_not_touched():
    pcm = (3_000 * np.sin(np.arange(24_000) / 5)).astype("<i2").tobytes()
    assert take_of_pcm(pcm, 24_000, "x").at_rate(24_000) == pcm


def test_a_file_is_a_take(tmp_path: Path):
    take, notes = take_in(write(tmp_path / "said.wav", 8_000))
    assert (take.seconds, take.rate, notes) == (1.0, 8_000, [])


def test_what_is_no_take_is_said(tmp_path: Path):
    with pytest.raises((TakeError, SoundFileError), match=r"empty|no sound|needs 100 ms"):
        take_in(write(tmp_path / "empty.wav", 0))
    with pytest.raises(TakeError, match=r"has 50 ms of sound. A take needs 100 ms"):
        take_in(write(tmp_path / "short.wav", 400))
    with pytest.raises(TakeError, match=r"is 120 min long. A take can be 10 min"):
        take_in(write(tmp_path / "long.wav", 2 * 3_600 * 1_000, rate=1_000))
    with pytest.raises(TakeError, match="Nothing is said in"):
        take_in(write(tmp_path / "quiet.wav", 8_000, value=3))
    with pytest.raises(TakeError, match="can be 10 min"):
        Take(np.ones(LONGEST_S * 100 + 1, np.float32), 100, "long")
