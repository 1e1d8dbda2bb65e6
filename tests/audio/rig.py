"""The app on the measuring rig: a JACK server, the instrument, and the program under test."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.rig.instrument import Instrument
from tests.rig.jack import BLOCK, DEVICE, JackServer
from tests.rig.process import RigError


class RemoteApp:
    """`tests.audio.app`, or a module like it, in a process of its own; it ends with the `with` block."""

    def __init__(self, env: dict[str, str], module: str = "tests.audio.app") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, DEVICE],
            env={**os.environ, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> RemoteApp:
        return self

    def __exit__(self, *_: Any) -> None:
        if self._process.poll() is None:
            try:
                self.end(within=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def __call__(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a command; returns its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RigError(f"The app ended at {command} {arguments}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self, within: float) -> int:
        """Let it end on its own. Returns the exit code."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(within)


class Rig(NamedTuple):
    """Server, instrument and app, plugged together."""

    instrument: Instrument
    app: RemoteApp

    def start(self, session_rate: int) -> None:
        """Have the app open both devices for a session at this rate in Hz, and plug the instrument in."""
        status = self.app("start", session_rate=session_rate)
        if "error" in status:
            raise RigError(status["error"])
        self.instrument.plug_in()


@contextmanager
def audio_rig() -> Iterator[Rig]:
    """A running app without open devices, and the instrument."""
    with JackServer() as server, Instrument(server) as instrument, RemoteApp(server.env) as app:
        yield Rig(instrument, app)


def quieten(rig: Rig) -> None:
    """Silence, and nothing heard so far."""
    rig.app("flush")
    rig.instrument.wait_until(rig.instrument.now + 5 * BLOCK)
    rig.instrument.forget()
    rig.instrument.forget_xruns()
    rig.app("captured")


ATTEMPTS = 15
"""Of a test in which the server can keep time. Where other machines share the cores, five were not enough."""


def undisturbed(test: Callable[..., None]) -> Callable[..., None]:
    """Repeat work that failed while the server couldn't keep time: that says nothing about the app."""

    @functools.wraps(test)
    def repeated(rig: Rig, **arguments: Any) -> None:
        for _ in range(ATTEMPTS):
            try:
                return test(rig, **arguments)
            except AssertionError:
                if not rig.instrument.xruns:
                    raise
            quieten(rig)
        raise RigError("This machine is too busy: the JACK server couldn't keep time in any attempt")

    return repeated
