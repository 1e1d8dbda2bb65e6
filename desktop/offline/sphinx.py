"""Speech recognition with pocketsphinx and a small grammar, for computers that moonshine has no wheel for.

It only knows the sentences of the demo, and matches all speech to one of them: free speech is beyond it.
For the grammar's own sentences it is good (no error in 15 spoken by the demo's voice), 70-80 ms a sentence.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from desktop.offline.speech_engines import (
    RECOGNIZER_RATE,
    Samples,
    SpeechBoundary,
    SpeechFailed,
    SpeechUnavailable,
)

GRAMMAR = """#JSGF V1.0;
grammar demo;
public <demo> = [please] <request> [please];
<request> = <time> | <dice> | <timer> | <sum> | <talk>;
<time> = (what time is it | what is the time | tell me the time) [in <city>]
       | what day is it [today] | what is the date [today] | what time;
<city> = tokyo | london | paris | berlin | madrid | rome | new york | chicago | sydney | stockholm;
<dice> = (roll | throw) (the dice | a die | <small> dice | a <sided> sided die);
<small> = two | three | four | five | six;
<sided> = four | six | eight | ten | twelve | twenty;
<timer> = (set | start) a timer for <duration> | set a timer | <duration>;
<duration> = (one | a) minute | <number> minutes | <number> seconds | (one | an) hour | half an hour;
<sum> = (what is | how much is | calculate) <number> <operator> <number>
      | what is the square root of <number> | what is <number> percent of <number> | what is <number> squared;
<operator> = plus | minus | times | divided by | multiplied by | to the power of;
<number> = <digit> | <teen> | <ten> [<digit>] | [<digit>] hundred [[and] <rest>];
<rest> = <digit> | <teen> | <ten> [<digit>];
<digit> = one | two | three | four | five | six | seven | eight | nine;
<teen> = ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen | seventeen | eighteen | nineteen;
<ten> = twenty | thirty | forty | fifty | sixty | seventy | eighty | ninety;
<talk> = tell me a [short | long] story | tell me a joke | what can you do | help | who are you
       | what is your name | can you hear me | how are you | hello | hi | good morning | good evening
       | thank you [very much] | thanks | goodbye | bye | stop | never mind | say that again
       | count to (five | ten | twenty) | what did i say | what is the weather [like];
"""

FRAME_S = 0.03
WINDOW = 10
"""Frames (0.3 s) that the detector's decision is smoothed over."""
LOOK_BEHIND = int(0.3 * RECOGNIZER_RATE)
"""Samples a found beginning is moved back."""
PAD = np.zeros(int(0.2 * RECOGNIZER_RATE), np.float32)


def load() -> SphinxRecognizer:
    """The loaded recogniser; 0.4 s, 60 MB.

    Raises:
        SpeechUnavailable: pocketsphinx is not installed, or its model is missing.
    """
    try:
        import pocketsphinx
    except ImportError as exc:
        raise SpeechUnavailable(f"Speech recognition is not installed ({exc}): text still works.") from exc
    try:
        # loglevel: its messages on standard error would bury those that a user needs to read.
        decoder = pocketsphinx.Decoder(lm=None, samprate=float(RECOGNIZER_RATE), loglevel="FATAL")
        decoder.add_jsgf_string("demo", GRAMMAR)
        decoder.activate_search("demo")
    except (RuntimeError, ValueError, OSError) as exc:
        raise SpeechUnavailable(f"The speech recogniser could not be loaded: {exc}.") from exc
    return SphinxRecognizer(decoder, lambda: pocketsphinx.Vad(3, RECOGNIZER_RATE, FRAME_S))


class SphinxRecognizer:
    """pocketsphinx behind the `Recognizer` interface; `new_vad` makes a voice detector."""

    def __init__(self, decoder: Any, new_vad: Any) -> None:
        self._decoder = decoder
        self._new_vad = new_vad

    def detector(self, threshold: float) -> SphinxDetector:
        """A detector for a new stream."""
        return SphinxDetector(self._new_vad(), threshold)

    def transcribe(self, speech: Samples) -> str:
        """The grammar's sentence that is nearest to the speech."""
        try:
            self._decoder.start_utt()
            self._decoder.process_raw(_pcm(np.concatenate([PAD, speech, PAD])), full_utt=True)
            self._decoder.end_utt()
            best = self._decoder.hyp()
        except (RuntimeError, ValueError) as exc:
            raise SpeechFailed(f"The speech recogniser failed: {exc}") from exc
        return str(best.hypstr) if best else ""


class SphinxDetector:
    """Smooths pocketsphinx's yes or no for each 30 ms: speech while enough of the last 0.3 s is."""

    def __init__(self, vad: Any, threshold: float) -> None:
        self._vad = vad
        self._threshold = min(0.9, max(0.1, threshold))
        self._frame = int(vad.frame_bytes) // 2
        self._rest = np.zeros(0, np.float32)
        self._recent: deque[bool] = deque([False] * WINDOW, WINDOW)
        self._at = 0
        self._speech = False
        self._last_voiced = 0

    def feed(self, samples: Samples) -> list[SpeechBoundary]:
        """The boundaries found with these samples."""
        audio = np.concatenate([self._rest, samples])
        whole = len(audio) // self._frame * self._frame
        self._rest = audio[whole:]
        marks = [self._step(audio[at : at + self._frame]) for at in range(0, whole, self._frame)]
        return [mark for mark in marks if mark is not None]

    def _step(self, frame: Samples) -> SpeechBoundary | None:
        self._at += len(frame)
        voiced = bool(self._vad.is_speech(_pcm(frame)))
        self._recent.append(voiced)
        if voiced:
            self._last_voiced = self._at
        share = sum(self._recent) / WINDOW
        if not self._speech and share > self._threshold:
            self._speech = True
            return SpeechBoundary("start", max(0, self._at - LOOK_BEHIND))
        if self._speech and share <= self._threshold * 0.6:
            self._speech = False
            return SpeechBoundary("end", self._last_voiced)
        return None

    def close(self) -> None:
        """Nothing is held."""


def _pcm(samples: Samples) -> bytes:
    return (samples.clip(-1, 1) * 32_767).astype("<i2").tobytes()
