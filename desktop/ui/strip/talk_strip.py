"""A small bar that stays on top, for who talks while they work in another window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QGuiApplication,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.turn.effects import DisplayState
from desktop.ui.common.elided_label import ElidedLabel
from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID, RADIUS, tokens
from desktop.ui.session.state_words import state_word
from desktop.ui.strip.strip_button import StripButton
from desktop.ui.strip.thin_meter import ThinMeter
from desktop.ui.talk.hold_watch import InputState
from desktop.ui.talk.level_meter import Needle

SIZE = (300, 56)
EDGE = 24
"""From the corner of the screen where it first is, in px."""
LONGEST = 400
"""Characters of the words: more can't be seen."""


class TalkStrip(QWidget):
    """Shows the state, both levels and the last line's words. It never takes the focus.

    Args:
        input_state: asks the system whether the button is still held; None where that can't be done.
    """

    window_clicked = Signal()
    """The window is to be shown."""
    closed = Signal()
    """The user has closed it."""

    def __init__(self, input_state: InputState | None = None) -> None:
        super().__init__(
            None,
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setWindowTitle(self.tr("Presstalk, small"))
        self.setFixedSize(*SIZE)
        self.talk_button = StripButton()
        self.talk_button.watch(self, input_state, focusless=True)
        self.state_label = PlainLabel()
        self.state_label.setProperty("role", "heading")
        self.words_label = ElidedLabel()
        self.words_label.setProperty("role", "muted")
        self.microphone = ThinMeter(self.tr("Microphone"))
        self.speaker = ThinMeter(self.tr("Speaker"))
        self._dragged_from: QPoint | None = None
        self._lay_out()
        self.show_state(DisplayState.OFFLINE)

    def show_state(self, state: DisplayState) -> None:
        """Show this state."""
        self.talk_button.show_state(state)
        self.state_label.setText(state_word(state))

    def show_words(self, words: str) -> None:
        """Show the last line of the conversation: its end, which is what is being said."""
        line = " ".join(words[-LONGEST:].split())
        self.words_label.setVisible(bool(line))
        if layout := self.layout():
            layout.activate()
        room = self.words_label.width()
        metrics = self.words_label.fontMetrics()
        self.words_label.setText(metrics.elidedText(line, Qt.TextElideMode.ElideLeft, room) if room else line)

    def show_needles(self, microphone: Needle, speaker: Needle) -> None:
        """Move the levels."""
        self.microphone.show_level(microphone[0])
        self.speaker.show_level(speaker[0])
        self.talk_button.show_level(microphone[0])

    def place_text(self) -> str:
        """Where it is, for the next start."""
        return f"{self.x()} {self.y()}"

    def put(self, place: QPoint | None) -> None:
        """Move it there, if a screen shows all of it there; else into the corner of the main screen."""
        size = QSize(*SIZE)
        if place is not None and any(
            screen.availableGeometry().contains(QRect(place, size)) for screen in QGuiApplication.screens()
        ):
            self.move(place)
            return
        area = QGuiApplication.primaryScreen().availableGeometry()
        self.move(area.right() - size.width() - EDGE, area.bottom() - size.height() - EDGE)

    # Qt

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged_from = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        handle = self.windowHandle()
        # Wayland lets nobody move their own windows.
        if QGuiApplication.platformName() == "wayland" and handle is not None and handle.startSystemMove():
            self._dragged_from = None
            return
        self.move(event.globalPosition().toPoint() - self._dragged_from)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.window_clicked.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        self._dragged_from = None
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _lay_out(self) -> None:
        open_button = IconButton("detach", self.tr("Show the window"), small=True)
        open_button.clicked.connect(self.window_clicked)
        close_button = IconButton("close", self.tr("Close the strip"), small=True)
        close_button.clicked.connect(self.close)
        for button in (open_button, close_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        levels = QVBoxLayout()
        levels.setSpacing(GRID // 2)
        levels.addWidget(self.microphone)
        levels.addWidget(self.speaker)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.state_label)
        top.addLayout(levels, 1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addLayout(top)
        words.addWidget(self.words_label)
        words.addStretch(1)
        buttons = QVBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(close_button)
        buttons.addWidget(open_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 4, 4)
        row.setSpacing(GRID)
        row.addWidget(self.talk_button)
        row.addLayout(words, 1)
        row.addLayout(buttons)
        self.state_label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
