"""What all fields have in common."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget


class Field(QWidget):
    """A control for one value. Showing a value is not editing it: only the user's hand emits `edited`."""

    edited = Signal(object)
    """The new value, good or not."""

    def value(self) -> object:
        """The value it shows."""
        raise NotImplementedError

    def show_value(self, value: object) -> None:
        """Show this value; one of a wrong type is shown as nothing."""
        raise NotImplementedError

    def finish(self) -> None:
        """Take as edited what was typed and not yet said."""

    def target(self) -> QWidget:
        """The control that a label's shortcut and a screen reader go to."""
        raise NotImplementedError

    def set_name(self, name: str) -> None:
        """Name the control for screen readers."""
        self.target().setAccessibleName(name)


class WheelGuard(QObject):
    """Lets the wheel scroll the page, not change a value that merely lies under the pointer."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False
