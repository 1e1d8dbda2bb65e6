"""The base of the program's dialogs: they are not modal, so the window's talk button stays in reach."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from desktop.turn.effects import DisplayState
from desktop.ui.common import theme
from desktop.ui.common.latin_keys import LatinKeys
from desktop.ui.common.work_area import WorkAreaGuard
from desktop.ui.dialogs import dialog_style
from desktop.ui.talk.talk_keys import TalkKeys


class TalkingDialog(QDialog):
    """A window beside the main one, while one talks.

    Space belongs to the control with the focus: on a switch or a list, nobody expects it to open the
    microphone. Escape discards a take that is open, or else closes.
    """

    take_escaped = Signal()

    def __init__(self, title: str, parent: QWidget | None = None, *, takes_keyboard: bool = True) -> None:
        """With `takes_keyboard` it has the keyboard when it is shown."""
        super().__init__(parent)
        # Before there is a native window: later it has no effect.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not takes_keyboard)
        self.setWindowTitle(title)
        self.setModal(False)
        self._theme_name = ""
        self._listening = False
        self._apply_theme()
        self._place = WorkAreaGuard(self)
        self._keys = TalkKeys(self, talks=False)
        LatinKeys(self)
        self._keys.escaped.connect(self._on_escaped)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_theme()

    def show_state(self, state: DisplayState) -> None:
        """The state changed. While a take is open, by whatever key, Escape belongs to it."""
        self._listening = state is DisplayState.LISTENING
        self._keys.show_locked(self._listening)

    def _apply_theme(self) -> None:
        colours = theme.tokens()
        if colours.name != self._theme_name:  # a style sheet changes the palette again
            self._theme_name = colours.name
            self.setStyleSheet(dialog_style.stylesheet(colours))

    def _on_escaped(self) -> None:
        if self._listening:
            self.take_escaped.emit()
        else:
            self.close()
