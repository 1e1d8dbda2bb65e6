"""Files of sound: every format, and what is wrong with them."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.audio.format import Samples
from desktop.audio.sound_file import SoundFile
from desktop.audio.sound_file_errors import SoundFileError
from tests.audio.sound_files import RATE, TONE, chunk, data, encoded, extensible, fmt, pcm, riff
from tests.audio.tones import fit, tone

P16 = pcm(TONE, 2)
LONG = np.tile(TONE, 20)


def read(content: bytes, block: int = 2_400) -> tuple[Samples, SoundFile]:
    """All of a file, and the file with its notes."""
    file = SoundFile(io.BytesIO(content), "question.wav")
    blocks = []
    while len(block_read := file.read(block)):
        assert len(block_read) <= block
        blocks.append(block_read)
    file.close()
    return np.concatenate(blocks), file


def notes(file: SoundFile) -> list[str]:
    return [str(note) for note in file.notes]


def refusal(content: bytes) -> str:
    with pytest.raises(SoundFileError) as caught:
        SoundFile(io.BytesIO(content), "question.wav")
    return str(caught.value)


@pytest.mark.parametrize(
    ("format", "subtype", "error"),
    [
        ("WAV", "PCM_U8", 0.01),
        ("WAV", "PCM_24", 1e-4),
        ("WAV", "DOUBLE", 1e-4),
        ("WAV", "ULAW", 0.02),
        ("WAV", "ALAW", 0.02),
        ("WAV", "MS_ADPCM", 0.03),
        ("WAVEX", "PCM_16", 1e-4),
        ("RF64", "PCM_16", 1e-4),
        ("RF64", "FLOAT", 1e-4),
        ("W64", "PCM_24", 1e-4),
        ("AIFF", "PCM_16", 1e-4),
        ("AIFF", "FLOAT", 1e-4),
        ("AU", "PCM_16", 1e-4),
        ("AU", "ULAW", 0.02),
        ("CAF", "ALAC_16", 1e-4),
        ("FLAC", "PCM_16", 1e-4),
        ("FLAC", "PCM_24", 1e-4),
        ("OGG", "VORBIS", 0.02),
        ("MP3", "MPEG_LAYER_III", 0.03),
    ],
)
def test_reads_every_format(format: str, subtype: str, error: float) -> None:
    samples, file = read(encoded(format, subtype))
    assert (file.rate, file.seconds) == (RATE, pytest.approx(1, abs=0.05))
    assert samples.dtype == np.float32
    assert np.abs(samples[: len(TONE)] - TONE).max() < error
    assert notes(file) == []


def test_reads_opus() -> None:
    samples, file = read(encoded("OGG", "OPUS", tone(440, 48_000, 1), 48_000))
    assert fit(samples[4_800:-4_800], 440, 48_000)[0] == pytest.approx(0.5, rel=0.02)
    assert (file.seconds, notes(file)) == (1, [])


def test_reads_a_file_whose_bytes_run_the_other_way() -> None:
    samples, _ = read(encoded("WAV", "PCM_16", endian="BIG"))
    assert np.abs(samples - TONE).max() < 1e-4


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
def test_reads_every_width(width: int, rate: int) -> None:
    samples, file = read(riff(fmt(rate=rate, width=width), data(pcm(TONE, width))))
    assert file.rate == rate
    assert np.abs(samples - TONE).max() < 2 / 2 ** (8 * width - 1) + 1e-6


SHIFTED = (np.rint(TONE.astype(np.float64) * (2**23 - 1)).astype("<i4")).tobytes()
"""24 bits in the lower three of four bytes, as `arecord -f S24_LE` has them."""


@pytest.mark.parametrize(
    ("header", "content"),
    [
        (fmt(frame=4), P16),
        (fmt(frame=1), P16),
        (fmt(frame=0), P16),
        (fmt(frame=3), P16),
        (fmt(frame=65_535), P16),
        (fmt(bits=0), P16),
        (fmt(bits=8), P16),
        (fmt(bits=32), P16),
        (fmt(bits=12), P16),
        (fmt(width=3, frame=4), pcm(TONE, 3)),
        (fmt(width=3, bits=16), pcm(TONE, 3)),
        (fmt(width=3, bits=20), pcm(TONE, 3)),
        (fmt(width=4, bits=24), pcm(TONE, 4)),
        (fmt(width=4, bits=16), pcm(TONE, 4)),
        (fmt(width=4, bits=24), SHIFTED),
        (fmt(channels=2, width=3, frame=8), pcm(np.repeat(TONE, 2), 3)),
        (fmt(channels=2, frame=2), pcm(np.repeat(TONE, 2), 2)),
        (fmt(3, width=4, frame=2), TONE.tobytes()),
        (fmt(3, width=4, bits=16), TONE.tobytes()),
        (fmt(3, width=8, frame=4), TONE.astype("<f8").tobytes()),
        (extensible(1, 16), P16),
        (extensible(3, 32, width=4), TONE.tobytes()),
        (extensible(1, 24, width=4), pcm(TONE, 4)),
        (extensible(1, 24, width=4, bits=24), pcm(TONE, 4)),
        (extensible(1, 20, width=3), pcm(TONE, 3)),
        (extensible(1, 24, width=3, frame=4), pcm(TONE, 3)),
    ],
)
def test_a_header_that_contradicts_itself_makes_no_noise(header: bytes, content: bytes) -> None:
    samples, _ = read(riff(header, data(content)))
    assert len(samples) == len(TONE)
    assert np.abs(samples - TONE).max() < 1e-3


def test_silence_is_silence_whatever_the_header_says() -> None:
    assert not read(riff(fmt(width=3, frame=4), data(bytes(7_200))))[0].any()


@pytest.mark.parametrize("name", [b"LIST", b"JUNK", b"bext", b"id3 ", b"abcd"])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("content", [b"INFO!", b"INFOISFT\x05\0\0\0Lavf\0", b"x", b"my data of old"[:13]])
def test_an_odd_chunk_without_its_pad_byte_hides_nothing(name: bytes, first: bool, content: bytes) -> None:
    odd = chunk(name, content, padded=False)
    parts = [odd, fmt(), odd] if first else [fmt(), odd, odd]
    samples, _ = read(riff(*parts, data(P16)))
    assert np.abs(samples - TONE).max() < 1e-4


def test_chunks_of_other_kinds_and_wrong_lengths_are_passed_over() -> None:
    parts = [chunk(b"JUNK", b"odd"), fmt(), chunk(b"LIST", b"INFO!"), data(P16), chunk(b"id3 ", b"x")]
    assert len(read(riff(*parts))[0]) == len(TONE)
    too_long = b"LIST" + struct.pack("<I", 60_000) + b"INFO"
    assert len(read(riff(fmt(), too_long, data(P16)))[0]) == len(TONE)
    assert len(read(riff(data(P16), fmt()))[0]) == len(TONE), "the format stands after the sound"


@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0x80000000, 0xFFFFFFFF])
@pytest.mark.parametrize("whole", [0, 0xFFFFFFFF])
def test_a_length_that_was_never_written_reaches_to_the_end(size: int, whole: int) -> None:
    content = riff(fmt(), data(P16, size))
    samples, file = read(content[:4] + struct.pack("<I", whole) + content[8:])
    assert len(samples) == len(TONE)
    assert notes(file) == []


def test_a_length_of_0_was_meant_if_chunks_follow() -> None:
    assert "contains no sound" in refusal(riff(fmt(), data(b""), chunk(b"LIST", b"INFO")))


@pytest.mark.parametrize(
    ("format", "subtype"),
    [("WAV", "PCM_16"), ("WAV", "FLOAT"), ("WAV", "ULAW"), ("WAVEX", "PCM_24"), ("RF64", "PCM_16"),
     ("W64", "PCM_16"), ("AIFF", "PCM_16"), ("AU", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"),
     ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")],
)  # fmt: skip
def test_of_a_file_that_is_cut_off_all_that_is_there_is_read_and_said(format: str, subtype: str) -> None:
    content = encoded(format, subtype, LONG)
    samples, file = read(content[: len(content) * 6 // 10 | 1])
    seconds = len(samples) / RATE
    assert 9 < seconds < 13, "about six tenths of 20 s"
    assert notes(file) == [
        f"question.wav is cut off or damaged: only {seconds:.1f} seconds of it can be read."
    ]


def test_a_few_bytes_less_than_stated_are_not_worth_a_word() -> None:
    samples, file = read(riff(fmt(), data(P16, len(P16) + 44)))
    assert (len(samples), notes(file)) == (len(TONE), [])


def test_a_damaged_flac_is_read_to_the_damage() -> None:
    content = bytearray(encoded("FLAC", "PCM_16", LONG))
    middle = len(content) // 2
    content[middle : middle + 200] = bytes(range(200))
    samples, file = read(bytes(content))
    assert 8 < len(samples) / RATE < 11
    assert "cut off or damaged" in notes(file)[0]


def test_a_damaged_mp3_tells_the_terminal_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    content = bytearray(encoded("MP3", "MPEG_LAYER_III", LONG))
    middle = len(content) // 2
    content[middle : middle + 300] = bytes(range(256)) + bytes(44)
    read(bytes(content))
    refusal(b"\xff\xfb\x90\x00" + bytes(range(256)))
    assert capfd.readouterr() == ("", "")


def test_an_mp3_without_a_stated_length_is_counted() -> None:
    content = encoded("MP3", "MPEG_LAYER_III", LONG, bitrate_mode="VARIABLE", compression_level=0.5)
    frames = content[192:]  # the first one, at 64 kbit/s, says how many there are
    assert frames.startswith(b"\xff\xf3")
    samples, file = read(frames)
    assert file.seconds == pytest.approx(len(samples) / RATE, abs=0.1) == pytest.approx(20, abs=0.2)
    late = samples[18 * RATE + 4_800 : 19 * RATE - 4_800]
    assert fit(late, RATE / 20 / np.pi, RATE)[0] == pytest.approx(0.3, rel=0.02)
    assert notes(file) == []


@pytest.mark.parametrize("stated", [0, 2**36 - 1])
def test_a_flac_without_a_believable_length_is_counted(stated: int) -> None:
    content = bytearray(encoded("FLAC", "PCM_16"))
    fields = int.from_bytes(content[18:26], "big") >> 36 << 36
    content[18:26] = (fields | stated).to_bytes(8, "big")
    samples, file = read(bytes(content))
    assert (file.seconds, len(samples)) == (1, RATE)


def test_what_is_no_number_is_silence_and_what_is_too_loud_is_full_scale() -> None:
    wild = np.array([np.nan, np.inf, -np.inf, -1e300, 7, -7, 0.25], "<f8").tobytes()
    assert read(riff(fmt(3, width=8), data(wild)))[0].tolist() == [0, 0, 0, 0, 1, -1, 0.25]


def test_no_rate_makes_it_hang() -> None:
    for rate in (0, 1, 7, 999, 768_001, 10**9, 2**31, 2**32 - 1):
        assert f"a sample rate of {rate} Hz" in refusal(riff(fmt(rate=rate), data(P16)))
    au = b".snd" + struct.pack(">IIIII", 24, len(P16), 3, 1, 1) + P16
    assert "a sample rate of 1 Hz" in refusal(au)
    for rate in (1_000, 768_000):
        assert read(riff(fmt(rate=rate), data(P16)))[1].rate == rate


@pytest.mark.parametrize("channels", [0, 65, 1_024, 20_000])
def test_no_number_of_channels_is_believed(channels: int) -> None:
    assert f"{channels} channels" in refusal(riff(fmt(channels=channels, width=1), data(bytes(40_000))))


def test_sixty_four_channels_are_one() -> None:
    samples, _ = read(riff(fmt(channels=64), data(pcm(np.repeat(TONE, 64), 2))))
    assert np.abs(samples - TONE).max() < 1e-4


@pytest.mark.long
def test_days_of_sound_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "days.wav"
    size = 25 * 3_600 * 8_000
    path.write_bytes(b"RIFF\0\0\0\0WAVE" + fmt(rate=8_000, width=1) + data(b"", size))
    with path.open("r+b") as file:
        file.truncate(44 + size)
    with pytest.raises(SoundFileError, match=r"longer than 24 hours.*-t 3600"):
        SoundFile(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "contains no sound"),
        (b"this is text", "not a sound file"),
        ("this is text".encode("utf-16"), "not a sound file"),
        (bytes(1_000), "not a sound file"),
        (b"ID3\x04 this is an mp3 file", "not a sound file"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0" + bytes(999), "is MP4 (M4A, AAC), which"),
        (b"\x1a\x45\xdf\xa3" + bytes(999), "is WebM"),
        (b"#!AMR\n" + bytes(99), "is AMR"),
        (b"\xff\xf1\x50\x80" * 99, "is AAC"),
        (b"RIFF\0\0\0\0AVI LIST" + bytes(99), "is AVI"),
        (riff(fmt()), "no sound can be found"),
        (riff(fmt(), data(b"")), "contains no sound"),
        (riff(data(b"abcd")), "no sound can be found"),
        (riff(chunk(b"fmt ", b"short")), "no sound can be found"),
        (riff(fmt(0x55), data(b"abcd")), "an encoding that Presstalk can't read"),
        (riff(fmt(0x1234), data(b"abcd")), "an encoding that Presstalk can't read"),
        (riff(fmt(width=7), data(b"abcdefg")), "an encoding that Presstalk can't read"),
        (encoded("FLAC", "PCM_16")[:100], "no sound can be found"),
        (encoded("OGG", "OPUS")[:1_000], "no sound can be found"),
        (encoded("AIFF", "PCM_16")[:30], "no sound can be found"),
        (encoded("CAF", "PCM_16")[:5_000], "no sound can be found"),
    ],
)
def test_says_plainly_what_is_wrong_and_what_to_do(
    content: bytes, sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    told = refusal(content)
    assert sentence in told
    assert told.endswith(("ffmpeg -i FILE converted.wav", "choose another file."))
    assert capfd.readouterr() == ("", "")


def test_the_command_can_be_pasted(tmp_path: Path) -> None:
    path = tmp_path / "it's mine.m4a"
    path.write_bytes(b"\0\0\0\x20ftypM4A ")
    with pytest.raises(SoundFileError) as caught:
        SoundFile(path)
    assert str(caught.value).endswith(f"""ffmpeg -i '{tmp_path}/it'"'"'s mine.m4a' converted.wav""")


def read_blindly(content: bytes) -> None:
    try:
        file = SoundFile(io.BytesIO(content), "question.wav")
    except SoundFileError:
        return
    while len(samples := file.read(4_800)):
        assert np.abs(samples).max() <= 1
    file.close()


@given(st.binary(max_size=300))
def test_no_content_raises_anything_else(content: bytes) -> None:
    for start in (b"", riff(), riff(fmt())[:-4], b"fLaC", b"OggS", b"FORM", b".snd", b"ID3", b"\xff\xfb"):
        read_blindly(start + content)


@given(st.data())
def test_no_flipped_byte_raises_anything_else(flips: st.DataObject) -> None:
    content = bytearray(flips.draw(st.sampled_from(SMALL)))
    for _ in range(flips.draw(st.integers(1, 4))):
        content[flips.draw(st.integers(0, len(content) - 1))] = flips.draw(st.integers(0, 255))
    read_blindly(bytes(content))


SMALL = [
    encoded(format, subtype, TONE[:2_400])
    for format, subtype in [
        ("WAV", "PCM_16"), ("WAVEX", "FLOAT"), ("RF64", "PCM_24"), ("W64", "PCM_16"), ("AIFF", "PCM_16"),
        ("AU", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"),
        ("CAF", "PCM_16"), ("WAV", "IMA_ADPCM"), ("WAV", "MS_ADPCM"),
    ]
]  # fmt: skip


def test_reading_it_in_odd_pieces_gives_the_same() -> None:
    for format, subtype in (("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")):
        content = encoded(format, subtype, LONG)
        whole, _ = read(content, block=len(LONG) + 9_999)
        pieces, _ = read(content, block=777)
        assert np.array_equal(whole, pieces)


def test_closing_closes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "question.wav"
    path.write_bytes(riff(fmt(), data(P16)))
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    file = SoundFile(path)
    file.close()
    file.close()
    if before:
        assert len(os.listdir("/proc/self/fd")) == before
