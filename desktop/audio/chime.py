"""The bell of a timer: made here, not recorded."""

from __future__ import annotations

import time

import numpy as np

from desktop.audio.devices import Device
from desktop.audio.format import Samples, float_to_pcm16
from desktop.audio.playback import Playback

RATE = 48_000
STROKES = 3
STROKE_S = 0.45
NOTES_HZ = (880.0, 1318.5)
"""A5 and E6, a fifth: heard over speech, and no alarm."""
LONGEST_S = 10.0


def bell() -> Samples:
    """Three strokes of a bell: mono float32 at RATE, 1.35 s."""
    t = np.arange(int(RATE * STROKE_S)) / RATE
    tone = sum(np.sin(2 * np.pi * hz * t) for hz in NOTES_HZ)
    attack = np.minimum(t / 0.004, 1.0)
    stroke = 0.2 * tone * attack * np.exp(-t / 0.12)
    return np.tile(stroke, STROKES).astype(np.float32)


def ring_bell(device: Device | None = None, playback: Playback | None = None) -> None:
    """Ring, with and without a session; see `sound`."""
    sound(bell(), device, playback)


def sound(samples: Samples, device: Device | None = None, playback: Playback | None = None) -> None:
    """Play mono float32 at RATE on a stream of its own. Blocks until it was heard.

    Raises:
        AudioError: there is nothing to play on.
    """
    speaker = playback or Playback(device)
    speaker.start(RATE)
    try:
        speaker.write(1, float_to_pcm16(samples))
        speaker.complete(1)
        until = time.monotonic() + LONGEST_S
        while speaker.playing and not speaker.lost and time.monotonic() < until:
            time.sleep(0.02)
            speaker.pump()
    finally:
        speaker.close()
