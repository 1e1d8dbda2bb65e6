"""The window of a start that can't go on, because another Presstalk is in the way and doesn't respond."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout

from desktop.ui.common import theme
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GAP, GRID
from desktop.ui.dialogs import dialog_style

WIDTH = 460


class RunningAlreadyDialog(QDialog):
    """Says what is in the way, and offers what can be done about it; closing it gives up.

    Args:
        words: what the other one answered; an empty string if nothing.
        reached: whether the other one was found on this computer.
        can_end: whether it can be ended from here.
    """

    retry_clicked = Signal()
    end_clicked = Signal()
    start_clicked = Signal()

    def __init__(self, words: str, *, reached: bool, can_end: bool) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("Presstalk is already running"))
        self.setMinimumWidth(WIDTH)
        self._theme_name = ""
        title = PlainLabel(words or self._title(reached))
        title.setProperty("role", "heading")
        title.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addWidget(title)
        if not words:
            column.addWidget(self._advice(reached, can_end))
        column.addStretch(1)
        column.addLayout(self._buttons(start=not reached, end=can_end))
        self._apply_theme()

    def showEvent(self, event: QShowEvent) -> None:
        # Qt expects more lines than the words take at this width: there would be holes between them.
        if layout := self.layout():
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_theme()

    def _title(self, reached: bool) -> str:
        if reached:
            return self.tr("Presstalk is already running, but its window doesn't respond.")
        return self.tr("Another Presstalk uses the same settings, and it can't be reached from here.")

    def _advice(self, reached: bool, can_end: bool) -> PlainLabel:
        if can_end:
            words = self.tr(
                "It may only be busy: wait a moment and try again. If you end it, what was said last may be "
                "lost; conversations are kept."
            )
        elif reached:
            words = self.tr("Wait a moment and try again, or end it in your system's list of programs.")
        else:
            words = self.tr(
                "It may run on another computer or in a container, or hang. Close it there, and this one "
                "starts by itself. If you start anyway, settings changed in one can be lost in the other."
            )
        advice = PlainLabel(words)
        advice.setWordWrap(True)
        return advice

    def _buttons(self, *, start: bool, end: bool) -> QHBoxLayout:
        retry, close = QPushButton(self.tr("Try again")), QPushButton(self.tr("Close"))
        retry.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(close)
        row.addStretch(1)
        if end:
            end_it = QPushButton(self.tr("End it and start again"))
            end_it.setAutoDefault(False)
            end_it.clicked.connect(self.end_clicked)
            row.addWidget(end_it)
        if start:
            anyway = QPushButton(self.tr("Start anyway"))
            anyway.setAutoDefault(False)
            anyway.clicked.connect(self.start_clicked)
            row.addWidget(anyway)
        row.addWidget(retry)
        retry.clicked.connect(self.retry_clicked)
        close.clicked.connect(self.reject)
        return row

    def _apply_theme(self) -> None:
        colours = theme.tokens()
        if colours.name != self._theme_name:  # a style sheet changes the palette again
            self._theme_name = colours.name
            self.setStyleSheet(dialog_style.stylesheet(colours))
