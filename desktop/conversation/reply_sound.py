"""What of a reply's sound is silence: before it begins to speak, and while it does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop.audio.format import SampleJoiner

AUDIBLE_DBFS = -50.0
AUDIBLE = round(32_768 * 10 ** (AUDIBLE_DBFS / 20))
"""The least absolute value of a PCM16 sample that can be heard."""
BLOCK_MS = 10
SHORTEST_MS = 200
"""Of silence within a reply: shorter ones are parts of words."""


Pcm = NDArray[np.int16]


def _loud(samples: Pcm) -> NDArray[np.bool_]:
    return np.asarray((samples >= AUDIBLE) | (samples <= -AUDIBLE))


class ReplySound:
    """Is given PCM16 mono at `rate` Hz as it comes. A second of sound costs 0.1 ms."""

    def __init__(self, rate: int) -> None:
        self._rate = max(rate, 1)
        self._block = max(1, self._rate * BLOCK_MS // 1_000)
        self._joiner = SampleJoiner()
        self._rest = np.zeros(0, dtype=np.int16)
        self._count = self._quiet = 0
        self.lead_ms: float | None = None
        """How much silence is before the first sample that can be heard; None until that has come."""
        self.silence_ms = 0.0
        """How much silence is after it and before the last one: pauses of `SHORTEST_MS` and more."""

    @property
    def ms(self) -> float:
        """All of it that has come."""
        return 1_000 * self._count / self._rate

    def push(self, pcm: bytes) -> None:
        """The next of it; it may end within a sample."""
        samples = np.frombuffer(self._joiner.push(pcm), dtype="<i2")
        if not len(samples):
            return
        if self.lead_ms is None:
            loud = _loud(samples)
            first = int(loud.argmax())
            if not loud[first]:
                self._count += len(samples)
                return
            self.lead_ms = 1_000 * (self._count + first) / self._rate
            self._count += first
            samples = samples[first:]
        self._count += len(samples)
        self._count_silence(samples)

    def _count_silence(self, samples: Pcm) -> None:
        waiting = np.concatenate((self._rest, samples)) if len(self._rest) else samples
        blocks = len(waiting) // self._block
        self._rest = waiting[blocks * self._block :].astype(np.int16)
        whole = waiting[: blocks * self._block].reshape(blocks, self._block)
        for loud in np.any(_loud(whole), axis=1):
            if not loud:
                self._quiet += 1
                continue
            quiet_ms = self._quiet * BLOCK_MS
            self.silence_ms += quiet_ms if quiet_ms >= SHORTEST_MS else 0.0
            self._quiet = 0
