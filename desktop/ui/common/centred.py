"""A part in the middle of its place, no wider than can be read at a glance."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget


class Centred(QWidget):
    """Holds `inner` in its middle. It takes all the width there is, up to `widest` px."""

    def __init__(self, inner: QWidget, widest: int) -> None:
        super().__init__()
        self._widest = widest
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
        spare = max(0, self.width() - self._widest)
        self._row.setContentsMargins(spare // 2, 0, spare - spare // 2, 0)
