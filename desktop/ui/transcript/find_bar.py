"""The find bar: a field, the number of matches, next and previous."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop.base.message import Shortcut
from desktop.ui.common import icons
from desktop.ui.common.availability import allow
from desktop.ui.common.plain_text import PlainLabel, set_tip
from desktop.ui.common.theme import GRID, tokens
from desktop.ui.talk.talk_keys import TAKES_ESCAPE
from desktop.viewmodels import numbers, shortcuts
from desktop.viewmodels.wording import with_keys

BUTTON = 34


class FindBar(QWidget):
    """Emits what to search for; `show_count` shows how many matches there are. Hidden until `open`."""

    needle_changed = Signal(str)
    next_asked = Signal()
    previous_asked = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty(TAKES_ESCAPE, True)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find in the conversation"))
        self.field.setAccessibleName(self.tr("Find"))
        self.field.installEventFilter(self)
        self._count = PlainLabel()
        self._count.setProperty("role", "muted")
        # Wide enough for most counts, so that the field doesn't move with each letter.
        self._count.setMinimumWidth(72)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._previous = self._button("chevron-up", self.tr("Previous match"), shortcuts.ENTER_SHIFTED)
        self._next = self._button("chevron-down", self.tr("Next match"), shortcuts.ENTER)
        self._close = self._button("close", self.tr("Close find"), shortcuts.CANCEL)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for part in (self.field, self._count, self._previous, self._next, self._close):
            row.addWidget(part, 1 if part is self.field else 0)
        self.field.textChanged.connect(self.needle_changed)
        self._previous.clicked.connect(self.previous_asked)
        self._next.clicked.connect(self.next_asked)
        self._close.clicked.connect(self.close_bar)
        self.show_count(0, 0)
        self.hide()

    def open(self) -> None:
        """Show the bar and take the focus; the last search is repeated."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self.needle_changed.emit(self.field.text())

    def close_bar(self) -> None:
        """Hide the bar."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def show_count(self, ordinal: int, total: int) -> None:
        """Show the number of the current match, from 1, and how many there are."""
        nothing = self.tr("Nothing found") if self.field.text() else self.tr("Type what to find")
        for button in (self._previous, self._next):
            allow(button, "" if total > 0 else nothing)
        if not self.field.text():
            words = ""
        elif total:
            words = self.tr("{ordinal} of {total}").format(ordinal=ordinal, total=numbers.whole(total))
        else:
            words = self.tr("not found")
        self._count.setText(words)
        self.field.setAccessibleDescription(words)

    def count_text(self) -> str:
        """The text of the count."""
        return self._count.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                (self.previous_asked if back else self.next_asked).emit()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for button in self.findChildren(QPushButton):
                self._colour(button)

    def _button(self, name: str, words: str, key: Shortcut) -> QPushButton:
        button = QPushButton()
        button.setProperty("icon_name", name)
        button.setAccessibleName(words)
        set_tip(button, with_keys(words, key))
        button.setFixedSize(BUTTON, BUTTON)
        # With the padding of other buttons there would be no room for the icon.
        button.setStyleSheet("padding: 0;")
        self._colour(button)
        return button

    def _colour(self, button: QPushButton) -> None:
        button.setIcon(icons.icon(button.property("icon_name"), QColor(tokens().text)))
