"""Where the rows of a long list are: their heights, known or guessed, and their sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class RowHeights:
    """Heights in pixels. Sums are kept up to the first change, so changes at the end are cheap."""

    def __init__(self) -> None:
        self._heights = np.zeros(256, np.int64)
        self._known = np.zeros(256, np.bool_)
        self._tops = np.zeros(257, np.int64)
        self._count = 0
        self._summed = 0
        """The tops of this many rows are right, and that of the next."""

    def __len__(self) -> int:
        return self._count

    @property
    def total(self) -> int:
        """The height of all rows."""
        return self.top(self._count)

    def insert(self, row: int, guesses: Sequence[int] | NDArray[np.int64]) -> None:
        """Rows were inserted, with about these heights."""
        more = len(guesses)
        self._make_room(self._count + more)
        for array in (self._heights, self._known):
            array[row + more : self._count + more] = array[row : self._count].copy()
        self._heights[row : row + more] = guesses
        self._known[row : row + more] = False
        self._count += more
        self._summed = min(self._summed, row)

    def remove(self, first: int, last: int) -> None:
        """Rows were removed, `last` included."""
        gone = last + 1 - first
        for array in (self._heights, self._known):
            array[first : self._count - gone] = array[last + 1 : self._count].copy()
        self._count -= gone
        self._summed = min(self._summed, first)

    def clear(self) -> None:
        """All rows were removed."""
        self._count = self._summed = 0

    def measured(self, row: int, height: int) -> None:
        """Store the measured height of a row."""
        self._known[row] = True
        if self._heights[row] != height:
            self._heights[row] = height
            self._summed = min(self._summed, row)

    def is_known(self, row: int) -> bool:
        """Whether the row was measured since it changed."""
        return bool(self._known[row])

    def forget(self, first: int, last: int) -> None:
        """The heights of these rows are guesses from now on."""
        self._known[first : last + 1] = False

    def height(self, row: int) -> int:
        """The row's height."""
        return int(self._heights[row])

    def top(self, row: int) -> int:
        """Where a row begins; for the number of rows, where the last one ends."""
        if row > self._summed:
            self._sum()
        return int(self._tops[row])

    def row_at(self, y: int) -> int:
        """The row at this height, or the nearest one; -1 without rows."""
        if not self._count:
            return -1
        self._sum()
        row = int(np.searchsorted(self._tops[: self._count + 1], y, side="right")) - 1
        return max(0, min(row, self._count - 1))

    def _sum(self) -> None:
        first, count = self._summed, self._count
        if first < count:
            np.cumsum(self._heights[first:count], out=self._tops[first + 1 : count + 1])
            self._tops[first + 1 : count + 1] += self._tops[first]
            self._summed = count

    def _make_room(self, count: int) -> None:
        room = len(self._heights)
        if count > room:
            more = max(count, 2 * room) - room
            self._heights = np.pad(self._heights, (0, more))
            self._known = np.pad(self._known, (0, more))
            self._tops = np.pad(self._tops, (0, more))
