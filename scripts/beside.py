"""What is shown beside the window, in the screenshots: the strip in its states, and the tray's icons."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from dialogs import Dialog, nothing
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.turn.effects import DisplayState
from desktop.ui.strip.talk_strip import TalkStrip
from desktop.ui.tray.tray_icon import picture

QUIET = (-60.0, -60.0, False)
SPOKEN = (-19.0, -8.0, False)
WORDS = {
    DisplayState.OFFLINE: "",
    DisplayState.READY: "Ten minutes it is. I will ring when the tea is ready.",
    DisplayState.LISTENING: "Set a timer for ten minutes",
    DisplayState.SPEAKING: "Ten minutes it is. I will ring when the",
    DisplayState.NO_MICROPHONE: "",
    DisplayState.ERROR: "",
}
PANELS = ("#EFF0F1", "#1B1E20")
"""Light and dark ones, as desktops have them."""


class Panel(QWidget):
    """The icon of each state at two sizes, on a light panel and on a dark one."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(len(DisplayState) * 30 + 10, 140)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for row, colour in enumerate(PANELS):
            painter.fillRect(0, row * 70, self.width(), 70, QColor(colour))
            for column, state in enumerate(DisplayState):
                for side, top in ((22, 8), (16, 44)):
                    drawn = picture(state).pixmap(QSize(side, side))
                    painter.drawPixmap(8 + column * 30, row * 70 + top, side, side, drawn)


def all_of_it() -> Iterator[Dialog]:
    """Name, widget, and what is to be done with it when it is shown."""
    for state in WORDS:
        strip = TalkStrip()
        strip.show_state(state)
        yield f"strip-{state.name.lower().replace('_', '-')}", strip, partial(_fill, strip, state)
    yield "tray", Panel(), nothing


def _fill(strip: TalkStrip, state: DisplayState) -> None:
    strip.show_words(WORDS[state])
    strip.show_needles(
        SPOKEN if state is DisplayState.LISTENING else QUIET,
        SPOKEN if state is DisplayState.SPEAKING else QUIET,
    )
