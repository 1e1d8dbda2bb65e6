"""A JACK server of its own, with a device exact to the sample; `tests.rig.instrument` plays and listens.

PortAudio has to be initialised after the server runs: the program under test runs in a process of its own.
libjack keeps one server's memory for the whole process and crashes with a second, so there is one rig at a
time.
"""

from __future__ import annotations

import itertools
import os
import signal
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import jack

from tests.rig.process import Program, RigError, until

RATE = 48_000
BLOCK = 480
"""Frames: 10 ms. The device moves in these steps."""

START_SECONDS = 20.0

FULL = "JACK has room for eight servers, and counts those of runs that were killed: remove /dev/shm/jack*"

DEVICE = "JACK Audio Connection Kit: system"
"""The key of the device a program under test has to choose: the machine may have others."""

_numbers = itertools.count(1)


class JackServer:
    """A private jackd with a dummy device: one channel in, one out, 48 kHz, blocks of 10 ms."""

    _running: ClassVar[JackServer | None] = None

    def __init__(self) -> None:
        self.name = f"rig-{os.getpid()}-{next(_numbers)}"
        self.env: dict[str, str] = {}
        """What a program needs to find this device; set from `__enter__` on."""
        self._cleanup = ExitStack()

    def __enter__(self) -> JackServer:
        if JackServer._running is not None:
            raise RigError(f"The JACK server {JackServer._running.name} is still in use in this process")
        with ExitStack() as started:
            JackServer._running = self
            started.callback(self._leave)
            self._folder = Path(started.enter_context(TemporaryDirectory(prefix="rig-jack-")))
            self.env = {"JACK_DEFAULT_SERVER": self.name, "JACK_NO_START_SERVER": "1"}
            self._program = started.enter_context(self._server())
            try:
                self._program.until(self._answers, within=START_SECONDS, what="the JACK server")
            except RigError as exc:
                raise RigError(FULL if "Too many servers" in self._program.output else str(exc)) from exc
            self._cleanup = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()

    def stop(self) -> None:
        """Take the device away from under its users. An instrument's clients would never close then."""
        self._program.stop()

    def kill(self) -> None:
        """The same, without a word to its users and without cleaning up."""
        os.kill(self._program.pid, signal.SIGKILL)
        self._program.wait(within=START_SECONDS)

    def restart(self) -> None:
        """Bring the device back after `stop` or `kill`. This process must not use it: see above."""
        self._program = self._cleanup.enter_context(self._server())

    def wait_without(self, clients: tuple[str, ...]) -> None:
        """Wait until the server has noticed that clients of these names were killed, if it runs.

        One that ends before keeps its place among the eight that JACK has room for, for ever.
        """
        try:
            probe = client("probe", self.name)
        except RigError:
            return
        names = f"^({'|'.join(clients)}):"
        try:
            until(lambda: not probe.get_ports(names), within=START_SECONDS, what="the end of JACK's clients")
        finally:
            probe.close()

    def _server(self) -> Program:
        device = ["-d", "dummy", "-r", str(RATE), "-p", str(BLOCK), "-C", "1", "-P", "1"]
        return Program(
            ["jackd", _priority(), "-n", self.name, *device],
            env={**os.environ, "JACK_NO_AUDIO_RESERVATION": "1"},
            log=self._folder / f"jackd-{next(_numbers)}.log",
        )

    def _leave(self) -> None:
        JackServer._running = None
        for left in Path("/dev/shm").glob(f"jack_sem.*_{self.name}_*"):
            left.unlink(missing_ok=True)  # of clients that never closed

    def _answers(self) -> bool:
        try:
            client("probe", self.name).close()
        except RigError:
            return False
        return True


def _priority() -> str:
    """Real time where it is allowed: else a busy machine takes blocks away, and the app seems to have."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))
    except OSError:
        return "--no-realtime"
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return "--realtime"


def client(name: str, server: str) -> Any:
    """A client of the server of this name. Raises RigError."""
    jack.set_error_function(lambda _: None)
    jack.set_info_function(lambda _: None)
    try:
        return jack.Client(name, no_start_server=True, servername=server)
    except jack.JackOpenError as exc:
        raise RigError(f"The JACK server {server} doesn't answer") from exc
