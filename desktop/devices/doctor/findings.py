"""What the doctor measures, as plain numbers. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from desktop.audio.format import Samples
from desktop.audio.levels import CLIP
from desktop.audio.loop_probe import LoopFindings

NOTHING_DB = -120.0
"""dBFS of digital silence, and of what is quieter than any 20-bit converter."""
WINDOW_S = 0.05
SPOKEN_SHARE = 0.4
"""Of the time in which somebody is asked to speak, he speaks at least so long."""


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A device as the system describes it."""

    name: str
    rate: int
    """Hz, its own; 0 if that isn't known."""
    latency_ms: float | None = None
    """As its driver reports; None where that can't be."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud some sound is, in dBFS: RMS of its windows of 50 ms."""

    quiet_db: float = NOTHING_DB
    """The median: what a room without speech has."""
    spoken_db: float = NOTHING_DB
    """Of the loudest SPOKEN_SHARE of the windows, as ITU-T P.56 counts only active speech."""
    peak_db: float = NOTHING_DB
    clipped: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """All that one examination found."""

    microphone: DeviceFacts
    speaker: DeviceFacts
    room: Loudness = field(default_factory=Loudness)
    """While nobody speaks."""
    loop: LoopFindings = field(default_factory=lambda: LoopFindings(0))
    loop_ms: float | None = None
    """From handing a sample to the speaker until the microphone has handed it back; None if it never did."""
    reduction_db: float | None = None
    """By how much the canceller lowers the echo; None: there is no echo, or no canceller."""
    dropouts: int = 0
    """How often sound was lost, on either side."""
    speech: Loudness = field(default_factory=Loudness)
    """While somebody was asked to speak."""


def loudness(samples: Samples, rate: int) -> Loudness:
    """The loudness of mono samples; what isn't a number counts as silence."""
    size = max(1, int(rate * WINDOW_S))
    whole = len(samples) // size
    if not whole:
        return Loudness()
    clean = np.clip(np.nan_to_num(samples[: whole * size]), -10.0, 10.0).astype(np.float64)
    powers = np.sort(np.mean(np.square(clean.reshape(whole, size)), axis=1))
    active = powers[-max(1, round(SPOKEN_SHARE * whole)) :]
    peak = float(np.max(np.abs(clean)))
    return Loudness(
        _power_db(float(np.median(powers))),
        _power_db(float(np.mean(active))),
        _power_db(peak**2),
        peak >= CLIP,
    )


def loop_ms(
    loop: LoopFindings,
    positions: Sequence[int],
    heard_at: tuple[Sequence[float], Sequence[float]],
    read_at: tuple[Sequence[float], Sequence[float]],
    speaker_latency_ms: float | None,
) -> float | None:
    """The median delay of the sweeps that came back, in ms.

    Args:
        loop: which came back, and where.
        positions: the frame of the probe in which each sweep begins.
        heard_at: moments in seconds, and how many frames of the probe had sounded by then.
        read_at: moments in seconds, and how many frames the microphone had handed out by then.
        speaker_latency_ms: what "had sounded" takes into account, and is a part of the loop.
    """
    if not loop.found:
        return None
    sent = np.interp([positions[number] for number in loop.numbers], heard_at[1], heard_at[0])
    back = np.interp(loop.places, read_at[1], read_at[0])
    return float(np.median(1_000 * (back - sent))) + (speaker_latency_ms or 0.0)


def _power_db(power: float) -> float:
    return max(NOTHING_DB, 10 * math.log10(power)) if power > 0 else NOTHING_DB
