"""The line for typing instead of speaking."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop.base.message import Message, Text
from desktop.ui.common.theme import GRID
from desktop.ui.talk.picture_button import PictureButton
from desktop.viewmodels import numbers
from desktop.viewmodels.chosen_options import ChosenOptions

LONGEST = 20_000
"""Characters: some fifteen pages. A line of a megabyte would take seconds to lay out, and is too much
for a model."""

TEXT_TOO_LONG = Text(
    "text-too-long", "That is too long to send: {most} characters at most. Nothing was pasted."
)


class TextLine(QWidget):
    """A text field and its button. The text stays until `clear` says that it was sent."""

    entered = Signal(str)
    refused = Signal(Message)
    """Why a paste was refused; the line's text is unchanged."""
    picture_file_chosen = Signal(str)
    picture_given = Signal(object)
    """A picture was dropped or pasted."""
    clipboard_picture_clicked = Signal()
    screen_picture_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = QLineEdit()
        self._field.setPlaceholderText(self.tr("Type instead of speaking"))
        self._field.setAccessibleName(self.tr("Message"))
        self._field.setClearButtonEnabled(True)
        # One more than is allowed, so that too much can be told from just enough.
        self._field.setMaxLength(LONGEST + 1)
        self._field.installEventFilter(self)
        self._taken = ""
        self.pictures = PictureButton()
        self.pictures.hide()
        self._send = QPushButton(self.tr("Send"))
        self._send.setEnabled(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._field, 1)
        row.addWidget(self.pictures)
        row.addWidget(self._send)
        self._field.returnPressed.connect(self._on_entered)
        self._field.textChanged.connect(self._on_changed)
        self._send.clicked.connect(self._on_entered)
        self.pictures.file_chosen.connect(self.picture_file_chosen)
        self.pictures.image_given.connect(self.picture_given)
        self.pictures.clipboard_clicked.connect(self.clipboard_picture_clicked)
        self.pictures.screen_clicked.connect(self.screen_picture_clicked)

    @property
    def field(self) -> QLineEdit:
        """The field itself, for the focus."""
        return self._field

    def show_choice(self, choice: ChosenOptions) -> None:
        """Offer what the model accepts: text except for translating models, pictures for those that see."""
        model = choice.model
        self.pictures.setVisible(model.images)
        self._field.setEnabled(not model.translates)
        typed = self.tr("Type instead of speaking")
        spoken = self.tr("This model translates what you say; it can't read text")
        self._field.setPlaceholderText(spoken if model.translates else typed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.matches(QKeySequence.StandardKey.Paste):
                data = QGuiApplication.clipboard().mimeData()
                if data.hasImage() and not data.hasText() and self.takes(data):
                    self.take(data)
                    return True
        return super().eventFilter(watched, event)

    def takes(self, data: QMimeData) -> bool:
        """Whether there is a picture in what is dragged or pasted, and the model sees."""
        return self.pictures.takes(data)

    def take(self, data: QMimeData) -> None:
        """Take the picture that was dropped or pasted."""
        self.pictures.take(data)

    def clear(self) -> None:
        """The text was sent."""
        self._field.clear()

    def _on_changed(self, text: str) -> None:
        if len(text) > LONGEST:
            cursor = min(self._field.cursorPosition(), len(self._taken))
            self._field.setText(self._taken)
            self._field.setCursorPosition(cursor)
            self.refused.emit(TEXT_TOO_LONG(most=numbers.whole(LONGEST)))
            return
        self._taken = text
        self._send.setEnabled(bool(text.strip()))

    def _on_entered(self) -> None:
        text = self._field.text().strip()
        if text:
            self.entered.emit(text)
