"""The tool calls: name, state and time, and what went in and came out."""

from __future__ import annotations

import json

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.models.tool_calls import CallRole
from desktop.ui import icons
from desktop.ui.theme import BASE_PX, GRID, INSET, RADIUS, SMALL_PX, tokens

ROW = 72

Index = QModelIndex | QPersistentModelIndex


class ToolList(QListView):
    """Shows a `models.tool_calls.ToolCallsModel`."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_CardDelegate(self))
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Tool calls"))
        model.rowsInserted.connect(self.scrollToBottom)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(tokens().muted))
            painter.drawText(
                self.viewport().rect().adjusted(INSET, 0, -INSET, 0),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self.tr("The tools the assistant uses appear here. Ask what time it is."),
            )


class _CardDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = tokens()
        state = index.data(CallRole.STATE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(option.rect).adjusted(0, GRID / 2, 0, -GRID / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        colour = {"done": colours.ok, "running": colours.warn}.get(state, colours.rec)
        inner = card.adjusted(INSET, GRID, -INSET, -GRID)
        icons.draw(painter, "tool", QColor(colour), QRectF(inner.left(), inner.top(), 16, 16))
        font = QFont(option.font)
        font.setPixelSize(BASE_PX)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        painter.drawText(inner.adjusted(24, 0, 0, 0), Qt.AlignmentFlag.AlignTop, index.data())
        font.setWeight(QFont.Weight.Normal)
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        spent = "" if state == "running" else f" · {index.data(CallRole.DURATION_MS):.0f} ms"
        painter.drawText(
            inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, self.tr(state) + spent
        )
        painter.setPen(QColor(colours.muted))
        metrics = QFontMetrics(font)
        for at, role in ((20, CallRole.ARGUMENTS), (36, CallRole.RESULT)):
            words = ("→ " if role is CallRole.ARGUMENTS else "← ") + _short(index.data(role))
            line = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(inner.width()))
            painter.drawText(inner.adjusted(0, at, 0, 0), Qt.AlignmentFlag.AlignTop, line)
        painter.restore()


def _short(value: object) -> str:
    if value is None:
        return "…"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:400]
