"""The rows of a JSON value, and the keys and the menu of the tree."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QMenu, QTreeView, QWidget

from desktop.ui.common.json_delegate import JsonDelegate
from desktop.ui.common.row_delegate import BAR, Index
from desktop.ui.common.theme import tokens
from desktop.viewmodels.json_tree_model import JsonRole, JsonTreeModel

INDENT = 16
OPENED = 60
"""Rows that are expanded at first: enough to fill a pane, but no long list."""
OPENED_BY_KEY = 2_000
"""Rows that `*` expands below a row; a large value could take forever otherwise."""


class JsonView(QTreeView):
    """Emits a signal for each action of its keys and its menu."""

    copy_wanted = Signal()
    copy_json_wanted = Signal()
    find_wanted = Signal()
    step_wanted = Signal(int)

    def __init__(self, model: JsonTreeModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._delegate = JsonDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(INDENT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_requested)

    def mark(self, text: str) -> None:
        """Mark this text in the visible rows."""
        self._delegate.marked = text.lower()
        self.viewport().update()

    def open_some(self) -> None:
        """Expand small members, from the outside inwards."""
        self._open([QModelIndex()], OPENED)

    def _open(self, parents: list[QModelIndex], room: int) -> None:
        model = self.model()
        for parent in parents:
            if parent.isValid():
                if model.canFetchMore(parent):
                    model.fetchMore(parent)
                self.expand(parent)
            for row in range(model.rowCount(parent)):
                room -= 1
                child = model.index(row, 0, parent)
                if room <= 0:
                    return
                if child.data(JsonRole.KIND) in ("object", "array"):
                    parents.append(child)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        # The style has filled it with the full highlight colour; the row beside it is drawn by the delegate.
        if self.selectionModel().isSelected(index):
            painter.fillRect(rect, QColor(tokens().raised))
            painter.fillRect(rect.left(), rect.top(), BAR, rect.height(), QColor(tokens().accent))
        super().drawBranches(painter, rect, index)

    def event(self, event: QEvent) -> bool:
        # The window may use these keys too. While the tree has the focus they belong to the tree.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._meaning(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        meaning = self._meaning(event)
        if meaning is not None:
            signal, *arguments = meaning
            signal.emit(*arguments)
        elif event.key() == Qt.Key.Key_Asterisk:
            self._open([self.currentIndex()], OPENED_BY_KEY)
        else:
            super().keyPressEvent(event)

    def _meaning(self, event: QKeyEvent) -> tuple[Any, ...] | None:
        if event.matches(QKeySequence.StandardKey.Find):
            return (self.find_wanted,)
        if event.matches(QKeySequence.StandardKey.Copy):
            return (self.copy_wanted,)
        if event.matches(QKeySequence.StandardKey.FindNext):
            return (self.step_wanted, 1)
        if event.matches(QKeySequence.StandardKey.FindPrevious):
            return (self.step_wanted, -1)
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_C and event.modifiers() == both:
            return (self.copy_json_wanted,)
        return None

    def _on_menu_requested(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy")).triggered.connect(self.copy_wanted)
        menu.addAction(self.tr("Copy as JSON")).triggered.connect(self.copy_json_wanted)
        menu.popup(self.viewport().mapToGlobal(at))
