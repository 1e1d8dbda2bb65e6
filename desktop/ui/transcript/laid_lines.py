"""The transcript's lines, laid out for the present width."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from desktop.ui.transcript.bubble import LaidLine, lay_out
from desktop.ui.transcript.bubble_paint import PaintStyle
from desktop.viewmodels.transcript_line import Line

LAID_OUT = 200
"""Lines that are kept laid out: some screens full, at most."""


class LaidLines:
    """Lays a line out when it is asked for, and keeps those that were asked for last."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._laid: OrderedDict[int, LaidLine] = OrderedDict()

    def get(self, row: int, width: int, look: PaintStyle) -> LaidLine:
        """The row's line. After a change of width or look, `clear` comes first."""
        laid = self._laid.get(row)
        if laid is None:
            laid = self._laid[row] = lay_out(self._lines[row], width, look.fonts, look.mirrored)
            if len(self._laid) > LAID_OUT:
                self._laid.popitem(last=False)
        else:
            self._laid.move_to_end(row)
        return laid

    def forget(self, first: int, last: int) -> None:
        """These lines have changed."""
        for row in range(first, last + 1):
            self._laid.pop(row, None)

    def forget_from(self, first: int) -> None:
        """Rows have come or gone here: those after it have other numbers."""
        for row in [row for row in self._laid if row >= first]:
            del self._laid[row]

    def clear(self) -> None:
        """Forget all lines."""
        self._laid.clear()
