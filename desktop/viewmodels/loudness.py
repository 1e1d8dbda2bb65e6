"""Which word the microphone's level deserves: nothing, "too quiet" or "clipping"."""

from __future__ import annotations

from typing import Literal

Word = Literal["", "quiet", "clipping"]

QUIET_DB = -40.0
"""Peaks of speech at arm's length from a laptop reach -30 dBFS; below this, words are lost in the noise."""
PATIENCE_S = 2.5
"""How long it must stay quiet first: everybody pauses for breath."""
HOLD_S = 3.0
"""How long "clipping" stays readable after the lamp has gone out."""


class Loudness:
    """Gets the needle whenever it moves, and keeps the word steady."""

    def __init__(self) -> None:
        self._heard_at: float | None = None
        self._clipped_at: float | None = None

    def word(self, mark_db: float, clipped: bool, listening: bool, now_s: float) -> Word:
        """The current word.

        Args:
            mark_db: the peak mark in dBFS.
            clipped: whether the clip lamp is lit.
            listening: the microphone is open, so that someone should be speaking.
            now_s: seconds of any clock that doesn't go back.
        """
        if clipped:
            self._clipped_at = now_s
        if not listening:
            self._heard_at = None
        elif mark_db >= QUIET_DB or self._heard_at is None:
            self._heard_at = now_s
        if self._clipped_at is not None and now_s - self._clipped_at < HOLD_S:
            return "clipping"
        quiet = self._heard_at is not None and now_s - self._heard_at >= PATIENCE_S
        return "quiet" if quiet else ""
