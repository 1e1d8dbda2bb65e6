"""The field for the instructions to the model."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QMimeData, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from desktop.ui.common import accessible
from desktop.ui.common.picker import Picker
from desktop.ui.common.theme import GRID
from desktop.ui.fields.field import Field

PAUSE_MS = 600
"""A pause in typing after which the text is applied."""
HEIGHT = 144


class InstructionsField(Field):
    """Edits a str. A preset replaces the text; Undo brings back the text before."""

    refused = Signal()
    """A paste would have made the text too long; none of it was inserted."""

    def __init__(
        self, presets: Sequence[tuple[str, str]], default: str, longest: int, parent: QWidget | None = None
    ) -> None:
        """`presets` are names and texts; `default` is what the model gets if the text is empty."""
        super().__init__(parent)
        self._presets = Picker()
        accessible.name_control(self._presets, self.tr("Start with"))
        self._own = self.tr("Your own")
        for name, text in presets:
            self._presets.addItem(QCoreApplication.translate("Presets", name), text)
        self._presets.addItem(self._own)
        self._text = _Text(longest)
        self._text.setPlaceholderText(default)
        self._text.setMinimumHeight(HEIGHT)
        self._text.setTabChangesFocus(True)
        self._emitted = ""
        self._pause = QTimer(self, interval=PAUSE_MS)
        self._pause.setSingleShot(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._presets)
        column.addWidget(self._text, 1)
        self._presets.activated.connect(self._on_preset_activated)
        self._text.textChanged.connect(self._on_text_changed)
        self._text.left.connect(self.finish)
        self._text.refused.connect(self.refused)
        self._pause.timeout.connect(self.finish)

    def value(self) -> str:
        return self._text.toPlainText().strip()

    def show_value(self, value: object) -> None:
        self._emitted = value if isinstance(value, str) else ""
        if self.value() != self._emitted:
            self._text.setPlainText(self._emitted)
        self._pause.stop()
        self._name_preset()

    def finish(self) -> None:
        self._pause.stop()
        if self.value() != self._emitted:
            self._emitted = self.value()
            self.edited.emit(self._emitted)

    def target(self) -> QWidget:
        return self._text

    def _on_text_changed(self) -> None:
        self._pause.start()
        self._name_preset()

    def _on_preset_activated(self, row: int) -> None:
        text = self._presets.itemData(row)
        if text is None:
            self._text.setFocus()
            return
        cursor = QTextCursor(self._text.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.finish()

    def _name_preset(self) -> None:
        row = self._presets.findData(self.value())
        self._presets.setCurrentIndex(row if row >= 0 else self._presets.findText(self._own))


class _Text(QPlainTextEdit):
    """A text with a maximal length, and a signal for when the focus leaves it."""

    left = Signal()
    refused = Signal()

    def __init__(self, longest: int) -> None:
        super().__init__()
        self._longest = longest

    def insertFromMimeData(self, source: QMimeData) -> None:
        room = self._longest - self.document().characterCount() + len(self.textCursor().selectedText())
        # A line of a megabyte would take seconds to lay out.
        if len(source.text()) > room:
            self.refused.emit()
        else:
            super().insertFromMimeData(source)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()
