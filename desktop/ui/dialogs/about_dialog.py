"""The dialog about the program: its versions, and a diagnostics report."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.common import icons
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GAP, GRID, tokens
from desktop.ui.dialogs.talking_dialog import TalkingDialog

WIDTH = 440
TEXT_HEIGHT = 176
BADGE = 64


class AboutDialog(TalkingDialog):
    """Shows name, versions and licence. Answer `diagnostics_requested` with `show_diagnostics`."""

    diagnostics_requested = Signal()

    def __init__(self, versions: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`versions` are names and versions; the program's own comes first."""
        super().__init__("", parent)
        self.setWindowTitle(self.tr("About Presstalk"))
        self.setMinimumWidth(WIDTH)
        self._copy = QPushButton(self.tr("Copy diagnostics"))
        self._copy.setAutoDefault(False)
        self._waiting = False
        self._notice = PlainLabel()
        self._notice.setProperty("role", "good")
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName(self.tr("Diagnostics"))
        self._text.setTabChangesFocus(True)
        self._text.setMinimumHeight(TEXT_HEIGHT)
        self._text.hide()
        self._lay_out(versions)
        self._copy.clicked.connect(self._on_copy_clicked)

    def show_diagnostics(self, text: str) -> None:
        """Copy the text to the clipboard, and show it."""
        QGuiApplication.clipboard().setText(text)
        self._text.setPlainText(text)
        self._text.show()
        # Higher than it was: it may reach beyond the screen now.
        self.adjustSize()
        self._place.fit()
        self._waiting = False
        notice = self.tr("Copied. It contains no key.")
        self._notice.setText(notice)
        self._notice.setAccessibleName(notice)

    def _lay_out(self, versions: Sequence[tuple[str, str]]) -> None:
        title = PlainLabel("Presstalk")
        title.setProperty("role", "title")
        what = PlainLabel(self.tr("A push-to-talk voice client for the Opper Realtime API."))
        what.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addStretch(1)
        words.addWidget(title)
        words.addWidget(what)
        words.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(_Badge())
        top.addLayout(words, 1)
        licence = PlainLabel(
            self.tr("MIT licence. Qt is used under the LGPL 3, the other libraries under their own licences.")
        )
        licence.setProperty("role", "muted")
        licence.setWordWrap(True)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        bottom.addWidget(self._copy)
        bottom.addWidget(self._notice, 1)
        bottom.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addLayout(top)
        column.addLayout(_table(versions))
        column.addWidget(licence)
        column.addWidget(self._text, 1)
        column.addLayout(bottom)

    def _on_copy_clicked(self) -> None:
        if not self._waiting:  # disabled, the button would lose the focus
            self._waiting = True
            self._notice.setText(self.tr("Loading…"))
            self.diagnostics_requested.emit()


class _Badge(QWidget):
    """The talk button, at rest."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(BADGE, BADGE)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(QRectF(self.rect()))
        inset = BADGE / 4
        place = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        icons.draw(painter, "microphone", QColor(colours.on_fill), place)


def _table(versions: Sequence[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(GAP)
    grid.setVerticalSpacing(GRID // 2)
    grid.setColumnStretch(1, 1)
    for row, (name, version) in enumerate(versions):
        value = PlainLabel(version)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setAccessibleName(f"{name} {version}")
        named = PlainLabel(name)
        named.setProperty("role", "muted")
        grid.addWidget(named, row, 0)
        grid.addWidget(value, row, 1)
    return grid
