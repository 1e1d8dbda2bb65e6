"""The least that a Python program needs for a window: an empty one, which says when it has been painted."""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget


class Bare(QWidget):
    """Says it once."""

    def paintEvent(self, event: QPaintEvent) -> None:
        print("window ready", flush=True)
        QTimer.singleShot(0, QApplication.quit)


if __name__ == "__main__":
    application = QApplication(sys.argv)
    window = Bare()
    window.resize(1040, 700)
    window.show()
    sys.exit(application.exec())
