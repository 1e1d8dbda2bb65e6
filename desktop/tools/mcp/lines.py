"""A server's output as lines of bounded length, and which request a line that is too long would answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 8 * 1024 * 1024
"""Bytes of a message. Pictures of a few megabytes come in one line; a longer one is skipped as it comes."""
ENDS = 4_096
"""Bytes kept of a line that is too long, from each of its ends: the answered request's id is in one."""

_ID = re.compile(rb'"id"\s*:\s*(\d{1,15})\b')


@dataclass(frozen=True, slots=True)
class Overlong:
    """A line that was too long: its ends, and how long it was."""

    head: bytes
    tail: bytes
    size: int

    def answered(self, waiting: set[int]) -> set[int]:
        """The requests, of those that wait, that it may answer: the one that it names, or else all."""
        named = {int(found) for end in (self.head, self.tail) for found in _ID.findall(end)}
        return named & waiting or set(waiting)


class LineSplitter:
    """Cuts chunks into lines, without their ends. It holds `longest` bytes at most."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._parts: list[bytes] = []
        self._size = 0
        self._head = b""
        self._tail = b""

    def feed(self, chunk: bytes) -> list[bytes | Overlong]:
        """The lines that this chunk completes."""
        *whole, rest = chunk.split(b"\n")
        lines = []
        for piece in whole:
            self._add(piece)
            lines.append(self._take())
        self._add(rest)
        return lines

    def _add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size <= self._longest:
            self._parts.append(piece)
            return
        if self._parts:
            self._head = b"".join(self._parts)[:ENDS]
            self._parts.clear()
        self._head = self._head or piece[:ENDS]
        self._tail = (self._tail + piece[-ENDS:])[-ENDS:]

    def _take(self) -> bytes | Overlong:
        line: bytes | Overlong = b"".join(self._parts)
        if self._size > self._longest:
            line = Overlong(self._head, self._tail, self._size)
        self._parts, self._size, self._head, self._tail = [], 0, b"", b""
        return line
