"""The numbers of takes and responses. Sessions that share it go on counting: no number comes twice."""

from __future__ import annotations


class Numbering:
    """Counts takes and responses, each from 1."""

    def __init__(self) -> None:
        self._takes = self._responses = 0

    def next_take(self) -> int:
        """The number of a new take."""
        self._takes += 1
        return self._takes

    def next_response(self) -> int:
        """The number of a new response."""
        self._responses += 1
        return self._responses
