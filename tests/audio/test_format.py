"""Samples and bytes, and WAV files of every kind."""

import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.audio.format import (
    SampleJoiner,
    Samples,
    WavError,
    float_to_pcm16,
    pcm16_to_float,
    read_wav,
    write_wav,
)

TONE = (0.5 * np.sin(np.arange(1000) / 10)).astype(np.float32)


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1)


def fmt(tag: int, channels: int, rate: int, width: int, extra: bytes = b"") -> bytes:
    frame = channels * width
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, 8 * width) + extra)


def riff(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def saved(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "question.wav"
    path.write_bytes(content)
    return path


def pcm(samples: Samples, width: int) -> bytes:
    if width == 1:
        return bytes((np.rint(samples * 127) + 128).astype(np.uint8))
    scaled = np.rint(samples.astype(np.float64) * (2 ** (8 * width - 1) - 1)).astype("<i4")
    return b"".join(int(value).to_bytes(width, "little", signed=True) for value in scaled)


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


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
def test_reads_every_pcm_width(tmp_path: Path, width: int, rate: int) -> None:
    path = saved(tmp_path, riff(fmt(1, 1, rate, width), chunk(b"data", pcm(TONE, width))))
    samples, found = read_wav(path)
    assert found == rate
    assert samples.dtype == np.float32
    assert np.abs(samples - TONE).max() < 1.5 / 2 ** (8 * width - 1) + 1e-6


@pytest.mark.parametrize("kind", ["<f4", "<f8"])
def test_reads_float(tmp_path: Path, kind: str) -> None:
    content = TONE.astype(kind).tobytes()
    path = saved(tmp_path, riff(fmt(3, 1, 16_000, int(kind[2])), chunk(b"data", content)))
    assert np.array_equal(read_wav(path)[0], TONE)


def test_wild_floats_become_samples(tmp_path: Path) -> None:
    content = np.array([np.nan, np.inf, -1e300, 0.25], "<f8").tobytes()
    path = saved(tmp_path, riff(fmt(3, 1, 16_000, 8), chunk(b"data", content)))
    assert read_wav(path)[0].tolist() == [0, 1, -1, 0.25]


@pytest.mark.parametrize("channels", [2, 6])
def test_mixes_to_mono(tmp_path: Path, channels: int) -> None:
    frames = np.zeros((len(TONE), channels), dtype=np.float32)
    frames[:, 0] = TONE
    path = saved(tmp_path, riff(fmt(1, channels, 48_000, 2), chunk(b"data", pcm(frames.ravel(), 2))))
    assert np.abs(read_wav(path)[0] - TONE / channels).max() < 1e-4


def test_reads_extensible(tmp_path: Path) -> None:
    guid = struct.pack("<HHI", 22, 16, 4) + bytes.fromhex("0100000000001000800000aa00389b71")
    path = saved(tmp_path, riff(fmt(0xFFFE, 1, 24_000, 2, guid), chunk(b"data", pcm(TONE, 2))))
    assert np.abs(read_wav(path)[0] - TONE).max() < 1e-4


def test_skips_chunks_it_does_not_know(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        riff(
            chunk(b"JUNK", b"odd"),
            fmt(1, 1, 24_000, 2),
            chunk(b"LIST", b"INFO!"),
            chunk(b"data", pcm(TONE, 2)),
            chunk(b"id3 ", b"x"),
        ),
    )
    assert len(read_wav(path)[0]) == len(TONE)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 10**6])
def test_reads_to_the_end_when_the_size_was_never_written(tmp_path: Path, size: int) -> None:
    content = riff(fmt(1, 1, 24_000, 2)) + b"data" + struct.pack("<I", size) + pcm(TONE, 2) + b"\x01"
    samples, _ = read_wav(saved(tmp_path, content))
    assert len(samples) == len(TONE)


def test_survives_a_cut_in_mid_frame(tmp_path: Path) -> None:
    content = riff(fmt(1, 2, 24_000, 2), chunk(b"data", pcm(TONE, 2)))[:-3]
    assert len(read_wav(saved(tmp_path, content))[0]) == len(TONE) // 2 - 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not a WAV file"),
        (b"ID3\x04 this is an mp3 file", "is not a WAV file"),
        (riff(fmt(1, 1, 24_000, 2)), "contains no sound"),
        (riff(fmt(1, 1, 24_000, 2), chunk(b"data", b"")), "contains no sound"),
        (riff(fmt(1, 1, 24_000, 2), chunk(b"data", b""), chunk(b"LIST", b"INFO")), "contains no sound"),
        (riff(chunk(b"data", b"abcd")), "before its format"),
        (riff(chunk(b"fmt ", b"short")), "cut off"),
        (riff(fmt(0x55, 1, 24_000, 2), chunk(b"data", b"abcd")), "compressed (MP3)"),
        (riff(fmt(0x1234, 1, 24_000, 2), chunk(b"data", b"abcd")), "compressed (codec 4660)"),
        (riff(fmt(1, 0, 24_000, 2), chunk(b"data", b"abcd")), "0 channels"),
        (riff(fmt(1, 1, 0, 2), chunk(b"data", b"abcd")), "at 0 Hz"),
        (riff(fmt(1, 1, 24_000, 7), chunk(b"data", b"abcdefg")), "56-bit samples"),
    ],
)
def test_says_plainly_what_is_wrong(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(WavError) as caught:
        read_wav(saved(tmp_path, content))
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


@given(st.binary(max_size=200))
def test_no_content_raises_anything_else(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.wav"
    path.write_bytes(riff() + content)
    try:
        read_wav(path)
    except WavError:
        pass


def test_a_missing_file_and_a_folder_are_reported(tmp_path: Path) -> None:
    with pytest.raises(WavError, match="no file"):
        read_wav(tmp_path / "nowhere.wav")
    with pytest.raises(WavError, match="can't be read"):
        read_wav(tmp_path)


def test_writes_what_others_read(tmp_path: Path) -> None:
    path = tmp_path / "answer.wav"
    write_wav(path, float_to_pcm16(TONE), 24_000)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
        assert file.readframes(2000) == float_to_pcm16(TONE)


def test_says_when_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(WavError, match="can't be written"):
        write_wav(tmp_path / "no such folder" / "answer.wav", b"", 24_000)
