"""The wheel scrolls what is under it, and changes a value only where the keyboard is; a picker never."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QComboBox, QScrollBar, QWidget

VALUES = (QComboBox, QAbstractSpinBox, QAbstractSlider)


class WheelGuard(QObject):
    """Somebody who scrolls past a picker or a slider doesn't mean to change it."""

    def watch(self, widget: QWidget) -> None:
        """Guard it, if it has a value that the wheel would change."""
        if not isinstance(widget, VALUES) or isinstance(widget, QScrollBar):
            return
        if widget.focusPolicy() == Qt.FocusPolicy.WheelFocus:
            # Qt's pickers take the focus when the wheel turns over them, and then its step.
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()  # what it lies in scrolls
            return True
        return False
