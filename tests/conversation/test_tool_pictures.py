"""The pictures of tools' results, which come from strangers."""

from __future__ import annotations

from base64 import b64encode

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from desktop.conversation.image_encoding import LARGEST
from desktop.conversation.tool_pictures import encoded


def picture(side: int) -> str:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return b64encode(buffer.data().data()).decode()


async def test_each_is_made_small_and_what_is_none_is_left_out():
    nonsense = ("", "no base64 at all é", b64encode(b"<svg onload='x'/>").decode())
    urls = await encoded((picture(8), *nonsense, picture(3_000)))
    assert len(urls) == 2
    assert all(url.startswith("data:image/jpeg;base64,/9j/") for url in urls)
    assert max(map(len, urls)) < 2 * LARGEST
