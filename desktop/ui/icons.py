"""The icon family: SVG files of one stroke, coloured when drawn."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop import paths
from desktop.protocol.effects import State

STATE_ICONS: dict[State, str] = {
    State.OFFLINE: "offline",
    State.CONNECTING: "waiting",
    State.READY: "microphone",
    State.LISTENING: "microphone",
    State.SENDING: "send",
    State.THINKING: "waiting",
    State.TOOL: "tool",
    State.SPEAKING: "speaker",
    State.INTERRUPTED: "microphone",
    State.RECONNECTING: "waiting",
    State.ERROR: "error",
}


@lru_cache(maxsize=64)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    source = (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(source.replace("#000", colour).encode()))


def draw(painter: QPainter, name: str, colour: QColor, target: QRectF) -> None:
    """Draw an icon in this colour into this square."""
    _renderer(name, colour.name()).render(painter, target)


def icon(name: str, colour: QColor, size: int = 20) -> QIcon:
    """An icon for a button, sharp at twice the density too."""
    made = QIcon()
    for scale in (1, 2):
        pixmap = QPixmap(size * scale, size * scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        draw(painter, name, colour, QRectF(0, 0, size * scale, size * scale))
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        made.addPixmap(pixmap)
    return made
