"""What came of a turn without a window, and what its frames tell of it."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import NamedTuple

from desktop.conversation.turn_collector import CompletedTurn
from desktop.cost.total import Total
from desktop.protocol import commands, events
from desktop.realtime.connection import Frame
from desktop.turn.timing import TurnTiming

MOST_ARRIVALS = 20_000
"""Pieces of an answer's sound whose time is kept."""


class Arrival(NamedTuple):
    """A piece of an answer's sound: when it came, in ms of a clock that only goes on, and its length in ms.

    `reply` is the number of its response within the session: after a tool's call there is another one.
    """

    at: float
    ms: float
    reply: int = 0


@dataclass(slots=True)
class Answered:
    """What came of a turn."""

    turn: CompletedTurn
    timing: TurnTiming | None = None
    cost: Total = field(default_factory=Total)
    arrivals: list[Arrival] = field(default_factory=list)
    retries: int = 0
    """How often the connection was tried again."""
    sent_bytes: int = 0
    sent_sha256: str = ""
    """Of the take's sound as it was handed to the socket: PCM16 mono at `input_rate`. Where the server is to
    find its end, silence follows, which is in `sent_bytes` only.
    """
    received: tuple[int, int] = (0, 0)
    """Where the answer's sound lies among all that was received: its first byte, and the one behind it."""
    input_rate: int = 0
    output_rate: int = 0


class FrameTally:
    """Counts a session's sound both ways, into the `Answered` of the turn that is open."""

    def __init__(self) -> None:
        self.answered = Answered(CompletedTurn())
        self._sent = hashlib.sha256()
        self._received = self._replies = 0
        self._taking, self._take_left = False, 0

    def begin(self, turn: CompletedTurn, take_bytes: int) -> Answered:
        """Another turn, whose take has so many bytes; the rates are those of the one before."""
        before = self.answered
        self.answered = Answered(turn, input_rate=before.input_rate, output_rate=before.output_rate)
        self.answered.received = (self._received, self._received)
        self._sent = hashlib.sha256()
        self._taking, self._take_left = take_bytes > 0, take_bytes
        return self.answered

    def end(self) -> None:
        """The turn is over."""
        self._taking = False
        self.answered.received = (self.answered.received[0], self._received)

    def frame(self, frame: Frame) -> None:
        """A frame went out or came in."""
        match frame.message:
            case commands.AudioAppend(audio) if self._taking:
                self._sent.update(audio[: self._take_left])
                self._take_left -= min(self._take_left, len(audio))
                self.answered.sent_bytes += len(audio)
                self.answered.sent_sha256 = self._sent.hexdigest()
            case commands.AudioCommit():
                self._taking = False
            case events.ResponseStarted():
                self._replies += 1
            case events.AudioDelta(audio):
                self._received += len(audio)
                self._note_arrival(frame.at or time.monotonic(), len(audio))

    def _note_arrival(self, at: float, size: int) -> None:
        arrivals, rate = self.answered.arrivals, max(1, self.answered.output_rate)
        if len(arrivals) < MOST_ARRIVALS:
            arrivals.append(Arrival(at * 1_000, size / 2 * 1_000 / rate, self._replies))
