"""What is printed: plain text, in the terminal's encoding; and what happens when it can't be printed.

A terminal obeys what it is sent: an escape sequence in a service's words can clear the screen, rename the
window, fill the clipboard or hide a link. So whatever leaves for stdout, stderr or a log goes through
`plain_text`.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import re
import sys
from typing import TextIO

LONGEST_LINE = 4_000
"""Characters of a problem. A path has fewer; a service's own words can have any length."""
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Invisible: they turn the order of letters round (in a file's name, an address), or hide letters from the
# reader. What scripts and emoji need stays: joiners (U+200C, U+200D), marks of direction (U+200E, U+200F).
_INVISIBLE = re.compile(
    "[\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]",
)


def plain_text(text: str) -> str:
    """The text without anything that a terminal would obey; line breaks (as "\\n") and tabs stay.

    Control characters, an escape sequence's first among them, become "�"; characters that turn the order of
    letters round, or can't be seen, are left out.
    """
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub("", _CONTROLS.sub(REPLACEMENT, _LINE_BREAKS.sub("\n", text)))


def plain_json(text: str) -> str:
    """The same for JSON, which stays what it was: such characters are written as JSON's own escapes."""
    if text.isascii():  # JSON has escaped ASCII's control characters, all but one, which no terminal obeys
        return text
    for pattern in (_LINE_BREAKS, _CONTROLS, _INVISIBLE):
        text = pattern.sub(lambda found: json.dumps(found.group())[1:-1], text)
    return text


def one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """The text as one plain line of at most so many characters."""
    # A service's words can be megabytes. White space and what is left out may be most of them.
    line = " ".join(plain_text(text[: 4 * longest]).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def prepare() -> None:
    """Call it first. What the terminal's encoding lacks is printed as \\u…, and closed streams do no harm.

    The next file that is opened would get a closed stream's number, and with it what C libraries print. A
    pipe that its other end has made non-blocking would refuse what doesn't fit in at once.
    """
    if sys.platform != "win32":
        for number in (0, 1, 2):
            _open_if_closed(number)
            with contextlib.suppress(OSError):
                os.set_blocking(number, True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_error(text: str) -> None:
    """Print plain text on stderr. Where that can't be written, there is nobody left to be told.

    A program with a window may have no stderr (None); then this prints nothing.
    """
    with contextlib.suppress(OSError, ValueError):
        print(plain_text(text), file=sys.stderr, flush=True)


def print_line(text: str) -> OSError | None:
    """Print plain text on stdout; why that was impossible, if it was."""
    if sys.stdout is None:
        return OSError(errno.EBADF, os.strerror(errno.EBADF))
    try:
        print(plain_text(text), flush=True)
    except OSError as exc:
        discard(sys.stdout)
        return exc
    return None


def finish(stream: TextIO | None) -> OSError | None:
    """Write what a stream still holds; why that was impossible. Otherwise Python's exit would report it."""
    if stream is None:
        return None
    try:
        stream.flush()
    except OSError as exc:
        discard(stream)
        return exc
    except ValueError:
        pass  # it was closed
    return None


def discard(stream: TextIO) -> None:
    """From now on, throw away what is written to this stream, and what it still holds."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
        stream.flush()


def _open_if_closed(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        null = os.open(os.devnull, os.O_RDWR)
        if null != number:
            os.dup2(null, number)
            os.close(null)
