"""Makes pictures small enough to send: reads, turns upright, scales down, writes JPEG. Blocks."""

from __future__ import annotations

import errno
import re
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QColorSpace, QImage, QImageReader, QPainter

from desktop.base.message import Message, MessageError, Text
from desktop.base.plain_file import open_plain
from desktop.conversation import picture_work

LONGEST_SIDE = 1_024
"""Pixels. Models look at tiles of 512 or 768 and scale larger pictures down; more only takes longer."""
LARGEST = 300_000
"""Bytes of the JPEG: 0.4 MB as base64, a third of a second over a slow uplink of 10 Mbit/s."""
QUALITIES = (85, 70, 50, 30)
"""Tried in this order until it is small enough; text on a screen is still legible at 70."""
MIB = 1_024 * 1_024
LARGEST_FILE = 64 * MIB
MOST_PIXELS = 64_000_000
"""More than most cameras make. Known from the file's header, before anything is decoded."""
MEMORY_MB = 260
"""What a picture may take when it is read: so many pixels, four bytes each."""
_MAGIC = {
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "jpeg": re.compile(rb"\xff\xd8\xff"),
    "webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "gif": re.compile(rb"GIF8[79]a"),
    "bmp": re.compile(rb"BM"),
}
"""How a file of each kind that is read begins. Drawings are not among them, nor what only few programs
write."""


PICTURE_SENT = Text("picture-sent", "Picture sent ({width}\u00d7{height}, {kilobytes} kB).")
PICTURE_TOO_LARGE = Text(
    "picture-too-large", "This file is too large. Choose a picture under {megabytes} MB."
)
PICTURE_NOT_READ = Text("picture-not-read", "The file can't be read ({reason}).")
TOO_MANY_PIXELS = Text(
    "picture-too-many-pixels", "This picture is too large. Choose one of at most {megapixels} megapixels."
)
NO_PICTURE_FILE = Text("no-picture-file", "This file isn't a readable picture. Use JPEG, PNG or WebP.")
PICTURE_TOO_SLOW = Text("picture-too-slow", "Reading this picture takes too long. Choose another one.")
NO_PICTURE = Text("no-picture", "There is no picture.")
PICTURE_NOT_ENCODED = Text("picture-not-encoded", "The picture can't be saved as JPEG.")


class ImageError(MessageError):
    """A picture can't be sent."""


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """A picture as it is sent; `size` in bytes of the JPEG."""

    url: str
    width: int
    height: int
    size: int

    @property
    def caption(self) -> Message:
        """The line in the transcript."""
        return PICTURE_SENT(width=self.width, height=self.height, kilobytes=max(1, round(self.size / 1_000)))


def from_file(path: Path) -> EncodedImage:
    """Encode the picture in a file. Raises ImageError."""
    try:
        with open_plain(path) as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as exc:
        if exc.errno in (errno.EISDIR, errno.EINVAL):
            raise ImageError(NO_PICTURE_FILE()) from exc
        raise ImageError(PICTURE_NOT_READ(reason=exc.strerror or str(exc))) from exc
    return from_bytes(content)


def from_bytes(content: bytes) -> EncodedImage:
    """Encode the picture that is a file's content. Raises ImageError."""
    if len(content) > LARGEST_FILE:
        raise ImageError(PICTURE_TOO_LARGE(megabytes=LARGEST_FILE // MIB))
    kind = next((kind for kind, magic in _MAGIC.items() if magic.match(content)), "")
    if not kind:
        raise ImageError(NO_PICTURE_FILE())
    QImageReader.setAllocationLimit(MEMORY_MB)
    data = QByteArray(picture_work.bare_png(content) if kind == "png" else content)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind.encode()))
    reader.setAutoDetectImageFormat(False)  # no other decoder gets to see it
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid():
        raise ImageError(NO_PICTURE_FILE())
    if size.width() * size.height() > MOST_PIXELS:
        raise ImageError(TOO_MANY_PIXELS(megapixels=MOST_PIXELS // 1_000_000))
    work = picture_work.passes(content) if kind == "jpeg" else 1
    if work * size.width() * size.height() > picture_work.MOST_PASSES * MOST_PIXELS:
        raise ImageError(PICTURE_TOO_SLOW())
    if max(size.width(), size.height()) > 4 * LONGEST_SIDE:
        # A camera's picture is scaled while it is read: JPEG can do that.
        most = 2 * LONGEST_SIDE
        reader.setScaledSize(
            size.scaled(QSize(most, most), Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
        )
    image = reader.read()
    if image.isNull():
        raise ImageError(NO_PICTURE_FILE())
    return from_image(image)


def from_image(image: QImage) -> EncodedImage:
    """Encode this picture. Raises ImageError."""
    if image.isNull():
        raise ImageError(NO_PICTURE())
    if max(image.width(), image.height()) > LONGEST_SIDE:
        # A line that is wider than 1,024 times its height must keep a pixel.
        wanted = image.size().scaled(QSize(LONGEST_SIDE, LONGEST_SIDE), Qt.AspectRatioMode.KeepAspectRatio)
        image = image.scaled(
            wanted.expandedTo(QSize(1, 1)),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    image = _bare(image)
    for quality in QUALITIES:
        jpeg = _jpeg(image, quality)
        if len(jpeg) <= LARGEST:
            break
    url = "data:image/jpeg;base64," + b64encode(jpeg).decode()
    return EncodedImage(url, image.width(), image.height(), len(jpeg))


def _bare(image: QImage) -> QImage:
    """The pixels alone, on white, in sRGB.

    JPEG has no transparency, and black text on a transparent ground would be black on black. What else a
    file says (its author, a comment, a colour profile with a name in it) is nobody's business.
    """
    if image.colorSpace().isValid():
        image.convertToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    bare = QImage(image.size(), QImage.Format.Format_RGB32)
    bare.fill(Qt.GlobalColor.white)
    painter = QPainter(bare)
    painter.drawImage(bare.rect(), image, image.rect())
    painter.end()
    return bare


def _jpeg(image: QImage, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "JPEG", quality):  # type: ignore[call-overload]
        raise ImageError(PICTURE_NOT_ENCODED())
    return bytes(buffer.data().data())
