"""The lists that open below a field, and the tips: their frame, size and place; never over the field."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLabel, QLineEdit, QListView, QWidget

from desktop.ui.common import popup_style
from desktop.ui.common.list_delegate import ListDelegate
from desktop.ui.common.theme import tokens
from desktop.ui.common.work_area import told_area

FRAME = popup_style.PADDING + 1
APART = 4
"""Pixels between a field and its list."""
MARGIN = 8
"""Pixels that a list stays away from the screen's edges."""
MOST_ROWS = 14
"""More of them scroll."""
PLACED = (QEvent.Type.Show, QEvent.Type.Move, QEvent.Type.Resize)
MOST_MEASURED = 200
"""Rows whose widths decide the list's; one with more is as wide as may be."""
WIDEST = 560
"""Pixels; longer rows are cut, with an ellipsis."""
WIDEST_TIP = 420
"""Pixels; a longer tip has several lines."""


def place_list(field: QRect, wanted: QSize, row: int, room: QRect, *, right_to_left: bool) -> QRect:
    """Where a list is put.

    Args:
        field: the field it belongs to.
        wanted: the list's size, if there is room.
        row: the height of a row: the list is cut between two.
        room: the screen's work area, in whose coordinates all of them are.
    """
    below = room.bottom() - MARGIN - (field.bottom() + APART)
    above = field.top() - APART - (room.top() + MARGIN)
    upwards = wanted.height() > below and above > below
    space = above if upwards else below
    height = wanted.height()
    if height > space:
        height -= -(-(height - space) // row) * row
    width = min(max(wanted.width(), field.width()), room.width() - 2 * MARGIN)
    left = field.right() + 1 - width if right_to_left else field.left()
    left = max(room.left() + MARGIN, min(left, room.right() + 1 - MARGIN - width))
    height = max(height, row)
    top = field.top() - APART - height if upwards else field.bottom() + 1 + APART
    return QRect(left, top, width, height)


class ListFrame(QObject):
    """Paints the frame of each list that opens, and puts it in its place just before it is shown.

    Qt lets no style sheet reach a combo box's window, only what is in it; and it paints no border around a
    completer's window, which is the list itself.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, QWidget):
            return False
        if event.type() == QEvent.Type.Paint:
            _paint_frame(watched)
            return True
        owner = watched.parent()
        if event.type() == QEvent.Type.Show and isinstance(owner, QComboBox):
            if layout := watched.layout():
                layout.setContentsMargins(FRAME, FRAME, FRAME, FRAME)
            # Not when it is polished: a change of the theme polishes everything in one go, and dies of this.
            if not isinstance(owner.itemDelegate(), ListDelegate):
                owner.setItemDelegate(ListDelegate(owner, owner))
                owner.view().setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            _place(watched, owner.view(), owner.modelColumn(), owner)
        # Qt moves a completer's list with each letter, to two pixels over its field.
        elif event.type() in PLACED and isinstance(watched, QListView) and (field := watched.focusProxy()):
            if not isinstance(watched.itemDelegate(), ListDelegate):
                watched.setItemDelegate(ListDelegate(watched))
            _place(watched, watched, watched.modelColumn(), field)
        return False


class TipSize(QObject):
    """Breaks the lines of long tool tips."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Resize) and isinstance(watched, QLabel):
            if watched.width() > WIDEST_TIP:
                old = watched.geometry()
                watched.setWordWrap(True)
                watched.resize(WIDEST_TIP, watched.heightForWidth(WIDEST_TIP))
                if QCursor.pos().x() > old.center().x():
                    watched.move(old.right() + 1 - WIDEST_TIP, watched.y())
        return False


def _paint_frame(popup: QWidget) -> None:
    colours = tokens()
    painter = QPainter(popup)
    painter.setPen(QPen(QColor(colours.line), 1))
    painter.setBrush(QColor(colours.surface))
    if popup.property("square"):
        painter.drawRect(popup.rect().adjusted(0, 0, -1, -1))
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = popup_style.RADIUS
    painter.drawRoundedRect(QRectF(popup.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def _place(popup: QWidget, view: QAbstractItemView, column: int, field: QWidget) -> None:
    heights = _heights(view)
    # Measuring a name takes 50 µs: in a long list some name is as wide as may be.
    width = view.sizeHintForColumn(column) if view.model().rowCount() <= MOST_MEASURED else WIDEST
    above = sum(line.sizeHint().height() for line in popup.findChildren(QLineEdit))
    if len(heights) > MOST_ROWS:
        width += view.verticalScrollBar().sizeHint().width()
    place = place_list(
        QRect(field.mapToGlobal(QPoint(0, 0)), field.size()),
        QSize(min(width, WIDEST) + 2 * FRAME, above + sum(heights[:MOST_ROWS]) + 2 * FRAME),
        max(heights, default=1),
        told_area(field.screen()),
        right_to_left=field.layoutDirection() == Qt.LayoutDirection.RightToLeft,
    )
    if popup.geometry() != place:
        popup.setGeometry(place)
        view.scrollTo(view.currentIndex())


def _heights(view: QAbstractItemView) -> list[int]:
    """Those of the rows that can be seen at once, and of one more if there is one."""
    rows: Iterable[int] = range(view.model().rowCount(view.rootIndex()))
    if isinstance(view, QListView):
        rows = (row for row in rows if not view.isRowHidden(row))
    return [view.sizeHintForRow(row) for row in islice(rows, MOST_ROWS + 1)]
