"""Signing in with the browser: a button, then the code to enter there."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.base.message import Message
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID
from desktop.viewmodels.wording import worded


class SignInPanel(QWidget):
    """Answer `sign_in_clicked` with `show_code`, and then, or at once, with `show_result`."""

    sign_in_clicked = Signal()
    cancel_clicked = Signal()
    open_clicked = Signal(QUrl)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._url = QUrl()
        self._begin = QPushButton(self.tr("Sign in with the browser"))
        self._hint = PlainLabel()
        self._hint.setWordWrap(True)
        self._code = PlainLabel()
        self._code.setProperty("role", "title")
        self._code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._copy = QPushButton(self.tr("Copy code"))
        self._open = QPushButton(self.tr("Open the page"))
        self._cancel = QPushButton(self.tr("Cancel sign-in"))
        self._lay_out()
        self._begin.clicked.connect(self._on_begin_clicked)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._code.text()))
        self._open.clicked.connect(lambda: self.open_clicked.emit(self._url))
        self._cancel.clicked.connect(self._on_cancel_clicked)
        self._show(waiting=False)
        self._say("", "muted")

    def show_code(self, code: str, url: QUrl) -> None:
        """Show the code that the page at this address asks for."""
        self._url = url
        self._code.setText(code)
        self._code.setAccessibleName(self.tr("Code: {0}").format(" ".join(code)))
        self._show(waiting=True)
        self._say(self.tr("Compare or enter this code on the page at {0}.").format(url.host()), "muted")
        self._copy.setFocus()

    def show_result(self, ok: bool, message: Message) -> None:
        """Show how the sign-in ended, and offer the button again."""
        focused = self._cancel.hasFocus() or self._copy.hasFocus() or self._open.hasFocus()
        self._code.clear()
        self._show(waiting=False)
        self._say(worded(message), "good" if ok else "problem")
        if focused:
            self._begin.setFocus()

    def _on_begin_clicked(self) -> None:
        self._show(waiting=True)
        self._say(self.tr("Requesting a code…"), "muted")
        self._cancel.setFocus()
        self.sign_in_clicked.emit()

    def _on_cancel_clicked(self) -> None:
        self._code.clear()
        self._show(waiting=False)
        self._say("", "muted")
        self._begin.setFocus()
        self.cancel_clicked.emit()

    def _show(self, *, waiting: bool) -> None:
        has_code = waiting and bool(self._code.text())
        self._begin.setVisible(not waiting)
        for widget in (self._code, self._copy, self._open):
            widget.setVisible(has_code)
        self._cancel.setVisible(waiting)

    def _say(self, words: str, tone: str) -> None:
        self._hint.setText(words)
        self._hint.setAccessibleName(words)
        self._hint.setVisible(bool(words))
        self._hint.setProperty("role", tone)
        self._hint.style().polish(self._hint)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self._begin, self._copy, self._open, self._cancel):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._hint)
        column.addWidget(self._code)
        column.addLayout(buttons)
