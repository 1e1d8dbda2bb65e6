"""The output of commands: results on stdout, each problem as a plain line on stderr, no secrets in either."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from desktop.base import terminal
from desktop.base.redaction import redact

FAILED = 1
INTERRUPTED = 130
"""The exit code after Ctrl+C, as shells have it."""
PIPE_CLOSED = 141
"""The exit code when the reader of stdout is gone, as shells have it: 128 and SIGPIPE. Nothing is said."""
CLOSED = "it is closed"
LACKING = (
    "The terminal's encoding ({}) lacks some characters, which are written as codes. "
    "Set PYTHONIOENCODING=utf-8 to have them as they are."
)


class CommandError(Exception):
    """A command can't do its work; the message is one plain sentence with the next step."""


class OutputError(CommandError):
    """Standard output can't be written, as on a full disk; the message is one plain sentence."""


class PipeClosedError(Exception):
    """Who read standard output has stopped reading, as `head` does."""


class Terminated(Exception):
    """A signal has ended the work."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number
        """As shells have it."""


@contextmanager
def as_command_error(*errors: type[Exception], words: Callable[[Exception], str] = str) -> Iterator[None]:
    """Turn these errors, whose `words` are written for users, into a `CommandError`."""
    try:
        yield
    except errors as exc:
        raise CommandError(words(exc)) from exc


def print_result(text: str) -> None:
    """Print a command's result, redacted: a service may echo what it was sent, and output goes into files.

    Raises:
        PipeClosedError: nobody reads it any more.
        OutputError: it can't be written.
    """
    stream = sys.stdout
    if stream is None:  # `>&-`: print would do nothing, and say nothing
        raise OutputError(unwritable(CLOSED))
    plain = redact(terminal.plain_text(text))
    with _output_errors():
        print(plain, file=stream, flush=True)
    encoding = stream.encoding or "utf-8"
    try:
        plain.encode(encoding)
    except UnicodeError:
        print_problem(LACKING.format(encoding))


def write_bytes(content: bytes) -> None:
    """Write bytes to standard output. Raises as `print_result` does."""
    stream = sys.stdout
    if stream is None:
        raise OutputError(unwritable(CLOSED))
    with _output_errors():
        stream.buffer.write(content)
        stream.flush()


def print_text_beside(text: str) -> None:
    """Print a result on stderr, because stdout has something else, or can't be written."""
    terminal.print_error(redact(terminal.plain_text(text)))


def print_problem(problem: object) -> None:
    """Print a problem as one line."""
    terminal.print_error(redact(terminal.one_line(str(problem))))


def confirm(question: str) -> bool:
    """Ask on the terminal; no unless the answer is yes. Blocks."""
    terminal.print_error(redact(f"{terminal.one_line(question)} [y/N]"))
    try:
        return input().strip().lower() in ("y", "yes")
    except (EOFError, OSError, ValueError):
        return False


def unwritable(reason: str | None) -> str:
    """The sentence for standard output that can't be written for this reason, as the system words it."""
    return f"Standard output can't be written ({reason or CLOSED}). Send it to another place."


def finish(code: int) -> int:
    """Write what is left of the output, and give the exit code."""
    failure = terminal.finish(sys.stdout)
    terminal.finish(sys.stderr)
    if failure is None or code:
        return code
    if isinstance(failure, BrokenPipeError):
        return PIPE_CLOSED
    print_problem(unwritable(failure.strerror))
    return FAILED


@contextmanager
def _output_errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as exc:
        terminal.discard(sys.stdout)
        raise PipeClosedError from exc
    except (OSError, ValueError) as exc:
        terminal.discard(sys.stdout)
        raise OutputError(unwritable(exc.strerror if isinstance(exc, OSError) else CLOSED)) from exc
