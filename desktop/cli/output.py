"""What commands print: results on stdout, each problem as one plain line on stderr, neither with a secret."""

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
    """Raise `CommandError` with the sentence of these errors: theirs are written for users."""
    try:
        yield
    except errors as exc:
        raise CommandError(str(exc)) from exc


def print_result(text: str) -> None:
    """Print what a command was asked for. A service may echo what it was sent, and outputs go into files."""
    print(redact(text), flush=True)


def print_problem(problem: object) -> None:
    """Print what went wrong, as one line."""
    print(redact(" ".join(str(problem).split())), file=sys.stderr)
