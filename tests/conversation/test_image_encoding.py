"""Pictures become small, upright and opaque, or a plain sentence."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage

from desktop.conversation import image_encoding, image_input
from desktop.conversation.image_encoding import LARGEST, LONGEST_SIDE, EncodedImage, ImageError
from desktop.conversation.image_input import ImageInputController


def image(width: int, height: int, colour: str = "#3366cc") -> QImage:
    made = QImage(width, height, QImage.Format.Format_ARGB32)
    made.fill(QColor(colour))
    return made


def decoded(picture: EncodedImage) -> QImage:
    head, _, data = picture.url.partition(",")
    assert head == "data:image/jpeg;base64"
    jpeg = b64decode(data)
    assert len(jpeg) == picture.size
    return QImage.fromData(jpeg, "JPEG")


@pytest.mark.parametrize(
    ("size", "sent"),
    [((640, 480), (640, 480)), ((4_000, 3_000), (1_024, 768)), ((20_000, 3), (1_024, 1))],
)
def test_a_picture_is_scaled_down_and_never_up(size: tuple[int, int], sent: tuple[int, int]):
    picture = image_encoding.from_image(image(*size))
    assert (picture.width, picture.height) == sent
    assert decoded(picture).size().toTuple() == sent


def test_noise_too_is_small_enough():
    noise = np.random.default_rng(1).integers(0, 255, (3_000, 3_000, 4), np.uint8)
    grain = QImage(noise.data, 3_000, 3_000, QImage.Format.Format_RGB32)
    assert image_encoding.from_image(grain).size <= LARGEST


def test_what_is_transparent_is_white():
    clear = image(8, 8)
    clear.fill(Qt.GlobalColor.transparent)
    assert decoded(image_encoding.from_image(clear)).pixelColor(4, 4).lightness() > 250


def test_a_large_file_is_read_in_part(tmp_path: Path):
    image(6_000, 3_000).save(str(tmp_path / "large.jpg"))
    picture = image_encoding.from_file(tmp_path / "large.jpg")
    assert (picture.width, picture.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)
    assert str(picture.caption).startswith("Picture sent (1024\u00d7512, ")


def test_a_file_is_known_by_what_is_in_it(tmp_path: Path):
    image(20, 10).save(str(tmp_path / "picture.bin"), "PNG")
    assert image_encoding.from_file(tmp_path / "picture.bin").width == 20


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 100])
def test_what_is_no_picture_is_a_word(tmp_path: Path, content: bytes):
    (tmp_path / "broken.png").write_bytes(content)
    with pytest.raises(ImageError, match="isn't a readable picture"):
        image_encoding.from_file(tmp_path / "broken.png")


def test_a_file_that_is_gone_or_too_large_is_a_word(tmp_path: Path):
    with pytest.raises(ImageError, match="can't be read"):
        image_encoding.from_file(tmp_path / "gone.png")
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(image_encoding.LARGEST_FILE + 1)
    with pytest.raises(ImageError, match="too large"):
        image_encoding.from_file(tmp_path / "huge.png")


def test_the_largest_file_is_said_as_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(image_encoding, "LARGEST_FILE", 3 * image_encoding.MIB)
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(3 * image_encoding.MIB + 1)
    with pytest.raises(ImageError, match="Choose a picture under 3 MB"):
        image_encoding.from_file(tmp_path / "huge.png")


WITHIN_S = 5.0


class Bench:
    """A controller, and the pictures and notes that it emitted."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.controller = ImageInputController()
        self.controller.encoded.connect(lambda url, caption: self.sent.append((url, str(caption))))
        self.controller.noted.connect(lambda note: self.notes.append(str(note.message)))

    async def until(self, count: int) -> None:
        """Wait for so many pictures and notes."""
        async with asyncio.timeout(WITHIN_S):
            while len(self.sent) + len(self.notes) < count:  # noqa: ASYNC110 - a thread encodes
                await asyncio.sleep(0.001)


async def test_the_clipboard_and_a_file(qapp: QGuiApplication, tmp_path: Path):
    made = Bench()
    qapp.clipboard().clear()
    made.controller.take_clipboard()
    assert made.notes == [str(image_input.NO_CLIPBOARD())]
    qapp.clipboard().setImage(image(30, 20))
    made.controller.take_clipboard()
    qapp.clipboard().clear()
    await made.until(2)
    made.controller.take_file(str(tmp_path / "gone.png"))
    await made.until(3)
    assert [caption for _, caption in made.sent] == ["Picture sent (30\u00d720, 1 kB)."]
    assert len(made.notes) == 2


async def test_the_screen(qapp: QGuiApplication):
    made = Bench()
    made.controller.take_screen()
    await made.until(1)
    assert len(made.sent) + len(made.notes) == 1, "sent where there is one, else a word"
