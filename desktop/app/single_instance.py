"""One program at a time: a second start passes its request on to the one that runs.

A lock decides which is the first (`instance_lock`), and a socket of this user's own, or a named pipe on
Windows, takes requests (`request_listener`): a line of text each (`request_line`). That a program runs is
proved by a lock that the system holds for it, or by a socket that answers.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from desktop.app import instance_address, instance_lock, request_line
from desktop.app.asker import Asker
from desktop.app.asking import NoAnswerError, ask
from desktop.app.instance_lock import InstanceLock
from desktop.app.pending_request import ANSWER_S, KEY_UP_S, LATE, SENT, PendingRequest, must_come
from desktop.app.pipe_listener import PipeListener
from desktop.app.request_listener import RequestListener
from desktop.app.shared_clock import now
from desktop.base.file_lock import Lock
from desktop.base.message import MessageError, Text

log = logging.getLogger(__name__)

FOUND_S = 0.8
"""How long to look for a program that runs: its socket may have been removed, and is made anew soon."""
RETRY_S = 0.1
STEP_S = 0.1
"""How often the thread looks whether the program is ending."""

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
    is: it waits for a place in the program's queue, which keys that repeat may have filled, and for the
    answer of one that is slow to wake.

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
        answer_s = max(ANSWER_S, reach_until - time.monotonic())
        try:
            return ask(request, instance_lock.noted_addresses(), answer_s)
        except NoAnswerError as exc:
            raise NotRespondingError(exc.pid, reached=True) from exc
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


class SingleInstance:
    """This process as the one that may run. Call `claim` first, and `listen` when it can serve requests."""

    def __init__(self) -> None:
        self._lock = InstanceLock()
        self._listener: PipeListener | RequestListener | None = None
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
                self._listener = PipeListener(address())
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
        if self._listener:
            self._listener.stop()

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
    listener: PipeListener | RequestListener, loop: asyncio.AbstractEventLoop, handle: RequestHandler
) -> None:
    """Serve one after the other until the listener is stopped, and close it."""
    try:
        while not listener.stopped.is_set():
            try:
                asker, line = listener.next()
            except OSError:
                return  # stopped
            try:
                _answer(asker, line, loop, handle, listener.stopped)
            except (OSError, TimeoutError) as exc:
                log.info("a request got no answer: %s", type(exc).__name__)
            finally:
                asker.close()
    finally:
        listener.close()


def _answer(
    asker: Asker,
    line: bytes,
    loop: asyncio.AbstractEventLoop,
    handle: RequestHandler,
    stopped: threading.Event,
) -> None:
    try:
        request = request_line.decode(line)
    except ValueError:
        asker.answer("This program doesn't understand that request.")
        return
    pending = PendingRequest(request, asker, handle)
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
    asker.answer(answer)


def _result(serving: Future[str], within_s: float, stopped: threading.Event) -> str:
    """The answer. Raises TimeoutError if it doesn't come, or the program ends."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            return serving.result(min(STEP_S, max(0.0, deadline - time.monotonic())))
        except TimeoutError:
            if stopped.is_set() or time.monotonic() >= deadline:
                raise
