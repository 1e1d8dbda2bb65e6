"""Whether another try is of use: an end that the service meant comes again when the same is sent again."""

from __future__ import annotations

from collections.abc import Hashable


class RepeatedEnds:
    """The ends that came after one and the same turn. Something new begins anew."""

    def __init__(self) -> None:
        self._turn: Hashable = None
        self._seen: set[str] = set()

    def repeats(self, code: str, turn: Hashable) -> bool:
        """Add the end with this code; whether there was one after this turn already.

        `turn` is equal for what is the same; None if nothing was said, and then nothing repeats.
        """
        if turn is None:
            return False
        if turn != self._turn:
            self._turn, self._seen = turn, set()
        repeated = code in self._seen
        self._seen.add(code)
        return repeated
