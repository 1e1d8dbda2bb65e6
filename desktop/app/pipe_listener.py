"""The named pipe of the running program, on Windows. A message is a line."""

from __future__ import annotations

import contextlib
import logging
import threading
from multiprocessing.connection import Client, Listener

from desktop.app.asker import PipeAsker
from desktop.app.pending_request import LATEST_S
from desktop.app.request_line import LONGEST

log = logging.getLogger(__name__)


class PipeListener:
    """Listens at this address. Raises OSError if somebody else does."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._listener = Listener(address)
        self.stopped = threading.Event()
        """Set by `stop`: whoever serves a request looks at it too."""

    def next(self) -> tuple[PipeAsker, bytes]:
        """The next one who asks, and their line. Raises OSError once it is stopped."""
        while True:
            try:
                pipe = self._listener.accept()
            except EOFError:
                continue
            if self.stopped.is_set():
                pipe.close()
                raise OSError("stopped")
            try:
                if pipe.poll(LATEST_S):  # who says nothing keeps the others waiting no longer
                    return PipeAsker(pipe), pipe.recv_bytes(LONGEST).partition(b"\n")[0]
            except (OSError, EOFError) as exc:
                log.info("a request was not read: %s", type(exc).__name__)
            pipe.close()

    def stop(self) -> None:
        """End `next`, from any thread."""
        self.stopped.set()
        with contextlib.suppress(OSError, EOFError):  # closing alone doesn't wake it
            Client(self._address).close()

    def close(self) -> None:
        """Remove the pipe."""
        with contextlib.suppress(OSError):
            self._listener.close()
