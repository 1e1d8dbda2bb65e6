"""Paints what of a timeline is in sight: it costs the same for a minute and for ten hours."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF

from desktop.turn.marks import Mark
from desktop.turn.turn_parts import parts_of
from desktop.ui.common.theme import SMALL_PX, Tokens
from desktop.ui.timeline.lanes import Lane, Lanes
from desktop.ui.timeline.wave_picture import wave_picture
from desktop.ui.timing.waterfall import part_colour
from desktop.viewmodels.timeline.mark_words import clock_words
from desktop.viewmodels.timeline.records import TROUBLES, Voice
from desktop.viewmodels.timeline.time_scale import TimeScale
from desktop.viewmodels.timeline.timeline import OTHER, SOUND, Timeline
from desktop.viewmodels.timeline.wave import PlacedClips, Wave, waves

LEAST_LABEL = 72
"""Pixels between two numbers on the axis."""
MARK = 4
"""Half of a mark's width."""
CLOSE = 3
"""Marks so near to the last one are not painted: they would be one spot."""
FRAME_PX = 3
"""Frames with sound are painted where they are so far apart: else they are all of the lane."""
PACKET_US = 10_000


def faded(name: str, alpha: float) -> QColor:
    """A colour that lets through."""
    colour = QColor(name)
    colour.setAlphaF(alpha)
    return colour


class TimelinePainter:
    """Paints the lanes of one timeline, from x = 0 on; it remembers what can be used again."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._placed: dict[Voice, tuple[tuple[int, int], PlacedClips]] = {}

    def paint(
        self, painter: QPainter, scale: TimeScale, lanes: Lanes, colours: Tokens, ratio: float = 1.0
    ) -> None:
        """Paint everything but the playhead. `ratio`: the screen's pixels to one of the window's."""
        paint_ruler(painter, scale, lanes, colours)
        self._paint_stretches(painter, scale, lanes, colours)
        for voice, lane, colour in (
            ("sent", lanes.sent, colours.rec),
            ("received", lanes.received, colours.accent),
        ):
            self._paint_wave(painter, voice, scale, lane, (colour, colours.muted), ratio)  # type: ignore[arg-type]
        self._paint_waits(painter, scale, lanes.waits, colours)
        self._paint_frames(painter, scale, lanes.frames, colours)
        for mark, x in self.marks_in_sight(scale):
            paint_mark(painter, mark, x, lanes, colours)

    def marks_in_sight(self, scale: TimeScale) -> Iterable[tuple[Mark, float]]:
        """The marks that are painted, and where: of those at one place the last, a trouble before others."""
        times = self.timeline.mark_times
        margin = MARK * scale.us_per_px
        first, last = bisect_left(times, scale.begin_us - margin), bisect_right(times, scale.end_us + margin)
        if last - first > 4 * scale.width:  # each column's first one, found without looking at the others
            columns = np.floor((np.array(times[first:last]) - scale.begin_us) / (CLOSE * scale.us_per_px))
            places = np.unique(columns, return_index=True)[1] + first
            chosen = [self.timeline.marks[int(place)] for place in places]
        else:
            chosen = self.timeline.marks[first:last]
        waiting: tuple[Mark, float] | None = None
        for mark in chosen:
            x = scale.x(mark.t)
            if waiting is not None and x - waiting[1] >= CLOSE:
                yield waiting
                waiting = None
            if waiting is None or waiting[0].mark not in TROUBLES:
                waiting = (mark, x)
        if waiting is not None:
            yield waiting

    def _clips(self, voice: Voice) -> PlacedClips:
        key = (id(self.timeline), self.timeline.version)
        known = self._placed.get(voice)
        if known is None or known[0] != key:
            known = self._placed[voice] = (key, PlacedClips(self.timeline.clips(voice)))
        return known[1]

    def _paint_wave(
        self,
        painter: QPainter,
        voice: Voice,
        scale: TimeScale,
        lane: Lane,
        names: tuple[str, str],
        ratio: float,
    ) -> None:
        sharp = TimeScale(scale.begin_us, scale.us_per_px / ratio, max(1, round(scale.width * ratio)))
        heard, unheard = waves(self.timeline.peaks[voice], self._clips(voice), sharp)
        parts: tuple[tuple[Wave, QColor], ...] = ((unheard, faded(names[1], 0.55)), (heard, QColor(names[0])))
        picture = wave_picture(parts, max(1, round(lane.height * ratio)))
        painter.drawImage(QRectF(0, lane.top, scale.width, lane.height), picture)

    def _paint_stretches(self, painter: QPainter, scale: TimeScale, lanes: Lanes, colours: Tokens) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        metrics = QFontMetrics(painter.font())
        end = float(self.timeline.end_us)
        reach: dict[str, float] = {}
        for stretch in self.timeline.stretches:
            begin_us, end_us = stretch.begin_us, end if stretch.end_us is None else stretch.end_us
            if end_us < scale.begin_us or begin_us > scale.end_us:
                continue
            left = max(-4.0, scale.x(begin_us))
            right = min(scale.width + 4.0, max(scale.x(end_us), scale.x(begin_us) + 2))
            if right - reach.get(stretch.kind, -9.0) < 1:  # within the last pixel of one before
                continue
            reach[stretch.kind] = right
            if stretch.kind == "tool":
                box = QRectF(left, lanes.tools.top + 1, right - left, lanes.tools.height - 2)
                painter.setBrush(QColor(colours.warn))
                painter.drawRoundedRect(box, 2, 2)
                _name(painter, metrics, stretch.text, box, colours.surface)
                continue
            lane, colour = (
                (lanes.sent, colours.rec) if stretch.kind == "take" else (lanes.received, colours.accent)
            )
            box = QRectF(left, lane.top, right - left, lane.height)
            painter.setBrush(faded(colours.muted if stretch.discarded else colour, 0.12))
            painter.drawRect(box)
            if stretch.discarded:
                painter.setBrush(Qt.BrushStyle.BDiagPattern)
                painter.drawRect(box)

    def _paint_waits(self, painter: QPainter, scale: TimeScale, lane: Lane, colours: Tokens) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        reach = -9.0
        for begin, end, turn in self._waits():
            if end * 1_000 < scale.begin_us or begin * 1_000 > scale.end_us:
                continue
            if scale.x(end * 1_000) - reach < 1:
                continue
            for part in parts_of(self.timeline.turns[turn]):
                left = scale.x(part.begin * 1_000)
                right = max(scale.x(part.end * 1_000), left + 1)
                if right >= 0 and left <= scale.width:
                    painter.setBrush(part_colour(part, colours))
                    painter.drawRect(QRectF(left, lane.top + 2, right - left, lane.height - 4))
            reach = scale.x(end * 1_000)

    def _waits(self) -> Iterable[tuple[float, float, int]]:
        """The waits of turns, in ms, and their numbers."""
        for number, turn in self.timeline.turns.items():
            begin = turn.release if turn.release is not None else turn.commit
            if begin is not None and turn.detail.way.audible is not None:
                yield begin, turn.detail.way.audible, number

    def _paint_frames(self, painter: QPainter, scale: TimeScale, lane: Lane, colours: Tokens) -> None:
        times = self.timeline.frames
        first, last = bisect_left(times, scale.begin_us), bisect_right(times, scale.end_us)
        if first >= last:
            return
        columns = ((np.array(times[first:last]) - scale.begin_us) / scale.us_per_px).astype(np.int64)
        kinds = np.frombuffer(bytes(self.timeline.kinds[first:last]), np.uint8)
        half = lane.height / 2
        with_sound = scale.us_per_px * FRAME_PX <= PACKET_US
        for kind, name, alpha in (
            (SOUND, colours.muted, 0.5),
            (SOUND + 1, colours.muted, 0.5),
            (OTHER, colours.rec, 1.0),
            (OTHER + 1, colours.accent, 1.0),
        ):
            if kind < OTHER and not with_sound:
                continue
            top = lane.top + (half if kind & 1 else 0)
            painter.setPen(QPen(faded(name, alpha), 1))
            for x in np.unique(columns[kinds == kind]).tolist():
                painter.drawLine(QPointF(x + 0.5, top), QPointF(x + 0.5, top + half - 1))


def paint_ruler(painter: QPainter, scale: TimeScale, lanes: Lanes, colours: Tokens) -> None:
    """The axis: round times, and a thin line through the lanes at each."""
    step = scale.step_us(LEAST_LABEL)
    t = int(max(0.0, scale.begin_us) // step) * step
    metrics = QFontMetrics(painter.font())
    while t <= scale.end_us:
        x = round(scale.x(t)) + 0.5
        painter.setPen(QPen(faded(colours.muted, 0.25), 1))
        painter.drawLine(QPointF(x, lanes.ruler.bottom), QPointF(x, lanes.frames.bottom))
        words = clock_words(t, step_us=step)
        if -1 <= x and x + 4 + metrics.horizontalAdvance(words) <= scale.width:
            painter.setPen(QColor(colours.muted))
            painter.drawText(QPointF(x + 3, lanes.ruler.top + SMALL_PX + 2), words)
        t += step


def paint_mark(painter: QPainter, mark: Mark, x: float, lanes: Lanes, colours: Tokens) -> None:
    """A mark: its shape says whose it is, a filled one that something went wrong."""
    lane = lanes.marks
    middle = lane.top + lane.height / 2
    kind = mark.mark
    trouble = kind in TROUBLES
    colour = QColor(_mark_colour(kind, colours))
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(colour if trouble else Qt.BrushStyle.NoBrush)
    if trouble:
        _shape(painter, x, middle, ((0, -MARK), (MARK, 0), (0, MARK), (-MARK, 0)))
        painter.setPen(QPen(faded(colour.name(), 0.6), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, lane.bottom), QPointF(x, lanes.received.bottom))
    elif kind == "key_down":
        _shape(painter, x, middle, ((-MARK + 1, -MARK + 1), (MARK - 1, -MARK + 1), (0, MARK - 1)))
    elif kind == "key_up":
        _shape(painter, x, middle, ((-MARK + 1, MARK - 1), (MARK - 1, MARK - 1), (0, -MARK + 1)))
    elif kind.startswith("tool"):
        painter.drawRect(QRectF(x - 2.5, middle - 2.5, 5, 5))
    elif kind in ("session", "renewal"):
        painter.drawLine(QPointF(x, lane.top), QPointF(x, lanes.frames.bottom))
    elif kind in ("commit", "cancel", "take_kept"):
        painter.drawLine(QPointF(x, middle - 3), QPointF(x, middle + 3))
    else:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawEllipse(QPointF(x, middle), 2.5, 2.5)


def _mark_colour(kind: str, colours: Tokens) -> str:
    if kind in TROUBLES or kind.startswith("key") or kind in ("commit", "take_kept"):
        return colours.rec
    if kind.startswith("tool"):
        return colours.warn
    return colours.ok if kind in ("session", "renewal") else colours.accent


def _shape(painter: QPainter, x: float, y: float, points: Iterable[tuple[float, float]]) -> None:
    painter.drawPolygon(QPolygonF([QPointF(x + right, y + down) for right, down in points]))


def _name(painter: QPainter, metrics: QFontMetrics, text: str, box: QRectF, colour: str) -> None:
    room = int(box.width()) - 6
    if room < 24:
        return
    words = metrics.elidedText(text[:80].replace("\n", " "), Qt.TextElideMode.ElideRight, room)
    painter.setPen(QColor(colour))
    painter.drawText(box.adjusted(3, 0, -3, 0), Qt.AlignmentFlag.AlignVCenter, words)
    painter.setPen(Qt.PenStyle.NoPen)
