"""The program's icon in every size and format, from the two drawings in `resources/app`.

python scripts/bundling/icons.py FOLDER     (with the project's Python: Qt draws, Pillow packs)
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWINGS = Path(__file__).resolve().parents[2] / "resources" / "app"

LARGE = DRAWINGS / "presstalk.svg"
SMALL = DRAWINGS / "presstalk-small.svg"
LARGEST_SMALL = 24
"""Pixels. Up to this the small drawing is used: without the ring, on the grid of 16 pixels."""

LINUX = (16, 22, 24, 32, 48, 64, 128, 256, 512)
WINDOWS = (16, 20, 24, 32, 40, 48, 64, 256)
MAC = (16, 32, 64, 128, 256, 512, 1024)


def draw(pixels: int) -> QImage:
    """The icon at a size, on a transparent ground."""
    picture = QImage(pixels, pixels, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawing = SMALL if pixels <= LARGEST_SMALL else LARGE
    QSvgRenderer(str(drawing)).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return picture


def png(pixels: int) -> bytes:
    """The icon at a size, as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    draw(pixels).save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def write_all(folder: Path) -> None:
    """Write `<size>.png` for Linux, `presstalk.ico` and `presstalk.icns`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {size: png(size) for size in sorted({*LINUX, *WINDOWS, *MAC})}
    for size in LINUX:
        (folder / f"{size}.png").write_bytes(files[size])
    pictures = {size: Image.open(io.BytesIO(file)) for size, file in files.items()}
    for name, sizes in (("presstalk.ico", WINDOWS), ("presstalk.icns", MAC)):
        first, *others = (pictures[size] for size in reversed(sizes))
        # Pillow takes the drawn picture wherever there is one of the size, and scales only where not.
        first.save(folder / name, sizes=[(size, size) for size in sizes], append_images=others)


def main(words: list[str]) -> int:
    """The command line: the exit code."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication(sys.argv[:1])
    write_all(Path(words[0]))
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
