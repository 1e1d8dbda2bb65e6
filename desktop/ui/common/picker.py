"""A combo box that shows a long text with an ellipsis, and that the wheel doesn't change."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

LOWEST = 14
"""Pixels of a line, as Qt has it."""
CLEAR = 2
"""Pixels after the words."""
SHORT = 4
"""Pixels more than Qt's hint, which with the style sheet's padding has too few for the longest choice."""


class Picker(QComboBox):
    """Qt would cut a long text off in the middle of a letter."""

    def width_of_text(self) -> int:
        """The width in which the current text can be read whole."""
        return self.size_for(self.shown_words()).width()

    def shown_words(self) -> str:
        """The words that stand in it, but for a cut."""
        if line := self.lineEdit():
            return line.text() or line.placeholderText()
        return self._option().currentText

    def size_for(self, words: str) -> QSize:
        """The size in which these words can be read whole."""
        metrics = self.fontMetrics()
        size = QSize(metrics.horizontalAdvance(words) + CLEAR, max(metrics.height(), LOWEST) + 2)
        return self.style().sizeFromContents(QStyle.ContentsType.CT_ComboBox, self._option(), size, self)

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
            option.currentText, Qt.TextElideMode.ElideRight, field.width() - CLEAR
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return option
