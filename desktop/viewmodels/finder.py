"""Finding words in a list of texts, which may grow meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

Match = tuple[int, int]
"""A row, and which of its matches."""


class Finder:
    """Counts a needle per row, ignoring case; places are worked out only for the rows that are shown.

    The owner reports rows as they come, change and go, so a growing response costs one row.
    """

    def __init__(self) -> None:
        self.needle = ""
        self.total = 0
        self._counts: list[int] = []

    def search(self, needle: str, texts: Iterable[str]) -> None:
        """Search all rows for another needle; an empty one matches nothing."""
        self.needle = _folded(needle)
        self._counts = [self._count(text) for text in texts]
        self.total = sum(self._counts)

    def insert(self, row: int, texts: list[str]) -> None:
        """Rows have come."""
        counts = [self._count(text) for text in texts]
        self._counts[row:row] = counts
        self.total += sum(counts)

    def update(self, row: int, text: str) -> None:
        """A row has changed."""
        count = self._count(text)
        self.total += count - self._counts[row]
        self._counts[row] = count

    def remove(self, first: int, last: int) -> None:
        """Rows have gone."""
        self.total -= sum(self._counts[first : last + 1])
        del self._counts[first : last + 1]

    def has(self, row: int) -> bool:
        """Whether the row has a match."""
        return row < len(self._counts) and self._counts[row] > 0

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where in this text: begin and end of each match, in characters."""
        spans = []
        folded = _folded(text)
        at = folded.find(self.needle) if self.needle else -1
        while at >= 0:
            spans.append((at, at + len(self.needle)))
            at = folded.find(self.needle, at + len(self.needle))
        return spans

    def ordinal(self, match: Match) -> int:
        """The match's number among all, from 1."""
        return sum(self._counts[: match[0]]) + match[1] + 1

    def first_from(self, row: int) -> Match | None:
        """The first match at or after this row; past the end, the first of all."""
        count = len(self._counts)
        for step in range(count):
            place = (row + step) % count
            if self._counts[place]:
                return place, 0
        return None

    def after(self, match: Match) -> Match | None:
        """The next match; after the last one comes the first."""
        row, nth = match
        if row < len(self._counts) and nth + 1 < self._counts[row]:
            return row, nth + 1
        return self.first_from(row + 1) if self._counts else None

    def before(self, match: Match) -> Match | None:
        """The previous match; before the first one comes the last."""
        row, nth = match
        if nth and self.has(row):
            return row, min(nth, self._counts[row]) - 1
        count = len(self._counts)
        for step in range(1, count + 1):
            place = (row - step) % count
            if self._counts[place]:
                return place, self._counts[place] - 1
        return None

    def _count(self, text: str) -> int:
        return _folded(text).count(self.needle) if self.needle else 0


def _folded(text: str) -> str:
    """The text in lower case, each character still at its place: "İ" would become two."""
    folded = text.lower()
    if len(folded) == len(text):
        return folded
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)
