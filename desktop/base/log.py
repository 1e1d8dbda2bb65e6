"""The log: a rotating file always, stderr when asked for, and never a key in either.

Modules write with `logging.getLogger(__name__)`; only the program's entry calls `start`.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO

FILE_BYTES = 1_000_000
FILES_KEPT = 3

SHORTEST_SECRET = 6
"""Characters. Blotting out anything shorter would eat ordinary words."""

SECRET_FIELDS = frozenset({"api_key", "authorization", "client_secret", "ticket"})
"""Fields whose text is a secret whatever it looks like."""

# What looks like a secret even if nobody has told us: the part in the first group stays.
_PATTERNS = [
    re.compile(r"(\bbearer\s+)[^\s\"',;]+", re.IGNORECASE),
    re.compile(r"(\bopper-ticket\.)[^\s\"',;]+"),
    re.compile(r"([?&]ticket=)[^\s&\"']+"),
    re.compile(r"(\"(?:client_secret|ticket|api_key)\"\s*:\s*\")[^\"]+"),
    re.compile(r"(\b(?:op|opmak|sk)-)[\w-]{8,}"),
]
# One of them is in whatever a pattern finds. To look for them costs a twentieth of looking for the patterns.
_HINTS = ("bearer", "ticket", "client_secret", "api_key", "op-", "opmak-", "sk-")
_secrets: set[str] = set()
_started: list[logging.Handler] = []


def protect(secret: str) -> None:
    """Never let these characters into the log. Secrets under 6 characters are not accepted (ValueError)."""
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"A secret has at least {SHORTEST_SECRET} characters")
    _secrets.add(secret)


def redact(text: str) -> str:
    """The text with every protected secret, and all that looks like one, replaced by "…"."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text
    for pattern in _PATTERNS:
        text = pattern.sub(r"\1…", text)
    return text


def redact_all(value: Any) -> Any:
    """A value as JSON has them, with `redact` for each of its texts, keys too; named secrets go whole."""
    if isinstance(value, str):
        return redact(value) if len(value) >= SHORTEST_SECRET else value
    if isinstance(value, Mapping):
        return {redact_all(key): _redact_field(key, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [redact_all(inner) for inner in value]
    return value


def _redact_field(name: Any, value: Any) -> Any:
    named = isinstance(name, str) and name.lower() in SECRET_FIELDS
    return "…" if named and isinstance(value, str) and value else redact_all(value)


class RedactingFormatter(logging.Formatter):
    """Formats, then redacts: so that tracebacks and arguments are covered as well as messages."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line or lines of one record, without secrets."""
        return redact(super().format(record))


class _Complaint(logging.Handler):
    """Where it can't be written, as on a full disk, it says so once, and the program goes on."""

    failed = False

    def handleError(self, record: logging.LogRecord) -> None:
        """In place of a traceback for each record, which would tell its arguments, secrets too."""
        failure = sys.exc_info()[1]
        if self.failed:
            return
        self.failed = True
        why = failure.strerror if isinstance(failure, OSError) else None
        print(f"The log can't be written: {why or type(failure).__name__}.", file=sys.stderr)


class LogStream(_Complaint, logging.StreamHandler[TextIO]):
    """The log on stderr."""


class LogFile(_Complaint, RotatingFileHandler):
    """The log in a file."""

    def close(self) -> None:
        """Close it; what couldn't be written is lost, as was said."""
        with contextlib.suppress(OSError):
            super().close()


def start(folder: Path, *, name: str = "presstalk", verbose: bool = False) -> None:
    """Log to `<name>.log` in a folder, and with `verbose` to stderr in full detail too.

    Each process needs a name of its own: two can't rotate one file. A folder that can't be written is
    reported on stderr and the program goes on without a file.
    """
    stop()
    handlers: list[logging.Handler] = []
    if verbose:
        handlers.append(LogStream(sys.stderr))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handlers.append(
            LogFile(folder / f"{name}.log", maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
        )
    except OSError as exc:
        # Not `sys.stderr.write`: a windowed program on Windows has none.
        print(f"No log file: {exc.strerror or exc} ({folder})", file=sys.stderr)
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
