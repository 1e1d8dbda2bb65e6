"""Starts of the program without its window: processes that claim, listen and ask as the real one does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.rig.process import until

WITHIN_S = 30.0
FIRST = "first"
"""What a start prints when it runs and listens."""

_BEGIN = """
import asyncio, sys
from desktop.app import second_start
from desktop.app.single_instance import SingleInstance

def ask(obstacle):
    print("asked", obstacle.reached, flush=True)
    return second_start.Step.GIVE_UP

instance = SingleInstance()
outcome = second_start.begin(instance, {"do": "show"}, ask)

async def run():
    instance.listen(lambda request: "")
    print("first", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    instance.stop_listening()

if outcome is second_start.Outcome.FIRST:
    asyncio.run(run())
else:
    print(outcome.value, flush=True)
instance.close()
"""

_ASK = """
from desktop.app.single_instance import NotRunningError, send_request
try:
    print(send_request({"do": "show"}) or "done")
except NotRunningError as exc:
    print(exc)
"""

_NO_LOCKS = """
import errno, fcntl, os
flock = fcntl.flock
def refuse(fd, operation):
    if os.readlink(f"/proc/self/fd/{fd}").startswith(os.environ["WITHOUT_LOCKS"]):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
    return flock(fd, operation)
fcntl.flock = refuse
"""


def environment(**variables: str | None) -> dict[str, str]:
    """This one's, with these variables; None removes one."""
    made: dict[str, str | None] = {**os.environ, "PYTHONPATH": os.getcwd(), **variables}
    return {name: value for name, value in made.items() if value is not None}


def without_locks(folder: Path, within: Path) -> dict[str, str]:
    """Variables for a start on a disk that knows no locks, as some network disks do."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(_NO_LOCKS)
    return {"PYTHONPATH": f"{folder}{os.pathsep}{os.getcwd()}", "WITHOUT_LOCKS": str(within)}


class Start:
    """One start. `output` is what it has printed so far."""

    def __init__(self, log: Path, prefix: Sequence[str] = (), **variables: str | None) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [*prefix, sys.executable, "-c", _BEGIN],
                env=environment(**variables),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return self._log.read_text()

    def said(self) -> str:
        """What it has printed, once that is something."""
        return until(lambda: self.output.strip(), within=WITHIN_S, what="a start's first word")

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()

    def quit(self) -> None:
        """Let it end in order."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(WITHIN_S)

    def close(self) -> None:
        self.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()


@contextmanager
def starting(folder: Path) -> Iterator[type[Start]]:
    """Makes starts, and ends those that are left."""
    made: list[Start] = []

    class Kept(Start):
        def __init__(self, prefix: Sequence[str] = (), **variables: str | None) -> None:
            super().__init__(folder / f"start-{len(made)}.log", prefix, **variables)
            made.append(self)

    try:
        yield Kept
    finally:
        for start in made:
            start.close()


def ask(**variables: str | None) -> str:
    """What `presstalk ptt` and its like are told, in a process of their own."""
    command = [sys.executable, "-c", _ASK]
    done = subprocess.run(command, env=environment(**variables), capture_output=True, text=True, check=True)
    return done.stdout.strip()
