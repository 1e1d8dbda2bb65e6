"""Text selected across lines. Places in a text are UTF-16 units, as Qt counts them."""

from __future__ import annotations

from collections.abc import Sequence

Place = tuple[int, int]
"""A row, and a place in its text."""
END = 1 << 30
"""A place after the end of any text."""


def to_units(text: str, chars: int) -> int:
    """The UTF-16 units of so many characters: an emoji has two."""
    return chars if text.isascii() else len(text[:chars].encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, begin: int, end: int) -> str:
    """The part of the text between two places."""
    if text.isascii():
        return text[begin:end]
    return text.encode("utf-16-le", "surrogatepass")[2 * begin : 2 * end].decode("utf-16-le", "replace")


class TextSelection:
    """What lies between where the mouse was pressed and where it is now."""

    def __init__(self) -> None:
        self._anchor: Place = (0, 0)
        self._cursor: Place = (0, 0)

    def __bool__(self) -> bool:
        return self._anchor != self._cursor

    def begin(self, place: Place) -> None:
        """Begin a selection here, with nothing in it."""
        self._anchor = self._cursor = place

    def extend(self, place: Place) -> None:
        """Extend the selection to here."""
        self._cursor = place

    def select(self, begin: Place, end: Place) -> None:
        """Select this part."""
        self._anchor, self._cursor = begin, end

    def span(self, row: int) -> tuple[int, int] | None:
        """The selected part of a row: begin and end, which may lie after its text."""
        first, last = sorted((self._anchor, self._cursor))
        if not first[0] <= row <= last[0] or first == last:
            return None
        return (first[1] if row == first[0] else 0), (last[1] if row == last[0] else END)

    def text(self, texts: Sequence[str], first_row: int = 0) -> str:
        """The selected words of these rows' texts, a line for each row."""
        spans = [(text, self.span(first_row + place)) for place, text in enumerate(texts)]
        return "\n".join(cut(text, *span) for text, span in spans if span)

    def rows(self) -> range:
        """The rows with something selected."""
        first, last = sorted((self._anchor, self._cursor))
        return range(first[0], last[0] + 1) if first != last else range(0)

    def on_removed(self, first: int, last: int) -> None:
        """Rows were removed: the selection stays with its rows, or it is cleared."""
        gone = last + 1 - first
        if any(first <= row <= last for row, _ in (self._anchor, self._cursor)):
            self.begin((0, 0))
            return
        self._anchor, self._cursor = (
            (row - gone if row > last else row, at) for row, at in (self._anchor, self._cursor)
        )

    def on_inserted(self, first: int, last: int) -> None:
        """Rows were inserted: the selection stays with its rows."""
        more = last + 1 - first
        self._anchor, self._cursor = (
            (row + more if row >= first else row, at) for row, at in (self._anchor, self._cursor)
        )
