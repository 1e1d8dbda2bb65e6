"""A scroll area that screen readers may ask anything, and a scroll bar over the margin of its list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QPaintEvent
from PySide6.QtWidgets import QAccessibleWidget, QFrame, QScrollArea, QScrollBar, QWidget

from desktop.ui.common import accessible


@accessible.described(lambda area: QAccessibleWidget(area, QAccessible.Role.Client))
class ScrollArea(QScrollArea):
    """Use it in the place of Qt's.

    Asked for a child that isn't there, such as a scroll bar that has just gone, Qt's own (6.11) reads beyond
    its list of children, and the program dies.

    Its scroll bar lies over the margin that its content has at that side: nothing moves when it is needed.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setVerticalScrollBar(QuietBar(self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._lay_over()

    def show_bare(self, content: QWidget) -> None:
        """Show this as wide as there is room, on the ground that lies below: without a frame."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
        self.setWidgetResizable(True)
        self.setWidget(content)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LayoutDirectionChange, QEvent.Type.StyleChange):
            self._lay_over()

    def _lay_over(self) -> None:
        over = -self.verticalScrollBar().sizeHint().width()
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setViewportMargins(over if mirrored else 0, 0, 0 if mirrored else over, 0)


class QuietBar(QScrollBar):
    """A scroll bar that is always there, so that nothing moves when it is needed; until then it is empty."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.maximum() > self.minimum():
            super().paintEvent(event)
