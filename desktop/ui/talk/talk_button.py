"""The talk button: hold it to talk. Its ring is the microphone's level."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
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
from desktop.ui.common.plain_text import set_tip
from desktop.ui.common.theme import state_colour, tokens
from desktop.ui.session.state_words import all_talk_words, talk_words
from desktop.ui.talk import event_clock, talk_label
from desktop.ui.talk.hold_watch import HoldWatch, InputSnapshot, InputState
from desktop.ui.talk.stroke_clock import StrokeClock
from desktop.viewmodels import shortcuts
from desktop.viewmodels.wording import key_words

RING = 6
"""The width of the level's arc, in px; where nothing is heard the ring is as thin as `LINE`."""
LINE = 1.5
SPLIT = 2
"""Between a filled disc and its ring, in px."""
FLOOR_DB = -60.0
SILENCE_DB = -50.0
"""Up to this level nothing is shown: a quiet room isn't worth an arc."""
LEAST_ARC = 0.04
"""Less of the circle would be a stub: as long as it is wide."""
LEVELS = 90
"""Steps of the arc that are told apart."""


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

    ring = RING

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = DisplayState.OFFLINE
        self._arc = 0.0
        self._fit: talk_label.Fit | None = None
        self._most = talk_label.DIAMETER
        self._label = talk_label.NOTHING
        self._label_key: tuple[object, ...] = ()
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
        side = self._fitted().diameter + 2 * RING
        return QSize(side, side)

    def limit(self, side: int) -> None:
        """Let it grow to `side` px at most where its words need more room than usual."""
        self._most = side - 2 * RING
        fit = self._fit
        # A window is resized a pixel at a time: nothing to measure where all words have what they need.
        if fit and (fit.shrunk or fit.diameter > max(self._most, talk_label.DIAMETER)):
            self._fit_again()

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
            self._fit_again()

    def _explain(self) -> None:
        by_tap = self.tr("Tap, or press {0}, to mute the microphone or stop the answer")
        words = by_tap if self._hands_free else self.tr("Hold to talk, or hold {0}")
        set_tip(self, words.format(key_words(shortcuts.TALK)))

    def show_level(self, rms_db: float) -> None:
        """Show the microphone's level, in dBFS, on the ring."""
        share = (min(0.0, rms_db) - SILENCE_DB) / -SILENCE_DB
        arc = round(share * LEVELS) / LEVELS if share >= LEAST_ARC else 0.0
        if arc != self._arc:
            self._arc = arc
            self.update()

    def watch(self, window: QWidget, state: InputState | None, *, focusless: bool = False) -> None:
        """Watch each hold in this window, with the help of the system where it can be asked."""
        self._watch = HoldWatch(window, self._is_down, state, focusless=focusless)
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

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LanguageChange) and hasattr(self, "_most"):
            self._fit_again()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        colour = self._colour()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.bg))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height())
        # Whatever is drawn is drawn around the middle.
        painter.translate(QPointF(self.width() / 2, self.height() / 2))
        ring = QRectF(-(side - RING) / 2, -(side - RING) / 2, side - RING, side - RING)
        filled = self._state is DisplayState.LISTENING
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.rec_fill if filled else colours.surface))
        edge = RING / 2 + SPLIT if filled else 0
        painter.drawEllipse(ring.adjusted(edge, edge, -edge, -edge))
        self._paint_ring(painter, ring, colour)
        self._paint_label(painter, side - 2 * RING, QColor(colours.on_rec) if filled else None)

    def _paint_label(self, painter: QPainter, diameter: int, on_fill: QColor | None) -> None:
        colours = tokens()
        label = talk_label.place(self._words(), self.font(), talk_label.Fit(diameter, self._fitted().text_px))
        icons.draw(painter, self._icon(), on_fill or self._colour(), label.icon)
        painter.setPen(on_fill or QColor(colours.text))
        for line in label.lines:
            painter.setFont(line.font)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
            painter.drawText(line.box, flags, line.words)
        if self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(on_fill or QColor(colours.accent))
            painter.drawRoundedRect(label.mark, label.mark.height() / 2, label.mark.height() / 2)

    def _icon(self) -> str:
        locked = self._locked and self._state is DisplayState.LISTENING
        return "lock" if locked else icons.STATE_ICONS[self._state]

    def _paint_ring(self, painter: QPainter, ring: QRectF, colour: QColor) -> None:
        """One circle: thin, and thick as far up as the level goes, or all around while it speaks."""
        colours = tokens()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        speaks = self._state is DisplayState.SPEAKING
        listens = self._state is DisplayState.LISTENING
        thin = colour if listens else QColor(colours.muted)
        painter.setPen(QPen(colour, self.ring) if speaks else QPen(thin, LINE))
        painter.drawEllipse(ring)
        if self._arc and not speaks:
            pen = QPen(colour if listens or self._hands_free else QColor(colours.muted), self.ring)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            # From the bottom up on both sides, so that louder is higher.
            painter.drawArc(ring, int((270 - 180 * self._arc) * 16), int(360 * self._arc * 16))

    def _fitted(self) -> talk_label.Fit:
        """The size for the words of all states: it must not change while somebody holds it."""
        if self._fit is None:
            self._fit = talk_label.fit(all_talk_words(self._hands_free), self.font(), self._most)
        return self._fit

    def _placed(self, diameter: int) -> talk_label.Label:
        """The label, placed anew only when it is another: it is painted thirty times a second."""
        key = (*self._words(), diameter)
        if key != self._label_key:
            size = talk_label.Fit(diameter, self._fitted().text_px)
            self._label, self._label_key = talk_label.place(self._words(), self.font(), size), key
        return self._label

    def _fit_again(self) -> None:
        self._fit = None
        self._label_key = ()
        self.updateGeometry()
        self.update()

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
