"""The log: a rotating file always, stderr when asked for, and never a key in either.

Modules write with `logging.getLogger(__name__)`; only the program's entry calls `start`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO, cast

from desktop.base import terminal
from desktop.base.atomic_file import make_folder
from desktop.base.redaction import redact

FILE_BYTES = 1_000_000
FILES_KEPT = 3

_started: list[logging.Handler] = []


class RedactingFormatter(logging.Formatter):
    """Formats, then redacts, so that tracebacks and arguments are covered as well as messages."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line or lines of one record: plain text, without secrets."""
        return redact(terminal.plain_text(super().format(record)))


class _Complaint(logging.Handler):
    """Reports once that the log can't be written, as on a full disk, and lets the program go on."""

    failed = False

    def handleError(self, record: logging.LogRecord) -> None:
        """Report it without a traceback, which would print the record's arguments, secrets included."""
        failure = sys.exc_info()[1]
        if self.failed:
            return
        self.failed = True
        why = failure.strerror if isinstance(failure, OSError) else None
        terminal.print_error(f"The log can't be written: {why or type(failure).__name__}.")


class LogStream(_Complaint, logging.StreamHandler[TextIO]):
    """The log on stderr."""

    def close(self) -> None:
        """Let go of stderr; what it could not take is lost."""
        with contextlib.suppress(OSError, ValueError):
            super().close()


class LogFile(_Complaint, RotatingFileHandler):
    """The log in a file."""

    def _open(self) -> TextIOWrapper:
        """Open it for this user's eyes only (0600)."""
        file = open(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors, opener=_private)
        return cast("TextIOWrapper", file)

    def close(self) -> None:
        """Close it; records that couldn't be written are lost, as was reported."""
        with contextlib.suppress(OSError):
            super().close()


def _private(path: str, flags: int) -> int:
    # A pipe in its place would be waited for.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o600)


def start(folder: Path, *, name: str = "presstalk", verbose: bool = False) -> None:
    """Log to `<name>.log` in a folder, and with `verbose` to stderr in full detail too.

    Each process needs a name of its own: two can't rotate one file. A folder that can't be written is
    reported on stderr and the program goes on without a file.
    """
    stop()
    handlers: list[logging.Handler] = []
    if verbose and sys.stderr is not None:
        handlers.append(LogStream(sys.stderr))
    try:
        make_folder(folder)
        handlers.append(
            LogFile(folder / f"{name}.log", maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
        )
    except OSError as exc:
        terminal.print_error(f"No log file: {exc.strerror or exc} ({folder})")
    formatter = RedactingFormatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    root = logging.getLogger()
    for handler in handlers or [logging.NullHandler()]:
        handler.setFormatter(formatter)
        root.addHandler(handler)
        _started.append(handler)
    logging.getLogger("desktop").setLevel(logging.DEBUG if verbose else logging.INFO)
    logging.captureWarnings(True)


def stop() -> None:
    """Close what `start` opened. Without a start it does nothing."""
    root = logging.getLogger()
    while _started:
        handler = _started.pop()
        root.removeHandler(handler)
        handler.close()
    logging.captureWarnings(False)
    logging.getLogger("desktop").setLevel(logging.NOTSET)
