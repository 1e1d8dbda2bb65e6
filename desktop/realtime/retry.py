"""How long to wait before the next try."""

from __future__ import annotations

import random

FIRST_S = 0.2
LONGEST_S = 10.0
TRIES = 12
"""Together about 80 s; then the user is asked to connect again himself."""


class Backoff:
    """Doubling waits from 0.2 s to 10 s, each shortened by up to a quarter at random.

    The jitter keeps many clients from coming back in the same instant.
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()
        self._tried = 0

    def next_s(self, at_least_s: float = 0.0) -> float | None:
        """Seconds until the next try, or None when there were enough. The other side may ask for more."""
        if self._tried >= TRIES:
            return None
        wait = min(FIRST_S * 2.0**self._tried, LONGEST_S)
        self._tried += 1
        return max(wait * self._chance.uniform(0.75, 1.0), at_least_s)
