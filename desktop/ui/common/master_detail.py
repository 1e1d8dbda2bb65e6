"""A list, and over its whole height what is opened of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.base.message import Shortcut
from desktop.ui.common.availability import allow
from desktop.ui.common.elided_label import ElidedLabel
from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.theme import GRID
from desktop.viewmodels import shortcuts


class DetailHeader(QHBoxLayout):
    """The first line of an opened row: the way back, what it is, and the rows before and after it.

    Args:
        actions: stand before the buttons for the neighbours.
    """

    def __init__(self, *actions: QWidget) -> None:
        super().__init__()
        translate = QCoreApplication.translate
        self.back = IconButton("back", translate("MasterDetail", "Back to the list"), keys=shortcuts.BACK)
        self.previous = IconButton(
            "chevron-up", translate("MasterDetail", "The one before"), keys=shortcuts.ONE_BEFORE
        )
        self.next = IconButton(
            "chevron-down", translate("MasterDetail", "The one after"), keys=shortcuts.ONE_AFTER
        )
        self._title = ElidedLabel()
        self._title.setProperty("role", "heading")
        self._details = ElidedLabel()
        self._details.setProperty("role", "muted")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._details)
        self.setSpacing(0)
        self.addWidget(self.back)
        self.addSpacing(GRID)
        self.addLayout(words, 1)
        for widget in (*actions, self.previous, self.next):
            self.addWidget(widget)

    def say(self, title: str, details: str) -> None:
        """Name the row; the details stand below in small."""
        self._title.setText(title)
        self._details.setText(details)


class MasterDetail(QStackedWidget):
    """Shows the list or the opened row, never both: each has the whole height, and scrolls alone.

    A click or Return opens a row, `open` too. While one is open, another current row is opened as well.

    Args:
        view: the list.
        detail: shows what `opened` tells.
        header: the detail's own.
        target: gets the focus with the detail.
    """

    opened = Signal(QModelIndex)
    """This row of the view's model is to be shown."""

    def __init__(
        self, view: QAbstractItemView, detail: QWidget, header: DetailHeader, target: QAbstractItemView
    ) -> None:
        super().__init__()
        self._view = view
        self._detail = detail
        self._header = header
        self._target = target
        self.addWidget(view)
        self.addWidget(detail)
        view.clicked.connect(self.open)
        view.activated.connect(self.open)
        view.selectionModel().currentRowChanged.connect(self._on_row_changed)
        header.back.clicked.connect(self.close_detail)
        header.previous.clicked.connect(lambda: self.step(-1))
        header.next.clicked.connect(lambda: self.step(1))
        self._add_key(shortcuts.BACK, self.close_detail)
        self._add_key(shortcuts.ONE_BEFORE, lambda: self.step(-1))
        self._add_key(shortcuts.ONE_AFTER, lambda: self.step(1))
        for changed in (view.model().rowsInserted, view.model().rowsRemoved, view.model().layoutChanged):
            changed.connect(self._enable)
        view.model().rowsRemoved.connect(self._on_rows_removed)

    @property
    def is_open(self) -> bool:
        """Whether a row is open."""
        return self.currentWidget() is self._detail

    def open(self, index: QModelIndex) -> None:
        """Open this row."""
        if not index.isValid():
            return
        focused = self._has_focus()
        was_open = self.is_open
        self.setCurrentWidget(self._detail)
        if index.row() == self._view.currentIndex().row():
            self.opened.emit(index)
        else:
            self._view.setCurrentIndex(index)  # and that opens it
        if focused and not was_open:
            self._target.setFocus(Qt.FocusReason.OtherFocusReason)
            self._target.setCurrentIndex(QModelIndex())  # nothing of it is chosen yet
        self._enable()

    def close_detail(self) -> None:
        """Show the list."""
        if self.is_open:
            focused = self._has_focus()
            self.setCurrentWidget(self._view)
            if self._view.currentIndex().isValid():
                self._view.scrollTo(self._view.currentIndex())
            if focused:
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, by: int) -> None:
        """Open the row that is so many rows below, if there is one."""
        current = self._view.currentIndex()
        if self.is_open and current.isValid():
            self.open(self._view.model().index(current.row() + by, 0))

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _add_key(self, keys: Shortcut, slot: Callable[[], object]) -> None:
        key = QShortcut(QKeySequence(keys.keys), self)
        key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        key.activated.connect(slot)

    def _on_row_changed(self, current: QModelIndex) -> None:
        if self.is_open and current.isValid():
            self.opened.emit(current)
        self._enable()

    def _on_rows_removed(self) -> None:
        if not self._view.model().rowCount():
            self.close_detail()  # it would go on showing what is gone

    def _enable(self) -> None:
        row, rows = self._view.currentIndex().row(), self._view.model().rowCount()
        translate = QCoreApplication.translate
        first = translate("MasterDetail", "This is the first one")
        last = translate("MasterDetail", "This is the last one")
        allow(self._header.previous, "" if row > 0 else first)
        allow(self._header.next, "" if 0 <= row < rows - 1 else last)
