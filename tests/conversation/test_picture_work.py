"""Pictures whose decoding would cost more than their pixels: text that unpacks, passes without end."""

from __future__ import annotations

import struct
import zlib

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QColorSpace, QImage, QImageWriter

from desktop.conversation import image_encoding, picture_work
from desktop.conversation.image_encoding import PICTURE_TOO_SLOW, ImageError

WORDS = b"zTXt", b"iTXt", b"tEXt"
HEAD = 8 + 25
"""Bytes of a PNG's first eight and its header."""


def written(kind: bytes, side: int = 40) -> bytes:
    image = QImage(side, side // 2, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    image.setText("author", "somebody")
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, kind)
    writer.setProgressiveScanWrite(True)
    assert writer.write(image)
    return bytes(buffer.data().data())


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_a_decoder_sees_no_words_of_a_png():
    """A hundred of these took 6 GB, and the program died."""
    packed = zlib.compress(b"a" * 7_900_000, 9)
    bombs = chunk(b"zTXt", b"k\0\0" + packed) + chunk(b"iTXt", b"k\0\1\0\0\0" + packed)
    whole = written(b"png")
    bare = picture_work.bare_png(whole[:HEAD] + 3 * bombs + whole[HEAD:])
    assert not any(kind in bare for kind in WORDS)
    assert len(bare) <= len(whole)
    assert b"iCCP" in bare
    picture = image_encoding.from_bytes(whole[:HEAD] + 3 * bombs + whole[HEAD:])
    assert (picture.width, picture.height) == (40, 20)


def test_the_colours_stay_as_they_were():
    whole = written(b"png")
    before = QImage.fromData(whole)
    after = QImage.fromData(picture_work.bare_png(whole))
    assert after.colorSpace() == before.colorSpace()
    assert after.pixelColor(3, 3) == before.pixelColor(3, 3) != QColor()


@pytest.mark.parametrize("cut", [8, 12, 20, HEAD, HEAD + 3, 90])
def test_what_is_cut_off_is_still_cut_off(cut: int):
    assert picture_work.bare_png(written(b"png")[:cut]) in written(b"png")[:cut]


def test_a_profile_is_read_once():
    profile = chunk(b"iCCP", b"k\0\0" + zlib.compress(b"a" * 1_000))
    whole = written(b"png")
    assert picture_work.bare_png(whole[:HEAD] + 50 * profile + whole[HEAD:]).count(b"iCCP") == 1


def test_a_jpeg_with_passes_without_end_is_refused_at_once():
    """300 of them over a picture of 62 megapixels took minutes, for 400 kB."""
    whole = written(b"jpeg", 2_000)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    assert picture_work.passes(whole) == 10
    image_encoding.from_bytes(whole)
    with pytest.raises(ImageError) as refused:
        image_encoding.from_bytes(whole[:-2] + 1_000 * last + b"\xff\xd9")
    assert refused.value.message.text is PICTURE_TOO_SLOW
