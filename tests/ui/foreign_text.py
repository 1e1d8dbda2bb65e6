"""Every text that a window's widgets hold, and whether each is shown as it is: not rendered, nothing hidden.

What can show words: labels, buttons, tabs, menus, pickers and their lists, rows of models in each role,
placeholders, titles, tooltips, and what screen readers are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from desktop.base.visible_text import visible
from desktop.ui.common.plain_text import LinkLabel
from desktop.ui.dialogs.history_list import HistoryList
from desktop.ui.transcript.transcript_view import TranscriptView

Kind = Literal["plain", "keys", "rich", "said"]
"""Shown as it is; "&" marks a key in it; rendered; or what was said or is edited, which nothing changes."""

PAINT = QColor(255, 0, 255)
"""No colour of the program's: where it is seen, a picture was loaded or a table coloured."""
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.StatusTipRole,
    Qt.ItemDataRole.WhatsThisRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
MOST_ROWS = 300
"""Of a model, from each end."""


@dataclass(frozen=True)
class Shown:
    """A text and where it is shown."""

    where: str
    text: str
    kind: Kind = "plain"


def texts(window: QWidget) -> Iterator[Shown]:
    """All that the window and what lies in it hold, hidden or not."""
    for widget in (window, *window.findChildren(QWidget)):
        name = f"{type(widget).__name__} {widget.objectName()}".strip()
        for what in ("toolTip", "accessibleName", "accessibleDescription", "windowTitle"):
            yield Shown(f"{what} of {name}", getattr(widget, what)())
        for what in ("whatsThis", "statusTip"):
            yield Shown(f"{what} of {name}", getattr(widget, what)(), "rich")
        yield from _own(widget, name)
        for action in widget.actions():
            yield from _of_action(action, name)


def problems(window: QWidget, marks: tuple[str, ...] = ()) -> list[str]:
    """What is rendered, or hides something. `marks` are texts of others that may be anywhere in it."""
    found = []
    for shown in texts(window):
        words = shown.text
        if shown.kind == "rich" and (any(mark in words for mark in marks) or (not marks and "<" in words)):
            found.append(f"{shown.where} renders {words[:200]!r}")
        if shown.kind == "keys" and any("&" in mark for mark in marks):
            if any(mark.replace("&", "") in words.replace("&", "") for mark in marks if "&" in mark):
                if not any(mark.replace("&", "&&") in words for mark in marks):
                    found.append(f"{shown.where} takes a letter for a key: {words[:200]!r}")
        if shown.kind != "said" and words != visible(words):
            found.append(f"{shown.where} hides something: {words[:200]!r}")
    return found


def has_paint(widget: QWidget) -> bool:
    """Whether something in that colour is seen in it."""
    picture = widget.grab().toImage()
    return any(
        picture.pixelColor(x, y) == PAINT
        for x in range(0, picture.width(), 15)
        for y in range(0, picture.height(), 15)
    )


def _own(widget: QWidget, name: str) -> Iterator[Shown]:
    match widget:
        case QLabel():
            plain = widget.textFormat() is Qt.TextFormat.PlainText
            kind: Kind = "plain" if plain and widget.buddy() is None else "rich"
            if not isinstance(widget, LinkLabel):
                yield Shown(f"label {name} {widget.property('role') or ''}", widget.text(), kind)
        case QAbstractButton():
            yield Shown(f"button {name}", widget.text(), "keys")
        case QMenu():
            yield Shown(f"menu {name}", widget.title(), "keys")
        case QGroupBox():
            yield Shown(f"group {name}", widget.title(), "keys")
        case QTabBar():
            for tab in range(widget.count()):
                yield Shown(f"tab of {name}", widget.tabText(tab), "keys")
                yield Shown(f"tab's tip of {name}", widget.tabToolTip(tab))
        case QLineEdit():
            yield Shown(f"placeholder of {name}", widget.placeholderText())
            yield Shown(f"field {name}", widget.text(), "said")
            if widget.completer() is not None:
                yield from _rows(widget.completer().model(), f"completer of {name}", "plain")
        case QPlainTextEdit():
            yield Shown(f"placeholder of {name}", widget.placeholderText())
            yield Shown(f"text {name}", widget.toPlainText(), "said")
        case QTextEdit():
            yield Shown(f"text {name}", widget.toHtml(), "rich")
        case QComboBox():
            yield from _rows(widget.model(), name, "plain")
        case QAbstractItemView() if widget.model() is not None and not _of_files(widget):
            # The history's titles are the first words of conversations.
            kind = "said" if isinstance(widget, TranscriptView | HistoryList) else "plain"
            yield from _rows(widget.model(), name, kind)


def _of_action(action: QAction, name: str) -> Iterator[Shown]:
    yield Shown(f"action of {name}", action.text(), "keys")
    if action.toolTip() != action.text().replace("&", ""):
        yield Shown(f"action's tip of {name}", action.toolTip())
    yield Shown(f"action's status of {name}", action.statusTip(), "rich")


def _rows(model: QAbstractItemModel, name: str, kind: Kind) -> Iterator[Shown]:
    is_list = isinstance(model, QAbstractListModel)
    left = [QModelIndex()]
    while left:
        parent = left.pop()
        count = model.rowCount(parent)
        for row in sorted({*range(min(count, MOST_ROWS)), *range(max(0, count - MOST_ROWS), count)}):
            first = model.index(row, 0, parent)
            for column in range(1 if is_list else model.columnCount(parent)):
                index = model.index(row, column, parent)
                for role in ROLES:
                    if isinstance(words := index.data(role), str):
                        yield Shown(f"{role.name} of a row of {name}", words, kind)
            if not is_list and first.isValid() and model.rowCount(first) and len(left) < MOST_ROWS:
                left.append(first)


def _of_files(view: QAbstractItemView) -> bool:
    """Whether it lists files: what they are called is the system's."""
    within: QWidget | None = view
    while within is not None and not isinstance(within, QFileDialog):
        within = within.parentWidget()
    return within is not None
