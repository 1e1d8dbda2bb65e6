"""Short sounds for users who want to hear what the talk key does, synthesized."""

from __future__ import annotations

from typing import Literal

import numpy as np

from desktop.audio.format import Samples

Cue = Literal["start", "stop", "error"]

PEAK = 0.16
"""-16 dBFS: below speech, which it must not cover."""
ATTACK_S = 0.008
"""Soft enough to be a tone from its beginning on: 2 ms is heard as a click."""
RELEASE_S = 0.030

# Notes as (Hz, seconds), one after the other: a fifth up to begin, a fourth down to end, low for an error.
_NOTES: dict[Cue, tuple[tuple[float, float], ...]] = {
    "start": ((523.25, 0.055), (783.99, 0.075)),
    "stop": ((523.25, 0.055), (391.99, 0.075)),
    "error": ((261.63, 0.090), (220.0, 0.105)),
}


def cue(name: Cue, rate: int) -> Samples:
    """One of the sounds: mono float32 at `rate` Hz, at most 200 ms, from silence to silence."""
    return np.concatenate([_note(hz, seconds, rate) for hz, seconds in _NOTES[name]])


def _note(hz: float, seconds: float, rate: int) -> Samples:
    t = np.arange(round(seconds * rate)) / rate
    # A trace of the octave: a bare sine is hard to place, and small speakers lose its ground.
    tone = (np.sin(2 * np.pi * hz * t) + 0.25 * np.sin(4 * np.pi * hz * t)) / 1.25
    rise = np.clip(t / ATTACK_S, 0.0, 1.0)
    fall = np.clip((t[-1] - t) / RELEASE_S, 0.0, 1.0)
    shape = np.sin(np.pi / 2 * np.minimum(rise, fall)) ** 2
    note: Samples = (PEAK * tone * shape).astype(np.float32)
    return note
