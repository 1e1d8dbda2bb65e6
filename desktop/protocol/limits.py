"""How much of each field of a frame is taken: what is longer is cut, and ends with a mark.

A service can send 16 MiB of anything at a time, thousands of times. What is shown, searched, sorted, spoken
and written to a file has to stay so small that the window never notices. The limits are far above what
services send. `docs/security.md` has them all in one table.
"""

from __future__ import annotations

from desktop.base.visible_text import visible_line

TYPE = 100
"""Characters of a frame's type. The longest known one has 45."""
NAME = 256
"""Of a tool's name, a session's id or a format. Tools' names have 64 at most."""
CALL_ID = 256
"""Of a call's id, which goes back to the service as it came: a longer one is no call."""
MESSAGE = 2_000
"""Of an error's words."""
TEXT = 100_000
"""Of a delta, a transcript or a line: two hours of speech."""
ARGUMENTS = 64_000
"""Bytes of a call's arguments as JSON: as much as a tool's result may have."""
PLAIN = 64 * 1024
"""Bytes of a frame that is read whole, in 30 ms at worst. Of a longer one only the known fields are."""
LARGE = 1024 * 1024
"""Bytes from which on a frame is read at all only if it has no more than `MARKS`."""
MARKS = 100_000
"""Brackets, commas and escapes in it: to skip a million of them takes 30 ms, and sound has none."""

MARK = "…"


def is_dense(frame: bytes | str) -> bool:
    """Whether a large frame would take too long to read, even to skip what isn't known."""
    if len(frame) <= LARGE:
        return False
    return marks(frame.encode(errors="replace") if isinstance(frame, str) else frame) > MARKS


def marks(frame: bytes) -> int:
    """The brackets, commas and escapes in a frame, or in a piece of it."""
    return sum(frame.count(mark) for mark in (b"[", b"{", b",", b"\\"))


def text(value: str, longest: int) -> str:
    """A text of at most so many characters, with `MARK` at its end if it was longer."""
    return value if len(value) <= longest else value[: longest - 1] + MARK


def name(value: str, longest: int = NAME) -> str:
    """A name as one line; what can't be seen in it is written as its number, so that it is none of ours."""
    return text(visible_line(value[: 4 * longest]), longest)
