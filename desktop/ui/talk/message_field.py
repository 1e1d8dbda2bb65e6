"""The field for a typed message: it grows with its lines, and knows what was typed before."""

from __future__ import annotations

import math
from collections import deque

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QInputMethodEvent,
    QKeyEvent,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from desktop.ui.common.clear_button import clear_words
from desktop.ui.common.icon_button import SMALL, IconButton
from desktop.ui.common.theme import BASE_PX

LONGEST = 20_000
"""Characters: some fifteen pages. A megabyte would take seconds to lay out, and is too much for a model."""
MOST_LINES = 5
"""The field grows to so many lines, then it scrolls."""
SHARE = 5
"""It takes at most one in so many pixels of the window's height: large letters, small window."""
FRAME = 14
"""Padding and border above and below the text; they are in the style sheet."""
LEAST = 20
"""The height of the text's room, as in the other controls of the window."""
REMEMBERED = 50


class MessageField(QPlainTextEdit):
    """Return sends, Shift+Return begins a line. In the empty field, Up brings back what was sent before."""

    entered = Signal()
    overfilled = Signal()
    """More than LONGEST was typed or pasted; the text is as it was before."""
    picture_pasted = Signal(QMimeData)
    """The clipboard has a picture and no text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "message")
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._composing = False
        self._taken = ""
        self._sent: deque[str] = deque(maxlen=REMEMBERED)
        self._recalled = 0
        """How many messages back the text was taken from; 0: it is the user's own."""
        self._clear = IconButton("close", clear_words(), self, small=True)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # for the mouse; the keyboard has Ctrl+A
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.clicked.connect(self._on_clear_clicked)
        self._clear.hide()
        self.textChanged.connect(self._on_changed)
        self._fit()

    # Its text

    def text(self) -> str:
        """The text; its lines end in a newline."""
        return self.toPlainText()

    def set_text(self, text: str) -> None:
        """Put another text in its place, the cursor at its end. Undo brings the old one back."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text[:LONGEST])
        cursor.movePosition(QTextCursor.MoveOperation.End)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def remember(self, text: str) -> None:
        """This was sent: Up brings it back."""
        if not self._sent or self._sent[-1] != text:
            self._sent.append(text)
        self._recalled = 0

    def set_letters(self, pixels: int) -> None:
        """The height of the letters."""
        font = QFont(self.font())
        font.setPixelSize(pixels)
        # The application's style sheet names a size, which counts for more than a font.
        self.setStyleSheet("" if pixels == BASE_PX else f"font-size: {pixels}px;")
        self.document().setDefaultFont(font)
        self._fit()

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._composing:
                return  # an input method that leaves the key to us has ended a word with it
            shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if shifted:
                self.insertPlainText("\n")  # Qt would insert a separator that is a line only to Qt
                self.ensureCursorVisible()
            elif not event.isAutoRepeat():
                self.entered.emit()
            return
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and not self._composing and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            if self._recall(1 if event.key() == Qt.Key.Key_Up else -1):
                return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        self._fit()  # what is being composed takes room too

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasImage()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasImage() and not source.hasText():
            self.picture_pasted.emit(source)
        elif self._room() < len(source.text()):
            # Before it is laid out: a megabyte takes seconds.
            self.overfilled.emit()
        elif source.hasText():
            self.insertPlainText(source.text())
            self.ensureCursorVisible()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._place_clear()
        # Qt keeps the line at the top, though those before it would have room by now.
        self.verticalScrollBar().setValue(0)
        self.ensureCursorVisible()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _room(self) -> int:
        cursor = self.textCursor()
        return LONGEST - len(self.text()) + abs(cursor.selectionEnd() - cursor.selectionStart())

    def _recall(self, step: int) -> bool:
        """Go back or forth in what was sent; False where the key moves the cursor instead."""
        recalled = self._sent[-self._recalled] if self._recalled else ""
        if self.text() != recalled:
            self._recalled = 0
            if self.text():
                return False
        to = self._recalled + step
        if self._leaves(step) and 0 <= to <= len(self._sent) and (to or self._recalled):
            self.set_text(self._sent[-to] if to else "")
            self._recalled = to
            return True
        return False

    def _leaves(self, step: int) -> bool:
        """Whether the cursor is in the first line, or for a step forth in the last one."""
        cursor = self.textCursor()
        before = cursor.position()
        up = QTextCursor.MoveOperation.Up if step > 0 else QTextCursor.MoveOperation.Down
        cursor.movePosition(up)
        return cursor.position() == before

    def _on_changed(self) -> None:
        if self.document().characterCount() - 1 > LONGEST:
            place = min(self.textCursor().position(), len(self._taken))
            self.setPlainText(self._taken)
            cursor = self.textCursor()
            cursor.setPosition(place)
            self.setTextCursor(cursor)
            self.overfilled.emit()
            return
        self._taken = self.text()
        self._offer_clearing(bool(self._taken))
        self._fit()

    def _on_clear_clicked(self) -> None:
        self.set_text("")  # and undo brings it back
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer_clearing(self, offered: bool) -> None:
        if offered != self._clear.isVisibleTo(self):
            self._clear.setVisible(offered)
            self.setViewportMargins(0, 0, SMALL if offered else 0, 0)
            self._place_clear()

    def _place_clear(self) -> None:
        """Beside the first line, where a line of text has it."""
        view = self.viewport().geometry()
        line = min(self.height(), max(LEAST, self._line_height()) + FRAME)
        self._clear.move(view.right() + 1, round((line - SMALL) / 2))

    def _line_height(self) -> int:
        """Of a line as it is laid out: in whole pixels, where the font's metrics are not."""
        return math.ceil(QFontMetricsF(self.font()).lineSpacing())

    def _fit(self) -> None:
        """As high as its lines, within bounds."""
        line = self._line_height()
        window = self.window().height()
        most = max(1, min(MOST_LINES, (window // SHARE - FRAME) // line))
        lines = round(self.document().size().height())  # QPlainTextEdit counts lines there
        scrolls = lines > most
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if scrolls else policy.ScrollBarAlwaysOff)
        # Qt needs one pixel more than the lines have, or it scrolls.
        margin = max(0.0, (LEAST - line - 1) / 2)
        if self.document().documentMargin() != margin:
            self.document().setDocumentMargin(margin)  # a single line is in the middle
        self.setFixedHeight(round(min(lines, most) * line + 2 * margin + 1) + FRAME)
