"""Pictures of the window in each of its states, of the dialogs, and of what opens over them.

Light and dark, in each language, at five sizes: `build/screenshots/en/` and `build/screenshots/de/`. They are
painted without a screen, by the program's own widgets; the same code paints the same pixels. Arguments: names
of scenes, none for all. All of them take minutes; one size in one language (`--size`, `--language`) takes one
and keeps the pictures of the others.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QWidget

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "screenshots"

Spoken = Literal["en", "de"]
SPOKEN: tuple[Spoken, ...] = get_args(Spoken)
SIZES = {
    "720x480": (720, 480, 1.0),
    "1040x700": (1040, 700, 1.0),
    "2560x1440": (2560, 1440, 1.0),
    "1280x800@150": (853, 533, 1.5),
    "1040x700@2x": (1040, 700, 2.0),
}
"""Width and height in the window's own pixels, and how many of the screen's there are to one."""
DIALOGS_AT = ("1040x700", "1280x800@150")
"""Dialogs have sizes of their own."""
LIGHT_AT = "2560x1440"
"""Dialogs and popups are painted for a large screen too, in the light theme only."""
SOME_AT = ("2560x1440", "1040x700@2x")
SOME = (
    "offline",
    "first-run",
    "ready",
    "listening",
    "speaking",
    "error",
    "frame",
    "timing",
    "overview",
    "timeline",
    "reading",
    "restart",
    "approval",
    "bench",
    "spend",
    "recording",
)
"""The scenes at these sizes, where nothing is scarce."""
AROUND = "#8A8F99"
"""What is behind the window, where a popup reaches over its edge."""


def main(words: list[str]) -> int:
    """Paint each density and language in a process of its own: they are Qt's from the start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--language", choices=SPOKEN, help="this language only")
    parser.add_argument("--size", choices=SIZES, help="this size only")
    parser.add_argument("--scale", type=float, default=0.0, help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    if options.scale:
        paint(options.scale, options.language, options.size, options.names)
        return 0
    languages: tuple[Spoken, ...] = (options.language,) if options.language else SPOKEN
    sizes = [options.size] if options.size else list(SIZES)
    if not options.names:
        for spoken in languages:
            for size in sizes:
                for old in folder_of(spoken).glob(f"*-{size}.png"):
                    old.unlink()
    jobs = [(spoken, size) for size in reversed(sizes) for spoken in languages]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        codes = list(pool.map(lambda job: _run(job[0], job[1], options.names), jobs))
    for spoken in languages:
        folder = folder_of(spoken)
        print(f"{len(list(folder.glob('*.png')))} pictures in {folder.relative_to(ROOT)}")
    return max(codes)


def folder_of(spoken: Spoken) -> Path:
    """Where the pictures in this language are."""
    return FOLDER / spoken


def _run(spoken: Spoken, size: str, names: list[str]) -> int:
    scale = SIZES[size][2]
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={ROOT / 'scripts' / 'screen.json'}",
        "QT_SCALE_FACTOR": str(scale),
        "QT_LOGGING_RULES": "qt.qpa.*=false",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]),
    }
    command = [sys.executable, __file__, "--scale", str(scale), "--language", spoken, "--size", size, *names]
    return subprocess.run(command, env=environment).returncode


def paint(scale: float, spoken: Spoken, size: str, names: list[str]) -> None:
    """Paint every scene at this density and size, in this language."""
    from popups import open_now
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    from desktop.app import translation
    from desktop.ui.common import house_style, theme

    application = QApplication([])
    application.setStyle(house_style.make())
    application.setCursorFlashTime(0)
    translation.install(application, spoken)
    folder = folder_of(spoken)
    folder.mkdir(parents=True, exist_ok=True)

    def settle() -> None:
        for _ in range(4):  # layouts settle, then what they moved is painted
            application.processEvents()

    def take(widget: QWidget, act: Callable[[], object], name: str) -> None:
        widget.show()
        settle()
        act()
        settle()
        composed(widget, open_now()).save(str(folder / f"{name}.png"))
        for popup in open_now():
            popup.close()
        widget.close()
        widget.deleteLater()
        # No loop runs that would do it: all windows would stay, and each change of the theme repaint them.
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    for colours in (theme.LIGHT, theme.DARK):
        theme.apply(application, colours)
        for name, widget, act in _pictures(size, names, with_popups=_has_popups(size, colours.name)):
            take(widget, act, f"{name}-{colours.name}-{size}")


def composed(window: QWidget, popups: Sequence[QWidget]) -> QImage:
    """The window as it is on the screen, with what is open over it."""
    from PySide6.QtGui import QColor, QImage, QPainter

    area = window.geometry()
    for popup in popups:
        area = area.united(popup.geometry().adjusted(-8, -8, 8, 8))
    density = window.devicePixelRatioF()
    picture = QImage((area.size().toSizeF() * density).toSize(), QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(density)
    picture.fill(QColor(AROUND))
    painter = QPainter(picture)
    for one in (window, *popups):
        painter.drawPixmap(one.geometry().topLeft() - area.topLeft(), one.grab())
    painter.end()
    return picture


def _has_popups(size: str, colours: str) -> bool:
    return size not in SOME_AT or (size == LIGHT_AT and colours == "light")


def _pictures(
    size: str, names: list[str], *, with_popups: bool
) -> Iterator[tuple[str, QWidget, Callable[[], object]]]:
    import beside
    import dialogs
    import popups
    from scenes import SCENES, window_of

    width, height, _ = SIZES[size]
    for scene in SCENES:
        if scene.name in names or (not names and (size not in SOME_AT or scene.name in SOME)):
            yield scene.name, *window_of(scene, (width, height))
    if names or with_popups:
        yield from popups.all_of_them((width, height), names)
    if size in DIALOGS_AT or (size == LIGHT_AT and with_popups):
        for picture in chain(dialogs.all_of_them(), beside.all_of_it(), popups.of_dialogs()):
            if not names or picture[0] in names:
                yield picture


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
