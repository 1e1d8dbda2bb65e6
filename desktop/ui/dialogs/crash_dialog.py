"""The dialog after an unexpected error: a report that the user can send."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GAP, GRID
from desktop.ui.dialogs.talking_dialog import TalkingDialog

SIZE = (560, 360)
UNASKED_MS = 500
"""A window that has the keyboard that soon was given it by the system, as on Wayland, and not by the user."""


class CrashDialog(TalkingDialog):
    """Shows one report, and copies it to the clipboard.

    Nobody has asked for it: the keyboard stays where it is, so that the talk key goes on working.
    """

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent, takes_keyboard=False)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.resize(*SIZE)
        self._shown = QElapsedTimer()
        words = PlainLabel(
            self.tr(
                "An unexpected error occurred. The conversation continues if it can; if it doesn't, "
                "disconnect and connect again. A report helps to fix the error: it contains no key and "
                "nothing you said."
            )
        )
        words.setWordWrap(True)
        self._text = QPlainTextEdit(report)
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setAccessibleName(self.tr("Report"))
        self._notice = PlainLabel()
        self._notice.setProperty("role", "good")
        copy = QPushButton(self.tr("Copy report"))
        close = QPushButton(self.tr("Close"))
        for button in (copy, close):
            button.setAutoDefault(False)
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        bottom.addWidget(copy)
        bottom.addWidget(self._notice, 1)
        bottom.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addWidget(words)
        column.addWidget(self._text, 1)
        column.addLayout(bottom)
        copy.clicked.connect(self._copy)
        close.clicked.connect(self.close)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._shown.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._give_back_keyboard()

    def _give_back_keyboard(self) -> None:
        parent = self.parentWidget()
        clicked = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if parent is not None and not clicked and self._shown.elapsed() < UNASKED_MS:
            parent.activateWindow()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())
        notice = self.tr("Copied.")
        self._notice.setText(notice)
        self._notice.setAccessibleName(notice)
