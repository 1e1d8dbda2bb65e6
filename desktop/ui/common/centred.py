"""A part in the middle of its place, no wider than can be read at a glance."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

SLACK = 128
"""A column narrower than its place by less than this many px looks like a mistake: it fills its place."""


def margin(room: int, widest: int, slack: int = SLACK) -> int:
    """What is free at the left of a column in the middle of so much room, in px."""
    spare = room - widest
    return spare // 2 if spare >= slack else 0


class Centred(QWidget):
    """Holds `inner` in its middle. It takes all the width there is, up to `widest` px.

    Args:
        slack: see `SLACK`.
    """

    def __init__(self, inner: QWidget, widest: int, slack: int = SLACK) -> None:
        super().__init__()
        self._widest = widest
        self._slack = slack
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(inner)

    def allow(self, widest: int) -> None:
        """Let it be so wide."""
        self._widest = widest
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        left = margin(self.width(), self._widest, self._slack)
        self._row.setContentsMargins(left, 0, self.width() - self._widest - left if left else 0, 0)
