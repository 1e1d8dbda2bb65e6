"""Where the keys go in the list of lines."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop.ui.transcript.transcript_view import TranscriptView


def row_by_key(view: TranscriptView, key: int, current: int, last: int) -> int | None:
    """The row that a key goes to, beyond the ends too; None for a key that goes nowhere.

    Args:
        view: the list.
        key: as Qt counts.
        current: the row where the keyboard is, -1 for none.
        last: the number of the last row.
    """
    page = view.viewport().height()
    if current < 0:
        current = last if key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) else last + 1
    top = view.row_top(max(0, min(current, last)))
    match key:
        case Qt.Key.Key_Up:
            return current - 1
        case Qt.Key.Key_Down:
            return current + 1
        case Qt.Key.Key_Home:
            return 0
        case Qt.Key.Key_End:
            return last
        case Qt.Key.Key_PageUp:
            return min(current - 1, view.row_near(top - page))
        case Qt.Key.Key_PageDown:
            return max(current + 1, view.row_near(top + page))
    return None
