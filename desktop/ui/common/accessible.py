"""Accessibility of widgets that paint themselves, and announcements to screen readers.

A widget that Qt doesn't know is only a "client" to a screen reader. Its class is registered with `described`,
which gives it a role, and to a gauge its value, to a button its action.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleInterface,
    QAccessibleValueInterface,
)
from PySide6.QtWidgets import QAccessibleWidget, QComboBox, QWidget
from shiboken6.Shiboken import VoidPtr

from desktop.ui.common.plain_text import tip

_Widget = TypeVar("_Widget", bound=QWidget)

_MAKERS: dict[type[QWidget], Callable[[Any], QAccessibleInterface]] = {}


def described(make: Callable[[Any], QAccessibleInterface]) -> Callable[[type[_Widget]], type[_Widget]]:
    """A decorator for a widget's class: screen readers get what `make` makes of the widget."""

    def register(kind: type[_Widget]) -> type[_Widget]:
        if not _MAKERS:
            QAccessible.installFactory(_made)
        _MAKERS[kind] = make
        return kind

    return register


def announce(widget: QWidget, words: str, urgent: bool = False) -> None:
    """Let a screen reader say this; without one nothing happens."""
    if words and QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(widget, words)
        politeness = QAccessible.AnnouncementPoliteness
        event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
        QAccessible.updateAccessibility(event)


def name_control(control: QWidget, name: str, hint: str = "") -> None:
    """Let a screen reader say what this control is for, and a hint."""
    control.setAccessibleName(tip(name))
    if isinstance(control, QComboBox):
        # Outside Windows Qt says the chosen value in the place of the name.
        hint = f"{name}. {hint}" if hint else name
    control.setAccessibleDescription(tip(hint))


class Gauge(QAccessibleWidget):
    """An indicator with a value that is only read on request: it changes too often to be announced.

    Args:
        widget: what shows it.
        value: returns the current value.
        least, most: its bounds.
        unit: for the value in words.
    """

    def __init__(
        self, widget: QWidget, value: Callable[[], float], least: float, most: float, unit: str
    ) -> None:
        super().__init__(widget, QAccessible.Role.Indicator)
        self._value = _Value(value, least, most)
        self._unit = unit

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Value:
            return f"{self._value.currentValue():.0f} {self._unit}"
        return super().text(kind)

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        if kind == QAccessible.InterfaceType.ValueInterface:
            return self._value  # Qt doesn't own it, and it lives as long as this object
        # Never None: PySide (6.11) takes it for a value of a wrong type, looks for the name of the right one,
        # and `void*` has none: the program dies of the first question of a screen reader.
        found: Any = super().interface_cast(kind)
        return VoidPtr(0) if found is None else found


class Alert(QAccessibleWidget):
    """An alert; one that has nothing to say can't be seen. Orca counts them as dialogs that wait."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, QAccessible.Role.AlertMessage)

    def state(self) -> QAccessible.State:
        state = super().state()
        if not self.text(QAccessible.Text.Name):
            state.invisible = True
        return state


class Push(QAccessibleWidget):
    """A button with one action.

    Args:
        widget: what is pressed.
        press: the action; it must return at once.
        pressed: returns whether it is held down now.
    """

    def __init__(self, widget: QWidget, press: Callable[[], None], pressed: Callable[[], bool]) -> None:
        super().__init__(widget, QAccessible.Role.Button)
        self._press, self._pressed = press, pressed

    def state(self) -> QAccessible.State:
        state = super().state()
        state.pressed = self._pressed()
        return state

    def actionNames(self) -> list[str]:
        return [self.pressAction(), self.setFocusAction()]

    def doAction(self, name: str) -> None:
        if name == self.pressAction():
            self._press()
        else:
            super().doAction(name)


class _Value(QAccessibleValueInterface):
    def __init__(self, value: Callable[[], float], least: float, most: float) -> None:
        super().__init__()
        self._value, self._least, self._most = value, least, most

    def currentValue(self) -> float:
        return self._value()

    def minimumValue(self) -> float:
        return self._least

    def maximumValue(self) -> float:
        return self._most

    def minimumStepSize(self) -> float:
        return 1.0

    def setCurrentValue(self, value: object) -> None:
        """Refuse: the value can't be set."""


def _made(name: str, of: QObject) -> QAccessibleInterface | None:
    make = _MAKERS.get(type(of))  # type: ignore[arg-type]
    return make(of) if make else None
