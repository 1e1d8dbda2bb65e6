"""Unexpected exceptions: logged, reported to the user once, and the program goes on where it can.

They come from the interpreter (slots of Qt too), from the event loop and from threads. If the interpreter
itself dies, its stack is left in `crash.txt` beside the log (`stack_file.py`).
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
from desktop.app.stack_file import open_stack_file
from desktop.base.redaction import redact

log = logging.getLogger(__name__)

LONGEST = 20_000
"""Characters of a report: the whole traceback of a deep recursion is of no more use."""


class CrashReporter(QObject):
    """Reports every exception that nothing else caught. `reported` may be emitted from any thread."""

    reported = Signal(str)
    """The text of a report. Each place in the code is reported once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reported: set[tuple[str, str, int]] = set()
        self._stack_file: IO[str] | None = None
        self._previous_hooks: tuple[Any, Any] | None = None

    def install(self, loop: asyncio.AbstractEventLoop, logs: Path | None = None) -> None:
        """Report from the interpreter, the threads and this loop. `logs` is the folder of the stack file."""
        self._previous_hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread
        loop.set_exception_handler(self._on_loop)
        if logs is not None:
            try:
                self._stack_file = open_stack_file(logs)
                faulthandler.enable(self._stack_file)
            except OSError as exc:
                log.info("no file for stacks: %s", exc.strerror)

    def remove(self) -> None:
        """Report nothing any more."""
        if self._previous_hooks:
            sys.excepthook, threading.excepthook = self._previous_hooks
            self._previous_hooks = None
        if self._stack_file:
            faulthandler.disable()
            self._stack_file.close()
            self._stack_file = None

    def report(self, exc: BaseException, where: str) -> None:
        """Log this exception, and report it if it is the first at its place in the code."""
        log.error("unexpected, in %s", where, exc_info=exc)
        last = traceback.extract_tb(exc.__traceback__)[-1:]
        place = (type(exc).__name__, last[0].filename if last else where, last[0].lineno or 0 if last else 0)
        if place in self._reported:
            return
        self._reported.add(place)
        self.reported.emit(_report(exc, where))

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


def _report(exc: BaseException, where: str) -> str:
    versions = "\n".join(f"{name}: {version}" for name, version in diagnostics.versions())
    stack = "".join(traceback.format_exception(exc))
    if len(stack) > LONGEST:
        stack = f"{stack[: LONGEST // 2]}\n…\n{stack[-LONGEST // 2 :]}"
    return redact(diagnostics.without_home(f"{versions}\nIn: {where}\n\n{stack}"))
