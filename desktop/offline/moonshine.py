"""Speech recognition with moonshine, whose tiny English model is part of its 0.1.0 wheel.

Two of its transcribers are used. A *scout* runs the voice detection only (no model,
15 MB, 2.5 % of real time) and says where speech is; the model then transcribes each finished segment at once,
with its own detection off. Measured against the library's streaming: the words of a pause-separated
sentence are ready before the next one begins, nothing is decoded twice (streaming re-reads the growing
line every 0.5 s, 16-33 % of real time), and the last word isn't clipped when audio ends abruptly.

The library is not thread-safe: everything here is called from one thread. `moonshine_voice.transcriber` is
imported rather than the package's shorter names because those also import `sounddevice`, and with it
PortAudio, which a server doesn't need.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from desktop.offline.speech_engines import (
    RECOGNIZER_RATE,
    Samples,
    SpeechBoundary,
    SpeechFailed,
    SpeechUnavailable,
)

MODEL_FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")

WINDOW_S = 0.3
"""The detector's smoothing. At 0.5 s (the library's) short words are found no better, ends 0.1 s later."""
DECAY_S = 0.1
"""An end is noticed this much later than the smoothing alone explains (threshold 0.3 to 0.5, 9 sentences)."""
LOOK_BEHIND = 4_096
"""Samples a found beginning is moved back: beginnings are noticed 0.25 s late, and placed 80 ms early."""
LONGEST_STRETCH_S = 30.0
"""Speech without a pause is cut before this (from two thirds on, at the first weak moment)."""
LINES_PER_STREAM = 20
"""Segments after which a scout's stream is renewed: every call lists all lines since the stream began."""
REPLAY = int(WINDOW_S * RECOGNIZER_RATE)
"""Samples that a renewed stream gets again, so that a word just beginning isn't missed."""

LEAD = np.zeros(int(0.15 * RECOGNIZER_RATE), np.float32)
TAIL = np.zeros(int(0.25 * RECOGNIZER_RATE), np.float32)
# Digital silence around what is transcribed. Without the lead, the first word of a tightly cut sentence is
# misread (35 sentences: 10-16 % of words wrong, 5-6 % with it); without the tail the last is.


def load() -> MoonshineRecognizer:
    """The loaded recogniser; 0.8 s, 110 MB.

    Raises:
        SpeechUnavailable: moonshine is not installed, or its wheel lacks the model.
    """
    try:
        from moonshine_voice.transcriber import ModelArch, Transcriber
        from moonshine_voice.utils import get_model_path
    except (ImportError, OSError) as exc:
        raise SpeechUnavailable(f"Speech recognition is not installed ({exc}): text still works.") from exc
    folder = Path(get_model_path("tiny-en"))
    missing = [name for name in MODEL_FILES if not (folder / name).is_file()]
    if missing:
        raise SpeechUnavailable(
            f"moonshine-voice has no model in it ({', '.join(missing)} missing): install version 0.1.0."
        )
    return MoonshineRecognizer(lambda options: Transcriber(str(folder), ModelArch.TINY, 0.0, options))


class MoonshineRecognizer:
    """moonshine behind the `Recognizer` interface; `new` makes a transcriber from its options."""

    def __init__(self, new: Any) -> None:
        self._new = new
        self._model = new({"vad_threshold": "0.0", "return_audio_data": "false"})
        self._scouts: dict[float, Any] = {}
        # The first transcription is slow while the runtime plans its memory.
        self.transcribe(np.zeros(RECOGNIZER_RATE // 2, np.float32))

    def detector(self, threshold: float) -> ScoutDetector:
        """A detector on a scout of that threshold; scouts are kept, in steps of 0.1."""
        step = min(0.9, max(0.1, round(threshold, 1)))
        scout = self._scouts.get(step)
        if scout is None:
            options = {
                "skip_transcription": "true",
                "return_audio_data": "false",
                "transcription_interval": "0.0",
                "vad_threshold": str(step),
                "vad_window_duration": str(WINDOW_S),
                "vad_look_behind_sample_count": str(LOOK_BEHIND),
                "vad_max_segment_duration": str(LONGEST_STRETCH_S),
            }
            scout = self._scouts[step] = self._new(options)
        return ScoutDetector(scout, step)

    def transcribe(self, speech: Samples) -> str:
        """The words of one segment of speech at 16 kHz."""
        from moonshine_voice.errors import MoonshineError

        samples = np.concatenate([LEAD, speech, TAIL])
        try:
            lines = self._model.transcribe_without_streaming(samples.tolist(), RECOGNIZER_RATE).lines
        except MoonshineError as exc:
            raise SpeechFailed(f"The speech recogniser failed: {exc}") from exc
        text = " ".join(line.text.strip() for line in lines)
        return without_echo(text) if len(speech) < ECHOING else text


class ScoutDetector:
    """One stream of a scout. A line the scout reports is a segment of speech without text."""

    def __init__(self, scout: Any, threshold: float) -> None:
        self._scout = scout
        self._late = WINDOW_S * (1 - threshold) + DECAY_S
        self._fed = 0
        self._origin = 0
        self._lines = 0
        self._speech = False
        self._recent = np.zeros(0, np.float32)
        self._stream = self._open()

    def _open(self) -> Any:
        # The interval is endless because each `feed` asks for news itself.
        stream = self._scout.create_stream(math.inf)
        stream.start()
        return stream

    def feed(self, samples: Samples) -> list[SpeechBoundary]:
        """The boundaries found with these samples."""
        if not len(samples):
            return []
        self._fed += len(samples)
        self._recent = np.concatenate([self._recent, samples])[-REPLAY:]
        marks = self._look(samples)
        if self._lines >= LINES_PER_STREAM and not self._speech:
            marks += self._renew()
        return marks

    def _look(self, samples: Samples) -> list[SpeechBoundary]:
        self._stream.add_audio(samples.tolist(), RECOGNIZER_RATE)
        marks = []
        for line in self._stream.update_transcription().lines:
            if line.is_new:
                self._lines += 1
                self._speech = True
                marks.append(SpeechBoundary("start", self._place(line.start_time)))
            if line.is_complete and line.is_updated:
                self._speech = False
                marks.append(SpeechBoundary("end", self._place(line.start_time + line.duration - self._late)))
        return marks

    def _renew(self) -> list[SpeechBoundary]:
        self._stream.close()
        self._stream = self._open()
        self._lines = 0
        self._origin = self._fed - len(self._recent)
        return self._look(self._recent)

    def _place(self, seconds: float) -> int:
        return self._origin + max(0, round(seconds * RECOGNIZER_RATE))

    def close(self) -> None:
        """Frees the stream; the scout stays."""
        self._stream.close()


ECHOING = int(1.5 * RECOGNIZER_RATE)
"""Samples below which the model sometimes says a phrase twice ("Hello there. Hello there")."""


def without_echo(text: str) -> str:
    """The text without a repetition of its beginning at its end: "Hi. Hi" becomes "Hi."."""
    words = text.split()
    bare = [re.sub(r"\W", "", word).lower() for word in words]
    for length in range((len(words) + 1) // 2, len(words)):
        if bare[length:] == bare[: len(words) - length] and words[length - 1][-1] in ".,?!":
            return " ".join(words[:length])
    return text
