"""The timeline as a picture that can be looked through: zoom, scroll, scrub, step from mark to mark."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop.turn.turn_parts import parts_of
from desktop.ui.common.plain_text import show_tip
from desktop.ui.talk.talk_keys import TAKES_SPACE
from desktop.ui.timeline.timeline_picture import TimelinePicture
from desktop.viewmodels import numbers
from desktop.viewmodels.part_words import joined
from desktop.viewmodels.timeline import steps
from desktop.viewmodels.timeline.mark_words import mark_line

ZOOM = 1.6
"""By a key or a button."""
WHEEL_ZOOM = 1.2


class TimelineView(TimelinePicture):
    """A picture that the user can look through. It moves its playhead itself; `sought` tells where to."""

    sought = Signal(float)
    """The user wants this time, in µs."""
    mark_chosen = Signal(object)
    """A `Mark` that was clicked, or stepped to: what belongs to it is to be shown."""
    play_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dragged: float | None = None
        """Where the middle button went down last."""
        self._scrubs = False
        self.setProperty(TAKES_SPACE, True)

    # What the user does

    def zoom(self, factor: float, x: float | None = None) -> None:
        """So many times closer, around a place; by default around the playhead, or the middle."""
        if x is None:
            head = self.playhead_us
            seen = head is not None and self.scale.sees(head)
            x = self.scale.x(head) if seen and head is not None else self.scale.width / 2
        self.scale = self.scale.zoomed(factor, x, self.length_us)
        self.viewport().update()

    def show_all(self) -> None:
        """All of it in sight."""
        self.scale = self.scale.fitted(self.length_us)
        self.viewport().update()

    def scroll_by(self, pixels: float) -> None:
        """So many pixels later."""
        self.scale = self.scale.scrolled(pixels, self.length_us)
        self.viewport().update()

    def seek(self, t_us: float) -> None:
        """Go to a time, within the timeline."""
        t_us = min(max(0.0, t_us), self.length_us)
        self.show_playhead(t_us, follow=True)
        self.sought.emit(t_us)

    def step(self, by: str, forward: bool) -> None:
        """Go to the next or the last `mark`, `turn` or `frame`; nowhere where there is none."""
        if by == "mark":
            self._step_mark(forward)
            return
        times = self.timeline.turn_starts() if by == "turn" else self.timeline.frames
        at = self.playhead_us or 0.0
        found = steps.after(times, at) if forward else steps.before(times, at)
        if found is not None:
            self.seek(found)

    def _step_mark(self, forward: bool) -> None:
        """Marks of one time are stepped through one by one."""
        marks, row = self._marks.marks, self.currentIndex().row()
        at = self.playhead_us or 0.0
        if 0 <= row < len(marks) and marks[row].t == round(at):
            row += 1 if forward else -1
        else:
            times = self.timeline.mark_times
            found = steps.after(times, at) if forward else steps.before(times, at)
            row = len(marks) if found is None else [mark.t for mark in marks].index(found)
        if 0 <= row < len(marks):
            self.choose(row)

    def choose(self, row: int) -> None:
        """Go to the mark of this number."""
        mark = self._marks.marks[row]
        self.setCurrentIndex(self._marks.index(row))
        self.seek(mark.t)
        self.mark_chosen.emit(mark)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        keys = Qt.Key
        by = "turn" if modifiers & Qt.KeyboardModifier.ControlModifier else "mark"
        by = "frame" if modifiers & Qt.KeyboardModifier.ShiftModifier else by
        match key:
            case keys.Key_Space if not event.isAutoRepeat():
                self.play_toggled.emit()
            case keys.Key_Left | keys.Key_Right:
                self.step(by, key == keys.Key_Right)
            case keys.Key_Home | keys.Key_End:
                self.seek(0.0 if key == keys.Key_Home else self.length_us)
            case keys.Key_Plus | keys.Key_Equal if by == "mark" or key == keys.Key_Plus:
                self.zoom(ZOOM)
            case keys.Key_Minus:
                self.zoom(1 / ZOOM)
            case keys.Key_0:
                self.show_all()
            case keys.Key_PageUp | keys.Key_PageDown:
                self.scroll_by(self.scale.width * (0.9 if key == keys.Key_PageDown else -0.9))
            case keys.Key_Return | keys.Key_Enter if self.currentIndex().isValid():
                self.choose(self.currentIndex().row())
            case _:
                event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        sideways = turned.x() or (turned.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            self.scroll_by(-sideways)
        elif turned.y():
            self.zoom(WHEEL_ZOOM ** (turned.y() / 120), event.position().x() - self.left)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x, y = event.position().x() - self.left, event.position().y()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._dragged = x
        elif event.button() == Qt.MouseButton.LeftButton:
            row = self.mark_at(x) if self.lanes.marks.holds(y) else None
            if row is not None:
                self.choose(row)
                return
            self._scrubs = True
            self.seek(self.scale.at(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x() - self.left
        if self._dragged is not None:
            self.scroll_by(self._dragged - x)
            self._dragged = x
        elif self._scrubs:
            self.seek(self.scale.at(x))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged, self._scrubs = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    # What is where

    def words_at(self, point: QPoint) -> str:
        """What is there, in words; empty where nothing is."""
        x, y, lanes = point.x() - self.left, point.y(), self.lanes
        t = self.scale.at(x)
        if lanes.marks.holds(y) or lanes.ruler.holds(y):
            row = self.mark_at(x)
            return mark_line(self.timeline.marks[row]) if row is not None else ""
        if lanes.tools.holds(y):
            for call in self.timeline.stretches:
                end = self.timeline.end_us if call.end_us is None else call.end_us
                near = 2 * self.scale.us_per_px
                if call.kind == "tool" and call.begin_us - near <= t <= end + near:
                    return f"{call.text[:80]}, {numbers.duration((end - call.begin_us) / 1_000)}"
        if lanes.waits.holds(y):
            for turn in self.timeline.turns.values():
                for part in parts_of(turn):
                    if part.begin <= t / 1_000 <= part.end:
                        return f"{joined(part.names)}, {numbers.duration(part.ms)}"
        return ""

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            show_tip(event.globalPos(), self.words_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)
