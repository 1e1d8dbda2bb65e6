"""A combo box that shows a long text with an ellipsis, and that the wheel doesn't change."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from desktop.ui.common.theme import GRID

SHORT = 4
"""Pixels more than Qt's hint, which with the style sheet's padding has too few for the longest choice."""


class Picker(QComboBox):
    """Qt would cut a long text off in the middle of a letter."""

    def width_of_text(self) -> int:
        """The width in which the current text can be read whole."""
        option = self._option()
        words = self.fontMetrics().horizontalAdvance(option.currentText) + GRID
        size = QSize(words, self.fontMetrics().height())
        return self.style().sizeFromContents(QStyle.ContentsType.CT_ComboBox, option, size, self).width()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # One that turns over it by chance must not change the model or the microphone.
        event.ignore()

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(SHORT, 0)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint() + QSize(SHORT, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.isEditable():
            super().paintEvent(event)
            return
        option = self._option()
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, field.width() - 2
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return option
