"""Channels that become one, and those that would cancel each other out."""

from __future__ import annotations

import io

import numpy as np
import pytest

from desktop.audio.format import Samples
from desktop.audio.sound_file import SoundFile
from tests.audio.sound_files import encoded
from tests.audio.tones import tone

RATE = 24_000
chance = np.random.default_rng(1)


def speech(seconds: float = 3) -> Samples:
    """Noise that swells and rests, as syllables do."""
    at = np.arange(round(RATE * seconds)) / RATE
    swell = np.clip(np.sin(2 * np.pi * 2 * at), 0, None)
    noise = np.convolve(chance.normal(0, 1, len(at)), np.ones(24), mode="same") / 24
    return (0.8 * swell * noise).astype(np.float32)


def mixed(*channels: Samples) -> tuple[Samples, SoundFile]:
    file = SoundFile(io.BytesIO(encoded("WAV", "FLOAT", np.stack(channels, axis=1))), "question.wav")
    blocks = []
    while len(block := file.read(2_400)):
        blocks.append(block)
    file.close()
    return np.concatenate(blocks), file


ONE, OTHER = speech(), speech()
HALF = len(ONE) // 2


@pytest.mark.parametrize(
    ("left", "right", "channel"),
    [
        (ONE, -ONE, 1),
        (ONE, -0.9 * ONE, 1),
        (-0.9 * ONE, ONE, 2),
        (ONE, -0.5 * ONE, 1),
        (ONE + 0.01 * OTHER, -ONE, 1),
        (ONE + 0.05, -ONE, 1),
        (ONE, np.concatenate([ONE[:HALF], -ONE[HALF:]]), 1),
        (ONE, np.roll(-ONE, 1) * 0.99, 1),
    ],
)
def test_of_opposite_channels_one_is_sent_and_said(left: Samples, right: Samples, channel: int) -> None:
    samples, file = mixed(left, right)
    assert np.abs(samples - (left, right)[channel - 1]).max() < 1e-6
    assert [str(note) for note in file.notes] == [
        f"The channels of question.wav cancel each other out, so only channel {channel} is sent."
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (ONE, ONE),
        (ONE, OTHER),
        (ONE, 0.3 * ONE),
        (ONE, -0.1 * ONE),
        (ONE, 0.5 * ONE + 0.5 * OTHER),
        (ONE, np.roll(ONE, 5)),
        (ONE, np.roll(0.7 * ONE, 500)),
        (np.concatenate([ONE[:HALF], 0 * ONE[HALF:]]), np.concatenate([0 * ONE[:HALF], OTHER[HALF:]])),
        (tone(440, RATE, 1), tone(660, RATE, 1)),
    ],
)
def test_ordinary_stereo_is_mixed_without_a_word(left: Samples, right: Samples) -> None:
    samples, file = mixed(left, right)
    assert np.abs(samples - (left + right) / 2).max() < 1e-6
    assert file.notes == []


def test_one_microphone_of_many_is_as_loud_as_it_was() -> None:
    silent = 0.001 * OTHER
    samples, file = mixed(silent, ONE, silent, silent, silent, silent)
    assert np.abs(samples - ONE).max() < 1e-6
    assert file.notes == []


def test_four_people_at_four_microphones_are_all_heard() -> None:
    channels = []
    for number in range(4):
        channel = np.zeros_like(ONE)
        channel[number * len(ONE) // 4 : (number + 1) * len(ONE) // 4] = ONE[: len(ONE) // 4]
        channels.append(channel)
    samples, file = mixed(*channels)
    assert np.abs(samples - sum(channels) / 4).max() < 1e-6
    assert file.notes == []


def test_silence_of_two_channels_is_mixed() -> None:
    samples, file = mixed(0 * ONE, 0 * ONE)
    assert not samples.any()
    assert file.notes == []


@pytest.mark.parametrize(("format", "subtype"), [("WAV", "FLOAT"), ("FLAC", "PCM_16"), ("OGG", "OPUS")])
def test_a_long_file_is_looked_at_from_its_beginning_to_its_end(format: str, subtype: str) -> None:
    quiet, loud = np.zeros(150 * RATE, np.float32), np.tile(ONE, 50)
    both = np.stack([np.concatenate([quiet, loud]), np.concatenate([quiet, -loud])], axis=1)
    file = SoundFile(io.BytesIO(encoded(format, subtype, both)), "question")
    assert "cancel each other out, so only channel" in str(file.notes[0])
    assert len(file.read(RATE)) == RATE
    file.close()
