"""Test tones, and measurements of what came out."""

import numpy as np
import numpy.typing as npt

from desktop.audio.format import Samples


def tone(frequency: float, rate: int, seconds: float, amplitude: float = 0.5) -> Samples:
    """A sine, mono float32."""
    at = np.arange(round(rate * seconds)) / rate
    return (amplitude * np.sin(2 * np.pi * frequency * at)).astype(np.float32)


def fit(samples: Samples, frequency: float, rate: int) -> tuple[float, float]:
    """Amplitude of a sine in a sound, and the RMS of everything else in it."""
    at = 2 * np.pi * frequency * np.arange(len(samples)) / rate
    basis = np.stack([np.sin(at), np.cos(at)], axis=1)
    heard = samples.astype(np.float64)
    parts = np.linalg.lstsq(basis, heard, rcond=None)[0]
    rest = heard - basis @ parts
    return float(np.hypot(*parts)), float(np.sqrt(np.mean(rest**2)))


def decibels(value: float) -> float:
    """Of an amplitude, full scale at 1."""
    return float(20 * np.log10(max(value, 1e-12)))


def breaks(samples: Samples, frequency: float, rate: int, tolerance: float = 0.01) -> npt.NDArray[np.int64]:
    """Where a sine is broken: each sample follows from the two before it, unless something is missing.

    Positions closer than 20 ms count as one break.
    """
    heard = samples.astype(np.float64)
    follows = 2 * np.cos(2 * np.pi * frequency / rate) * heard[1:-1] - heard[:-2]
    wrong: npt.NDArray[np.int64] = np.flatnonzero(np.abs(heard[2:] - follows) > tolerance) + 2
    if not len(wrong):
        return wrong
    first: npt.NDArray[np.bool_] = np.diff(wrong, prepend=-rate) > rate // 50
    return wrong[first]
