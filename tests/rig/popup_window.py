"""Opens a menu and a list on the rig's screen, and prints what is at their corners.

    python -m tests.rig.popup_window

With `--compositor` it first says that this screen is composited.
"""

from __future__ import annotations

import ctypes
import sys

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QMenu, QVBoxLayout, QWidget

from desktop.app import application
from desktop.system.compositor import is_composited
from desktop.ui.common import theme

GROUND = "#ff00ff"


def main() -> int:
    made = application.make()
    if "--compositor" in sys.argv:
        claim_compositing()
    theme.apply(made, theme.LIGHT)
    ground = QWidget()
    ground.setStyleSheet(f"QWidget {{ background: {GROUND}; }}")
    ground.setGeometry(0, 0, 600, 500)
    ground.show()
    window = QWidget()
    combo = QComboBox()
    combo.addItems(["One", "Two"])
    QVBoxLayout(window).addWidget(combo)
    window.move(20, 20)
    window.show()
    menu = QMenu()
    menu.addAction("An entry")

    def at(popup: QWidget) -> None:
        picture = popup.screen().grabWindow(0).toImage()
        area = popup.geometry()
        corner, side = area.topLeft(), QPoint(area.left(), area.center().y())
        translucent = popup.windowHandle().format().alphaBufferSize() > 0
        print(
            "popup", translucent, *(QColor(picture.pixel(one)).name() for one in (corner, side)), flush=True
        )

    def open_menu() -> None:
        menu.popup(QPoint(200, 200))
        QTimer.singleShot(300, look_at_menu)

    def look_at_menu() -> None:
        at(menu)
        menu.close()
        combo.showPopup()
        QTimer.singleShot(300, look_at_list)

    def look_at_list() -> None:
        at(combo.view().window())
        made.quit()

    print("composited", is_composited(), flush=True)
    QTimer.singleShot(300, open_menu)
    return made.exec()


def claim_compositing() -> None:
    """Own the selection that compositors own; a real one would also paint."""
    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x.XOpenDisplay(None))
    x.XDefaultRootWindow.restype = x.XInternAtom.restype = x.XCreateSimpleWindow.restype = ctypes.c_ulong
    root = ctypes.c_ulong(x.XDefaultRootWindow(display))
    window = ctypes.c_ulong(
        x.XCreateSimpleWindow(display, root, 0, 0, 1, 1, 0, ctypes.c_ulong(0), ctypes.c_ulong(0))
    )
    selection = ctypes.c_ulong(x.XInternAtom(display, b"_NET_WM_CM_S0", 0))
    x.XSetSelectionOwner(display, selection, window, ctypes.c_ulong(0))
    x.XSync(display, 0)


if __name__ == "__main__":
    sys.exit(main())
