"""Finds parts of a window by what the user meets: a text, a name for screen readers, a role."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def button(parent: QWidget, name: str) -> QAbstractButton:
    """The one button in it with this text or name for screen readers; it may be hidden."""
    buttons = parent.findChildren(QAbstractButton)
    (found,) = [each for each in buttons if name in (each.text(), each.accessibleName())]
    return found


def label(parent: QWidget, role: str) -> QLabel:
    """The one label of this role that lies in the widget itself."""
    (found,) = [each for each in parent.findChildren(QLabel, options=DIRECT) if each.property("role") == role]
    return found


def running_timers(widget: QWidget) -> list[QTimer]:
    """The timers of the widget itself that run."""
    return [timer for timer in widget.findChildren(QTimer, options=DIRECT) if timer.isActive()]


def tick(widget: QWidget) -> None:
    """Let each running timer of the widget itself come due once."""
    for timer in running_timers(widget):
        timer.timeout.emit()
