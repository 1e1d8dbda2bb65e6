"""The session's state: a word, an icon and a colour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAccessibleWidget, QSizePolicy, QWidget

from desktop.turn.effects import DisplayState
from desktop.ui.common import accessible, icons
from desktop.ui.common.plain_text import set_tip
from desktop.ui.common.theme import BASE_PX, GRID, state_colour, tokens
from desktop.ui.session.state_words import state_word

HEIGHT = 32
ICON = 16


@accessible.described(lambda chip: QAccessibleWidget(chip, QAccessible.Role.StaticText))
class StatusChip(QWidget):
    """Shows a `DisplayState`, and announces its changes to screen readers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = DisplayState.OFFLINE
        self._short = False
        self._longest = 0
        """The width of the longest word; 0: not measured with this font."""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(DisplayState.OFFLINE)

    @property
    def state(self) -> DisplayState:
        """The state it shows."""
        return self._state

    def show_state(self, state: DisplayState) -> None:
        """Show this state."""
        if state is not self._state:
            urgent = state in (DisplayState.LISTENING, DisplayState.ERROR)
            accessible.announce(self, state_word(state), urgent)
        self._state = state
        self.setAccessibleName(self.tr("State: {0}").format(state_word(state)))
        set_tip(self, self.accessibleName() if self._short else "")
        self.update()

    def show_short(self, short: bool) -> None:
        """Show only the icon, with the word in its tip, where there is no room for it."""
        if short is not self._short:
            self._short = short
            set_tip(self, self.accessibleName() if short else "")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.width_when(short=self._short), HEIGHT)

    def width_when(self, *, short: bool) -> int:
        """Its width with or without the word, whatever it has now."""
        return ICON + 2 * GRID if short else self.width_with_word()

    def width_with_word(self) -> int:
        """The width that it has where there is room."""
        # As wide as the longest word, so that nothing beside it moves when the state changes.
        if not self._longest:
            metrics = QFontMetrics(self._font())
            self._longest = max(metrics.horizontalAdvance(state_word(state)) for state in DisplayState)
        return self._longest + ICON + 4 * GRID

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._longest = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = state_colour(self._state, tokens())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        word = "" if self._short else state_word(self._state)
        width = QFontMetrics(self._font()).horizontalAdvance(word) + ICON + (GRID if word else 0)
        left = self.width() - width - GRID
        icons.draw(
            painter, icons.STATE_ICONS[self._state], colour, QRectF(left, (HEIGHT - ICON) / 2, ICON, ICON)
        )
        painter.setFont(self._font())
        painter.setPen(QColor(colour))
        words = QRectF(left + ICON + GRID, 0, width, HEIGHT)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(BASE_PX)
        font.setWeight(QFont.Weight.DemiBold)
        return font
