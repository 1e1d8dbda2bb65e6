"""A small button with an icon, in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from desktop.base.message import Shortcut
from desktop.ui.common import icons
from desktop.ui.common.plain_text import set_tip
from desktop.ui.common.theme import tokens
from desktop.viewmodels.wording import with_keys

SIDE = 32
ICON = 20
CORNER = 8
SMALL, SMALL_ICON = 24, 16
"""Inside another control."""


class IconButton(QToolButton):
    """32 px square, or 24 if it is `small`.

    Its words are its name for screen readers, and its tooltip together with the keys that do the same.
    """

    def __init__(
        self,
        icon: str,
        words: str,
        parent: QWidget | None = None,
        *,
        checkable: bool = False,
        small: bool = False,
        keys: Shortcut | QKeySequence.StandardKey | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._keys = keys
        self._side, self._icon_side = (SMALL, SMALL_ICON) if small else (SIDE, ICON)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(self._side, self._side)
        self.show_as(icon, words)

    def show_as(self, icon: str, words: str) -> None:
        """Show this icon, and name what the button does now."""
        self._icon = icon
        set_tip(self, words if self._keys is None else with_keys(words, self._keys))
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(colours.accent)) if self.hasFocus() else Qt.PenStyle.NoPen)
        on = self.isChecked() or self.isDown()
        raised = on or (self.underMouse() and self.isEnabled())
        painter.setBrush(QColor(colours.raised) if raised else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(shape, CORNER, CORNER)
        if not self.isEnabled():
            painter.setOpacity(0.4)
        edge, side = (self._side - self._icon_side) / 2, self._icon_side
        colour = colours.accent if on else colours.text if self.hasFocus() else colours.muted
        icons.draw(painter, self._icon, QColor(colour), QRectF(edge, edge, side, side))
