"""The real window, fed with broken files or hostile frames: python -m tests.fuzz.window journals 0 5000 1

It prints `problem …` for each, and `read …` with the number that it has come to, so that who started it knows
where it died.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import main
from desktop.app.build import Parts
from desktop.audio.devices import Device
from desktop.audio.fakes import FakeAudioBackend
from desktop.cli.main import main as run
from tests.fuzz.files import HTML, UNSEEN
from tests.fuzz.kinds import READERS
from tests.fuzz.readers import Reader
from tests.fuzz.service import HostileService
from tests.ui import foreign_text

CARD = Device("Card", "ALSA", 1, 1, 48_000, is_default_input=True, is_default_output=True)
MARKS = (HTML, UNSEEN)
LOOK_EVERY = 50
"""After so many files all texts of all widgets are looked at."""
WITHIN_S = 200.0
"""For one file, on a busy machine."""
SILENT = "qt.gui.imageio*=false"


class Problems(logging.Handler):
    """Prints what the program logs as a mistake of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.number = 0

    def emit(self, record: logging.LogRecord) -> None:
        exc = record.exc_info[1] if record.exc_info else None
        where = traceback.extract_tb(exc.__traceback__)[-1] if exc else ""
        self.tell(f"{record.getMessage()}: {exc!r} at {where}")

    def tell(self, what: str) -> None:
        """Print this as a problem with the present file."""
        print(f"problem {self.number}: {' '.join(what.split())[:600]}", flush=True)


async def feed(parts: Parts, reader: Reader, first: int, count: int, seed: int, problems: Problems) -> None:
    """Let the window read files, beginning with the number `first`; then close it."""
    try:
        await reader.begin(parts)
        for number in range(first, count):
            problems.number = number
            for what in await read(reader, number, seed):
                problems.tell(what)
            if number % LOOK_EVERY == 0 or number == count - 1:
                print(f"read {number}", flush=True)
                for what in looked(reader):
                    problems.tell(what)
        await reader.end()
    except Exception as exc:
        problems.tell(told(exc))
    print(f"ended {problems.number + 1}", flush=True)
    parts.window.close()


async def read(reader: Reader, number: int, seed: int) -> list[str]:
    """Let it read one; what is wrong."""
    try:
        async with asyncio.timeout(WITHIN_S):
            return await reader.read(number, seed)
    except Exception as exc:
        return [told(exc)]


def told(exc: Exception) -> str:
    """An exception, and where it was raised."""
    return f"{exc!r} at {traceback.extract_tb(exc.__traceback__)[-3:]}"


def looked(reader: Reader) -> list[str]:
    """What is wrong with the texts of the windows that are shown."""
    found = []
    for window in QApplication.topLevelWidgets():
        if window.isVisible() and not window.inherits("QTipLabel"):
            found += foreign_text.problems(window, MARKS)
            if foreign_text.has_paint(window) and reader.paints_nothing:
                found.append(f"something in {type(window).__name__} was rendered")
    return found[:5]


def show(kind: str, first: int, count: int, seed: int) -> None:
    """Show it until all is read."""
    app: Any = main
    build, problems = app.build, Problems()
    tasks = list[asyncio.Task[None]]()
    with HostileService() as service:
        reader = READERS[kind](service, Path(os.environ["PRESSTALK_HOME"]))

        def built(*arguments: object) -> Parts:
            parts: Parts = build(*arguments)
            logging.getLogger().addHandler(problems)
            parts.window.first_painted.connect(
                lambda: tasks.append(asyncio.ensure_future(feed(parts, reader, first, count, seed, problems)))
            )
            parts.dialogs.made.connect(lambda dialog: tell_crash(dialog, problems))
            return parts

        app.build = built
        app.SystemAudioBackend = lambda: FakeAudioBackend(CARD)
        sys.exit(run(["--base-url", service.url, "--model", "openai/gpt-realtime-2"]))


def tell_crash(dialog: QWidget, problems: Problems) -> None:
    """A report of a crash is a problem."""
    if type(dialog).__name__ == "CrashDialog":
        problems.tell("the program reports a crash")


if __name__ == "__main__":
    show(sys.argv[1], *map(int, sys.argv[2:5]))
