"""The icons: SVG files with one stroke width, coloured when they are drawn."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.base import paths
from desktop.turn.effects import DisplayState

STATE_ICONS: dict[DisplayState, str] = {
    DisplayState.OFFLINE: "disconnected",
    DisplayState.CONNECTING: "connecting",
    DisplayState.READY: "microphone",
    DisplayState.LISTENING: "microphone",
    DisplayState.SENDING: "send",
    DisplayState.THINKING: "waiting",
    DisplayState.TOOL: "tool",
    DisplayState.SPEAKING: "speaker",
    DisplayState.INTERRUPTED: "interrupted",
    DisplayState.RECONNECTING: "again",
    DisplayState.RESTING: "resting",
    DisplayState.NO_MICROPHONE: "no-microphone",
    DisplayState.MUTED: "muted",
    DisplayState.ERROR: "error",
}


@lru_cache(maxsize=64)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    source = (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(source.replace("#000", colour).encode()))


@lru_cache(maxsize=128)
def _drawn(name: str, colour: str, pixels: int) -> QPixmap:
    """An icon as a cached picture: meters are painted thirty times a second, and SVG is slow to draw."""
    picture = QPixmap(pixels, pixels)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _renderer(name, colour).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return picture


def draw(painter: QPainter, name: str, colour: QColor, target: QRectF) -> None:
    """Draw an icon in this colour into this square."""
    pixels = round(target.width() * painter.device().devicePixelRatioF())
    painter.drawPixmap(target, _drawn(name, colour.name(), pixels), QRectF(0, 0, pixels, pixels))


def icon(name: str, colour: QColor, size: int = 20, *, apart: int = 0, mirrored: bool = False) -> QIcon:
    """An icon for a button, sharp on high-density displays too.

    Args:
        apart: so many pixels more between the icon and the words after it: Qt leaves four, whatever they are.
            The icon is so much wider than it is high.
        mirrored: whether the words are at its left.
    """
    made = QIcon()
    for scale in (1, 2):
        drawn = _drawn(name, colour.name(), size * scale)
        picture = QPixmap((size + apart) * scale, size * scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.drawPixmap(apart * scale if mirrored else 0, 0, drawn)
        painter.end()
        picture.setDevicePixelRatio(scale)
        made.addPixmap(picture)
    return made


def application() -> QIcon:
    """The program's own icon: a simple drawing for 16 pixels, one with a ring for larger sizes."""
    made = QIcon()
    for size in (16, 32, 64, 128):
        name = "presstalk-small" if size == 16 else "presstalk"
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        QSvgRenderer(str(paths.resources() / "app" / f"{name}.svg")).render(painter, QRectF(0, 0, size, size))
        painter.end()
        made.addPixmap(picture)
    return made
