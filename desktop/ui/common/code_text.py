"""JSON that is read or written as text."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFontDatabase, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop.ui.common.theme import RADIUS, SMALL_PX, tokens


class CodeText(QPlainTextEdit):
    """A field of fixed width letters, in the house's colours. Tab leaves it."""

    def __init__(self, name: str, *, writable: bool = False, parent: QWidget | None = None) -> None:
        """`name` is what a screen reader calls it."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(not writable)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(SMALL_PX + 1)
        self.setFont(font)
        self._apply_theme()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_theme()

    def _apply_theme(self) -> None:
        colours = tokens()
        sheet = (
            f"QPlainTextEdit {{ background: {colours.surface}; color: {colours.text};"
            f" border: 1px solid {colours.raised}; border-radius: {RADIUS}px; padding: 4px;"
            f" font-family: monospace; font-size: {SMALL_PX + 1}px; }}"
            f"QPlainTextEdit:focus {{ border-color: {colours.accent}; }}"
        )
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)
