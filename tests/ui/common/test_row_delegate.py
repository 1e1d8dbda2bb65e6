"""What all lists have in common: the ground of the selected row, and lines that are cut to their place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QStringListModel
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication, QListView

from desktop.ui.common import theme
from desktop.ui.common.row_delegate import Index, RowDelegate, paint_empty


class Rows(RowDelegate):
    def paint_row(self, painter: QPainter, area: QRect, index: Index, selected: bool) -> None:
        self.paint_line(painter, area.adjusted(20, 4, -60, 0), index.data(), self.title_font, "#123456")


class Listed(QListView):
    def paintEvent(self, event) -> None:
        super().paintEvent(event)
        paint_empty(self, "nothing yet")


@pytest.fixture
def view(qtbot, qapp: QApplication) -> QListView:
    theme.apply(qapp, theme.LIGHT)
    view = Listed()
    qtbot.addWidget(view)
    view.setItemDelegate(Rows(view, 40, QFont.Weight.DemiBold))
    view.setModel(QStringListModel(["first", "a line that is far too long for its place " * 5], view))
    view.resize(300, 120)
    view.show()
    qtbot.waitExposed(view)
    return view


def shot(view: QListView) -> QImage:
    return view.viewport().grab().toImage()


def test_rows_have_one_height(view):
    assert [view.sizeHintForIndex(view.model().index(row, 0)).height() for row in (0, 1)] == [40, 40]


def test_only_the_selected_row_has_a_ground_and_a_bar(view):
    view.setCurrentIndex(view.model().index(0, 0))
    image = shot(view)
    raised, accent = QColor(theme.LIGHT.raised), QColor(theme.LIGHT.accent)
    assert image.pixelColor(270, 20) == raised
    assert image.pixelColor(2, 20) == accent
    assert image.pixelColor(270, 60) != raised
    assert image.pixelColor(2, 60) != accent


def test_a_line_ends_where_its_place_does(view):
    image = shot(view)
    ground = image.pixelColor(290, 60)
    beside = QRect(view.viewport().width() - 59, 41, 50, 38)
    within = QRect(20, 41, 150, 38)

    def empty(area: QRect) -> bool:
        points = ((x, y) for x in range(area.left(), area.right()) for y in range(area.top(), area.bottom()))
        return all(image.pixelColor(x, y) == ground for x, y in points)

    assert empty(beside)
    assert not empty(within)


def test_an_empty_list_says_what_will_be_there(view):
    view.setModel(QStringListModel([], view))
    image = shot(view)
    muted = QColor(theme.LIGHT.muted)
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert muted.name() in colours
    view.setModel(QStringListModel(["one"], view))
    image = shot(view)
    assert muted.name() not in {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }
