"""Speech engines without speech, for tests: synchronous, scripted, and the same every time."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TypeVar

import numpy as np

from desktop.offline.speech_engines import (
    RECOGNIZER_RATE,
    SYNTHESIZER_RATE,
    EngineLoaders,
    Recognizer,
    Samples,
    SpeechBoundary,
    SpeechFailed,
    SpeechUnavailable,
    Synthesizer,
)

T = TypeVar("T")

LOUD = 0.1
"""Level from which the fake detector treats sound as speech."""
HANGOVER = RECOGNIZER_RATE // 10
"""Silent samples after which it reports an end."""
MS_PER_CHARACTER = 60
"""How long the fake voice takes over a character: about a speaker's pace."""
HELD_S = 10.0
"""Longest time that a held engine waits to be released."""


class FakeDetector:
    """Treats every loud sample as speech."""

    def __init__(self) -> None:
        self._at = 0
        self._loud_until: int | None = None

    def feed(self, samples: Samples) -> list[SpeechBoundary]:
        """The marks, placed at the very first and after the very last loud sample."""
        marks: list[SpeechBoundary] = []
        for loud in np.flatnonzero(np.abs(samples) >= LOUD) + self._at:
            marks += self._end_before(int(loud))
            if self._loud_until is None:
                marks.append(SpeechBoundary("start", int(loud)))
            self._loud_until = int(loud) + 1
        self._at += len(samples)
        return marks + self._end_before(self._at)

    def _end_before(self, at: int) -> list[SpeechBoundary]:
        if self._loud_until is None or at - self._loud_until < HANGOVER:
            return []
        end, self._loud_until = self._loud_until, None
        return [SpeechBoundary("end", end)]

    def close(self) -> None:
        """Nothing is held."""


class FakeRecognizer:
    """Recognises the scripted texts, one for each segment of speech, and keeps what it was given.

    While `release` is cleared it waits (on its own thread) before it returns the text.
    """

    def __init__(self, script: Iterable[str] = ()) -> None:
        self._script = iter(script)
        self.stretches: list[Samples] = []
        self.thresholds: list[float] = []
        self.release = threading.Event()
        self.release.set()

    def detector(self, threshold: float) -> FakeDetector:
        """A detector that ignores the threshold, which is kept."""
        self.thresholds.append(threshold)
        return FakeDetector()

    def transcribe(self, speech: Samples) -> str:
        """The script's next text; a text "!" is a failure, and an empty one follows the last."""
        self.stretches.append(speech)
        self.release.wait(HELD_S)
        text = next(self._script, "")
        if text == "!":
            raise SpeechFailed("The speech recogniser failed.")
        return text


class FakeSynthesizer:
    """Speaks everything as a steady tone, 60 ms a character, and keeps the sentences.

    After `hold_after` sentences it waits (on its own thread) until `release` is set, so that a test can act
    in the middle of a response. A sentence with "!!" in it is a failure.
    """

    def __init__(self, hold_after: int | None = None) -> None:
        self.sentences: list[str] = []
        self.release = threading.Event()
        self._hold_after = hold_after

    def synthesize(self, sentence: str) -> bytes:
        """A tone as long as the sentence."""
        if self._hold_after is not None and len(self.sentences) >= self._hold_after:
            self.release.wait(HELD_S)
        if "!!" in sentence:
            raise SpeechFailed("The voice failed at a sentence.")
        self.sentences.append(sentence)
        count = len(sentence) * MS_PER_CHARACTER * SYNTHESIZER_RATE // 1_000
        return np.full(count, 1_000, "<i2").tobytes()


def fake_loaders(
    recognizer: Recognizer | None = None, synthesizer: Synthesizer | None = None
) -> EngineLoaders:
    """Engines that are loaded at once; those left out are not available."""
    return EngineLoaders(lambda: _there(recognizer, "recogniser"), lambda: _there(synthesizer, "voice"))


def _there(engine: T | None, what: str) -> T:
    if engine is None:
        raise SpeechUnavailable(f"No speech {what} is installed here.")
    return engine


def tone(ms: int, rate: int) -> bytes:
    """PCM16 that the fake detector treats as speech."""
    # Alternating, as speech is: a resampler's edges would wear down a constant level.
    count = ms * rate // 1_000
    return (np.sin(np.arange(count) * 2 * np.pi * 300 / rate) * 12_000).astype("<i2").tobytes()


def silence(ms: int, rate: int) -> bytes:
    """PCM16 of digital silence."""
    return bytes(ms * rate // 1_000 * 2)
