"""The sound by which a speaker is tested, synthesized."""

from __future__ import annotations

import numpy as np

from desktop.audio.format import Samples

PEAK = 0.25
"""-12 dBFS: about as loud as speech."""
NOTES_HZ = (440.0, 554.37, 659.26)
"""A, C sharp, E: a small speaker has them, and no one takes it for an alarm."""
NOTE_S = 0.4
ATTACK_S, RELEASE_S = 0.010, 0.080


def speaker_tone(rate: int) -> Samples:
    """Three notes: mono float32 at `rate` Hz, 1.2 s, from silence to silence."""
    return np.concatenate([_note(hz, rate) for hz in NOTES_HZ])


def _note(hz: float, rate: int) -> Samples:
    t = np.arange(round(NOTE_S * rate)) / rate
    edges = np.minimum(np.minimum(t / ATTACK_S, (NOTE_S - t) / RELEASE_S), 1.0)
    note: Samples = (PEAK * np.sin(2 * np.pi * hz * t) * edges).astype(np.float32)
    return note
