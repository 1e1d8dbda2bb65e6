"""A JSON value to read, search and copy."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.theme import BASE_PX, GRID, SMALL_PX, Tokens, tokens
from desktop.viewmodels import numbers, shortcuts
from desktop.viewmodels.json_search import MOST, Search
from desktop.viewmodels.json_tree import JsonRole, JsonTreeModel, as_json
from desktop.viewmodels.wording import with_keys

ROW = 24
INDENT = 16
BAR = 3
OPENED = 60
"""Rows that are opened by themselves: what fits a pane, and not a long list."""
OPENED_BY_KEY = 2_000
"""Rows that `*` opens below a row. It would not end in a large value otherwise."""

Index = QModelIndex | QPersistentModelIndex


class JsonTree(QWidget):
    """A tree with its own search line. Members are built when they are opened."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """`name` says to screen readers what is shown."""
        super().__init__(parent)
        self.model = JsonTreeModel(self)
        self._search = Search(self)
        self._place = -1
        self._wants = 0
        self.view = _View(self.model, self)
        self.view.setAccessibleName(name)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find"))
        self.field.setAccessibleName(self.tr("Find in {0}").format(name))
        self.field.setClearButtonEnabled(True)
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._previous = IconButton("chevron-up", with_keys(self.tr("Previous place"), shortcuts.PREVIOUS))
        self._next = IconButton("chevron-down", with_keys(self.tr("Next place"), shortcuts.NEXT))
        self._copy = IconButton("copy", with_keys(self.tr("Copy as JSON"), shortcuts.COPY_JSON))
        self._lay_out()
        self._connect_signals()
        self._on_search_grown()

    def show_value(self, value: Any) -> None:
        """Show this value; what was searched for is searched for again, without moving to it."""
        self.model.show_value(value)
        self.view.open_some()
        self._begin_search(moves=False)

    def clear(self) -> None:
        """Show nothing."""
        self.model.clear()
        self._begin_search(moves=False)

    def look_for(self, text: str) -> None:
        """Look for this text, as if it had been typed."""
        self.field.setText(text)

    def step(self, by: int) -> None:
        """Go to the next place (1) or the previous one (-1), around the end."""
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
        """Copy the current row's value as JSON, or all of it without one."""
        QGuiApplication.clipboard().setText(as_json(self.model.value(self.view.currentIndex())))

    def copy_value(self) -> None:
        """Copy the current row's value: a text as it is, all of it, anything else as JSON."""
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
        self._previous.setEnabled(bool(self._search.found))
        self._next.setEnabled(bool(self._search.found))
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


class _View(QTreeView):
    """The tree itself, and its keys."""

    copy_wanted = Signal()
    copy_json_wanted = Signal()
    find_wanted = Signal()
    step_wanted = Signal(int)

    def __init__(self, model: JsonTreeModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._delegate = _Delegate(self)
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
        """Show where this text stands in what is seen."""
        self._delegate.marked = text.lower()
        self.viewport().update()

    def open_some(self) -> None:
        """Open what is small, from the outside inwards."""
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
        # The style has filled it with the highlight's full colour; the row beside it is ours.
        if self.selectionModel().isSelected(index):
            painter.fillRect(rect, QColor(tokens().raised))
            painter.fillRect(rect.left(), rect.top(), BAR, rect.height(), QColor(tokens().accent))
        super().drawBranches(painter, rect, index)

    def event(self, event: QEvent) -> bool:
        # The window may have these keys for itself. While the tree has the focus they mean the tree.
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


class _Delegate(QStyledItemDelegate):
    """Key and value on one line, the value in a colour by its kind."""

    def __init__(self, view: QTreeView) -> None:
        super().__init__(view)
        self.marked = ""
        self._font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._font.setPixelSize(SMALL_PX + 1)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = tokens()
        painter.save()
        painter.setFont(self._font)
        metrics = painter.fontMetrics()
        area: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(colours.raised))
        key, value, kind = index.data(JsonRole.KEY), index.data(JsonRole.VALUE), index.data(JsonRole.KIND)
        place = area.adjusted(4, 0, -4, 0)
        for words, colour in ((key + (": " if key and value else ""), colours.muted), (value, None)):
            if not words or place.width() <= 0:
                continue
            line = metrics.elidedText(words, Qt.TextElideMode.ElideRight, place.width())
            self._mark(painter, place, line, colours)
            painter.setPen(QColor(colour or _colour(kind, colours)))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, line)
            place.setLeft(place.left() + metrics.horizontalAdvance(line))
        painter.restore()

    def _mark(self, painter: QPainter, place: QRect, line: str, colours: Tokens) -> None:
        if not self.marked:
            return
        metrics, lower = painter.fontMetrics(), line.lower()
        at = lower.find(self.marked)
        while at >= 0:
            end = at + len(self.marked)
            left = place.left() + metrics.horizontalAdvance(line[:at])
            width = metrics.horizontalAdvance(line[at:end])
            bar = QRect(left, place.center().y() + BASE_PX // 2 + 1, width, 2)
            painter.fillRect(bar, QColor(colours.warn))
            at = lower.find(self.marked, end)


def _colour(kind: str, colours: Tokens) -> str:
    return {"string": colours.ok, "number": colours.accent, "word": colours.warn}.get(kind, colours.muted)
