from __future__ import annotations

from pathlib import Path

import pytest
from bundling import icons
from PIL import Image
from PySide6.QtWidgets import QApplication

from desktop.ui.common import icons as ui_icons


@pytest.fixture(scope="module")
def made(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("icons")
    icons.write_all(folder)
    return folder


def test_linux_gets_every_size(made: Path) -> None:
    for size in icons.LINUX:
        with Image.open(made / f"{size}.png") as picture:
            assert picture.size == (size, size)
            assert picture.mode == "RGBA"
            assert picture.getpixel((0, 0))[3] < 64, "the corners are round"
            assert picture.getpixel((size // 2, size * 4 // 16))[:3] == (255, 255, 255), (
                "the microphone is white"
            )


def test_windows_and_macos_get_the_drawn_sizes_and_not_scaled_ones(made: Path) -> None:
    with Image.open(made / "presstalk.ico") as icon:
        assert icon.ico.sizes() == {(size, size) for size in icons.WINDOWS}
        with Image.open(made / "16.png") as drawn:
            assert icon.ico.getimage((16, 16)).tobytes() == drawn.tobytes()
    with Image.open(made / "presstalk.icns") as icon:
        assert {(512, 512, 2), (16, 16, 2)} <= set(icon.icns.itersizes())


def test_the_small_drawing_is_another_one(qapp: QApplication) -> None:
    large = icons.draw(icons.LARGEST_SMALL + 1).scaled(16, 16)
    assert icons.draw(16) != large


def test_the_window_wears_the_icon(qapp: QApplication) -> None:
    icon = ui_icons.application()
    assert {size.width() for size in icon.availableSizes()} == {16, 32, 64, 128}
    assert icon.pixmap(16, 16).toImage().pixelColor(8, 4).name() == "#ffffff"
