"""The other end of `OwnChild`, in the child: lines of JSON on what were standard input and output.

What the child's own code or a library prints goes to stderr: nothing but messages may be in the pipe.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from typing import IO, Any

import msgspec


class ChildPipe:
    """Takes the standard streams. Make one at the start, before anything can print."""

    def __init__(self) -> None:
        self._input: IO[bytes] = os.fdopen(os.dup(0), "rb")
        self._output = os.dup(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        sys.stdin, sys.stdout = open(os.devnull, encoding="utf-8"), sys.stderr
        self._lock = threading.Lock()

    def send(self, message: msgspec.Struct) -> None:
        """Write a message. It may block, as the parent always reads; a parent that is gone ends us."""
        data = memoryview(msgspec.json.encode(message) + b"\n")
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._output, data) :]
            except OSError:
                os._exit(0)

    def lines(self) -> IO[bytes]:
        """The parent's messages, a line each; they end when the parent is gone or wants our end."""
        return self._input

    def listen(self, receive: Callable[[Any], None], closed: Callable[[], None], kind: Any) -> None:
        """Hand each message, a `kind`, to the running loop, then tell that there will be no more."""
        loop = asyncio.get_running_loop()

        def read() -> None:
            for line in self._input:
                loop.call_soon_threadsafe(receive, msgspec.json.decode(line, type=kind))
            loop.call_soon_threadsafe(closed)

        threading.Thread(target=read, name="from parent", daemon=True).start()
