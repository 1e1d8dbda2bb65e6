"""One program at a time: a second start passes its request on to the one that runs.

A lock decides which is the first (`instance_lock`), and a socket of this user's own, or a named pipe on
Windows, takes requests (`request_listener`): one JSON object each. That a program runs is proved by a lock
that the system holds for it, or by a socket that answers.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Client, Connection, Listener, wait
from pathlib import Path
from typing import Any

import msgspec

from desktop.app import instance_address, instance_lock
from desktop.app.instance_lock import InstanceLock
from desktop.app.pending_request import ANSWER_S, LATE, LATEST_S, SENT, PendingRequest, must_come, now
from desktop.app.request_listener import RequestListener
from desktop.base.file_lock import Lock
from desktop.base.message import MessageError, Text

log = logging.getLogger(__name__)

LONGEST = 65_536
"""Bytes of a message. A command line is shorter."""
FOUND_S = 0.8
"""How long to look for a program that runs: its socket may have been removed, and is made anew soon."""
KEY_UP_S = 60.0
"""How long a key-up tries to reach a program that hangs. Keys that repeat may have filled its queue."""
RETRY_S = 0.1
STEP_S = 0.1
"""How often the thread looks whether the program is ending."""

_END = b"end"
"""Sent by `close` to end the thread; it is no JSON object."""

_IMPORTED_AT = time.time()

InstanceRequest = dict[str, Any]
RequestHandler = Callable[[InstanceRequest], str]
"""Serves a request on the loop's thread; it answers what went wrong, an empty string if nothing did."""


NOT_RUNNING = Text("not-running", "Presstalk isn't running. Start it first.")
NOT_ANSWERING = Text("not-answering", "Presstalk is running but not responding. Close it and start it again.")
NOT_FOUND = Text(
    "not-found",
    "Presstalk is running, but can't be reached from here. If it has just started, try again in a moment.",
)


class NotRunningError(MessageError):
    """No program is running, or it doesn't answer."""


class NotRespondingError(NotRunningError):
    """A program is running, and doesn't answer.

    Attributes:
        pid: its process, 0 where that isn't known.
        reached: whether it was found; otherwise it has not begun to listen, or does so out of reach.
    """

    def __init__(self, pid: int = 0, *, reached: bool) -> None:
        super().__init__(NOT_ANSWERING() if reached else NOT_FOUND())
        self.pid = pid
        self.reached = reached


def address() -> str:
    """Where a program with these settings listens first of all."""
    return instance_address.places()[0]


def send_request(request: InstanceRequest) -> str:
    """Send a request to the running program; its answer. Blocks.

    What can't be served soon, or after this has given up, is not served at all (`pending_request`). A key-up
    is: it waits for a place in the program's queue too.

    Args:
        request: `do` names what is to be done.

    Raises:
        NotRespondingError: a program runs, but doesn't answer.
        NotRunningError: no program runs.
    """
    # Before connecting, which takes long while the program hangs and others wait.
    request = {**request, SENT: now()}
    began = time.monotonic()
    reach_until = began + (KEY_UP_S if must_come(request) else 0.0)
    deadline = began + FOUND_S
    while True:
        try:
            with instance_address.connect(instance_lock.noted_addresses()) as connection:
                connection.send_bytes(msgspec.json.encode(request))
                if not connection.poll(ANSWER_S):
                    raise NotRespondingError(instance_address.peer(connection), reached=True)
                return connection.recv_bytes(LONGEST).decode(errors="replace")
        except BlockingIOError as exc:
            if time.monotonic() > reach_until:
                raise NotRespondingError(reached=True) from exc
            time.sleep(RETRY_S)
        except (OSError, EOFError) as exc:
            if not instance_lock.is_held():
                raise NotRunningError(NOT_RUNNING()) from exc
            if time.monotonic() > deadline:
                raise NotRespondingError(reached=False) from exc
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
        self._lock = InstanceLock()
        self._listener: Listener | RequestListener | None = None
        self._serving: threading.Thread | None = None

    def claim(self) -> bool:
        """Whether this is the first one. Where nothing can be locked, each is, unless one answers."""
        if self._lock.acquire() is Lock.TAKEN:
            return False
        if _somebody_listens():  # its lock file was removed, or can't be locked
            self._lock.release()
            return False
        self._lock.note("")  # what was noted is of one that is dead
        return True

    def listen(self, handle: RequestHandler) -> None:
        """Serve the requests of others, on the running loop's thread."""
        try:
            if sys.platform == "win32":
                self._listener = Listener(address())
            else:
                self._listener = RequestListener(instance_address.places(), self._lock.note)
        except OSError as exc:
            log.warning("no requests can be received: %s", exc.strerror)
            return
        loop = asyncio.get_running_loop()
        self._serving = threading.Thread(
            target=_serve, args=(self._listener, loop, handle), name="instance", daemon=True
        )
        self._serving.start()

    def stop_listening(self) -> None:
        """The program is ending: the next start waits for its end instead of asking it."""
        if isinstance(self._listener, RequestListener):
            self._listener.stop()
        elif self._listener:
            try:  # closing alone doesn't wake the thread
                with Client(instance_address.places()[0]) as connection:
                    connection.send_bytes(_END)
            except (OSError, EOFError) as exc:
                log.info("the thread of requests is left running: %s", type(exc).__name__)

    def close(self) -> None:
        """Let another program be the first."""
        if self._serving:
            if self._serving.is_alive():
                self.stop_listening()
            self._serving.join(ANSWER_S)
            self._listener = self._serving = None
        self._lock.release()


def _somebody_listens() -> bool:
    places = [*instance_lock.noted_addresses(), *instance_address.places()]
    return any(map(instance_address.is_alive, places))


def _serve(
    listener: Listener | RequestListener, loop: asyncio.AbstractEventLoop, handle: RequestHandler
) -> None:
    """Serve one after the other until the listener is stopped, and close it."""
    try:
        _serve_all(listener, loop, handle)
    finally:
        listener.close()


def _serve_all(
    listener: Listener | RequestListener, loop: asyncio.AbstractEventLoop, handle: RequestHandler
) -> None:
    goes_on = True
    stopped = listener.stopped if isinstance(listener, RequestListener) else threading.Event()
    while goes_on:
        try:
            connection = listener.accept()
        except OSError:
            return  # closed
        except EOFError:
            continue
        try:
            with connection:
                goes_on = _answer(connection, loop, handle, stopped) and not stopped.is_set()
        except (OSError, EOFError, TimeoutError) as exc:
            log.info("a request got no answer: %s", type(exc).__name__)


def _answer(
    connection: Connection[bytes, bytes],
    loop: asyncio.AbstractEventLoop,
    handle: RequestHandler,
    stopped: threading.Event,
) -> bool:
    """Serve one request; False when it was the last."""
    received = _received(connection, stopped)
    if received is None:  # others wait behind it
        return not stopped.is_set()
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
            answer = _result(serving, pending.patience_s, stopped)
        except TimeoutError:
            if pending.must_come:
                raise
            answer = LATE if pending.give_up() else _result(serving, ANSWER_S, stopped)
    except RuntimeError:  # the loop is closed
        answer = "Presstalk is about to quit."
    connection.send_bytes(answer.encode())
    return True


def _received(connection: Connection[bytes, bytes], stopped: threading.Event) -> bytes | None:
    """The message, None if it doesn't come in time: half of one must not hold up the others, or the end."""
    deadline = time.monotonic() + LATEST_S
    if sys.platform == "win32":  # a pipe's messages come whole
        return connection.recv_bytes(LONGEST) if connection.poll(LATEST_S) else None
    # As `multiprocessing` sends it: the length in four bytes, then the message. Its own reading waits for
    # ever.
    header = _read(connection, 4, deadline, stopped)
    size = int.from_bytes(header, "big") if header else LONGEST + 1
    return _read(connection, size, deadline, stopped) if size <= LONGEST else None


def _read(
    connection: Connection[bytes, bytes], count: int, deadline: float, stopped: threading.Event
) -> bytes | None:
    found = bytearray()
    while len(found) < count:
        left_s = deadline - time.monotonic()
        if left_s <= 0 or stopped.is_set():
            return None
        if not wait([connection], min(left_s, STEP_S)):
            continue
        chunk = os.read(connection.fileno(), count - len(found))
        if not chunk:
            raise EOFError
        found += chunk
    return bytes(found)


def _result(serving: Future[str], within_s: float, stopped: threading.Event) -> str:
    """The answer. Raises TimeoutError if it doesn't come, or the program ends."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            return serving.result(min(STEP_S, max(0.0, deadline - time.monotonic())))
        except TimeoutError:
            if stopped.is_set() or time.monotonic() >= deadline:
                raise
