"""The output of commands: results on stdout, each problem as a plain line on stderr, no secrets in either."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from desktop.base.redaction import redact

FAILED = 1
INTERRUPTED = 130
"""The exit code after Ctrl+C, as shells have it."""


class CommandError(Exception):
    """A command can't do its work; the message is one plain sentence with the next step."""


@contextmanager
def as_command_error(*errors: type[Exception]) -> Iterator[None]:
    """Turn these errors, whose messages are written for users, into a `CommandError`."""
    try:
        yield
    except errors as exc:
        raise CommandError(str(exc)) from exc


def print_result(text: str) -> None:
    """Print a command's result, redacted: a service may echo what it was sent, and output goes into files."""
    print(redact(text), flush=True)


def print_problem(problem: object) -> None:
    """Print a problem as one line."""
    print(redact(" ".join(str(problem).split())), file=sys.stderr)
