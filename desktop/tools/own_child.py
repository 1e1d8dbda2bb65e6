"""A module of ours in a process of its own, spoken to in lines of JSON.

What others have written, servers' libraries and the user's functions, runs there: it can crash, hang and hold
the interpreter without the window noticing. The child ends when its standard input closes, so it never
outlives us, even if we are killed.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, Any

import msgspec

from desktop.base import json_depth
from desktop.base.child_process import own_environment
from desktop.base.daemon_thread import in_daemon
from desktop.base.terminal import one_line

log = logging.getLogger(__name__)

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes: the children bound what they pass on far below. A longer line ends the child."""
MOST_WAITING = 1_000
"""Messages to a child that reads none. One more ends it: it hangs."""
STOP_S = 4.0
"""How long a child may take to end in order, with all that it has started."""
KEPT_LINES = 20
"""Of what the child wrote on stderr."""


class OwnChild:
    """One child process. `start` it once; `receive` and `ended` are called on the loop that started it.

    Args:
        command: what to run.
        receive: gets each message of the child's, an object.
        folder: where it runs; None: where we do.
        ended: called once when the child is gone, also when it could not be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        receive: Callable[[dict[str, Any]], None],
        ended: Callable[[], None],
        folder: str | None = None,
    ) -> None:
        self._command = list(command)
        self._receive = receive
        self._ended = ended
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._outgoing: queue.Queue[bytes | None] = queue.Queue(MOST_WAITING)
        self._stderr: deque[str] = deque(maxlen=KEPT_LINES)
        self._closing = False
        self._over = threading.Event()

    @property
    def last_lines(self) -> tuple[str, ...]:
        """The last that it wrote on stderr, each line plain."""
        return tuple(self._stderr)

    @property
    def pid(self) -> int:
        """The process's number; 0 until it runs."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it, in a thread of its own: this returns at once. Messages may be sent right away."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._run, args=(loop,), name="child", daemon=True).start()

    def send(self, message: msgspec.Struct) -> None:
        """Send a message, without waiting. A child that reads nothing any more is ended."""
        try:
            self._outgoing.put_nowait(msgspec.json.encode(message) + b"\n")
        except queue.Full:
            log.warning("a child process doesn't read any more")
            self.kill()

    def kill(self) -> None:
        """End it by force, now."""
        process = self._process
        if process is not None:
            with suppress(OSError):
                process.kill()

    async def close(self, within_s: float = STOP_S) -> None:
        """End it: first by closing its input, then by force."""
        self._closing = True
        with suppress(queue.Full):
            self._outgoing.put_nowait(None)
        over = self._over
        if not await in_daemon(lambda: over.wait(within_s)):
            self.kill()
            await in_daemon(lambda: over.wait(1.0))

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            # Not asyncio's subprocess: on Unix it needs a child watcher, which Qt's event loop doesn't have.
            # In a process group of its own: Ctrl+C is for us.
            process = self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=own_environment(),
                cwd=self._folder,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError as exc:
            self._stderr.append(exc.strerror or str(exc))
        else:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            threading.Thread(target=self._write, args=(process.stdin,), name="to child", daemon=True).start()
            listening = threading.Thread(target=self._keep, args=(process.stderr,), daemon=True)
            listening.start()
            self._read(process.stdout, loop)
            with suppress(OSError):
                process.kill()  # it has closed its output: nothing more can come of it
            process.wait()
            listening.join(0.2)
            with suppress(queue.Full):
                self._outgoing.put_nowait(None)
        self._over.set()
        with suppress(RuntimeError):  # the loop is closed: nobody is waiting any more
            loop.call_soon_threadsafe(self._ended)

    def _read(self, stdout: IO[bytes], loop: asyncio.AbstractEventLoop) -> None:
        with stdout:
            while line := stdout.readline(LONGEST_LINE):
                if not line.endswith(b"\n"):
                    if len(line) >= LONGEST_LINE:
                        log.warning("a child process sent too much at once")
                    return
                try:
                    message = json_depth.decode(line)
                except ValueError:
                    log.warning("a child process sent what is no message")
                    continue
                if isinstance(message, dict):
                    try:
                        loop.call_soon_threadsafe(self._receive, message)
                    except RuntimeError:
                        return

    def _write(self, stdin: IO[bytes]) -> None:
        with suppress(OSError, ValueError), stdin:
            while (line := self._outgoing.get()) is not None:
                stdin.write(line)
                stdin.flush()

    def _keep(self, stderr: IO[bytes]) -> None:
        with suppress(OSError, ValueError), stderr:
            while line := stderr.readline(4_000):
                if text := one_line(line.decode(errors="replace"), 400):
                    self._stderr.append(text)
