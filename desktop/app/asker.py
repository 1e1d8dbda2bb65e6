"""The line to whoever asks the running program for something."""

from __future__ import annotations

import contextlib
import select
import socket
import sys
from multiprocessing.connection import Connection
from typing import Protocol

from desktop.app import request_line


class Asker(Protocol):
    """Who waits for an answer. One answer goes to it, then it is closed."""

    def answer(self, problem: str) -> None:
        """Say what went wrong, an empty string if nothing did. Raises OSError if nobody hears it."""

    def is_gone(self) -> bool:
        """Whether nobody waits for the answer any more."""

    def close(self) -> None:
        """Hang up."""


class SocketAsker:
    """The one at a socket's other end."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def answer(self, problem: str) -> None:
        # It fits into the socket's buffer: who doesn't read it holds up nothing.
        self._line.send(request_line.encode_answer(problem))

    def is_gone(self) -> bool:
        # Who has only said that nothing more comes, as `socat` does behind a pipe, still waits.
        if sys.platform == "linux":
            poll = select.poll()
            poll.register(self._line, 0)
            return any(what & (select.POLLHUP | select.POLLERR) for _, what in poll.poll(0))
        try:
            self._line.getpeername()
        except OSError:
            return True
        return False

    def close(self) -> None:
        self._line.close()


class PipeAsker:
    """The one at the other end of a named pipe of Windows."""

    def __init__(self, pipe: Connection[bytes, bytes]) -> None:
        self._pipe = pipe

    def answer(self, problem: str) -> None:
        self._pipe.send_bytes(request_line.encode_answer(problem))

    def is_gone(self) -> bool:
        try:
            return self._pipe.poll(0)  # nothing more is to come but the end
        except (OSError, EOFError):
            return True

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._pipe.close()
