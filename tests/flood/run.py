"""One flood after the other at the real window: what it cost, and whether the talk key was obeyed."""

from __future__ import annotations

import os
import re
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.benchmarks.keyboard import Keyboard
from tests.rig.process import Program, RigError
from tests.rig.screen import VirtualScreen

WITHIN_S = 60.0
MOST_STALL_MS = 100.0
"""By the thread's own work: on a machine with other programs the clock counts theirs too."""
MOST_RSS_MB = 300.0
MOST_KEY_MS = 100.0
MOST_QUIT_S = 2.0
HOLD_S = 0.4
REST_S = 2.0
"""Longer than the tail waits for a microphone that delivers nothing."""


@dataclass
class Fared:
    """How the window fared in one flood."""

    name: str
    stall_ms: float = 0.0
    clock_ms: float = 0.0
    """The longest stall by the clock."""
    rss_mb: float = 0.0
    key_ms: list[float] = field(default_factory=list)
    """From each key-down to the state that shows that the microphone is open."""
    quit_s: float = 0.0
    sessions: int = 0
    problem: str = ""

    @property
    def misses(self) -> list[str]:
        """The goals that were not reached."""
        missed = [
            ("stall", self.stall_ms > MOST_STALL_MS),
            ("memory", self.rss_mb > MOST_RSS_MB),
            ("key", not self.key_ms or statistics.median(self.key_ms) > MOST_KEY_MS),
            ("quit", self.quit_s > MOST_QUIT_S),
            ("session", self.sessions != 1),
            (self.problem, bool(self.problem)),
        ]
        return [what for what, is_missed in missed if is_missed]

    def row(self) -> str:
        """A line of the table."""
        key = f"{statistics.median(self.key_ms):6.0f}" if self.key_ms else "     -"
        return (
            f"{self.name:28} {self.stall_ms:7.0f} {self.clock_ms:7.0f} {self.rss_mb:7.0f} {key}"
            f" {self.quit_s:6.1f} {self.sessions:8}  {', '.join(self.misses)}"
        )


HEAD = f"{'flood':28} {'stall':>7} {'clock':>7} {'MB':>7} {'key':>6} {'quit':>6} {'sessions':>8}  missed"


def floods(names: list[str], seconds: float) -> Iterator[Fared]:
    """Try these, each with a window and a service of its own."""
    for name in names:
        with ExitStack() as parts:
            yield _fared(name, seconds, parts)


def _fared(name: str, seconds: float, parts: ExitStack) -> Fared:
    home = Path(parts.enter_context(TemporaryDirectory(prefix="flood-")))
    screen = parts.enter_context(VirtualScreen())
    env = {key: value for key, value in os.environ.items() if not key.startswith(("OPPER_", "QT_"))}
    env |= {**screen.env, "PRESSTALK_HOME": str(home), "OPPER_API_KEY": "flood-key"}
    env |= {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    }
    command = [sys.executable, "-m", "tests.flood.service", name]
    service = parts.enter_context(Program(command, env=env, log=home / "service.log"))
    address = r"http://127\.0\.0\.1:\d+"
    url = service.until(lambda: re.search(address, service.output), within=WITHIN_S, what="the service")
    options = ["--model", "openai/gpt-realtime-2", "--base-url", url[0]]
    command = [sys.executable, "-m", "tests.flood.window", *options]
    window = parts.enter_context(Program(command, env=env, log=home / "window.log"))
    keyboard = parts.enter_context(Keyboard(screen.env["DISPLAY"]))
    fared = Fared(name)
    try:
        shown = screen.window("Presstalk", within=WITHIN_S, program=window)
        window.until(lambda: "state Ready" in window.output, within=WITHIN_S, what="the session")
        screen.focus(shown)
        _hold_again_and_again(window, keyboard, fared, time.monotonic() + seconds)
        fared.sessions = service.output.count("session.start")
        _quit(window, fared)
    except RigError as exc:
        fared.problem = str(exc).splitlines()[0]
    stalls = re.findall(r"^stall (\d+) (\d+)$", window.output, re.MULTILINE)[1:]  # without the start
    fared.clock_ms = max((float(clock) for clock, _ in stalls), default=0.0)
    fared.stall_ms = max((float(work) for _, work in stalls), default=0.0)
    return fared


def _hold_again_and_again(window: Program, keyboard: Keyboard, fared: Fared, end: float) -> None:
    process = psutil.Process(window.pid)
    while time.monotonic() < end:
        pressed = keyboard.down()
        at = window.until(lambda: _listening_since(window, pressed), within=WITHIN_S, what="the talk key")  # noqa: B023
        fared.key_ms.append(1_000 * (at - pressed))
        time.sleep(HOLD_S)
        keyboard.up()
        rest = time.monotonic() + REST_S
        while time.monotonic() < rest:
            fared.rss_mb = max(fared.rss_mb, process.memory_info().rss / 1e6)
            time.sleep(0.05)


def _listening_since(window: Program, pressed: float) -> float | None:
    """When the state was first told that shows that the microphone is open."""
    states = re.findall(r"^state Listening ([\d.]+)$", window.output, re.MULTILINE)
    return next((float(at) for at in states if float(at) >= pressed), None)


def _quit(window: Program, fared: Fared) -> None:
    began = time.monotonic()
    os.kill(window.pid, signal.SIGTERM)
    code = window.wait(within=WITHIN_S)
    fared.quit_s = time.monotonic() - began
    if code not in (0, 143, -signal.SIGTERM):
        fared.problem = f"it ended with {code}"
