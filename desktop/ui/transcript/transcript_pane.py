"""The pane of the transcript: the conversation, the find bar, and the button back to the end."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QRect, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeySequence
from PySide6.QtWidgets import QPushButton, QScrollBar, QVBoxLayout, QWidget

from desktop.ui.common import icons
from desktop.ui.common.gathering import Gathering
from desktop.ui.common.theme import GAP, GRID, tokens
from desktop.ui.transcript.find_bar import FindBar
from desktop.ui.transcript.invitation import Invitation
from desktop.ui.transcript.transcript_reader import TranscriptReader
from desktop.viewmodels.finder import Finder, Match
from desktop.viewmodels.transcript_model import TranscriptModel

COLUMN = 800
"""The conversation's greatest width in px, at the usual text size: some 80 letters in a bubble's line."""


class TranscriptPane(QWidget):
    """Shows a `TranscriptModel`; raises TypeError for another model. Ctrl+F opens the find bar."""

    play_unheard_requested = Signal(int)
    """The response whose unheard rest is to be played."""

    play_requested = Signal(str, int)
    """`take` or `response`, and its number: its sound is to be played again."""
    edit_requested = Signal(str)
    """These words are to be put into the text line."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if not isinstance(model, TranscriptModel):
            raise TypeError("the pane shows a TranscriptModel")
        self._model = model
        self._counts = Gathering(self._show_count, self)
        self._finder = Finder()
        self._match: Match | None = None
        self.find_bar = FindBar()
        self.view = TranscriptReader(model, self._finder)
        self.invitation = Invitation(self.view)
        self._jump = QPushButton(self.tr("Jump to latest"), self.view)
        self._jump.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self._column.addWidget(self.find_bar)
        self._column.addWidget(self.view, 1)
        self._connect_signals()

    def verticalScrollBar(self) -> QScrollBar:
        """The list's scroll bar."""
        return self.view.verticalScrollBar()

    def visualRect(self, index: QModelIndex) -> QRect:
        """Where a row is in the list's viewport."""
        return self.view.visualRect(index)

    def open_find(self) -> None:
        """Open the find bar."""
        self.find_bar.open()

    def put_on_top(self, strip: QWidget) -> None:
        """Put this widget above the conversation."""
        self._column.insertWidget(0, strip)

    def offer_action(self, action: QAction) -> None:
        """Offer this action in the menu of the lines."""
        self.view.more_actions.append(action)

    def set_text_size(self, percent: int) -> None:
        """The size of the letters, in percent of the usual one."""
        self.view.set_text_size(percent)

    def show_sounding(self, sounding: bool) -> None:
        """What was asked to be played again plays now, or no longer."""
        self.view.show_sounding(sounding)

    def take_focus(self) -> None:
        """Let the arrow keys scroll the conversation."""
        self.view.setFocus()

    def mark(self, needle: str) -> None:
        """Find this text with the bar open, and leave the focus where it is."""
        self.find_bar.field.setText(needle)
        self.find_bar.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.view and event.type() == QEvent.Type.Resize:
            self.view.show_column(COLUMN)
            self._place_jump()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_jump"):
            self._dress_jump()

    def _connect_signals(self) -> None:
        # list
        self.view.play_unheard_requested.connect(self.play_unheard_requested)
        self.view.play_requested.connect(self.play_requested)
        self.view.edit_requested.connect(self.edit_requested)
        self.view.following_changed.connect(self._show_jump)
        self.view.verticalScrollBar().valueChanged.connect(self._show_jump)
        self.view.verticalScrollBar().rangeChanged.connect(self._show_jump)
        self.view.find_asked.connect(self.open_find)
        self.view.installEventFilter(self)
        self._jump.clicked.connect(self._on_jump_clicked)
        # find
        self.find_bar.needle_changed.connect(self._on_needle_changed)
        self.find_bar.next_asked.connect(lambda: self._step(forward=True))
        self.find_bar.previous_asked.connect(lambda: self._step(forward=False))
        self.find_bar.closed.connect(self._on_find_closed)
        # model
        self._model.rowsInserted.connect(self._on_rows_inserted)
        self._model.rowsRemoved.connect(self._on_rows_removed)
        self._model.dataChanged.connect(self._on_data_changed)
        # keys
        for keys, slot in (
            (QKeySequence.StandardKey.Find, self.open_find),
            (QKeySequence.StandardKey.FindNext, lambda: self._step(forward=True)),
            (QKeySequence.StandardKey.FindPrevious, lambda: self._step(forward=False)),
        ):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(slot)
            self.addAction(action)
        self._dress_jump()

    # Find

    def _on_needle_changed(self, needle: str) -> None:
        self._finder.search(needle, (line.text for line in self._model.lines))
        # From the visible rows on, so that the view doesn't jump away.
        self._match = self._finder.first_from(max(0, self.view.row_near(0)))
        self._show_match()

    def _step(self, forward: bool) -> None:
        if self.find_bar.isHidden():
            return
        if self._match is None:
            self._match = self._finder.first_from(0)
        else:
            self._match = (self._finder.after if forward else self._finder.before)(self._match)
        self._show_match()

    def _show_match(self) -> None:
        self.view.show_match(self._match)
        self._show_count()

    def _show_count(self) -> None:
        ordinal = self._finder.ordinal(self._match) if self._match else 0
        self.find_bar.show_count(ordinal, self._finder.total)

    def _on_find_closed(self) -> None:
        self._finder.search("", ())
        self._match = None
        self.view.show_match(None)
        self.view.setFocus()

    # The model

    def _on_rows_inserted(self, _: QModelIndex, first: int, last: int) -> None:
        if self._finder.needle:
            self._finder.insert(first, [line.text for line in self._model.lines[first : last + 1]])
            if self._match and self._match[0] >= first:
                self._match = (self._match[0] + last + 1 - first, self._match[1])
                self.view.show_match(self._match)
            self._counts.change()

    def _on_data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        if self._finder.needle:
            for row in range(first.row(), last.row() + 1):
                self._finder.update(row, self._model.lines[row].text)
            self._counts.change()

    def _on_rows_removed(self, _: QModelIndex, first: int, last: int) -> None:
        if not self._finder.needle:
            return
        self._finder.remove(first, last)
        if self._match and self._match[0] >= first:
            self._match = self._finder.first_from(first)
            self.view.show_match(self._match)
        self._counts.change()

    # Back to the end

    def _show_jump(self) -> None:
        # At the end there is nowhere to go to, and it would cover the last words.
        self._jump.setVisible(not (self.view.follows or self.view.at_end))
        self._place_jump()

    def _on_jump_clicked(self) -> None:
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.jump_to_end()

    def _place_jump(self) -> None:
        size = self._jump.sizeHint()
        # At the user's side: the buttons of unheard responses are at the other.
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        column = self.view.viewport().geometry()
        left = column.left() + 2 * GAP if mirrored else column.right() - size.width() - 2 * GAP
        self.view.covered_below = size.height() + GAP
        self._jump.setGeometry(left, self.view.height() - size.height() - GAP, size.width(), size.height())

    def _dress_jump(self) -> None:
        self._jump.setIcon(icons.icon("chevron-down", QColor(tokens().text), 16))
        self._jump.setStyleSheet(f"border: 1px solid {tokens().muted};")
