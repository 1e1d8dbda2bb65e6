"""The line for typing instead of speaking."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.base.message import Message, Text
from desktop.ui.common.availability import allow
from desktop.ui.common.plain_text import set_tip
from desktop.ui.common.theme import GRID
from desktop.ui.talk.message_field import LONGEST, MessageField
from desktop.ui.talk.picture_button import PictureButton
from desktop.viewmodels import numbers, shortcuts
from desktop.viewmodels.chosen_options import ChosenOptions
from desktop.viewmodels.wording import with_keys

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
        self._field = MessageField()
        self._field.setAccessibleName(self.tr("Message"))
        self.pictures = PictureButton()
        self.pictures.hide()
        self._send = QPushButton(self.tr("Send"))
        set_tip(self._send, with_keys(self.tr("Send the text"), shortcuts.ENTER))
        self._reads = True
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._field, 1)
        row.addWidget(self.pictures, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self._send, 0, Qt.AlignmentFlag.AlignBottom)
        self._field.entered.connect(self._on_entered)
        self._field.overfilled.connect(lambda: self.refused.emit(TEXT_TOO_LONG(most=numbers.whole(LONGEST))))
        self._field.picture_pasted.connect(self._on_picture_pasted)
        self._field.textChanged.connect(self._allow_send)
        self._send.clicked.connect(self._on_entered)
        self.pictures.file_chosen.connect(self.picture_file_chosen)
        self.pictures.image_given.connect(self.picture_given)
        self.pictures.clipboard_clicked.connect(self.clipboard_picture_clicked)
        self.pictures.screen_clicked.connect(self.screen_picture_clicked)
        self._describe()

    @property
    def field(self) -> MessageField:
        """The field itself, for the focus."""
        return self._field

    def show_choice(self, choice: ChosenOptions) -> None:
        """Offer what the model accepts: text except for translating models, pictures for those that see."""
        model = choice.model
        self.pictures.setVisible(model.images)
        self._reads = not model.translates
        self._describe()

    def edit(self, text: str) -> None:
        """Put this text into the line, to be changed and sent. Undo brings back what was in it."""
        if self._field.isEnabled():
            self._field.set_text(text)
            self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_letters(self, pixels: int) -> None:
        """The height of the letters."""
        self._field.set_letters(pixels)

    def takes(self, data: QMimeData) -> bool:
        """Whether there is a picture in what is dragged or pasted, and the model sees."""
        return self.pictures.takes(data)

    def take(self, data: QMimeData) -> None:
        """Take the picture that was dropped or pasted."""
        self.pictures.take(data)

    def clear(self, text: str) -> None:
        """This text was sent: it leaves the line, unless the line has another one by now."""
        self._field.remember(text)
        if self._field.text().strip() == text:
            self._field.clear()

    def _describe(self) -> None:
        typed = self.tr("Type instead of speaking")
        self._field.setPlaceholderText(self._why_mute() or typed)
        allow(self._field, self._why_mute())
        self._allow_send()

    def _why_mute(self) -> str:
        return "" if self._reads else self.tr("This model translates what you say; it can't read text")

    def _allow_send(self) -> None:
        empty = "" if self._field.text().strip() else self.tr("Type something to send it")
        allow(self._send, self._why_mute() or empty)

    def _on_picture_pasted(self, data: QMimeData) -> None:
        if self.takes(data):
            self.take(data)

    def _on_entered(self) -> None:
        text = self._field.text().strip()
        if text:
            self.entered.emit(text)
