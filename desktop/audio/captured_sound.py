"""What the microphone has captured, with the time at which it was: so that it can be cut at a moment.

    read -> push -> take, up to the moment of `hold` -> gate

The time of the newest sample is that of the read, less the latency of the device. Within a millisecond or
two of that is close enough: a key's stroke isn't known better.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator

from desktop.audio.format import Samples

LONGEST_HOLD_S = 2.0
"""A hold that nobody has lifted for so long is forgotten: the microphone must not stay deaf."""
FULL_S = 3.0
"""A read of more than that empties a full ring. Other overruns are single blocks, lost anywhere."""
MOST_HELD_S = 10.0
"""What may wait. The newest is dropped beyond that, as in the device's own ring."""


class CapturedSound:
    """Samples in the order in which they were captured. Pure: it is told the time, in seconds.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        self._rate = max(rate, 1)
        self._waiting: deque[Samples] = deque()
        self._count = 0
        self._newest = -math.inf
        self._until = math.inf
        self._held_since = math.inf
        self.moved_to = -math.inf
        """When the last sample that was taken was captured."""

    def push(self, samples: Samples, newest: float, *, overran: bool = False) -> None:
        """These were captured, the last of them at this time.

        `overran`: what the device's ring had no room for came after them, so that they are older.
        """
        if len(samples) and self._count < MOST_HELD_S * self._rate:
            self._waiting.append(samples)
            self._count += len(samples)
            if overran and self._newest > -math.inf and len(samples) > FULL_S * self._rate:
                newest = min(newest, self._newest + len(samples) / self._rate)
            self._newest = newest

    def hold(self, until: float | None) -> None:
        """Give out nothing that was captured later; None: give out all."""
        self._until = math.inf if until is None else until
        self._held_since = math.inf

    @property
    def held(self) -> bool:
        """Whether some may not be given out."""
        return self._until < math.inf

    @property
    def passed_ms(self) -> float:
        """How much was given out before `hold` forbade it, in milliseconds."""
        return max(0.0, 1_000 * (self.moved_to - self._until)) if self.held else 0.0

    def take(self, now: float, piece_s: float, until: float = math.inf) -> Iterator[Samples]:
        """What may be given out, in pieces of this length at most; nothing captured after `until`."""
        if self.held:
            self._held_since = min(self._held_since, now)
            if now - self._held_since > LONGEST_HOLD_S:
                self.hold(None)
        size = max(1, round(piece_s * self._rate))
        while (allowed := self._allowed(until)) > 0:
            samples = self._waiting.popleft()
            piece = min(size, allowed)
            if len(samples) > piece:
                self._waiting.appendleft(samples[piece:])
                samples = samples[:piece]
            self._count -= len(samples)
            self.moved_to = self._newest - self._count / self._rate
            yield samples

    def clear(self) -> None:
        """Forget what waits: the device is exchanged."""
        self._waiting.clear()
        self._count = 0

    def _allowed(self, until: float) -> int:
        """How many samples were captured before this moment, and the hold's."""
        until = min(until, self._until)
        if until >= self._newest:
            return self._count
        return max(0, self._count - math.ceil((self._newest - until) * self._rate))
