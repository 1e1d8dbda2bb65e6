"""The pictures of a tool's result, small, in a row."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID

SIDE = 96
"""Pixels that a picture may be wide and high."""


class PictureStrip(QWidget):
    """Shows pictures given as data URLs of JPEGs that the program has made itself: no others are decoded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._row.addStretch(1)
        self._shown: tuple[str, ...] = ()
        self.labels: list[PlainLabel] = []
        self.hide()

    def show_pictures(self, pictures: Sequence[str]) -> None:
        """Show these; none: nothing at all."""
        if tuple(pictures) == self._shown:
            return
        self._shown = tuple(pictures)
        for label in self.labels:
            self._row.removeWidget(label)
            label.deleteLater()
        self.labels = []
        for number, url in enumerate(self._shown, 1):
            label = PlainLabel()
            label.setPixmap(_small(url, self.devicePixelRatioF()))
            label.setAccessibleName(self.tr("Picture {0} of the result").format(number))
            self._row.insertWidget(number - 1, label)
            self.labels.append(label)
        self.setVisible(bool(self.labels))


def _small(url: str, scale: float) -> QPixmap:
    picture = QPixmap()
    picture.loadFromData(b64decode(url.partition(",")[2]), "JPEG")
    if picture.isNull():
        return picture
    side = round(SIDE * scale)
    if picture.width() > side or picture.height() > side:
        picture = picture.scaled(
            QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    picture.setDevicePixelRatio(scale)
    return picture
