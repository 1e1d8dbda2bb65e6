"""One program at a time: a second start passes its request on to the one that runs.

A lock in the settings' folder decides which is the first; it notices an owner that has died. A request is one
JSON object, sent through a socket of this user's own (a named pipe on Windows).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from desktop.app.pending_request import ANSWER_S, LATE, LATEST_S, SENT, PendingRequest, now
from desktop.base import paths
from desktop.base.message import MessageError, Text

log = logging.getLogger(__name__)

LONGEST = 65_536
"""Bytes of a message. A command line is shorter."""
STARTING_S = 10.0
"""How long the first one may take from its lock to its socket: a cold start on a slow disk."""
RETRY_S = 0.1
LONGEST_ADDRESS = 100
"""Characters of a Unix socket's path; the system takes 104 (macOS) or 108."""

_END = b"end"
"""Sent by `close` to end the thread; it is no JSON object."""

_IMPORTED_AT = time.time()

InstanceRequest = dict[str, Any]
RequestHandler = Callable[[InstanceRequest], str]
"""Serves a request on the loop's thread; it answers what went wrong, an empty string if nothing did."""


NOT_RUNNING = Text("not-running", "Presstalk isn't running. Start it first.")
NOT_ANSWERING = Text("not-answering", "Presstalk is running but not responding. Close it and start it again.")


class NotRunningError(MessageError):
    """No program is running, or it doesn't answer."""


def address() -> str:
    """Where the running program listens. Each folder of settings has a program of its own."""
    name = hashlib.sha256(str(_folder()).encode(errors="surrogateescape")).hexdigest()[:16]
    if sys.platform == "win32":
        return rf"\\.\pipe\presstalk-{name}"
    usual = os.environ.get("XDG_RUNTIME_DIR", "") if sys.platform == "linux" else ""
    folder = Path(usual or tempfile.gettempdir()) / f"presstalk-{os.getuid()}"
    if len(str(folder / name)) > LONGEST_ADDRESS:
        folder = Path("/tmp") / folder.name
    return str(folder / name)


def send_request(request: InstanceRequest, *, starting: bool = False) -> str:
    """Send a request to the running program; its answer. Blocks.

    What can't be served soon, or after this has given up, is not served at all (`pending_request`).

    Args:
        request: `do` names what is to be done.
        starting: the program is known to run, but may not listen yet.

    Raises:
        NotRunningError: no program answers.
    """
    # Before connecting, which takes long while the program hangs and others wait.
    request = {**request, SENT: now()}
    deadline = time.monotonic() + (STARTING_S if starting else 0.0)
    while True:
        try:
            with Client(address()) as connection:
                connection.send_bytes(msgspec.json.encode(request))
                if not connection.poll(ANSWER_S):
                    raise NotRunningError(NOT_ANSWERING())
                return connection.recv_bytes(LONGEST).decode(errors="replace")
        except (OSError, EOFError) as exc:
            if time.monotonic() > deadline:
                raise NotRunningError(NOT_RUNNING()) from exc
            time.sleep(RETRY_S)


def started_at() -> float:
    """When this process was started, in seconds of a clock that all processes of this machine share."""
    try:
        stat = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace")
        return int(stat.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")  # proc(5): starttime
    except (OSError, ValueError, IndexError, AttributeError):
        return _IMPORTED_AT


class SingleInstance:
    """This process as the one that may run. Call `claim` first, and `listen` when it can serve requests."""

    def __init__(self) -> None:
        self._lock: Any = None
        self._listener: Listener | None = None
        self._serving: threading.Thread | None = None

    def claim(self) -> bool:
        """Whether this is the first one. Where nothing can be written, each is."""
        from PySide6.QtCore import QLockFile

        try:
            folder = paths.config()
        except OSError:
            return True
        self._lock = QLockFile(str(folder / "presstalk.lock"))
        self._lock.setStaleLockTime(0)  # only an owner that has died loses it
        self._lock.tryLock(0)
        return bool(self._lock.error() != QLockFile.LockError.LockFailedError)

    def listen(self, handle: RequestHandler) -> None:
        """Serve the requests of others, on the running loop's thread."""
        place = address()
        try:
            if sys.platform != "win32":
                _make_private(Path(place).parent)
                Path(place).unlink(missing_ok=True)  # the lock is ours: its owner is dead
            self._listener = Listener(place)
        except OSError as exc:
            log.info("no requests can be received: %s", exc.strerror)
            return
        loop = asyncio.get_running_loop()
        self._serving = threading.Thread(
            target=_serve, args=(self._listener, loop, handle), name="instance", daemon=True
        )
        self._serving.start()

    def close(self) -> None:
        """Let another program be the first."""
        if self._listener and self._serving:
            try:
                with Client(address()) as connection:  # closing alone doesn't wake the thread
                    connection.send_bytes(_END)
                self._serving.join(ANSWER_S)
            except (OSError, EOFError) as exc:
                log.info("the thread of requests is left running: %s", type(exc).__name__)
            self._listener.close()
            self._listener = self._serving = None
        if self._lock is not None:
            self._lock.unlock()


def _folder() -> Path:
    home = os.environ.get(paths.HOME_VARIABLE)
    return Path(home).expanduser() if home else platformdirs.user_config_path("presstalk", appauthor=False)


def _make_private(folder: Path) -> None:
    """Make a folder that only this user can read. Raises OSError if it belongs to somebody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32" and folder.stat().st_uid != os.getuid():
        raise PermissionError(1, "the folder belongs to somebody else", str(folder))
    folder.chmod(0o700)


def _serve(listener: Listener, loop: asyncio.AbstractEventLoop, handle: RequestHandler) -> None:
    goes_on = True
    while goes_on:
        try:
            connection = listener.accept()
        except OSError:
            return  # closed
        except EOFError:
            continue
        try:
            with connection:
                goes_on = _answer(connection, loop, handle)
        except (OSError, EOFError, TimeoutError) as exc:
            log.info("a request got no answer: %s", type(exc).__name__)


def _answer(
    connection: Connection[bytes, bytes], loop: asyncio.AbstractEventLoop, handle: RequestHandler
) -> bool:
    """Serve one request; False when it was the last."""
    if not connection.poll(LATEST_S):  # others wait behind it
        return True
    received = connection.recv_bytes(LONGEST)
    if received == _END:
        return False
    try:
        request = msgspec.json.decode(received, type=InstanceRequest)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        connection.send_bytes(b"This program doesn't understand that request.")
        return True

    pending = PendingRequest(request, connection, handle)
    try:
        serving = asyncio.run_coroutine_threadsafe(pending.serve(), loop)
        try:
            answer = serving.result(pending.patience_s)
        except TimeoutError:
            if pending.must_come:
                raise
            answer = LATE if pending.give_up() else serving.result(ANSWER_S)
    except RuntimeError:  # the loop is closed
        answer = "Presstalk is about to quit."
    connection.send_bytes(answer.encode())
    return True
