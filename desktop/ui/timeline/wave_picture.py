"""A wave as a picture: one column of pixels for each pair."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from desktop.viewmodels.timeline.peaks import FULL
from desktop.viewmodels.timeline.wave import Wave

LIFT = 0.6
"""Samples are painted to this power: speech is quiet, and its quiet parts are to be seen."""


def wave_picture(waves: tuple[tuple[Wave, QColor], ...], height: int) -> QImage:
    """The waves in their colours, one over the other, on nothing; its width is theirs."""
    width = len(waves[0][0].low)
    pixels = np.zeros((height, width), np.uint32)
    rows = np.arange(height)[:, None]
    half = (height - 1) / 2
    for wave, colour in waves:
        some = wave.some
        if not some.any():
            continue
        top = np.where(some, np.rint(half - half * _lifted(wave.high)), height)
        bottom = np.where(some, np.rint(half - half * _lifted(wave.low)), -1)
        pixels[(rows >= top) & (rows <= bottom)] = colour.rgba()
    picture = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32)
    return picture.copy()  # the bytes belong to numpy


def _lifted(values: np.ndarray) -> np.ndarray:
    share = values.astype(np.float32) / FULL
    lifted: np.ndarray = np.sign(share) * np.minimum(np.abs(share), 1.0) ** LIFT
    return lifted
