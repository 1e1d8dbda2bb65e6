"""How long the session has been open, and what it has cost."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QWidget

from desktop.cost.total import Total
from desktop.ui.common.theme import GRID
from desktop.ui.session.session_clock import SessionClock
from desktop.ui.session.spend_button import SpendButton


class SessionFigures(QWidget):
    """Side by side; one above the other, and small, where the bar is narrow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clock, self.spend = SessionClock(), SpendButton()
        self.spend.hide()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        # What room is left is above and below: without a time the spend stands in the middle.
        self._row.addStretch(1)
        for figure in (self.spend, self.clock):
            self._row.addWidget(figure, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addStretch(1)

    def show_spent(self, session: Total) -> None:
        """Show what the session has cost so far."""
        self.spend.show_spent(session)
        self.spend.show()

    def show_stacked(self, stacked: bool) -> None:
        """Whether there is room for one beside the other."""
        direction = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        if self._row.direction() == direction:
            return
        self._row.setDirection(direction)
        self._row.setSpacing(0 if stacked else GRID)
        along = Qt.AlignmentFlag.AlignHCenter if stacked else Qt.AlignmentFlag.AlignVCenter
        for figure in (self.spend, self.clock):
            self._row.setAlignment(figure, along)
        self.spend.show_small(stacked)

    def width_when(self, *, stacked: bool) -> int:
        """The width that is needed within an hour, whether the clock runs or not."""
        clock = self.clock.widest()
        if self.spend.isHidden():
            return clock
        spend = self.spend.width_when(small=stacked)
        return max(clock, spend) if stacked else clock + GRID + spend
