"""Showing pictures to models that see: from files, the clipboard, a drop and the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.conversation import image_encoding
from desktop.conversation.image_encoding import EncodedImage, ImageError
from desktop.turn.effects import Note

NO_CLIPBOARD = Text(
    "no-picture-in-clipboard", "There is no picture in the clipboard. Copy one, then try again."
)
NO_SCREEN = Text(
    "no-screen-capture",
    "This desktop lets no program look at the screen. Take a screenshot, then paste it here.",
)


class ImageInputController(QObject):
    """Makes pictures small off the GUI thread, and hands them to `send` as a data URL with a caption."""

    noted = Signal(Note)

    def __init__(self, send: Callable[[str, Message], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._send = send

    async def show_file(self, path: str) -> None:
        """Send the picture in a file."""
        await self._show(lambda: image_encoding.from_file(Path(path)))

    async def show_image(self, image: QImage) -> None:
        """Send a picture that was dropped or pasted."""
        await self._show(lambda: image_encoding.from_image(image))

    async def show_clipboard(self) -> None:
        """Send what is in the clipboard."""
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self.noted.emit(Note("hint", NO_CLIPBOARD()))
        else:
            await self.show_image(image)

    async def show_screen(self) -> None:
        """Send what can be seen on the screen that the window is on."""
        window = QGuiApplication.focusWindow()
        screen = window.screen() if window else QGuiApplication.primaryScreen()
        grabbed = screen.grabWindow(0) if screen else None
        if grabbed is None or grabbed.isNull():
            self.noted.emit(Note("hint", NO_SCREEN()))
        else:
            await self.show_image(grabbed.toImage())

    async def _show(self, make: Callable[[], EncodedImage]) -> None:
        try:
            picture = await in_daemon(make)
        except ImageError as exc:
            self.noted.emit(Note("hint", exc.message))
            return
        self._send(picture.url, picture.caption)
