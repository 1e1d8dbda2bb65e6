"""The voice: hibari, whose model "heart" is part of its wheel.

Only that voice may be used: any other is downloaded by the library. On average 36 ms for a short sentence on
one core, one sentence at a time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from desktop.offline.speech_engines import SYNTHESIZER_RATE, SpeechFailed, SpeechUnavailable

VOICE = "heart"


def load() -> HibariSynthesizer:
    """The loaded voice; 1.2 s.

    Raises:
        SpeechUnavailable: hibari is not installed, or its model file is missing.
    """
    try:
        from hibari import SAMPLE_RATE, Hibari, voices
    except ImportError as exc:
        raise SpeechUnavailable(f"The voice is not installed ({exc}): answers come as text only.") from exc
    try:
        # download_missing=False: a missing model is reported, never fetched.
        model = Path(voices.voice_path(VOICE, download_missing=False))
    except (FileNotFoundError, ValueError) as exc:
        raise SpeechUnavailable(f"The voice '{VOICE}' is missing from hibari: {exc}.") from exc
    if not model.is_file():
        raise SpeechUnavailable(f"The voice's model file {model.name} is missing from hibari.")
    if SAMPLE_RATE != SYNTHESIZER_RATE:
        raise SpeechUnavailable(f"This hibari speaks at {SAMPLE_RATE} Hz; {SYNTHESIZER_RATE} Hz is needed.")
    return HibariSynthesizer(Hibari(VOICE))


class HibariSynthesizer:
    """hibari behind the `Synthesizer` interface."""

    def __init__(self, hibari: Any) -> None:
        self._hibari = hibari
        # Otherwise it is loaded on first use, which would delay the first sentence by 0.4 s.
        _ = hibari.g2p

    def synthesize(self, sentence: str) -> bytes:
        """The sentence as PCM16 at 24 kHz; nothing for a text without a speakable character."""
        try:
            # A fixed seed: the same sentence always sounds the same.
            parts = [np.asarray(part, np.float32) for part in self._hibari.stream(sentence, seed=0)]
        except (RuntimeError, ValueError, KeyError, IndexError) as exc:
            raise SpeechFailed(f"The voice failed at a sentence: {exc}") from exc
        if not parts:
            return b""
        return (np.concatenate(parts).clip(-1, 1) * 32_767).astype("<i2").tobytes()
