"""Pictures that are made to stall the window, to fill the memory, or to carry more than pixels."""

from __future__ import annotations

import os
import struct
import zlib
from base64 import b64decode
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QImage

from desktop.conversation import image_encoding
from desktop.conversation.image_encoding import ImageError
from desktop.viewmodels.picture_data import picture_in

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9">'
    b'<g id="a0"><rect width="9" height="9"/></g>'
    + b"".join(b'<g id="a%d">%s</g>' % (i, b'<use xlink:href="#a%d"/>' % (i - 1) * 10) for i in range(1, 9))
    + b'<use xlink:href="#a8"/></svg>'
)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def png(width: int, height: int, rows: bytes = b"", *more: bytes) -> bytes:
    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(more) + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        b"<?xml version='1.0'?>" + SVG,
        b"\xef\xbb\xbf" + SVG,
        zlib.compress(SVG),
        b"/* XPM */ static char *a[]={};",
    ],
    ids=["svg", "xml", "bom", "packed", "xpm"],
)
def test_only_raster_formats_are_read(content: bytes, tmp_path: Path):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(ImageError, match="isn't a readable picture"):
        image_encoding.from_file(tmp_path / "a.png")


@pytest.mark.parametrize(
    "size", [(8_001, 8_000), (100_000, 100_000), (2**31 - 1, 2**31 - 1), (64_000_001, 1)]
)
def test_the_size_is_looked_at_before_anything_is_decoded(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("PySide6.QtGui.QImageReader.read", lambda _: pytest.fail("it was decoded"))
    with pytest.raises(ImageError, match=r"megapixels|readable"):
        image_encoding.from_bytes(png(*size))


@pytest.mark.qt_log_level_fail("CRITICAL")  # Qt says that such files are torn
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP"])
def test_a_header_alone_or_a_torn_file_does_no_harm(kind: str, tmp_path: Path):
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0x3366CC)
    path = tmp_path / "a"
    if not image.save(str(path), kind):
        pytest.skip("this format isn't written here")
    whole = path.read_bytes()
    assert image_encoding.from_bytes(whole).width == 40
    for length in range(0, len(whole), max(1, len(whole) // 50)):
        try:
            image_encoding.from_bytes(whole[:length])
        except ImageError:
            pass  # half a picture may be one


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_nothing_but_pixels_is_sent(kind: str, tmp_path: Path):
    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(0x3366CC)
    image.setText("Author", "marked-author")
    image.setText("Comment", "marked-comment")
    image.save(str(tmp_path / "a"), kind)
    assert b"marked" in (tmp_path / "a").read_bytes()
    for sent in (image_encoding.from_file(tmp_path / "a"), image_encoding.from_image(image)):
        jpeg = b64decode(sent.url.partition(",")[2])
        assert b"marked" not in jpeg
        assert b"Exif" not in jpeg
        assert b"ICC_PROFILE" not in jpeg


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes by name")
def test_a_pipe_or_a_device_is_not_read(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path / "pipe.png", Path("/dev/zero"), tmp_path):
        with pytest.raises(ImageError):
            image_encoding.from_file(path)


def test_what_the_clipboard_has_is_not_decoded_on_the_windows_thread(qapp, monkeypatch: pytest.MonkeyPatch):
    data = QMimeData()
    data.setData("image/svg+xml", QByteArray(SVG))
    assert picture_in(data) is None
    data.setData("image/png", QByteArray(png(100_000, 100_000)))
    found = picture_in(data)
    assert isinstance(found, bytes)
    with pytest.raises(ImageError, match="megapixels"):
        image_encoding.from_bytes(found)
