"""The base of the program's dialogs: they are not modal, and the talk key works in them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QDialog, QWidget

from desktop.ui.common import theme
from desktop.ui.common.latin_keys import LatinKeys
from desktop.ui.common.work_area import WorkAreaGuard
from desktop.ui.dialogs import dialog_style
from desktop.ui.talk.talk_keys import TalkKeys


class TalkingDialog(QDialog):
    """A window beside the main one. Space talks here too; Escape discards a take, or else closes."""

    talk_pressed = Signal()
    talk_released = Signal()
    talk_lost = Signal()
    take_escaped = Signal()
    attended = Signal(bool)
    """Whether it is the window in front."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        self._theme_name = ""
        self._held = False
        self._locked = False
        self._apply_theme()
        self._place = WorkAreaGuard(self)
        self._keys = TalkKeys(self)
        LatinKeys(self)
        self._keys.pressed.connect(self._on_pressed)
        self._keys.released.connect(self._on_released)
        self._keys.lost.connect(self._on_lost)
        self._keys.escaped.connect(self._on_escaped)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_theme()
        elif event.type() == QEvent.Type.ActivationChange:
            if not self.isActiveWindow():
                self._keys.on_deactivated()
            self.attended.emit(self.isActiveWindow())

    def show_locked(self, locked: bool) -> None:
        """The microphone is open without the key, or no longer. While it is, Escape belongs to the take."""
        self._locked = locked
        self._keys.show_locked(locked)

    def _apply_theme(self) -> None:
        colours = theme.tokens()
        if colours.name != self._theme_name:  # a style sheet changes the palette again
            self._theme_name = colours.name
            self.setStyleSheet(dialog_style.stylesheet(colours))

    def _on_pressed(self) -> None:
        self._held = True
        self.talk_pressed.emit()

    def _on_released(self) -> None:
        self._held = False
        self.talk_released.emit()

    def _on_lost(self) -> None:
        self._held = False
        self.talk_lost.emit()

    def _on_escaped(self) -> None:
        if self._held or self._locked:
            self.take_escaped.emit()
        else:
            self.close()
