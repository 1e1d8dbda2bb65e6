"""The spoken takes, and what became of them: each take is identified by the level of its sound."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.offline.faults.peer import ReceivedTake, TrafficRecord

LEVELS = 3_000
"""This many takes have distinct levels; far fewer are ever open at a time."""


@dataclass
class Said:
    """A take the user has finished, and the last that the service knows of it."""

    ms: float
    committed: ReceivedTake | None = None
    answered: bool = False


class Ledger:
    """The takes that are not settled yet, and how many were lost."""

    def __init__(self, record: TrafficRecord) -> None:
        self._record = record
        self._open: dict[int, Said] = {}
        self._number = 0
        self.lost: list[str] = []

    def next_level(self) -> int:
        """The level of the next take, as a PCM16 sample."""
        self._number += 1
        return 100 + 10 * (self._number % LEVELS)

    def say(self, level: int, ms: float) -> None:
        """This take was spoken to its end."""
        self._open[level] = Said(ms)

    def settle(self) -> None:
        """The client is ready, with nothing open: every take must have arrived whole.

        A take is safe when an answer to it has begun, or when the connection that has it still lives. One
        that was committed on a connection that is gone, unanswered, must have been sent again.
        """
        self._read()
        for level, spoken in self._open.items():
            if spoken.committed is None:
                self.lost.append(f"take {level} of {spoken.ms:.0f} ms never came")
            elif spoken.committed.ms < spoken.ms:
                self.lost.append(f"take {level} came with {spoken.committed.ms:.0f} of {spoken.ms:.0f} ms")
            elif not spoken.answered and spoken.committed.connection != self._record.connections:
                self.lost.append(f"take {level} was not sent again after a drop")
        self._open.clear()

    def _read(self) -> None:
        for takes, answered in ((self._record.takes, False), (self._record.answered, True)):
            while takes:
                take = takes.popleft()
                spoken = self._open.get(take.level)
                if spoken is not None:
                    spoken.committed = take
                    spoken.answered |= answered
