"""What an echo canceller compares with: the sound that was handed to the speaker, beside the microphone's.

The reference may be 0 to 400 ms earlier than its echo; 5 ms late would cost 20 dB. A speaker's callback takes
a block one output latency before it sounds, and the microphone brings it one input latency later, so what was
handed on since the last look is early by both. Blocks don't come in step: one kept in reserve fills a gap.

    speaker's blocks -> resampler -> queue (reserve) -> as many samples as the microphone gave
    while nothing plays: silence of the same length
"""

from __future__ import annotations

import numpy as np

from desktop.audio.format import BLOCK_MS, Samples
from desktop.audio.interfaces import HandedOn
from desktop.audio.resample import Resampler

RESERVE_MS = float(BLOCK_MS)
"""Of the reference, for blocks that don't come in step."""
RESERVE_SHARE = 0.25
"""At most this share of the known latency is spent on it: the reference must stay early."""
BACKLOG_MS = 40.0
"""More than that beyond the reserve means that the microphone lost sound: only the newest counts."""
EARLIEST_MS = 350.0
"""How early it may be; the engine looks back for 400 ms. Bluetooth has more latency."""
ECHO_MS = 400.0
"""How long after its last sound a speaker is still heard in the room."""


class EchoReference:
    """The far end of an echo canceller. Pure: no clock, no device.

    Args:
        rate: Hz of what `take` gives.
        latency_ms: of speaker and microphone together, as they report it; 0 where it is unknown.
    """

    def __init__(self, rate: int, latency_ms: float = 0.0) -> None:
        self._rate = rate
        spare = min(RESERVE_MS, RESERVE_SHARE * latency_ms)
        reserve_ms = max(spare, latency_ms - EARLIEST_MS)
        self._reserve = round(rate * reserve_ms / 1_000)
        self._most = self._reserve + round(rate * BACKLOG_MS / 1_000)
        self._resampler: Resampler | None = None
        self._resampled_from = 0
        self._queue: Samples = np.zeros(self._reserve, dtype=np.float32)
        self._silent = round(rate * ECHO_MS / 1_000)

    @property
    def sounded_lately(self) -> bool:
        """Whether an echo may still be heard."""
        return self._silent < self._rate * ECHO_MS / 1_000

    def push(self, handed: HandedOn, count: int) -> None:
        """What the speaker was handed while the microphone brought `count` samples."""
        fresh = self._resampled(handed)
        if not (handed.follows or handed.goes_on or len(fresh)):
            # Silence has no timing: what is too much or too little of the reserve is made good in it.
            fresh = np.zeros(max(0, count + self._reserve - len(self._queue)), dtype=np.float32)
        elif not handed.follows:
            fresh = np.concatenate([_silence(count - len(fresh)), fresh])
        elif not handed.goes_on:
            fresh = np.concatenate([fresh, _silence(count - len(fresh))])
        self._queue = np.concatenate([self._queue, fresh])
        if len(self._queue) - count > self._most:
            self._queue = self._queue[len(self._queue) - count - self._reserve :]

    def take(self, count: int) -> Samples:
        """The next samples, beside as many of the microphone's; silence where nothing has come."""
        taken, self._queue = self._queue[:count], self._queue[count:]
        if len(taken) < count:
            taken = np.concatenate([taken, _silence(count - len(taken))])
        self._silent = 0 if taken.any() else min(self._silent + count, self._rate)
        return taken

    def _resampled(self, handed: HandedOn) -> Samples:
        if self._resampler is None or handed.rate != self._resampled_from:
            self._resampler, self._resampled_from = Resampler(handed.rate, self._rate), handed.rate
        if not handed.goes_on:
            last = np.concatenate([self._resampler.push(handed.samples), self._resampler.finish()])
            return np.asarray(last, dtype=np.float32)
        return self._resampler.push(handed.samples)


def _silence(count: int) -> Samples:
    return np.zeros(max(0, count), dtype=np.float32)
