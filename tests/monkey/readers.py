"""Screen readers for the restless person: Orca, or one that asks everything all the time."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Any

import psutil

from tests.rig.accessibility import AccessibilityBus
from tests.rig.desktop import Desktop, Program, RigError
from tests.rig.screen_reader import ScreenReader

ORCA, QUESTIONS = "orca", "questions"
STOP_S = 30.0


class Reader:
    """Reads a desktop while the `with` block runs. `env` is what a program needs to be read."""

    def __init__(self, desktop: Desktop, kind: str) -> None:
        """Kind: `ORCA`, `QUESTIONS`, or empty for none."""
        self._desktop = desktop
        self._kind = kind
        self._cleanup = ExitStack()
        self._orca: Program | None = None
        self._over = threading.Event()
        self.env: dict[str, str] = {}
        self.problem = ""
        """What went wrong with the reader itself, or with a question."""

    def __enter__(self) -> Reader:
        with ExitStack() as started:
            if self._kind:
                bus = started.enter_context(AccessibilityBus(self._desktop.screen))
                self.env = bus.env
                if self._kind == ORCA:
                    self._orca = self._desktop.start(["orca"], **bus.env)
                else:
                    reader = started.enter_context(ScreenReader(bus))
                    thread = threading.Thread(target=self._ask, args=(reader,), daemon=True)
                    thread.start()
                    started.callback(thread.join, STOP_S)
                    started.callback(self._over.set)
            self._cleanup = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()

    def check(self) -> str:
        """What has gone wrong so far."""
        orca = self._orca
        if orca and psutil.Process(orca.pid).status() == psutil.STATUS_ZOMBIE:
            self.problem = f"Orca ended: {orca.output[-200:]}"
        return self.problem

    def leave(self) -> None:
        """The program is about to end: its missing answers are no problem from here on."""
        self._over.set()

    def _ask(self, reader: ScreenReader) -> None:
        while not self._over.is_set():
            try:
                for program in reader.programs():
                    for top in reader.children(program):
                        reader.ask_everything(top)
            except RigError as exc:
                if not self._over.is_set():
                    self.problem = str(exc)
                return
            self._over.wait(0.1)
