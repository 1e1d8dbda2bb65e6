"""The offline provider as a child process: started with its first session, ended with the program."""

from __future__ import annotations

import asyncio
import subprocess

from desktop.base.child_process import own_command, own_environment
from desktop.base.message import MessageError, Text

START_TIMEOUT_S = 20.0
"""The server prints its URL before it loads its models: a slow machine needs a few seconds."""
STOP_TIMEOUT_S = 3.0


NOT_STARTED = Text("offline-not-started", "The offline demo did not start. Run `presstalk serve` to see why.")
NOT_STARTED_IN_TIME = Text(
    "offline-not-started-in-time", "The offline demo did not start in time. Try again."
)
CANT_BE_STARTED = Text("offline-cant-be-started", "The offline demo can't be started ({reason}).")


class OfflineError(MessageError):
    """The offline provider did not start; the message is a plain sentence."""


def command() -> list[str]:
    """How this program starts itself as the server, in a checkout and in a frozen bundle."""
    return [*own_command(), "serve", "--exit-with-parent"]


class OfflineServer:
    """The child process. It ends by itself when its standard input closes, so it never outlives us."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._launching: asyncio.Future[subprocess.Popen[str]] | None = None
        self.url = ""

    @property
    def running(self) -> bool:
        """Whether the process is running."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> str:
        """Start it unless it runs; returns its URL.

        Raises:
            OfflineError: it did not start.
        """
        if self.running and self.url:
            return self.url
        await self.stop()
        try:
            # Not cancelled with us: the process would be left running, with no owner to end it.
            self._launching = asyncio.ensure_future(asyncio.to_thread(_launch))
            self._process = await asyncio.shield(self._launching)
            async with asyncio.timeout(START_TIMEOUT_S):
                line = await asyncio.to_thread(_first_line, self._process)
        except OSError as exc:
            raise OfflineError(CANT_BE_STARTED(reason=exc.strerror or str(exc))) from exc
        except TimeoutError:
            await self.stop()
            raise OfflineError(NOT_STARTED_IN_TIME()) from None
        if not line.startswith("http://"):
            await self.stop()
            raise OfflineError(NOT_STARTED())
        self.url = line
        return line

    async def stop(self) -> None:
        """End it, also while it starts: first by closing its input, then by force."""
        launching, self._launching = self._launching, None
        process, self._process, self.url = self._process, None, ""
        if process is None and launching is not None:
            process = await launching
        if process is not None:
            await asyncio.to_thread(_end, process)


def _first_line(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline().strip() if process.stdout else ""


def _launch() -> subprocess.Popen[str]:
    # Not asyncio's subprocess: on Unix it needs a child watcher, which Qt's event loop doesn't have.
    # In its own process group: Ctrl+C is for us. It ends when we close its standard input, or are gone.
    flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    return subprocess.Popen(
        command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=own_environment(),
        start_new_session=True,
        creationflags=flags,
    )


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.close()  # the server takes this as its end
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
