"""The socket of the running program. If it is removed, as cleaners of /tmp do, it is made anew."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from multiprocessing import connection
from multiprocessing.connection import Connection
from pathlib import Path

from desktop.app import instance_address

log = logging.getLogger(__name__)

WATCH_S = 0.5
"""How often to look whether the socket is still there: one system call, 2 µs."""
BACKLOG = 16
"""Connections that wait; more are refused. Each is a key of a window manager's, or a start."""

Identity = tuple[int, int]
"""A file's device and number."""


class RequestListener:
    """Listens at the first of these addresses that it can have. Raises OSError if there is none.

    Args:
        places: the addresses, the best first.
        listening: told each address at which it listens from then on.
    """

    def __init__(self, places: Sequence[str], listening: Callable[[str], None]) -> None:
        self._places = places
        self._listening = listening
        self._woken, self._wake = socket.socketpair()
        self.stopped = threading.Event()
        """Set by `stop`: whoever serves a connection looks at it too."""
        self._found: Identity = (0, 0)
        try:
            self._address, self._socket = self._open(places)
        except OSError:
            self._woken.close()
            self._wake.close()
            raise
        listening(self._address)

    def accept(self) -> Connection[bytes, bytes]:
        """The next connection. Raises OSError once it is stopped."""
        while True:
            ready = connection.wait([self._socket, self._woken], WATCH_S)
            if self._woken in ready:
                raise OSError(errno.ECONNABORTED, "stopped")
            if self._socket in ready:
                try:
                    line, _ = self._socket.accept()
                except OSError as exc:  # the other end has gone again, or too many files are open
                    log.info("a connection can't be accepted: %s", exc.strerror)
                    connection.wait([self._woken], WATCH_S)
                    continue
                if not instance_address.is_ours(line):
                    log.warning("a connection of another user was refused")
                    line.close()
                    continue
                line.setblocking(True)
                return Connection(line.detach())
            self._look()

    def stop(self) -> None:
        """End `accept`, from any thread."""
        self.stopped.set()
        with contextlib.suppress(OSError):
            self._wake.send(b"\0")

    def close(self) -> None:
        """Remove the socket, unless it is somebody else's by now."""
        self._socket.close()
        self._woken.close()
        self._wake.close()
        with contextlib.suppress(OSError):
            if _identity(self._address) == self._found:
                os.unlink(self._address)

    def _look(self) -> None:
        """Listen anew if the socket is gone and nobody else listens in its place."""
        try:
            if _identity(self._address) == self._found or instance_address.is_alive(self._address):
                return
        except OSError:
            pass  # it is gone
        try:
            address, new = self._open([self._address, *self._places])
        except OSError:
            return  # its folder is gone, and can't be made: tried again soon
        self._socket.close()
        self._address, self._socket = address, new
        log.info("the socket for requests was gone, and is made anew")
        self._listening(address)

    def _open(self, places: Sequence[str]) -> tuple[str, socket.socket]:
        last = OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        for place in places:
            try:
                return place, self._bind(place)
            except OSError as exc:
                last = exc
        raise last

    def _bind(self, place: str) -> socket.socket:
        instance_address.make_private(Path(place).parent)
        if instance_address.is_alive(place):
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE), place)
        Path(place).unlink(missing_ok=True)  # nobody listens there: its owner is dead
        made = socket.socket(socket.AF_UNIX)
        try:
            made.bind(place)
            made.listen(BACKLOG)
            made.setblocking(False)
            self._found = _identity(place)
        except OSError:
            made.close()
            raise
        return made


def _identity(place: str) -> Identity:
    found = os.lstat(place)
    return found.st_dev, found.st_ino
