"""Pictures for models that see: from files, the clipboard, a drop and the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.conversation import image_encoding
from desktop.conversation.image_encoding import PICTURE_TOO_SLOW, EncodedImage, ImageError
from desktop.turn.effects import Note
from desktop.viewmodels.picture_data import PictureData, picture_in

NO_CLIPBOARD = Text(
    "no-picture-in-clipboard", "There is no picture on the clipboard. Copy one, then try again."
)
NO_SCREEN = Text(
    "no-screen-capture",
    "This desktop doesn't let programs capture the screen. Take a screenshot, then paste it here.",
)
TOO_MANY_PICTURES = Text("too-many-pictures", "Too many pictures at once. Wait until the others are sent.")

MOST_WAITING = 10
WITHIN_S = 20.0
"""How long a picture may take. The largest takes 4 s on a slow machine."""


class ImageInputController(QObject):
    """Makes pictures small enough to be sent, off the GUI thread. `close` it before the loop ends."""

    encoded = Signal(str, Message)
    """A picture as a data URL, and its caption."""
    noted = Signal(Note)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._encoding = TaskSet()
        self._one_by_one = asyncio.Lock()

    def take_file(self, path: str) -> None:
        """Encode the picture in a file."""
        self._begin(lambda: image_encoding.from_file(Path(path)))

    def take_image(self, picture: PictureData) -> None:
        """Encode a picture that was dropped or pasted."""
        if isinstance(picture, bytes):
            self._begin(lambda: image_encoding.from_bytes(picture))
        else:
            self._begin(lambda: image_encoding.from_image(picture))

    def take_clipboard(self) -> None:
        """Encode the picture in the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        picture = picture_in(data) if data else None
        if picture is None:
            self.noted.emit(Note("hint", NO_CLIPBOARD()))
        else:
            self.take_image(picture)

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
        if len(self._encoding) >= MOST_WAITING:
            self.noted.emit(Note("hint", TOO_MANY_PICTURES()))
        else:
            self._encoding.spawn(self._encode(encode), name="encoding of a picture")

    async def _encode(self, encode: Callable[[], EncodedImage]) -> None:
        try:
            async with self._one_by_one, asyncio.timeout(WITHIN_S):
                picture = await in_daemon(encode)
        except ImageError as exc:
            self.noted.emit(Note("hint", exc.message))
            return
        except TimeoutError:
            self.noted.emit(Note("hint", PICTURE_TOO_SLOW()))
            return
        self.encoded.emit(picture.url, picture.caption)
