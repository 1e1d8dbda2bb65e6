"""The window under GTK's theme, which changes: it prints how many of its fonts are monospaced.

A line for each theme: how many widgets have a monospaced font, and whether the window is dark.
"""

from __future__ import annotations

import ctypes
import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app.theming import ThemeController
from desktop.protocol import catalog
from desktop.ui.common import house_style, theme
from desktop.ui.window.main_window import MainWindow
from desktop.ui.window.window_models import WindowModels
from desktop.viewmodels.devices_model import DevicesModel
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.note_board import NoteBoard
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel

THEMES = ("Adwaita-dark", "HighContrast", "Adwaita", "HighContrastInverse", "Adwaita")
QUIET = (-60.0, -60.0, False)


def main() -> int:
    application = QApplication(sys.argv)
    application.setStyle(house_style.make())
    themes = ThemeController(application, "system")
    devices = (DevicesModel("input"), DevicesModel("output"))
    models = WindowModels(
        TranscriptModel(), ToolCallsModel(), EventsModel(), TimingModel(), *devices, NoteBoard()
    )
    window = MainWindow(catalog.MODELS, models, lambda: (QUIET, QUIET), dict)
    themes.dress()
    window.theme_changed.connect(themes.on_theme_changed)
    window.show()
    QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    left = list(THEMES)

    def tell() -> None:
        fonts = [one.font() for one in window.findChildren(QWidget)] + [QApplication.font("QMenu")]
        print(sum(QFontInfo(font).fixedPitch() for font in fonts), theme.tokens().name, flush=True)

    def change() -> None:
        tell()
        if left:
            use_theme(left.pop(0))
            QTimer.singleShot(300, change)
        else:
            application.quit()

    window.first_painted.connect(change)
    return application.exec()


def use_theme(name: str) -> None:
    """Change GTK's theme, as the desktop's settings do."""
    gtk, objects = ctypes.CDLL("libgtk-3.so.0"), ctypes.CDLL("libgobject-2.0.so.0")
    gtk.gtk_settings_get_default.restype = ctypes.c_void_p
    settings = ctypes.c_void_p(gtk.gtk_settings_get_default())
    objects.g_object_set(settings, b"gtk-theme-name", ctypes.c_char_p(name.encode()), ctypes.c_void_p())


if __name__ == "__main__":
    sys.exit(main())
