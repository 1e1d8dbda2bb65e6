"""The icon in the tray: the state, and what one does without the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from desktop.turn.effects import DisplayState
from desktop.ui.common import icons
from desktop.ui.common.availability import allow
from desktop.ui.common.theme import state_colour, tokens
from desktop.ui.session.state_words import state_word

SIDES = (16, 22, 32, 48)
"""In px: those that panels use."""
THIN, THICK, SIGN = 1 / 16, 1 / 8, 0.68
"""The ring, while the assistant speaks, and the state's icon, in widths of the disc."""


class TrayIcon(QObject):
    """Shows the state, and signals what is chosen in its menu. `close` it at the end."""

    talk_clicked = Signal()
    mute_clicked = Signal()
    connect_clicked = Signal()
    copy_clicked = Signal()
    strip_clicked = Signal()
    show_clicked = Signal()
    quit_clicked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = DisplayState.OFFLINE
        self.menu = QMenu()
        self.menu.setToolTipsVisible(True)
        self._talk = self._add(self.tr("Talk"), self.talk_clicked)
        self._mute = self._add(self.tr("Mute"), self.mute_clicked)
        self._mute.setCheckable(True)
        self._connect = self._add(self.tr("Connect"), self.connect_clicked)
        self._copy = self._add(self.tr("Copy the last answer"), self.copy_clicked)
        self.menu.addSeparator()
        self._strip = self._add(self.tr("Strip"), self.strip_clicked)
        self._strip.setCheckable(True)
        self._add(self.tr("Show window"), self.show_clicked)
        self.menu.addSeparator()
        self._add(self.tr("Quit"), self.quit_clicked)
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._on_activated)
        self.show_state(DisplayState.OFFLINE, connected=False)
        self.show_answer(False)
        self._icon.show()

    def show_state(self, state: DisplayState, *, connected: bool) -> None:
        """Show this state, and whether a session is open or is being opened."""
        self._state = state
        self._connect.setText(self.tr("Disconnect") if connected else self.tr("Connect"))
        self._talk.setText(self.tr("Stop") if state is DisplayState.LISTENING else self.tr("Talk"))
        allow(self._talk, "" if connected else self.tr("Presstalk isn't connected"))
        self._icon.setToolTip(f"Presstalk: {state_word(state)}")
        self.draw()

    def show_muted(self, muted: bool) -> None:
        """Show the microphone as muted or not."""
        self._mute.setChecked(muted)

    def show_answer(self, there: bool) -> None:
        """Whether there is an answer that can be copied."""
        allow(self._copy, "" if there else self.tr("There is no answer yet"))

    def show_strip(self, shown: bool) -> None:
        """Whether the strip is shown."""
        self._strip.setChecked(shown)

    def notify(self, title: str, text: str) -> None:
        """Show a notification, where the system has none but those of tray icons."""
        self._icon.showMessage(title, text, self._icon.icon())

    def draw(self) -> None:
        """Draw it in the colours of now."""
        self._icon.setIcon(picture(self._state))

    def close(self) -> None:
        """Take it away."""
        self._icon.hide()
        self.menu.deleteLater()
        self.deleteLater()

    def _add(self, words: str, clicked: object) -> QAction:
        action = self.menu.addAction(words)
        action.triggered.connect(lambda: clicked.emit())  # type: ignore[attr-defined]
        return action

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.show_clicked.emit()
        elif reason is QSystemTrayIcon.ActivationReason.MiddleClick:
            self.talk_clicked.emit()


def picture(state: DisplayState) -> QIcon:
    """A disc as the talk button is one, filled while it listens: seen on a light panel and on a dark one."""
    colours = tokens()
    filled = state is DisplayState.LISTENING
    colour = state_colour(state, colours)
    made = QIcon()
    for side in SIDES:
        drawn = QPixmap(side, side)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = side * (THICK if state is DisplayState.SPEAKING else THIN)
        painter.setPen(QPen(QColor(colours.rec_fill) if filled else colour, ring))
        painter.setBrush(QColor(colours.rec_fill if filled else colours.surface))
        painter.drawEllipse(QRectF(ring / 2, ring / 2, side - ring, side - ring))
        inner = round(side * SIGN)
        edge = (side - inner) / 2
        sign = QColor(colours.on_rec) if filled else colour
        icons.draw(painter, icons.STATE_ICONS[state], sign, QRectF(edge, edge, inner, inner))
        painter.end()
        made.addPixmap(drawn)
    return made
