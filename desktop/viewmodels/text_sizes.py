"""The sizes of the letters in the conversation and the text line, in percent of the usual one."""

from __future__ import annotations

USUAL = 100
SIZES = (80, 90, USUAL, 110, 125, 150, 175, 200)


def stepped(percent: int, step: int) -> int:
    """The next larger size for a step of 1, the next smaller one for -1, the usual one for 0."""
    if step > 0:
        return next((size for size in SIZES if size > percent), SIZES[-1])
    if step < 0:
        return next((size for size in reversed(SIZES) if size < percent), SIZES[0])
    return USUAL
