"""The dialog of kept conversations: find, read, export and delete them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.base.message import Message
from desktop.ui.common.availability import allow
from desktop.ui.common.clear_button import offer_clearing
from desktop.ui.common.plain_text import PlainLabel, set_tip
from desktop.ui.common.theme import GAP, GRID
from desktop.ui.dialogs.history_list import HistoryList
from desktop.ui.dialogs.history_menu import HistoryMenu
from desktop.ui.dialogs.save_conversation_dialog import SaveConversationDialog
from desktop.ui.dialogs.save_dialog import documents
from desktop.ui.dialogs.talking_dialog import TalkingDialog
from desktop.ui.transcript.transcript_pane import TranscriptPane
from desktop.viewmodels.history_model import HistoryEntry, HistoryModel
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel
from desktop.viewmodels.wording import worded

SIZE = (880, 600)
SMALLEST = (640, 400)
LIST_WIDTH = 304
TYPED_MS = 200
"""From the last key to the search, which reads every file."""


class HistoryDialog(TalkingDialog):
    """Shows the entries it is given, and the lines of the chosen one; it reads no file.

    `endings` are those of the files that a conversation can be exported to.
    """

    search_requested = Signal(str)
    """Answer with `show_found`."""
    open_requested = Signal(str)
    """Answer with `show_lines`."""
    read_requested = Signal(str)
    """It is to be shown in the window, as it was at any time of it."""
    export_requested = Signal(str, Path)
    share_requested = Signal(str)
    ask_again_requested = Signal(str)
    delete_requested = Signal(str)
    """The entry is already out of the list; `put_back` shows it again."""
    undo_requested = Signal()
    """Answer with `put_back`."""
    ended = Signal()
    """The dialog was closed: deletions can't be undone any more."""

    def __init__(self, model: HistoryModel, endings: Collection[str], parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._endings = endings
        self.export_folder: Callable[[], str] = documents
        """Gives the folder to suggest for an export."""
        self.setWindowTitle(self.tr("History"))
        self.resize(*SIZE)
        self.setMinimumSize(*SMALLEST)
        self._model = model
        self.field = QLineEdit()
        self.list = HistoryList(model)
        self._pane: TranscriptPane | None = None
        self._asked = self._next = ""
        self._buttons = {
            name: QPushButton(words)
            for name, words in (
                ("read", self.tr("Replay")),
                ("export", self.tr("Export…")),
                ("delete", self.tr("Delete")),
                ("undo", self.tr("Undo")),
                ("close", self.tr("Close")),
            )
        }
        self._more = HistoryMenu()
        self._words = PlainLabel()
        self._typing = QTimer(self, singleShot=True, interval=TYPED_MS)
        self._lay_out()
        self._connect_signals()
        self._show_pane(())
        self._tell_empty(looking=True)

    # Updates

    def show_entries(self, entries: Sequence[HistoryEntry]) -> None:
        """Show all entries."""
        key, self._asked, self._next = self._next or self.list.key, "", ""
        self._model.show(entries)
        self._tell_empty()
        self._choose(key)

    def show_found(self, needle: str, keys: Collection[str]) -> None:
        """Show the entries that were found; an answer to a search that is over is ignored."""
        if needle == self.field.text().strip():
            key = self.list.key
            self._model.show_found(keys)
            self._tell_empty()
            self._choose(key)

    def show_lines(self, key: str, lines: Sequence[Line], remark: Message | None = None) -> None:
        """Show the lines of this conversation, if it is still the chosen one, and a remark on them."""
        if key == self.list.key:
            self._show_pane(lines)
            allow(self._buttons["export"], "" if lines else self.tr("It has no words"))
            if remark:
                self._say(worded(remark))

    def show_remark(self, key: str, remark: Message) -> None:
        """Show a remark on this conversation, if it is still the chosen one."""
        if key == self.list.key:
            self._say(worded(remark))

    def choose_next(self, key: str) -> None:
        """Choose this conversation when the entries are shown the next time; an empty key chooses none."""
        self._next = key

    def focus_search(self) -> None:
        """Let the user type what they look for."""
        self.field.setFocus()

    def put_back(self, entry: HistoryEntry) -> None:
        """Show this entry again, and select it."""
        self._model.put_back(entry)
        self._choose(entry.key)
        self._buttons["undo"].hide()
        self.list.setFocus()

    def show_problem(self, message: Message) -> None:
        """Show beside the buttons what could not be done."""
        self._say(worded(message), problem=True)

    def show_notice(self, message: Message) -> None:
        """Show beside the buttons what was done."""
        self._say(worded(message))

    def _say(self, words: str, *, problem: bool = False) -> None:
        self._words.setText(words)
        self._words.setAccessibleName(words)
        self._words.setProperty("role", "problem" if problem else "muted")
        self._words.style().polish(self._words)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._buttons["undo"].hide()
        self.ended.emit()

    # Parts

    def _lay_out(self) -> None:
        self.field.setPlaceholderText(self.tr("Search all conversations"))
        self.field.setAccessibleName(self.tr("Search all conversations"))
        offer_clearing(self.field)
        self.field.installEventFilter(self)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(GAP)
        self._split.addWidget(left)
        self._split.addWidget(QWidget())
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        for button in (self._buttons["read"], self._buttons["export"], self._more, self._buttons["delete"]):
            bottom.addWidget(button)
        bottom.addWidget(self._words, 1)
        for name in ("undo", "close"):
            bottom.addWidget(self._buttons[name])
        for button in self._buttons.values():
            button.setAutoDefault(False)
        self._buttons["undo"].hide()
        set_tip(self._buttons["delete"], self.tr("Delete (Del)"))
        self._words.setWordWrap(True)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP, GAP, GAP, GAP)
        page.setSpacing(GAP)
        page.addWidget(self._split, 1)
        page.addLayout(bottom)

    def _connect_signals(self) -> None:
        # list
        self.list.chosen.connect(self._on_chosen)
        self.list.delete_asked.connect(self._on_delete_clicked)
        # search
        self.field.textChanged.connect(lambda: self._typing.start())
        self._typing.timeout.connect(self._on_typed)
        # buttons
        self._buttons["read"].clicked.connect(lambda: self.read_requested.emit(self.list.key))
        self._buttons["export"].clicked.connect(self._choose_export)
        self._more.share_clicked.connect(lambda: self.share_requested.emit(self.list.key))
        self._more.again_clicked.connect(lambda: self.ask_again_requested.emit(self.list.key))
        self._more.offer_at(self.list)
        self._buttons["delete"].clicked.connect(self._on_delete_clicked)
        self._buttons["undo"].clicked.connect(self.undo_requested)
        self._buttons["close"].clicked.connect(self.close)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.list.setFocus()
                return True
        return super().eventFilter(watched, event)

    def _show_pane(self, lines: Sequence[Line]) -> None:
        """Each conversation gets a new pane: it starts at the end, with nothing selected or found."""
        model = TranscriptModel()
        model.put_above(lines)
        pane = TranscriptPane(model)
        model.setParent(pane)
        pane.view.setAccessibleName(self.tr("Conversation"))
        pane.view.empty_words = self.tr("The conversation you choose appears here.")
        old = self._split.replaceWidget(1, pane)
        if old is not None:
            old.deleteLater()
        pane.show()
        self._split.setStretchFactor(1, 1)
        if self._pane is None:
            self._split.setSizes([LIST_WIDTH, SIZE[0] - LIST_WIDTH])
        self._pane = pane
        if lines and (needle := self.field.text().strip()):
            pane.mark(needle)

    def _choose(self, key: str) -> None:
        """Select this entry if it is there, else the first one."""
        self.list.go_to(max(0, self._model.row_of(key)))
        self._on_chosen(self.list.key)

    def _tell_empty(self, *, looking: bool = False) -> None:
        if looking:
            words = self.tr("Searching…")
        elif self._model.total:
            words = self.tr("Nothing found.")
        else:
            words = self.tr("Your conversations are kept here.")
        self.list.empty_words = words
        self.list.viewport().update()

    # The user's actions

    def _on_chosen(self, key: str) -> None:
        entry = self._model.entry(self._model.row_of(key))
        ongoing = entry is not None and entry.mark == "open"
        nothing = "" if entry else self.tr("Choose a conversation first")
        old = entry is not None and not entry.recorded
        allow(self._buttons["read"], nothing or (self.tr("It was kept without its times") if old else ""))
        allow(self._buttons["delete"], nothing or (self.tr("It is still going on") if ongoing else ""))
        self._more.show_entry(entry)
        if key == self._asked:
            return
        self._asked = key
        self._say("")
        allow(self._buttons["export"], nothing or self.tr("One moment…"))
        if key:
            self.open_requested.emit(key)
        else:
            self._show_pane(())

    def _on_typed(self) -> None:
        needle = self.field.text().strip()
        self._asked = ""  # shown again, with the matches marked
        if needle:
            self.search_requested.emit(needle)
        else:
            key = self.list.key
            self._model.show_found(None)
            self._tell_empty()
            self._choose(key)

    def _on_delete_clicked(self) -> None:
        key, row = self.list.key, self.list.currentIndex().row()
        if not key or not self._buttons["delete"].isEnabled():
            return
        self._model.remove(key)
        self._tell_empty()
        self.list.go_to(row)
        self._on_chosen(self.list.key)
        self._buttons["undo"].show()
        self.list.setFocus()
        self._say(self.tr("Deleted."))
        self.delete_requested.emit(key)

    def _choose_export(self) -> None:
        key = self.list.key
        entry = self._model.entry(self._model.row_of(key))
        at = f"{entry.at.astimezone():%Y-%m-%d %H-%M}" if entry else ""
        name = self.tr("conversation {0}.md").format(at)
        dialog = SaveConversationDialog(name, self._endings, self)
        dialog.start_in(self.export_folder())
        dialog.path_chosen.connect(lambda path: self.export_requested.emit(key, path))
        dialog.show()
