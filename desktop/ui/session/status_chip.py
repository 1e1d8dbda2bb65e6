"""The session's state: a word, an icon and a colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAccessibleWidget, QSizePolicy, QWidget

from desktop.turn.effects import State
from desktop.ui.common import accessible, icons
from desktop.ui.common.theme import BASE_PX, GRID, state_colour, tokens
from desktop.ui.session.state_words import state_word

HEIGHT = 32
ICON = 16


@accessible.described(lambda chip: QAccessibleWidget(chip, QAccessible.Role.StaticText))
class StatusChip(QWidget):
    """Shows a `State`, and announces its changes to screen readers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = State.OFFLINE
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(State.OFFLINE)

    @property
    def state(self) -> State:
        """The state it shows."""
        return self._state

    def show_state(self, state: State) -> None:
        """Show this state."""
        if state is not self._state:
            urgent = state in (State.LISTENING, State.ERROR)
            accessible.announce(self, state_word(state), urgent)
        self._state = state
        self.setAccessibleName(self.tr("State: {0}").format(state_word(state)))
        self.update()

    def sizeHint(self) -> QSize:
        # As wide as the longest word, so that nothing beside it moves when the state changes.
        metrics = QFontMetrics(self._font())
        longest = max(metrics.horizontalAdvance(state_word(state)) for state in State)
        return QSize(longest + ICON + 4 * GRID, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = state_colour(self._state, tokens())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        word = state_word(self._state)
        width = QFontMetrics(self._font()).horizontalAdvance(word) + ICON + GRID
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
