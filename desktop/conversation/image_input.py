"""Pictures for models that see: from files, the clipboard, a drop and the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.conversation import image_encoding
from desktop.conversation.image_encoding import EncodedImage, ImageError
from desktop.turn.effects import Note

NO_CLIPBOARD = Text(
    "no-picture-in-clipboard", "There is no picture on the clipboard. Copy one, then try again."
)
NO_SCREEN = Text(
    "no-screen-capture",
    "This desktop doesn't let programs capture the screen. Take a screenshot, then paste it here.",
)


class ImageInputController(QObject):
    """Makes pictures small enough to be sent, off the GUI thread. `close` it before the loop ends."""

    encoded = Signal(str, Message)
    """A picture as a data URL, and its caption."""
    noted = Signal(Note)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._encoding = TaskSet()

    def take_file(self, path: str) -> None:
        """Encode the picture in a file."""
        self._begin(lambda: image_encoding.from_file(Path(path)))

    def take_image(self, image: QImage) -> None:
        """Encode a picture that was dropped or pasted."""
        self._begin(lambda: image_encoding.from_image(image))

    def take_clipboard(self) -> None:
        """Encode the picture in the clipboard."""
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self.noted.emit(Note("hint", NO_CLIPBOARD()))
        else:
            self.take_image(image)

    def take_screen(self) -> None:
        """Encode the contents of the screen that the window is on."""
        window = QGuiApplication.focusWindow()
        screen = window.screen() if window else QGuiApplication.primaryScreen()
        grabbed = screen.grabWindow(0) if screen else None
        if grabbed is None or grabbed.isNull():
            self.noted.emit(Note("hint", NO_SCREEN()))
        else:
            self.take_image(grabbed.toImage())

    async def close(self) -> None:
        """Cancel the pictures that are being encoded."""
        await self._encoding.close()

    def _begin(self, encode: Callable[[], EncodedImage]) -> None:
        self._encoding.spawn(self._encode(encode), name="encoding of a picture")

    async def _encode(self, encode: Callable[[], EncodedImage]) -> None:
        try:
            picture = await in_daemon(encode)
        except ImageError as exc:
            self.noted.emit(Note("hint", exc.message))
            return
        self.encoded.emit(picture.url, picture.caption)
