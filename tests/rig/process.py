"""The rig's programs, and waiting for conditions."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.005
STOP_SECONDS = 20.0
"""How long a program may take to end after SIGTERM before it is killed."""


class RigError(Exception):
    """A part of the rig is missing, did not start, or did not do in time what was waited for."""


def until(condition: Callable[[], T | None], *, within: float, what: str) -> T:
    """The first true value of `condition`, asked every 5 ms; RigError after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise RigError(f"Waited {within:g} s in vain for {what}")
        time.sleep(POLL_SECONDS)


class Program:
    """A program with its output in a file. It ends with the `with` block, or with this process.

    Only its own pid is ever signalled, so any number of rigs can stand side by side.
    """

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], log: Path, pass_fds: Sequence[int] = ()
    ) -> None:
        """Start it. RigError if it isn't installed."""
        found = shutil.which(command[0])
        if found is None:
            raise RigError(f"{command[0]} is not installed. `make test` installs it or says how")
        # setpriv becomes the program, with the same pid; a killed test run then leaves nothing behind.
        setpriv = shutil.which("setpriv")  # here: the program's own PATH may be empty
        tie = [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
        self.name = Path(found).name
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [*tie, found, *command[1:]],
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=tuple(pass_fds),
            )

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def output(self) -> str:
        """What it has printed so far, stdout and stderr together."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def until(self, condition: Callable[[], T | None], *, within: float, what: str) -> T:
        """As `until`, but fails at once, with the program's output, when the program has ended."""

        def still_running() -> T | None:
            value = condition()
            if not value and self._process.poll() is not None:
                raise RigError(f"{self.name} ended before {what}:\n{self.output[-4000:]}")
            return value

        return until(still_running, within=within, what=f"{what} ({self.name})")

    def wait(self, *, within: float) -> int:
        """The exit code, once it ends by itself; RigError if it doesn't."""
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise RigError(f"{self.name} still runs after {within:g} s:\n{self.output[-4000:]}") from None

    def stop(self) -> int:
        """End it, if it still runs, and return the exit code."""
        self._process.terminate()
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
