"""The picture of a timeline. To Qt, and to a screen reader, it is a list: that of its marks."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen, QPixmap, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from desktop.ui.common.theme import SMALL_PX, tokens
from desktop.ui.timeline.lanes import EDGE, GUTTER, HEIGHT, LOW, NARROW_GUTTER, Lanes
from desktop.ui.timeline.timeline_paint import MARK, TimelinePainter, faded
from desktop.viewmodels.timeline import steps
from desktop.viewmodels.timeline.marks_model import MarksModel
from desktop.viewmodels.timeline.time_scale import TimeScale
from desktop.viewmodels.timeline.timeline import Timeline

Index = QModelIndex | QPersistentModelIndex
NEAR = 7
"""Pixels from a mark within which it is meant."""
WIDE = 620
"""From this width on the lanes have names beside them."""


class TimelinePicture(QListView):
    """Shows the part of a `Timeline` that its scale has in sight, and a playhead."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks = MarksModel(self)
        self.setModel(self._marks)
        self._painter = TimelinePainter(Timeline())
        self._length_us = self._followed_us = 0.0
        self.scale = TimeScale()
        self.playhead_us: float | None = None
        self._picture: tuple[object, QPixmap] | None = None
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName(self.tr("Timeline"))
        self.viewport().setMouseTracking(True)
        self.show_low(False)

    @property
    def timeline(self) -> Timeline:
        """What is shown."""
        return self._painter.timeline

    @property
    def length_us(self) -> float:
        """How long it is."""
        return max(self._length_us, float(self.timeline.end_us))

    def show_timeline(self, timeline: Timeline, length_us: float = 0.0) -> None:
        """Show this one, all of it; it is so long at least."""
        self._painter = TimelinePainter(timeline)
        self._length_us = length_us
        self.playhead_us = None
        self._marks.show_timeline(timeline)
        self._followed_us = self.length_us
        self.scale = self.scale.fitted(self.length_us)
        self.viewport().update()

    def seen(self) -> object:
        """What changes when the timeline has grown, or is another."""
        sound = tuple(len(peaks) for peaks in self.timeline.peaks.values())
        return id(self.timeline), self.timeline.version, sound

    def follow(self) -> None:
        """The timeline may have grown: what is in sight stays, or all of it, or its end."""
        self._marks.follow()
        length = self.length_us
        before, self._followed_us = self._followed_us, length
        if self.scale == self.scale.fitted(before):
            self.scale = self.scale.fitted(length)
        elif self.scale.sees(before):
            self.scale = self.scale.following(length, length)
        self.viewport().update()

    def show_playhead(self, t_us: float | None, *, follow: bool = False) -> None:
        """Show where is played or read; `follow`: bring it into sight."""
        self.playhead_us = t_us
        if t_us is not None and follow:
            self.scale = self.scale.following(t_us, self.length_us)
        self.viewport().update()

    def show_low(self, low: bool) -> None:
        """Be as high as a low window has room for."""
        self.setFixedHeight(LOW if low else HEIGHT)

    # What is where

    @property
    def left(self) -> int:
        """Where the lanes begin."""
        return GUTTER if self.viewport().width() >= WIDE else NARROW_GUTTER

    @property
    def lanes(self) -> Lanes:
        """Where each of them is."""
        return Lanes.of_height(self.viewport().height())

    def mark_at(self, x: float) -> int | None:
        """The number of the mark at a place of the lanes; None where none is near."""
        return steps.nearest(self.timeline.mark_times, self.scale.at(x), NEAR * self.scale.us_per_px)

    # Qt's list: each mark has a place

    def visualRect(self, index: Index) -> QRect:
        if not 0 <= index.row() < len(self._marks.marks):
            return QRect()
        x = round(self.left + self.scale.x(self._marks.marks[index.row()].t))
        lane = self.lanes.marks
        return QRect(x - MARK, lane.top, 2 * MARK, lane.height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self.mark_at(point.x() - self.left) if self.lanes.marks.holds(point.y()) else None
        return QModelIndex() if row is None else self._marks.index(row)

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        if 0 <= index.row() < len(self._marks.marks):
            self.scale = self.scale.following(self._marks.marks[index.row()].t, self.length_us)
            self.viewport().update()

    def doItemsLayout(self) -> None:
        """Nothing is laid out: each mark is where its time is."""

    def setSelection(self, rect: QRect, command: object) -> None:
        """By its keys and clicks only."""

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return self.viewport().visibleRegion()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()  # Qt's would make the first mark the current one

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = max(1, self.viewport().width() - self.left - EDGE)
        self.scale = self.scale.resized(width, self.length_us)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, self._painted())
        colours, lanes = tokens(), self.lanes
        if self.playhead_us is not None and self.scale.sees(self.playhead_us):
            x = round(self.left + self.scale.x(self.playhead_us)) + 0.5
            painter.setPen(QPen(QColor(colours.text), 1))
            painter.drawLine(x, lanes.ruler.top, x, lanes.frames.bottom)  # type: ignore[call-overload]
            painter.setBrush(QColor(colours.text))
            painter.drawRect(QRect(round(x) - 3, lanes.ruler.top, 5, 5))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.viewport().rect().adjusted(0, 0, -1, -1), 6, 6)

    def _painted(self) -> QPixmap:
        """All but the playhead; the same picture for as long as nothing else has changed."""
        colours, ratio, size = tokens(), self.devicePixelRatioF(), self.viewport().size()
        key = (self.seen(), self.scale, colours.name, ratio, size)
        if self._picture is not None and self._picture[0] == key:
            return self._picture[1]
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(colours.surface))
        painter = QPainter(picture)
        font = self.font()
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        lanes = self.lanes
        self._paint_names(painter, lanes)
        painter.translate(self.left, 0)
        painter.setClipRect(QRect(-MARK, 0, self.scale.width + 2 * MARK, size.height()))
        self._painter.paint(painter, self.scale, lanes, colours, ratio)
        painter.end()
        self._picture = (key, picture)
        return picture

    def _paint_names(self, painter: QPainter, lanes: Lanes) -> None:
        colours = tokens()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(colours.raised, 0.5))
        for lane in (lanes.sent, lanes.received):
            painter.drawRect(QRect(self.left, lane.top, self.scale.width, lane.height))
        if self.left < GUTTER:
            return
        names = (
            (lanes.sent, self.tr("You")),
            (lanes.received, self.tr("Assistant")),
            (lanes.waits, self.tr("Waits")),
            (lanes.tools, self.tr("Tools")),
            (lanes.frames, self.tr("Frames")),
        )
        painter.setPen(QColor(colours.muted))
        for lane, words in names:
            box = QRect(8, lane.top - 3, self.left - 12, lane.height + 6)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
