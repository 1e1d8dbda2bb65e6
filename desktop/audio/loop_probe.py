"""What the audio doctor plays, and what it reads out of the sound that comes back.

    probe: 40 short sweeps ──> speaker ~~ air ~~ microphone ──> find each sweep again

Where each sweep comes back tells the loop's delay; that they come back later and later, the drift of the two
devices' clocks; a jump in between, that samples were lost or doubled. All in frames of `RATE`. Pure numpy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from desktop.audio.format import Samples

RATE = 48_000
"""Hz, of all that is here: a frame is 21 µs."""
SWEEPS = 40
SWEEP = int(0.03 * RATE)
LOW_HZ, HIGH_HZ = 400.0, 6_000.0
"""Small speakers have nothing below, Bluetooth's headset profile nothing above (8 kHz, sampled at 16)."""
LOUDNESS = 0.25
"""Peak of full scale, -12 dBFS: well heard, and no fright."""

MURMUR_S = 5.0
MURMUR_HZ = (200.0, 5_000.0)
MURMUR_LOUDNESS = 0.1
"""RMS of full scale, -20 dBFS: as loud as an answer is."""
GOLDEN = (math.sqrt(5) - 1) / 2
SYLLABLES_HZ = 4.0
"""People speak about so many syllables a second."""

LONGEST_LOOP = 2 * RATE
"""Frames within which the first sweep must come back: network speakers take almost two seconds."""
STEP = int(0.35 * RATE)
"""Frames from one of the others to the next: more than twice what they can move, and a room's echo."""
POSITIONS = np.asarray([0, *(LONGEST_LOOP + STEP * number for number in range(SWEEPS - 1))])
"""In which frame of the probe each sweep begins. The first is alone, so that it is known from the others."""
NEAR = int(0.05 * RATE)
"""Frames by which a sweep may come earlier or later than the ones before it."""
CLEAR = 8.0
"""How far a sweep must stand out of the rest: its match to the median of the matches around it. Of noise
alone it is about 5."""
JUMP = RATE // 1000
"""Frames, 1 ms: a sweep that is off by more than that was moved by lost or doubled sound. The air and the
filters of a canceller move it by less."""


@dataclass(frozen=True, slots=True)
class LoopFindings:
    """What the sweeps tell."""

    found: int
    """Sweeps that came back, 0 to SWEEPS."""
    places: tuple[float, ...] = ()
    """Where each found sweep came back: frames since the recording began."""
    numbers: tuple[int, ...] = ()
    """Which sweeps these are."""
    drift_ppm: float = 0.0
    """How much slower the microphone's clock is than the speaker's, in millionths."""
    jumps: int = 0
    """How often sound was lost or doubled on the way."""
    echo_db: float = -math.inf
    """How loud the microphone hears the speaker, without the noise: RMS to RMS, digital."""


def probe() -> Samples:
    """All sweeps, with a step of silence at their end: 15.7 s."""
    samples = np.zeros(POSITIONS[-1] + STEP, np.float32)
    one = sweep()
    for position in POSITIONS:
        samples[position : position + SWEEP] = one
    return samples


def murmur() -> Samples:
    """Noise with the spectrum and rhythm of speech, MURMUR_S long: a canceller learns the room from it."""
    size = int(MURMUR_S * RATE)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    # Phases that follow no pattern; numpy.random is megabytes, which the bundle does without.
    number = np.arange(len(hertz), dtype=np.float64)
    spectrum = np.exp(2j * np.pi * np.modf(number * np.modf(number * GOLDEN)[0])[0])
    within = (hertz > MURMUR_HZ[0]) & (hertz < MURMUR_HZ[1])
    noise = np.fft.irfft(spectrum * np.where(within, 1 / np.sqrt(np.maximum(hertz, 1.0)), 0.0), size)
    noise *= 0.55 + 0.45 * np.sin(2 * np.pi * SYLLABLES_HZ * np.arange(size) / RATE)
    noise *= MURMUR_LOUDNESS / np.sqrt(np.mean(np.square(noise)))
    return np.clip(noise, -0.7, 0.7).astype(np.float32)


def sweep() -> Samples:
    """One of them: it rises exponentially, so that its match is a sharp point, and begins and ends softly."""
    seconds = np.arange(SWEEP) / RATE
    long = SWEEP / RATE
    ratio = math.log(HIGH_HZ / LOW_HZ)
    phase = 2 * np.pi * LOW_HZ * long / ratio * np.expm1(seconds / long * ratio)
    return (LOUDNESS * np.hanning(SWEEP) * np.sin(phase)).astype(np.float32)


def find_sweeps(heard: Samples, begins: int) -> LoopFindings:
    """What came back of the probe.

    Args:
        heard: from the microphone, mono at RATE.
        begins: the frame of `heard` that was newest when the first sweep went to the speaker.
    """
    one = sweep()
    numbers: list[int] = []
    places: list[float] = []
    powers: list[float] = []
    delay: float | None = None
    for number, position in enumerate(POSITIONS):
        due = begins + int(position)
        low, high = (0, LONGEST_LOOP) if delay is None else (round(delay) - NEAR, round(delay) + NEAR)
        place = _match(heard, one, max(0, due + low), due + high)
        if place is None:
            continue
        delay = place - due
        numbers.append(number)
        places.append(place)
        at = round(place)
        powers.append(_power(heard[at : at + SWEEP]) - _power(heard[max(0, at - SWEEP - NEAR) : at - NEAR]))
    if len(places) < SWEEPS // 4:  # a chance match, or a door that shut
        return LoopFindings(found=0)
    drift, jumps = _drift_and_jumps(np.asarray(numbers), np.asarray(places))
    echo_db = 10 * math.log10(max(float(np.median(powers)), 1e-15) / _power(one))
    return LoopFindings(len(places), tuple(places), tuple(numbers), drift, jumps, echo_db)


def _match(heard: Samples, one: Samples, begin: int, end: int) -> float | None:
    """Where in these frames the sweep begins, to a fraction of one; None if it isn't there."""
    part = heard[begin : end + len(one)]
    if len(part) < 2 * len(one):
        return None
    size = 1 << (len(part) + len(one)).bit_length()
    spectrum = np.fft.rfft(part, size) * np.conj(np.fft.rfft(one, size))
    match = np.abs(np.fft.irfft(spectrum, size)[: len(part) - len(one)])
    top = int(np.argmax(match))
    if match[top] <= CLEAR * max(float(np.median(match)), 1e-9):
        return None
    return begin + top + _vertex(match, top)


def _vertex(match: Samples, top: int) -> float:
    """The top of the parabola through the highest point and its neighbours, -0.5 to 0.5."""
    if not 0 < top < len(match) - 1:
        return 0.0
    before, at, after = (float(match[top + step]) for step in (-1, 0, 1))
    bend = before - 2 * at + after
    return 0.5 * (before - after) / bend if bend else 0.0


def _drift_and_jumps(numbers: np.ndarray, places: np.ndarray) -> tuple[float, int]:
    """Millionths, and how often the delay changed at once.

    The drift is the median of the changes between neighbours, which a few jumps don't move.
    """
    sent = np.diff(POSITIONS[numbers])
    ratios = np.diff(places) / sent
    usual = float(np.median(ratios))
    moved = np.abs(np.diff(places) - usual * sent)
    calm = moved <= JUMP
    steady = float(np.average(ratios[calm], weights=sent[calm])) if calm.any() else usual
    return 1e6 * (steady - 1), int(np.count_nonzero(~calm))


def _power(samples: Samples) -> float:
    return float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
