"""The talk button: hold it to talk. Its ring is the microphone's level."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFont,
    QFontMetricsF,
    QHideEvent,
    QInputDevice,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.turn.effects import DisplayState
from desktop.ui.common import accessible, icons
from desktop.ui.common.theme import SMALL_PX, state_colour, tokens
from desktop.ui.session.state_words import talk_words
from desktop.ui.talk import event_clock
from desktop.ui.talk.hold_watch import HoldWatch, InputSnapshot, InputState
from desktop.ui.talk.stroke_clock import StrokeClock
from desktop.viewmodels import shortcuts
from desktop.viewmodels.wording import key_words

DIAMETER = 112
RING = 6
ICON = 28
LINE = 16
"""Pixels between two lines of text."""
WORD_WIDTH = 76
"""Width in pixels inside the focus ring, at the height of the text."""
NARROWING = 14
"""The second line is narrower by so many pixels."""
FLOOR_DB = -60.0


@accessible.described(
    lambda button: accessible.Push(
        button, button.lock_requested.emit, lambda: button.state is DisplayState.LISTENING
    )
)
class TalkButton(QWidget):
    """A round button that signals when it is held. The keys belong to `TalkKeys`."""

    pressed = Signal()
    released = Signal()
    lock_requested = Signal()
    """A screen reader pressed it, and can't hold it down: lock the microphone open, or send."""
    lost = Signal()
    """Its release may never come: the window lost the focus while it was held, or a popup opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = DisplayState.OFFLINE
        self._level_db = FLOOR_DB
        self._held = False
        self._touched = False
        self._watch: HoldWatch | None = None
        self._strokes = StrokeClock()
        self._clock = event_clock.event_clock()
        self.struck_at = 0.0
        """When it was pressed or released last, in seconds of `time.monotonic`."""
        self._locked = False
        self._hands_free = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._name()
        self._explain()

    @property
    def state(self) -> DisplayState:
        """The state it shows."""
        return self._state

    def sizeHint(self) -> QSize:
        return QSize(DIAMETER + 2 * RING, DIAMETER + 2 * RING)

    def show_state(self, state: DisplayState) -> None:
        """Show this state."""
        if state is not self._state:
            self._state = state
            self._name()
            self.update()

    def show_locked(self, locked: bool) -> None:
        """Show that the microphone stays open without being held, or no longer."""
        if locked != self._locked:
            self._locked = locked
            self._name()
            if locked:  # the state is still "Listening"
                accessible.announce(self, ". ".join(self._words()), urgent=True)
            self.update()

    def show_hands_free(self, hands_free: bool) -> None:
        """Show that the microphone is open without the key, and that the key mutes it."""
        if hands_free != self._hands_free:
            self._hands_free = hands_free
            self._explain()
            self._name()
            self.update()

    def _explain(self) -> None:
        by_tap = self.tr("Tap, or press {0}, to mute the microphone or stop the answer")
        words = by_tap if self._hands_free else self.tr("Hold to talk, or hold {0}")
        self.setToolTip(words.format(key_words(shortcuts.TALK)))

    def show_level(self, rms_db: float) -> None:
        """Show the microphone's level, in dBFS, on the ring."""
        level = max(FLOOR_DB, min(0.0, rms_db))
        if abs(level - self._level_db) > 1.0 or (level == FLOOR_DB) != (self._level_db == FLOOR_DB):
            self._level_db = level
            self.update()

    def watch(self, window: QWidget, state: InputState | None) -> None:
        """Watch each hold in this window, with the help of the system where it can be asked."""
        self._watch = HoldWatch(window, self._is_down, state)
        self._watch.taken.connect(self._lose)
        self._watch.up.connect(self._lose)

    def _is_down(self, snapshot: InputSnapshot) -> bool:
        """Whether it is still held. X11 knows of no button while a finger touches the screen."""
        return snapshot.button or self._touched

    def on_deactivated(self) -> None:
        """The window isn't the active one any more."""
        if self._watch:
            self._watch.on_deactivated()
        else:
            self._lose()

    def hideEvent(self, event: QHideEvent) -> None:
        self._lose()
        super().hideEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # While another button is held down here, Qt sends presses from elsewhere too.
        here = self.rect().contains(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and here and not self._held:
            self._held = True
            self._touched = event.device().type() is QInputDevice.DeviceType.TouchScreen
            if self._watch:
                self._watch.begin()
            self.struck_at = event_clock.made_at(self._clock, event.timestamp())
            if self._strokes.press(event.timestamp()):
                self.lost.emit()
            self.pressed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._held:
            self._end()
            self.struck_at = event_clock.made_at(self._clock, event.timestamp())
            (self.lost if self._strokes.release(event.timestamp()) else self.released).emit()

    def _lose(self) -> None:
        if self._held:
            self._end()
            self.struck_at = time.monotonic()
            self.lost.emit()

    def _end(self) -> None:
        self._held = False
        if self._watch:
            self._watch.end()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        colour = self._colour()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.bg))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = DIAMETER + 2 * RING
        ring = QRectF(RING / 2, RING / 2, side - RING, side - RING)
        disc = ring.adjusted(RING, RING, -RING, -RING)
        filled = self._state is DisplayState.LISTENING
        painter.setPen(Qt.PenStyle.NoPen if filled else QPen(QColor(colours.muted), 1.0))
        painter.setBrush(colour if filled else QColor(colours.surface))
        painter.drawEllipse(disc)
        self._paint_ring(painter, ring, colour)
        ink = QColor(colours.on_fill if filled else colours.text)
        centre = disc.center()
        words = self._words()
        bold = 1
        if len(words) == 1:
            words = self._lines(words[0])
            bold = len(words)
        # Two lines are centred like one.
        up = 12 + LINE / 2 * (len(words) - 1)
        icon_box = QRectF(centre.x() - ICON / 2, centre.y() - ICON / 2 - up, ICON, ICON)
        icon = "lock" if len(words) > 1 and self._locked else icons.STATE_ICONS[self._state]
        icons.draw(painter, icon, ink if filled else colour, icon_box)
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        painter.setPen(ink)
        for line, word in enumerate(words):
            if line < bold:
                widest = max(words[:bold], key=QFontMetricsF(font).horizontalAdvance)
                painter.setFont(_fitting(font, SMALL_PX + 1, widest, WORD_WIDTH))
            else:
                font.setWeight(font.Weight.Normal)
                painter.setFont(_fitting(font, SMALL_PX + 1 - line, word, WORD_WIDTH - NARROWING * line))
            box = QRectF(disc.left(), centre.y() + 22 - up + LINE * line, disc.width(), 20)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.on_fill if filled else colours.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(disc.adjusted(5, 5, -5, -5))

    def _lines(self, words: str) -> list[str]:
        """Draw text that is too long for one line in two."""
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        font.setPixelSize(SMALL_PX)
        fit = QFontMetricsF(font).horizontalAdvance(words) <= WORD_WIDTH
        return [words] if fit else _halves(words)

    def _paint_ring(self, painter: QPainter, ring: QRectF, colour: QColor) -> None:
        colours = tokens()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.raised), RING))
        painter.drawEllipse(ring)
        if self._state is DisplayState.SPEAKING:
            painter.setPen(QPen(colour, RING))
            painter.drawEllipse(ring)
            return
        share = (self._level_db - FLOOR_DB) / -FLOOR_DB
        if share > 0.02:
            heard = self._state is DisplayState.LISTENING or self._hands_free
            pen = QPen(colour if heard else QColor(colours.muted), RING)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            # From the bottom up on both sides, so that louder is higher.
            painter.drawArc(ring, int((270 - 180 * share) * 16), int(360 * share * 16))

    def _colour(self) -> QColor:
        # Hands-free, `READY` too means an open microphone.
        open_line = self._hands_free and self._state in (DisplayState.READY, DisplayState.INTERRUPTED)
        return QColor(tokens().rec) if open_line else state_colour(self._state, tokens())

    def _words(self) -> list[str]:
        return talk_words(self._state, self._locked, self._hands_free)

    def _name(self) -> None:
        self.setAccessibleName(self.tr("Talk: {0}").format(" · ".join(self._words())))
        # With the focus here it would be read aloud, in addition to the state's announcement.
        if QAccessible.isActive() and not self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))


def _fitting(font: QFont, size: int, word: str, width: float) -> QFont:
    """The font in the largest size, from this one down, in which the word fits."""
    fitting = QFont(font)
    for pixels in range(size, size - 4, -1):
        fitting.setPixelSize(pixels)
        if QFontMetricsF(fitting).horizontalAdvance(word) <= width:
            break
    return fitting


def _halves(words: str) -> list[str]:
    """Two lines, broken at the space that is nearest to the middle; one where there is no space."""
    spaces = [place for place, letter in enumerate(words) if letter == " "]
    if not spaces:
        return [words]
    place = min(spaces, key=lambda space: abs(space - len(words) / 2))
    return [words[:place], words[place + 1 :]]
