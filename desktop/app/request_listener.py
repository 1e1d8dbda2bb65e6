"""The socket of the running program. If it is removed, as cleaners of /tmp do, it is made anew."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.app import instance_address, own_socket
from desktop.app.asker import SocketAsker
from desktop.app.pending_request import LATEST_S
from desktop.app.request_line import LONGEST

log = logging.getLogger(__name__)

WATCH_S = 0.5
"""How often to look whether the socket is still there: one system call, 2 µs."""
RETRY_S = 0.5
BACKLOG = 16
"""Connections that wait; more are refused. Each is a key of a window manager's, or a start."""

MOST_READ = 8
"""Connections that are read at once: who says nothing doesn't keep the others waiting."""
CHUNK = 4_096

Identity = tuple[int, int]
"""A file's device and number."""


@dataclass(slots=True)
class _Reading:
    """A connection whose line isn't whole yet."""

    line: socket.socket
    until: float
    received: bytearray = field(default_factory=bytearray)


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
        self._reading: dict[int, _Reading] = {}
        """By their descriptors."""
        self._looked_at = 0.0
        self._found: Identity = (0, 0)
        try:
            self._address, self._socket = self._open(places)
        except OSError:
            self._woken.close()
            self._wake.close()
            raise
        listening(self._address)

    def next(self) -> tuple[SocketAsker, bytes]:
        """The next one who asks, and their line, without its end. Raises OSError once it is stopped.

        A line that isn't whole within a second, or is too long, is dropped with its connection.
        """
        while not self.stopped.is_set():
            for number in self._ready():
                if number == self._woken.fileno():
                    break
                if number == self._socket.fileno():
                    self._accept()
                elif (line := self._read(self._reading[number])) is not None:
                    return SocketAsker(self._reading.pop(number).line), line
            self._look()
        raise OSError(errno.ECONNABORTED, "stopped")

    def _ready(self) -> list[int]:
        """The descriptors with something to read. Those who are too slow are dropped."""
        now = time.monotonic()
        for number in [number for number, one in self._reading.items() if one.until <= now]:
            self._drop(number)
        wanted = [self._woken.fileno(), *self._reading]
        if len(self._reading) < MOST_READ:
            wanted.append(self._socket.fileno())
        patience_s = min([WATCH_S, *(one.until - now for one in self._reading.values())])
        with selectors.DefaultSelector() as selector:
            for number in wanted:
                selector.register(number, selectors.EVENT_READ)
            return [key.fd for key, _ in selector.select(max(0.0, patience_s))]

    def _accept(self) -> None:
        try:
            line, _ = self._socket.accept()
        except OSError as exc:  # the other end has gone again, or too many files are open
            log.info("a connection can't be accepted: %s", exc.strerror)
            self.stopped.wait(RETRY_S)
            return
        if not own_socket.is_ours(line):
            log.warning("a connection of another user was refused")
            line.close()
            return
        line.setblocking(False)
        self._reading[line.fileno()] = _Reading(line, time.monotonic() + LATEST_S)

    def _read(self, reading: _Reading) -> bytes | None:
        """The line, if it is whole now. What nobody will finish is dropped."""
        number = reading.line.fileno()
        try:
            chunk = reading.line.recv(CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            chunk = b""
            reading.received.clear()
        reading.received += chunk
        whole, end, _ = reading.received.partition(b"\n")
        if end or (not chunk and whole):  # who sends nothing more has finished the line
            return bytes(whole)
        if not chunk or len(whole) > LONGEST:
            self._drop(number)
        return None

    def _drop(self, number: int) -> None:
        self._reading.pop(number).line.close()

    def stop(self) -> None:
        """End `next`, from any thread."""
        self.stopped.set()
        with contextlib.suppress(OSError):
            self._wake.send(b"\0")

    def close(self) -> None:
        """Remove the socket, unless it is somebody else's by now."""
        for number in list(self._reading):
            self._drop(number)
        self._socket.close()
        self._woken.close()
        self._wake.close()
        with contextlib.suppress(OSError):
            if _identity(self._address) == self._found:
                os.unlink(self._address)

    def _look(self) -> None:
        """Listen anew if the socket is gone and nobody else listens in its place."""
        if time.monotonic() < self._looked_at + WATCH_S:
            return
        self._looked_at = time.monotonic()
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
