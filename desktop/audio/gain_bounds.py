"""The bounds of the microphone's gain. Without numpy: the command line and the settings need no more."""

from __future__ import annotations

import math

LEAST_DB, MOST_DB = -20.0, 20.0
"""A quiet headset needs 10 to 15 dB. More would only lift its noise."""


def bounded_db(gain_db: float) -> float:
    """The nearest gain that is possible; 0 for what is no number."""
    return min(MOST_DB, max(LEAST_DB, gain_db)) if math.isfinite(gain_db) else 0.0
