"""What nobody expected: written to the log, told once, and the program goes on where it can.

Exceptions end here from the interpreter (slots of Qt too), from the event loop and from threads. A death of
the interpreter itself leaves its stack in `crash.txt` beside the log.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from PySide6.QtCore import QObject, Signal

from desktop.app import diagnostics
from desktop.base.redaction import redact

log = logging.getLogger(__name__)

STACK_FILE = "crash.txt"
LONGEST = 20_000
"""Characters of a report: a deep recursion's traceback is no more use in full."""


class CrashReporter(QObject):
    """Takes what is left of every exception that nobody caught. `happened` may be emitted from any thread."""

    happened = Signal(str)
    """The report of a new one. Each place in the code is told of once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told: set[tuple[str, str, int]] = set()
        self._stacks: IO[str] | None = None
        self._before: tuple[Any, Any] | None = None

    def install(self, loop: asyncio.AbstractEventLoop, logs: Path | None = None) -> None:
        """Listen to the interpreter, the threads and this loop. `logs` is the folder of the stack file."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread
        loop.set_exception_handler(self._on_loop)
        if logs is not None:
            try:
                self._stacks = (logs / STACK_FILE).open("w", encoding="utf-8")
                faulthandler.enable(self._stacks)
            except OSError as exc:
                log.info("no file for stacks: %s", exc.strerror)

    def remove(self) -> None:
        """Listen no more."""
        if self._before:
            sys.excepthook, threading.excepthook = self._before
            self._before = None
        if self._stacks:
            faulthandler.disable()
            self._stacks.close()
            self._stacks = None

    def report(self, exc: BaseException, where: str) -> None:
        """Log this exception, and tell of it if it is the first of its place."""
        log.error("unexpected, in %s", where, exc_info=exc)
        last = traceback.extract_tb(exc.__traceback__)[-1:]
        place = (type(exc).__name__, last[0].filename if last else where, last[0].lineno or 0 if last else 0)
        if place in self._told:
            return
        self._told.add(place)
        self.happened.emit(_text(exc, where))

    def _on_exception(
        self, kind: type[BaseException], exc: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(exc, KeyboardInterrupt):
            sys.__excepthook__(kind, exc, trace)
            return
        self.report(exc.with_traceback(trace), "the window")

    def _on_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self.report(args.exc_value, f"the thread {args.thread.name if args.thread else '?'}")

    def _on_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        exc = context.get("exception")
        if isinstance(exc, Exception):
            self.report(exc, "the event loop")
        else:
            log.warning("event loop: %s", context.get("message"))


def _text(exc: BaseException, where: str) -> str:
    versions = "\n".join(f"{name}: {version}" for name, version in diagnostics.versions())
    stack = "".join(traceback.format_exception(exc))
    if len(stack) > LONGEST:
        stack = f"{stack[: LONGEST // 2]}\n…\n{stack[-LONGEST // 2 :]}"
    return redact(diagnostics.homeless(f"{versions}\nIn: {where}\n\n{stack}"))
