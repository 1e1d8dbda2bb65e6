"""How long to wait before the next try."""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST_S = 0.2
LONGEST_S = 10.0
PATIENCE_S = 300.0
"""How long a lost connection is tried again by default."""
TRIES = 12
"""Sessions that may end right after they were opened, until it is given up: the service has a fault then."""


class Backoff:
    """Doubling waits from 0.2 s to 10 s, each shortened by up to a quarter at random.

    The jitter keeps many clients from coming back in the same instant.

    Args:
        patience: asked before each wait. It gives up so many seconds after the first one; `math.inf`: never.
        chance: where the jitter comes from.
    """

    def __init__(
        self, patience: Callable[[], float] = lambda: PATIENCE_S, chance: random.Random | None = None
    ) -> None:
        self._patience = patience
        self._chance = chance or random.Random()
        self._since: float | None = None
        self._opened = 0
        self.tried = 0
        """Waits since the connection was lost."""

    def next_s(self, now: float, at_least_s: float = 0.0, *, opened: bool = False) -> float | None:
        """Seconds until the next try, or None to give up.

        Args:
            now: seconds of a clock that never runs backwards.
            at_least_s: what the other side asks for.
            opened: the last try opened a session.
        """
        since = self._since = now if self._since is None else self._since
        left = since + self._patience() - now
        self._opened += opened
        if left <= 0 or self._opened > TRIES:
            return None
        wait = min(FIRST_S * 2.0 ** min(self.tried, 32), LONGEST_S) * self._chance.uniform(0.75, 1.0)
        self.tried += 1
        return max(min(wait, left), at_least_s)

    def start_over(self) -> None:
        """Something has changed for the better: begin with short waits again."""
        self._since = None
        self.tried = 0
