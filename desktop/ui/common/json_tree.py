"""The tree of a JSON value: to read, search and copy it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.common.availability import allow
from desktop.ui.common.clear_button import offer_clearing
from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.json_view import JsonView
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID
from desktop.viewmodels import numbers, shortcuts
from desktop.viewmodels.json_search import MOST, Search
from desktop.viewmodels.json_tree_model import JsonTreeModel, as_json


class JsonTree(QWidget):
    """A tree with its own search line. Members are built when they are opened."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """`name` is what screen readers call it."""
        super().__init__(parent)
        self.model = JsonTreeModel(self)
        self._search = Search(self)
        self._place = -1
        self._wants = 0
        self.view = JsonView(self.model, self)
        self.view.setAccessibleName(name)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find"))
        self.field.setAccessibleName(self.tr("Find in {0}").format(name))
        offer_clearing(self.field)
        self._count = PlainLabel()
        self._count.setProperty("role", "muted")
        self._previous = IconButton("chevron-up", self.tr("Previous match"), keys=shortcuts.PREVIOUS)
        self._next = IconButton("chevron-down", self.tr("Next match"), keys=shortcuts.NEXT)
        self._copy = IconButton("copy", self.tr("Copy as JSON"), keys=shortcuts.COPY_JSON)
        self._lay_out()
        self._connect_signals()
        self._on_search_grown()

    def show_value(self, value: Any) -> None:
        """Show this value; a search is repeated in it, without moving to a match."""
        self.model.show_value(value)
        self.view.open_some()
        self._begin_search(moves=False)

    def clear(self) -> None:
        """Show nothing."""
        self.model.clear()
        self._begin_search(moves=False)

    def look_for(self, text: str) -> None:
        """Search for this text, as if it had been typed."""
        self.field.setText(text)

    def step(self, by: int) -> None:
        """Go to the next match (1) or the previous one (-1), around the end."""
        found = self._search.found
        if not found:
            self._wants = by
            return
        start = self._place if self._place >= 0 else (-1 if by > 0 else 0)
        self._place = (start + by) % len(found)
        index = self.model.find_index(found[self._place])
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        self._show_count()

    def copy_json(self) -> None:
        """Copy the current row's value as JSON, or the whole value if no row is selected."""
        QGuiApplication.clipboard().setText(as_json(self.model.value(self.view.currentIndex())))

    def copy_value(self) -> None:
        """Copy the current row's value: a complete string as it is, anything else as JSON."""
        value = self.model.value(self.view.currentIndex())
        QGuiApplication.clipboard().setText(value if isinstance(value, str) else as_json(value))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.field, 1)
        row.addSpacing(GRID)
        row.addWidget(self._count)
        for button in (self._previous, self._next, self._copy):
            row.addWidget(button)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID)
        page.addLayout(row)
        page.addWidget(self.view, 1)

    def _connect_signals(self) -> None:
        # search
        self.field.textChanged.connect(lambda: self._begin_search(moves=True))
        self.field.returnPressed.connect(self._on_return_pressed)
        self._search.grown.connect(self._on_search_grown)
        self._previous.clicked.connect(lambda: self.step(-1))
        self._next.clicked.connect(lambda: self.step(1))
        # copy
        self._copy.clicked.connect(self.copy_json)
        self.view.copy_wanted.connect(self.copy_value)
        self.view.copy_json_wanted.connect(self.copy_json)
        # keys
        self.view.find_wanted.connect(self._on_find_wanted)
        self.view.step_wanted.connect(self.step)

    def _begin_search(self, moves: bool) -> None:
        self._place, self._wants = -1, int(moves)
        self.view.mark(self.field.text())
        for button in (self._previous, self._next):
            button.setVisible(bool(self.field.text()))
        self._search.start(self.model.shown, self.field.text())

    def _on_find_wanted(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _on_return_pressed(self) -> None:
        back = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        self.step(-1 if back else 1)

    def _on_search_grown(self) -> None:
        if self._wants and self._search.found:
            wanted, self._wants = self._wants, 0
            self.step(wanted)
        nothing = self.tr("Nothing found") if self.field.text() else self.tr("Type what to find")
        for button in (self._previous, self._next):
            allow(button, "" if self._search.found else nothing)
        self._show_count()

    def _show_count(self) -> None:
        found = len(self._search.found)
        more = "+" if self._search.running or found >= MOST else ""
        if not self.field.text():
            words = ""
        elif found:
            words = self.tr("{0} of {1}").format(numbers.whole(self._place + 1), numbers.whole(found) + more)
        else:
            words = self.tr("searching") if self._search.running else self.tr("not found")
        self._count.setText(words)
