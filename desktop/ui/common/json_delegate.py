"""Draws the rows of a JSON value."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontDatabase, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from desktop.ui.common.plain_text import show_tip
from desktop.ui.common.row_delegate import Index
from desktop.ui.common.theme import BASE_PX, SMALL_PX, Tokens, tokens
from desktop.viewmodels.guarded import Guarded
from desktop.viewmodels.json_tree_model import JsonRole

ROW = 24


class JsonDelegate(Guarded, QStyledItemDelegate):
    """Key and value on one line, the value in a colour by its kind."""

    def __init__(self, view: QTreeView) -> None:
        super().__init__(view)
        self.marked = ""
        self._font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._font.setPixelSize(SMALL_PX + 1)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        show_tip(event.globalPos(), str(index.data(JsonRole.VALUE) or ""), view)
        return True

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
