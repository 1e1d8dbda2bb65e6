"""Turns a session's audio into turns and their text: synchronous, in samples and without a clock.

Each segment of speech is transcribed as soon as the speaker pauses, while more audio arrives; a commit has
only the last segment left to do. Audio may come at any speed, even a whole recording in one piece: where
turns begin and end depends on the samples alone.
"""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt
import soxr

from desktop.offline.accepted_config import PREFIX_MS, VadSettings
from desktop.offline.speech_engines import RECOGNIZER_RATE, Recognizer, Samples, SpeechDetector

THRESHOLD = 0.5
"""The detector's threshold while the client ends the turns."""
AFTER_END = int(0.2 * RECOGNIZER_RATE)
"""Samples after a detected end that are transcribed too: they hold soft last consonants."""


class TurnStarted(msgspec.Struct, frozen=True):
    """The user began to speak, `at` samples (16 kHz) into the stream."""

    at: int


class TurnEnded(msgspec.Struct, frozen=True):
    """A turn is over: its speech ended `at`, its silence `until`, both in samples (16 kHz) of the stream."""

    at: int
    until: int
    text: str


TurnEvent = TurnStarted | TurnEnded


class TurnRecognizer:
    """Finds turns and transcribes them for one session. Every call is made on the recogniser's thread.

    With `vad` the ends of turns are found here; without, the client commits.
    """

    def __init__(self, recognizer: Recognizer, rate: int, vad: VadSettings | None) -> None:
        self._recognizer = recognizer
        self._rate = rate
        self._vad = vad
        self._threshold = vad.threshold if vad else THRESHOLD
        self._lead = _samples(vad.prefix_ms if vad else PREFIX_MS)
        self._in_turn = False
        self._begin(0)

    def _begin(self, at: int) -> None:
        """Start a new take, whose first sample is the stream's sample `at`."""
        self._detector: SpeechDetector = self._recognizer.detector(self._threshold)
        self._resampler: soxr.ResampleStream | None = None
        if self._rate != RECOGNIZER_RATE:
            self._resampler = soxr.ResampleStream(self._rate, RECOGNIZER_RATE, 1, dtype="int16")
        self._first = self._end = at
        self._audio = _SampleBuffer(at)
        self._start: int | None = None
        self._quiet_from = at
        self._texts: list[str] = []

    def feed(self, pcm: bytes) -> list[TurnEvent]:
        """Takes PCM16 at the session's rate; returns the turns that began or ended with it."""
        return self._take(np.frombuffer(pcm, "<i2"), last=False)

    def _take(self, pcm: npt.NDArray[np.int16], *, last: bool) -> list[TurnEvent]:
        if self._resampler is not None:
            pcm = self._resampler.resample_chunk(pcm, last=last)
        samples = np.asarray(pcm, np.float32) / np.float32(32_768)
        self._end += len(samples)
        self._audio.append(samples)
        found: list[TurnEvent] = []
        for mark in self._detector.feed(samples):
            if mark.kind == "start":
                self._end_turn_if_quiet(self._first + mark.at, found)
                self._start_turn(self._first + mark.at, found)
            else:
                self._finish_stretch(self._first + mark.at)
        self._end_turn_if_quiet(self._end, found)
        if self._start is None:
            # In silence, only the audio is kept that a detected beginning may reach back to.
            self._audio.forget(self._end - self._lead - RECOGNIZER_RATE)
        return found

    def _start_turn(self, at: int, found: list[TurnEvent]) -> None:
        self._start = at
        if self._vad and not self._in_turn:
            self._in_turn = True
            found.append(TurnStarted(at))

    def _finish_stretch(self, end: int) -> None:
        assert self._start is not None, "an end follows a start"
        self._read(self._start - self._lead, min(end + AFTER_END, self._end))
        self._start = None
        self._quiet_from = end

    def _read(self, start: int, end: int) -> None:
        text = self._recognizer.transcribe(self._audio.cut(start, end)).strip()
        if text:
            self._texts.append(text)

    def _end_turn_if_quiet(self, until: int, found: list[TurnEvent]) -> None:
        if self._vad is None or not self._in_turn or self._start is not None:
            return
        over = self._quiet_from + _samples(self._vad.silence_ms)
        if until >= over:
            self._in_turn = False
            found.append(TurnEnded(self._quiet_from, over, self._text()))

    def _text(self) -> str:
        text, self._texts = " ".join(self._texts), []
        return text

    def commit(self) -> str:
        """Ends the take here; returns its text, empty if there was no speech in it."""
        self._take(np.zeros(0, np.int16), last=True)
        if self._start is not None:
            self._read(self._start - self._lead, self._end)
        text = self._text()
        self.clear()
        return text

    def clear(self) -> None:
        """Discards the take."""
        self._in_turn = False
        self._detector.close()
        self._begin(self._end)

    def close(self) -> None:
        """Frees the detector."""
        self._detector.close()


class _SampleBuffer:
    """Samples by their position in the stream; a cut drops its samples and all before them."""

    def __init__(self, at: int) -> None:
        self._from = at
        self._samples: Samples = np.zeros(0, np.float32)

    def append(self, samples: Samples) -> None:
        self._samples = np.concatenate([self._samples, samples])

    def forget(self, before: int) -> None:
        if before > self._from:
            self._samples = self._samples[before - self._from :].copy()
            self._from = before

    def cut(self, start: int, end: int) -> Samples:
        """The samples from start to end, as far as they are there; everything before `end` is dropped."""
        self.forget(start)
        piece = self._samples[: max(0, end - self._from)]
        self.forget(end)
        return piece


def _samples(milliseconds: int) -> int:
    return milliseconds * RECOGNIZER_RATE // 1_000
