"""Pictures of the window in each of its states, light and dark, at three sizes: `build/screenshots/`.

They are painted without a screen, by the program's own widgets. Arguments: names of scenes, none for all;
`--language de` paints them in German, into a folder of their own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "screenshots"

Spoken = Literal["en", "de"]
SPOKEN: tuple[Spoken, ...] = get_args(Spoken)
SIZES = {"720x480": (720, 480, 1), "1040x700": (1040, 700, 1), "1040x700@2x": (1040, 700, 2)}


def main(words: list[str]) -> int:
    """Paint each density in a process of its own: it is Qt's from the start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--language", choices=SPOKEN, default="en")
    parser.add_argument("--scale", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    folder = FOLDER if options.language == "en" else FOLDER / options.language
    if options.scale:
        paint(options.scale, options.language, folder, options.names)
        return 0
    for scale in (1, 2):
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": f"offscreen:configfile={ROOT / 'scripts' / 'screen.json'}",
            "QT_SCALE_FACTOR": str(scale),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]),
        }
        command = [sys.executable, __file__, "--scale", str(scale), *words]
        if code := subprocess.run(command, env=environment).returncode:
            return code
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder.relative_to(ROOT)}")
    return 0


def paint(scale: int, spoken: Spoken, folder: Path, names: list[str]) -> None:
    """Paint every scene at this density, in this language."""
    from dialogs import all_of_them
    from PySide6.QtWidgets import QApplication

    from desktop.app import translation
    from desktop.ui.common import house_style, theme

    application = QApplication([])
    application.setStyle(house_style.make())
    translation.install(application, spoken)
    folder.mkdir(parents=True, exist_ok=True)

    def settle() -> None:
        for _ in range(4):  # layouts settle, then what they moved is painted
            application.processEvents()

    def take(widget: QWidget, act: Callable[[], object], name: str) -> None:
        widget.show()
        settle()
        act()
        settle()
        widget.grab().save(str(folder / f"{name}.png"))
        widget.close()
        widget.deleteLater()
        application.processEvents()

    for colours in (theme.LIGHT, theme.DARK):
        theme.apply(application, colours)
        for size, (width, height, at) in SIZES.items():
            if at != scale:
                continue
            for name, widget, act in _windows(width, height):
                if not names or name in names:
                    take(widget, act, f"{name}-{colours.name}-{size}")
        for name, dialog, act in all_of_them():
            if not names or name in names:
                take(dialog, act, f"{name}-{colours.name}{'@2x' if scale == 2 else ''}")


def _windows(width: int, height: int) -> Iterator[tuple[str, QWidget, Callable[[], object]]]:
    from scenes import SCENES, window_of

    for scene in SCENES:
        yield scene.name, *window_of(scene, (width, height))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
