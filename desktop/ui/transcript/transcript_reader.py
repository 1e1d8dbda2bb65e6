"""Reading the transcript: selecting across bubbles, copying, the keyboard, playing unheard parts."""

from __future__ import annotations

import re
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from desktop.ui.common.availability import allow
from desktop.ui.common.plain_text import set_tip
from desktop.ui.common.theme import GRID
from desktop.ui.transcript import bubble_actions
from desktop.ui.transcript.bubble_actions import ActionMarks, BubbleAction
from desktop.ui.transcript.bubble_paint import LineMarks
from desktop.ui.transcript.row_keys import row_by_key
from desktop.ui.transcript.text_selection import END, TextPosition, TextSelection, to_units
from desktop.ui.transcript.transcript_view import Index, TranscriptView
from desktop.viewmodels import shortcuts
from desktop.viewmodels.finder import Finder, Match
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel

SCROLL_MS = 30
"""Between two steps while the user selects beyond the edge."""
Button = tuple[int, BubbleAction | None]
"""A row, and the button of it."""
_WORD = re.compile(r"\w+|\W")


class TranscriptReader(TranscriptView):
    """The transcript's list, with a reader's actions."""

    play_unheard_requested = Signal(int)
    """The response whose unheard rest is to be played."""
    play_requested = Signal(str, int)
    edit_requested = Signal(str)
    find_asked = Signal()

    def __init__(self, model: TranscriptModel, finder: Finder, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.more_actions: list[QAction] = []
        """Further actions at the end of the menu."""
        self.menu_row = -1
        """The row whose menu was opened last: `more_actions` are about it."""
        self._finder = finder
        self._match: Match | None = None
        self._selection = TextSelection()
        self._by_keyboard = False
        self._over: Button = (-1, None)
        """The row and the button that the mouse is over."""
        self._pressed: Button = (-1, None)
        self._played: tuple[Line, BubbleAction] | None = None
        """The line that was last asked to be played again, the whole or the rest."""
        self._sounding = False
        self._mouse = QPointF()
        self._edge = QTimer(self, interval=SCROLL_MS)
        self._edge.timeout.connect(self._on_edge_reached)
        model.rowsRemoved.connect(lambda _, first, last: self._selection.on_removed(first, last))
        model.rowsInserted.connect(lambda _, first, last: self._selection.on_inserted(first, last))
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # Words

    def selected_text(self) -> str:
        """The selected words, a line for each bubble."""
        rows = self._selection.rows()
        texts = [line.text for line in self._lines[rows.start : rows.stop]]
        return self._selection.text(texts, rows.start)

    def select_all(self) -> None:
        """Select every word."""
        self._selection.select((0, 0), (max(0, len(self._lines) - 1), END))
        self.viewport().update()

    def copy(self) -> None:
        """Copy what is selected, or the current line."""
        row = self.currentIndex().row()
        words = self.selected_text() or (self._lines[row].text if row >= 0 else "")
        if words:
            QGuiApplication.clipboard().setText(words)

    def show_match(self, match: Match | None) -> None:
        """Go to this match of the finder; the others are marked too."""
        self._match = match
        self.viewport().update()
        if match is None:
            return
        row, nth = match
        text = self._lines[row].text
        begin = to_units(text, self._finder.spans(text)[nth][0])
        # Show the row above the match too, so that it isn't at the very edge.
        top, height = self.laid(row).band(begin)
        self.show_part(row, top - GRID, height + 2 * GRID)

    def marks(self, row: int) -> LineMarks:
        text = self._lines[row].text
        ringed, (over, button) = row == self._ringed(), self._over
        sounding = self._sounding_action(row)
        shown = None
        if ringed or sounding or over == row:
            shown = ActionMarks(button if over == row else None, sounding)
        marks = LineMarks(current=ringed, actions=shown)
        span = self._selection.span(row)
        if span:
            marks.selected = (span[0], min(span[1], to_units(text, len(text))))
        if self._finder.has(row):
            spans = [(to_units(text, begin), to_units(text, end)) for begin, end in self._finder.spans(text)]
            marks.found = spans
            if self._match and self._match[0] == row and self._match[1] < len(spans):
                marks.match = spans[self._match[1]]
        return marks

    def show_sounding(self, sounding: bool) -> None:
        """What was asked to be played again plays now, or no longer."""
        self._sounding = sounding
        self._explain(self._over)
        self.viewport().update()

    def _sounding_action(self, row: int) -> BubbleAction | None:
        """Which button of this row plays now."""
        if self._played is None or not self._sounding or self._lines[row] is not self._played[0]:
            return None
        return self._played[1]

    def _ringed(self) -> int:
        return self.currentIndex().row() if self._by_keyboard and self.hasFocus() else -1

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            rest = current >= 0 and self._lines[current].unheard_text and self._lines[current].number
            self._act(current, "rest" if rest else "play")
        elif event.key() == Qt.Key.Key_F2:
            self._act(current, "edit")
        elif (row := row_by_key(self, event.key(), current, len(self._lines) - 1)) is not None:
            self._go_to(row)
        else:
            event.ignore()

    def _go_to(self, row: int) -> None:
        if not self._lines:
            return
        self._by_keyboard = True
        index = self.model().index(max(0, min(row, len(self._lines) - 1)), 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        current = self.currentIndex()
        super().focusInEvent(event)
        # Without a current row Qt goes to the first one.
        self.setCurrentIndex(current)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._go_to(current.row() if current.isValid() else len(self._lines) - 1)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._lines:
            return
        self._mouse = event.position()
        self._pressed = self._button_at(event.position())
        if self._pressed[1]:
            return
        place = self._place_at(event.position())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._selection.extend(place)
        else:
            self._selection.begin(place)
        self._by_keyboard = False
        self.setCurrentIndex(self.model().index(place[0], 0))
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton and self._lines and not self._pressed[1]:
            self._selection.extend(self._place_at(event.position()))
            if 0 <= event.position().y() < self.viewport().height():
                self._edge.stop()
            elif not self._edge.isActive():
                self._edge.start()
            self.viewport().update()
            return
        self._hover(self._button_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._edge.stop()
        pressed, self._pressed = self._pressed, (-1, None)
        row, action = pressed
        if action and pressed == self._button_at(event.position()):
            self._act(row, action)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._lines or self._button_at(event.position())[1]:
            self.mousePressEvent(event)
            return
        row, at = self._place_at(event.position())
        text = self._lines[row].text
        for word in _WORD.finditer(text):
            begin, end = to_units(text, word.start()), to_units(text, word.end())
            if begin <= at < end:
                self._selection.select((row, begin), (row, end))
                break
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover((-1, None))

    def _hover(self, button: Button) -> None:
        over = Qt.CursorShape.PointingHandCursor if button[1] else self._shape_at(self._mouse)
        self.viewport().setCursor(over)
        if button != self._over:
            self._over = button
            self._explain(button)
            self.viewport().update()

    def _explain(self, button: Button) -> None:
        row, action = button
        sounds = action is not None and action == self._sounding_action(row)
        words = bubble_actions.tooltip(action, sounding=sounds) if action else ""
        set_tip(self.viewport(), words)

    def _shape_at(self, at: QPointF) -> Qt.CursorShape:
        row = self.row_near(round(at.y()))
        if row >= 0 and self.laid(row).shape.contains(at - QPointF(0, self.row_top(row))):
            return Qt.CursorShape.IBeamCursor
        return Qt.CursorShape.ArrowCursor

    def _place_at(self, at: QPointF) -> TextPosition:
        row = self.row_near(round(at.y()))
        return row, self.laid(row).place_at(at - QPointF(0, self.row_top(row)))

    def _button_at(self, at: QPointF) -> Button:
        row = self.row_near(round(at.y()))
        if row < 0:
            return -1, None
        place = at - QPointF(0, self.row_top(row))
        laid = self.laid(row)
        return row, bubble_actions.action_at(place, self._lines[row], laid, self.viewport().width())

    def _on_edge_reached(self) -> None:
        bar, y = self.verticalScrollBar(), self._mouse.y()
        beyond = y if y < 0 else y - self.viewport().height()
        bar.setValue(bar.value() + round(beyond))
        self._selection.extend(self._place_at(self._mouse))

    def _act(self, row: int, action: BubbleAction) -> None:
        """Do this with a row's line, if it can be done."""
        if row < 0:
            return
        line = self._lines[row]
        possible = bubble_actions.actions(line)
        match action:
            case "rest" if line.unheard_text and line.number:
                self._played = (line, action)
                self.play_unheard_requested.emit(line.number)
            case "play" if action in possible:
                self._played = (line, action)
                self.play_requested.emit("take" if line.speaker == "user" else "response", line.number)
            case "copy":
                QGuiApplication.clipboard().setText(line.text)
            case "edit" if action in possible:
                self.edit_requested.emit(line.text)

    # Menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index: QModelIndex = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        at = self.visualRect(index).center() if by_keyboard else event.pos()
        menu = self.menu(index.row())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(at))

    def menu(self, row: int) -> QMenu:
        """The menu for a row; -1 for none."""
        self.menu_row = row
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        line: Line | None = self._lines[row] if row >= 0 else None
        copy = menu.addAction(self.tr("Copy selection"), self.copy)
        allow(copy, "" if self._selection else self.tr("Nothing is selected"))
        if line is not None:
            rest: tuple[BubbleAction, ...] = ("rest",) if line.unheard_text and line.number else ()
            named = bubble_actions.actions(line) or ("copy",)
            for does in (*named, *rest):
                words = bubble_actions.words(does, sounding=does == self._sounding_action(row))
                menu.addAction(words, partial(self._act, row, does))
        menu.addSeparator()
        every = menu.addAction(self.tr("Select all"), self.select_all)
        find = menu.addAction(self.tr("Find…"), self.find_asked.emit)
        for action, keys in ((copy, shortcuts.COPY), (every, shortcuts.ALL), (find, shortcuts.FIND)):
            # To be read: the keys themselves are the list's and the pane's.
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        if self.more_actions:
            menu.addSeparator()
            menu.addActions(self.more_actions)
        return menu
