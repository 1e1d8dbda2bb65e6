"""Which take the next transcript belongs to: transcripts come late, and without a take's number."""

from __future__ import annotations

MOST_DUE = 64
"""Takes whose transcript may still come. Beyond that the oldest is given up."""


class DueTranscripts:
    """The takes of `turn.Turn` whose transcript is due, oldest first."""

    def __init__(self) -> None:
        self._due: list[int] = []
        self._answered = 0

    @property
    def last(self) -> int:
        """The last take whose transcript is due, 0 for none."""
        return self._due[-1] if self._due else 0

    def expect(self, take: int) -> None:
        """The transcript of this take is due."""
        due = [each for each in self._due if each > self._answered]
        self._due = [*due, take][-MOST_DUE:]

    def arrived(self) -> int:
        """A transcript has come; returns the take that it belongs to, 0 if none is due."""
        return self._due.pop(0) if self._due else 0

    def response_over(self) -> None:
        """A response is over.

        The transcripts of takes before the last one would have come by now, and the last one's comes before
        the next take's.
        """
        self._due = self._due[-1:]
        self._answered = self._due[-1] if self._due else self._answered

    def give_up(self) -> list[int]:
        """No transcript will come any more; returns the takes that were due."""
        due, self._due = self._due, []
        return due
