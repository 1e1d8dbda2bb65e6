"""Responses on their way to the speaker: their order, and how much of each is waited for.

Pure: no clock and no device.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from desktop.audio.format import SampleJoiner

START_MS, LEAST_MS, MOST_MS = 40.0, 20.0, 200.0
GROWTH = 1.5
STEP_MS = 10.0
CALM_MS = 5_000.0
PIECE_MS = 100
"""Responses are cut into pieces of this size, so that a burst of minutes is resampled bit by bit."""
MOST_QUEUED_MS = 30 * 60 * 1_000
"""Of sound that waits to be played. What comes beyond that is dropped: 30 minutes of 24 kHz are 86 MB."""
MOST_QUEUED_BYTES = 30 * 60 * 48_000
"""The same at 24 kHz: of a session at a higher rate fewer minutes wait."""
MOST_QUEUED = 1_000
"""Responses that wait."""
KNOWN = 256
"""Responses that are remembered. Sound comes for the newest only, and the turn asks about the last few."""


class Prebuffer:
    """How much of a response has to be there before it starts: as little as the network allows.

    Every underrun makes it GROWTH times as long, or longer by the gap and a step if that is more. After
    CALM_MS of audio in which never less than two steps lay ready, it gets one step shorter.
    """

    def __init__(self) -> None:
        self.ms = START_MS
        self._calm_ms = 0.0
        self._lowest_ms = MOST_MS

    def grow(self, gap_ms: float) -> None:
        """The speaker ran empty in the middle of a response, and more came this much later."""
        self.ms = min(MOST_MS, max(self.ms * GROWTH, self.ms + gap_ms + STEP_MS))
        self._start_over()

    def arrived(self, audio_ms: float, depth_ms: float) -> None:
        """Audio arrived while some was still waiting to be played, both in ms."""
        self._calm_ms += audio_ms
        self._lowest_ms = min(self._lowest_ms, depth_ms)
        if self._calm_ms >= CALM_MS:
            if self._lowest_ms >= 2 * STEP_MS:
                self.ms = max(LEAST_MS, self.ms - STEP_MS)
            self._start_over()

    def _start_over(self) -> None:
        self._calm_ms, self._lowest_ms = 0.0, MOST_MS


@dataclass(slots=True, eq=False)
class QueuedResponse:
    """One response's audio that waits to be resampled. Bytes are PCM16 at the session's rate."""

    number: int
    pending: deque[bytes] = field(default_factory=deque)
    pending_bytes: int = 0
    complete: bool = False
    admitted: bool = False
    """Enough was there: it plays, or it follows the one that plays without a pause."""
    started: bool = False
    dry: bool = False
    """It ran out before it was complete: an underrun if more comes."""
    dropped: bool = False
    waiting: bool = False
    """It is in the queue."""
    joiner: SampleJoiner = field(default_factory=SampleJoiner)

    def take(self) -> bytes:
        """The next piece."""
        piece = self.pending.popleft()
        self.pending_bytes -= len(piece)
        return piece


class ResponseQueue:
    """The responses in the order of their first audio, half an hour of them at most.

    Args:
        rate: Hz of the session.
    """

    def __init__(self, rate: int) -> None:
        self._piece = 2 * (rate * PIECE_MS // 1000)
        self._bytes_per_ms = 2 * rate / 1000
        self._known: dict[int, QueuedResponse] = {}
        self._queue: deque[QueuedResponse] = deque()

    @property
    def front(self) -> QueuedResponse | None:
        """The response whose turn it is."""
        return self._queue[0] if self._queue else None

    @property
    def has_audio(self) -> bool:
        return any(response.pending for response in self._queue)

    def write(self, number: int, pcm: bytes) -> QueuedResponse:
        """Queue audio. The first of a new response ends the ones before it: one speaks at a time."""
        response = self._known.setdefault(number, QueuedResponse(number))
        if len(self._known) > 2 * KNOWN + len(self._queue):
            self._forget()
        whole = response.joiner.push(pcm)
        if response.dropped or not whole or self._is_full(len(whole)):
            return response
        if not response.waiting:
            response.waiting = True
            if self._queue:  # those before it were completed by this one
                self._queue[-1].complete = True
            self._queue.append(response)
        for at in range(0, len(whole), self._piece):
            response.pending.append(whole[at : at + self._piece])
        response.pending_bytes += len(whole)
        return response

    def _is_full(self, more: int) -> bool:
        if len(self._queue) >= MOST_QUEUED:
            return True
        waiting = sum(response.pending_bytes for response in self._queue)
        return self.ms(waiting + more) > MOST_QUEUED_MS or waiting + more > MOST_QUEUED_BYTES

    def _forget(self) -> None:
        """Forget the oldest of those that don't wait any more."""
        for number in list(self._known)[:-KNOWN]:
            if not self._known[number].waiting:
                del self._known[number]

    def complete(self, number: int) -> None:
        """No more audio comes for this response."""
        if number in self._known:
            self._known[number].complete = True

    def finish_front(self) -> None:
        """All of the front response is on its way to the device: move on to the next one."""
        done = self._queue.popleft()
        done.waiting = False
        done.admitted = done.started = done.dry = False

    def drop(self, others: Iterable[int]) -> list[int]:
        """Drop the audio of all that wait, and whatever still comes for them or the others given."""
        numbers = sorted({response.number for response in self._queue} | set(others))
        for number in numbers:
            response = self._known.setdefault(number, QueuedResponse(number))
            response.pending.clear()
            response.pending_bytes = 0
            response.dropped = True
            response.waiting = False
        self._queue.clear()
        return numbers

    def ms(self, size: int) -> float:
        """The duration of so many bytes."""
        return size / self._bytes_per_ms
