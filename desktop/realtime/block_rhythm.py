"""When to look at the microphone: just after its blocks come.

A device brings a block every 10 ms, and nothing in Python is told of it: its callback is C. A look every
10 ms finds each block, but at any time within those 10 ms, 5 ms late on average. So the looks are moved: one
that finds nothing is repeated after 2 ms until the block is there, and every second they come 2 ms earlier
until one finds nothing. From then on each comes at most 2 ms after its block, at the cost of one look more a
second.
"""

from __future__ import annotations

from desktop.realtime.ticker import STEP_S

RETRY_S = 0.002
"""From a look that found nothing to the next. Timers of the system and of Qt are exact to about 1 ms."""
MOST_RETRIES = 4
PROBE_EVERY = 100
"""Looks from one try of coming earlier to the next: a clock's drift of 100 ppm is 0.1 ms in that time."""
MOST_PROBES = 5
"""Looks in a row that each come 2 ms earlier: they have gone round all of a block then. A device whose blocks
are shorter than the looks' distance always has one."""


class BlockRhythm:
    """Told of each look whether it found sound, it says when the next one is due. Pure: it has no clock.

    A device that brings several blocks at once, less often, isn't followed: the looks come every STEP_S then.
    """

    def __init__(self) -> None:
        self._probes = 0
        self._retries = 0
        self._looks = PROBE_EVERY  # the first looks find the rhythm
        self._not_followed = 0

    def next_s(self, found: bool) -> float:
        """Seconds from the look that found sound, or nothing, to the next."""
        if self._not_followed:
            self._not_followed -= 1
            return STEP_S
        if not found:
            return self._missed()
        if self._retries or self._probes >= MOST_PROBES:
            self._probes = self._retries = self._looks = 0
            return STEP_S
        self._looks += 1
        if self._looks < PROBE_EVERY:
            return STEP_S
        self._probes += 1
        return STEP_S - RETRY_S

    def _missed(self) -> float:
        if self._retries < MOST_RETRIES:
            self._retries += 1
            return RETRY_S
        self._probes = self._retries = 0
        self._looks = self._not_followed = PROBE_EVERY
        return STEP_S - MOST_RETRIES * RETRY_S
