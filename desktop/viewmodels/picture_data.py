"""A picture in the clipboard or in a drop, without decoding it: that may take long, and is done elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

RASTER_TYPES = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif")
"""In the order of preference. Drawings (SVG) are programs: one of a few kilobytes can draw for hours."""

PictureData = bytes | QImage
"""The content of a picture's file, or a picture that the system has decoded already."""


def picture_in(data: QMimeData) -> PictureData | None:
    """The picture; None if there is none, or none of these types."""
    formats = data.formats()
    for kind in RASTER_TYPES:
        if kind in formats:
            return bytes(data.data(kind).data())
    if any(kind.startswith("image/") for kind in formats):
        return None  # Qt would decode it here and now
    image = data.imageData() if data.hasImage() else None
    return image if isinstance(image, QImage) and not image.isNull() else None
