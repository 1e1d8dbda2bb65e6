"""The base of all fields."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.ui.common import accessible


class Field(QWidget):
    """A control for one value. Only the user's changes emit `edited`, not `show_value`."""

    edited = Signal(object)
    """The new value, valid or not."""

    def value(self) -> object:
        """The value it shows."""
        raise NotImplementedError

    def show_value(self, value: object) -> None:
        """Show this value; a value of the wrong type is shown as empty."""
        raise NotImplementedError

    def finish(self) -> None:
        """Emit `edited` for typed text that was not yet emitted."""

    def target(self) -> QWidget:
        """The control that gets the focus from a label's shortcut or a screen reader."""
        raise NotImplementedError

    def set_name(self, name: str, hint: str = "") -> None:
        """Name the control for screen readers, and give them a hint."""
        accessible.name_control(self.target(), name, hint)
