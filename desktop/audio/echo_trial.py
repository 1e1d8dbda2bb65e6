"""How much of an echo the canceller takes away: tried on what a room made of a known sound."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from desktop.audio.echo import FRAME_MS, Engine, is_available, make_engine
from desktop.audio.format import Samples

LEARNED_S = 2.0
"""The canceller knows a room after that."""
LEAD_MS = 20
"""By which its reference comes early: late, it is of no use."""
_QUIETEST = 1e-12


def reduction_db(
    played: Samples,
    heard: Samples,
    comes_at: int,
    rate: int,
    make: Callable[[int, bool], Engine] | None = None,
) -> float | None:
    """By how many dB the canceller lowers what was played, after LEARNED_S; None where it is missing.

    Args:
        played: by the speaker, mono at `rate`.
        heard: by the microphone, at the same rate.
        comes_at: the frame of `heard` in which `played` begins to be heard.
        rate: Hz, one that `echo.suits`.
        make: makes the engine.
    """
    if make is None and not is_available():
        return None
    frame = rate * FRAME_MS // 1_000
    begin = max(0, comes_at - LEAD_MS * rate // 1_000)
    near = heard[begin : begin + len(played) // frame * frame]
    near = near[: len(near) // frame * frame]
    if len(near) <= LEARNED_S * rate:
        return None
    try:
        engine = (make or make_engine)(rate, False)
    except (ImportError, OSError):
        return None
    far = played[: len(near)]
    blocks = range(0, len(near), frame)
    clean = np.concatenate([engine.process(near[at : at + frame], far[at : at + frame]) for at in blocks])
    learned = slice(int(LEARNED_S * rate), len(near))
    before, after = (max(float(np.mean(np.square(sound[learned]))), _QUIETEST) for sound in (near, clean))
    return 10 * math.log10(before / after)
