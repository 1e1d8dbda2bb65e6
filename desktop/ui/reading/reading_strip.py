"""The line that says that the window shows a recording, and leads back."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.common.plain_text import set_tip
from desktop.ui.common.strip import Strip
from desktop.ui.common.theme import RADIUS, tokens
from desktop.viewmodels import shortcuts
from desktop.viewmodels.wording import with_keys

BAR = 4


class ReadingStrip(Strip):
    """In another colour than all other strips, with an accent bar: what is below it is not what happens."""

    leave_clicked = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        words = QCoreApplication.translate("ReadingStrip", "Recording of {0}: as it was at the playhead")
        back = QCoreApplication.translate("ReadingStrip", "Back to the conversation")
        super().__init__(words.format(title), back, parent)
        set_tip(self.button, with_keys(back, shortcuts.CANCEL))
        self.button.clicked.connect(self.leave_clicked)
        self.dismiss.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(QColor(tokens().user_bubble))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.setBrush(QColor(tokens().accent))
        painter.drawRoundedRect(QRectF(0, 6, BAR, self.height() - 12), BAR / 2, BAR / 2)
