"""Makes Qt's application: one for each process."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from desktop.app.bus_check import avoid_silent_bus
from desktop.base import bundle
from desktop.system.compositor import is_composited
from desktop.ui.common import house_style, icons


def make() -> QApplication:
    """The application; made when it is first asked for."""
    made = QApplication.instance()
    if isinstance(made, QApplication):
        return made
    avoid_silent_bus()
    application = QApplication(sys.argv[:1])
    application.setApplicationName("presstalk")
    application.setApplicationDisplayName("Presstalk")
    application.setDesktopFileName("presstalk")
    application.setWindowIcon(icons.application())
    bundle.free_the_children()
    application.setStyle(house_style.make(is_composited))
    # The window's closing begins the end; the loop must go on until all is closed.
    application.setQuitOnLastWindowClosed(False)
    return application
