"""The real window without sound and session: python -m tests.rig.hold_window

It prints a line for each take that a talk key or button opens or ends, with the time of `time.monotonic()`,
one when the microphone's sound has to wait or needn't any more, one for each change of the scale, and one for
the place of each control that opens a popup. So thousands of holds can be tried in an hour.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import qasync
from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QToolButton, QWidget

from desktop.app.build import Parts, build
from desktop.app.connections import connect
from desktop.audio.fakes import FakeAudioBackend
from desktop.settings.store import SettingsStore
from desktop.tools.builtin import default_registry
from desktop.ui.common import house_style
from desktop.ui.talk.talk_button import TalkButton

WORDS = "words to drag about"


class DragSource(QWidget):
    """A corner of the window from where something can be dragged."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            drag = QDrag(self)
            words = QMimeData()
            words.setText(WORDS)
            drag.setMimeData(words)
            drag.exec()


class ScaleTeller(QObject):
    """Prints the window's scale in percent when it changes."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange and isinstance(watched, QWidget):
            print(f"scale {watched.devicePixelRatioF() * 100:.0f}", flush=True)
        return False


def main() -> None:
    """Show it until it is closed."""
    application = QApplication(sys.argv[:1])
    application.setStyle(house_style.make())
    application.setQuitOnLastWindowClosed(True)
    with qasync.QEventLoop(application) as loop, TemporaryDirectory() as folder:
        asyncio.set_event_loop(loop)
        store = SettingsStore.load(Path(folder))
        parts = build(application, store, default_registry(), FakeAudioBackend(), None)
        connect(parts)
        parts.latch.pressed.connect(lambda: _say("open"))
        parts.latch.released.connect(lambda _: _say("closed"))
        parts.latch.lost.connect(lambda: _say("closed"))
        parts.window.talk_doubted.connect(lambda _: print("sound waits", flush=True))
        parts.window.talk_settled.connect(lambda: print("sound flows", flush=True))
        parts.window.first_painted.connect(lambda: _tell_places(parts))
        parts.window.installEventFilter(ScaleTeller(parts.window))
        source = DragSource(parts.window)
        source.setGeometry(0, 0, 14, 14)
        parts.window.move(0, 0)
        parts.window.show()
        parts.window.text_line.field.set_text(WORDS)
        loop.run_forever()


def _say(what: str) -> None:
    print(f"take {what} {time.monotonic():.3f}", flush=True)


def _tell_places(parts: Parts) -> None:
    window = parts.window
    boxes = [one for one in window.findChildren(QComboBox) if one.isEnabled()]
    menus = [one for one in window.findChildren(QToolButton) if one.menu() is not None]
    fields: list[QWidget] = [*window.findChildren(QLineEdit), window.text_line.field]
    lines = [one for one in fields if one.isVisible()]
    for kind, widgets in (
        ("list", boxes),
        ("menu", menus),
        ("line", lines),
        ("talk", window.findChildren(TalkButton)),
        ("drag", window.findChildren(DragSource)),
        ("conversation", [window.transcript]),
    ):
        for widget in widgets:
            if widget.isVisible():
                at = widget.mapToGlobal(widget.rect().center())
                print(f"{kind} {at.x()} {at.y()} {widget.width()}", flush=True)
    print("placed", flush=True)


if __name__ == "__main__":
    main()
