"""Silence is what is as quiet as the room itself, for longer than a word pauses."""

from __future__ import annotations

import numpy as np
import pytest

from desktop.audio.format import Samples
from desktop.audio.silence_detector import SILENT_IN_NOISE_MS, SILENT_MS, SilenceDetector
from tests.audio.tones import tone

RATE = 24_000


def room(seconds: float, level_db: float = -70, seed: int = 0, rate: int = RATE) -> Samples:
    noise = np.random.default_rng(seed).normal(0, 10 ** (level_db / 20), round(seconds * rate))
    return noise.astype(np.float32)


def said(pitch: float, ms: float, amplitude: float = 0.1, rate: int = RATE) -> Samples:
    """A sound in the room."""
    return (
        tone(pitch, rate, ms / 1_000, amplitude)
        + room(ms / 1_000, seed=1, rate=rate)[: round(rate * ms / 1_000)]
    )


def detector(*parts: Samples, rate: int = RATE) -> SilenceDetector:
    made = SilenceDetector(rate)
    for part in parts:
        made.push(part)
    return made


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100, 48_000])
def test_a_voice_that_stops_is_silent_once_no_word_pauses_so_long(rate: int) -> None:
    heard = detector(room(0.3, rate=rate), said(300, 600, rate=rate), rate=rate)
    assert not heard.fell_silent
    heard.push(room((SILENT_MS - 20) / 1_000, seed=2, rate=rate))
    assert not heard.fell_silent
    heard.push(room(0.05, seed=3, rate=rate))
    assert heard.fell_silent


def test_the_pause_before_a_burst_is_no_silence() -> None:
    heard = detector(room(0.3), said(300, 400))
    for seed in range(8):
        heard.push(room(0.01, seed=seed))
        assert not heard.fell_silent
    heard.push(said(2_500, 15))
    heard.push(room(0.08, seed=9))
    assert not heard.fell_silent, "it counts from the burst"
    heard.push(room(0.05, seed=10))
    assert heard.fell_silent


@pytest.mark.parametrize("pitch", [150, 800, 2_500, 6_000])
def test_a_weak_sound_in_one_band_goes_on(pitch: float) -> None:
    heard = detector(room(0.3), said(300, 400), said(pitch, 150, amplitude=0.001))
    assert not heard.fell_silent, "40 dB below the vowel"


def test_beside_a_fan_it_takes_longer() -> None:
    fan = [room(0.3, -50), tone(300, RATE, 0.5, 0.1) + room(0.5, -50, 1)]
    heard = detector(*fan, room(0.105, -50, 2))
    assert not heard.fell_silent
    heard.push(room((SILENT_IN_NOISE_MS - 75) / 1_000, -50, 3))
    assert heard.fell_silent


@pytest.mark.parametrize(
    "sound",
    [
        room(1),
        np.zeros(RATE, np.float32),
        np.full(RATE, 0.1, np.float32),
        tone(440, RATE, 1) + room(1),
        np.concatenate([room(0.3, -40), tone(300, RATE, 0.3, 0.05) + room(0.3, -40, 1), room(0.4, -40, 2)]),
        np.zeros(0, np.float32),
    ],
    ids=["the room alone", "nothing", "a plug", "a steady tone", "too noisy to tell", "no sample"],
)
def test_what_cannot_be_told_from_speech_keeps_the_tail(sound: Samples) -> None:
    assert not detector(sound).fell_silent


def test_digital_silence_of_a_noise_gate_is_silence() -> None:
    assert detector(said(300, 500), np.zeros(RATE // 5, np.float32)).fell_silent


def test_the_pieces_do_not_matter() -> None:
    sound = np.concatenate([room(0.3), said(300, 600), room(0.13, seed=2)])
    for size in (7, 240, 999, len(sound)):
        assert detector(*(sound[at : at + size] for at in range(0, len(sound), size))).fell_silent


def test_it_can_be_asked_at_any_time() -> None:
    heard = SilenceDetector(RATE)
    sound = np.concatenate([room(0.3), said(300, 600), room(0.2, seed=2)])
    told = []
    for at in range(0, len(sound), 240):
        heard.push(sound[at : at + 240])
        told.append(heard.fell_silent)
    assert not any(told[:98])
    assert told[-1]


def test_samples_beyond_all_bounds_are_loud_and_no_error() -> None:
    wild = np.array([np.inf, -np.inf, np.nan, 1e30] * 300, np.float32)
    heard = detector(room(0.3), wild)
    assert not heard.fell_silent
    heard.push(room(0.2))
    assert heard.fell_silent


def test_only_the_last_seconds_are_compared_with() -> None:
    heard = detector(room(0.3, -80), room(30, -50, 1), tone(300, RATE, 0.3, 0.1) + room(0.3, -50, 2))
    heard.push(room(0.2, -50, 3))
    assert heard.fell_silent


def test_another_microphone_has_another_noise() -> None:
    heard = detector(room(1, -80), said(300, 500))
    heard.clear()
    heard.push(room(0.3, -50))
    assert not heard.fell_silent, "nobody has spoken into it"
