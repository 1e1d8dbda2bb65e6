"""Samples and bytes, and the WAV files that are written."""

import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.audio.format import (
    SampleJoiner,
    WavError,
    float_to_pcm16,
    pcm16_to_float,
    write_wav,
)

TONE = (0.5 * np.sin(np.arange(1000) / 10)).astype(np.float32)


def test_pcm16_rounds_and_clips() -> None:
    samples = np.array([0, 0.5, -1, 1, 2, -2, 0.6 / 32768, np.nan], dtype=np.float32)
    assert np.frombuffer(float_to_pcm16(samples), "<i2").tolist() == [
        0, 16384, -32768, 32767, 32767, -32768, 1, 0,
    ]  # fmt: skip


@given(st.binary(max_size=400).map(lambda raw: raw[: len(raw) & ~1]))
def test_pcm16_survives_the_way_to_float_and_back(raw: bytes) -> None:
    assert float_to_pcm16(pcm16_to_float(raw)) == raw


@given(st.lists(st.binary(max_size=7)))
def test_joiner_gives_whole_samples_and_loses_nothing(frames: list[bytes]) -> None:
    joiner = SampleJoiner()
    out = [joiner.push(frame) for frame in frames]
    everything = b"".join(frames)
    assert all(len(part) % 2 == 0 for part in out)
    assert b"".join(out) == everything[: len(everything) & ~1]


def test_joiner_forgets_the_odd_byte() -> None:
    joiner = SampleJoiner()
    joiner.push(b"abc")
    joiner.reset()
    assert joiner.push(b"de") == b"de"


def test_writes_what_others_read(tmp_path: Path) -> None:
    path = tmp_path / "answer.wav"
    write_wav(path, float_to_pcm16(TONE), 24_000)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
        assert file.readframes(2000) == float_to_pcm16(TONE)


def test_says_when_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(WavError, match="can't be written"):
        write_wav(tmp_path / "no such folder" / "answer.wav", b"", 24_000)
