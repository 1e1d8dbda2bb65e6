"""The talk key outside the window, in the whole program: from the key, or a command, to the open microphone.

The gate opens, and the tail begins, in the step in which the program logs it, to a millisecond. The keys come
by X11, with another window focused, and by the real xdg-desktop-portal with a desktop of ours behind it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.benchmarks.echo import Echo
from tests.benchmarks.figures import Figure, figure
from tests.benchmarks.keyboard import Keyboard
from tests.rig.jack import DEVICE, JackServer
from tests.rig.other_client import OtherClient
from tests.rig.portal import RealPortal
from tests.rig.process import Program
from tests.rig.screen import VirtualScreen

TRIALS = 200
HOLD_S = 0.3
"""Longer than a tap, whose take waits for a second one."""
MOST_MS = 10.0
COMMANDS = 50
COMMAND_MS = 60.0
"""From exec to the gate, warm. Most of it is Python's own start."""
SETTLE_S = 0.05
"""Before the log is looked at: looking takes the program's time."""
PAUSE = 0xFF13
MODEL = "openai/gpt-realtime-2"
WITHIN_S = 10.0
OPENED = re.compile(r"^(\S+ \S+) .*take: closed -> open", re.MULTILINE)
ENDED = re.compile(r"^(\S+ \S+) .*take: open -> tail", re.MULTILINE)
CLOSED = re.compile(r"^(\S+ \S+) .*take: tail -> closed", re.MULTILINE)


def measure(trials: int = TRIALS) -> Iterator[Figure]:
    """The figures of each way.

    Args:
        trials: presses of the key.
    """
    with ExitStack() as parts:
        screen = parts.enter_context(VirtualScreen())
        program, echo, env = parts.enter_context(_program(screen, {"DBUS_SESSION_BUS_ADDRESS": "disabled:"}))
        other = parts.enter_context(OtherClient(screen.env["DISPLAY"]))
        other.focus(other.window)
        keyboard = parts.enter_context(Keyboard(screen.env["DISPLAY"], PAUSE))

        def strike(down: bool) -> None:
            keyboard.down() if down else keyboard.up()

        yield from _figures("X11", program, echo, strike, trials)
        yield from _commands(program, echo, env)
    with ExitStack() as parts:
        screen = parts.enter_context(VirtualScreen())
        portal = parts.enter_context(RealPortal())
        wayland = {"DBUS_SESSION_BUS_ADDRESS": portal.bus.address, "WAYLAND_DISPLAY": "wayland-none"}
        program, echo, _ = parts.enter_context(_program(screen, wayland))
        yield from _figures("portal", program, echo, lambda down: portal.desktop.strike("talk", down), trials)


def _figures(
    way: str, program: Program, echo: Echo, strike: Callable[[bool], None], trials: int
) -> Iterator[Figure]:
    opens, ends = [], []
    for trial in range(1, trials + 2):
        opens.append(_wait(program, OPENED, trial, lambda: strike(True)))
        time.sleep(HOLD_S)
        ends.append(_wait(program, ENDED, trial, lambda: strike(False)))
        _wait(program, CLOSED, trial, lambda: None)
        echo.send({"type": "response.started"}, {"type": "response.completed"})
    # The first one warms up.
    yield figure(f"global key to open gate, {way}", opens[1:], "ms", None, MOST_MS)
    yield figure(f"global key-up to the tail's begin, {way}", ends[1:], "ms", None, MOST_MS)


def _commands(program: Program, echo: Echo, env: dict[str, str]) -> Iterator[Figure]:
    """From the exec of a command to the gate, by the installed script, the module and a line by `socat`."""
    script = Path(sys.executable).with_name("presstalk")
    lock = Path(env["PRESSTALK_HOME"]) / "config" / "presstalk.lock"
    ways = {
        "presstalk ptt": [str(script), "ptt"],
        "python -m desktop ptt": [sys.executable, "-m", "desktop", "ptt"],
        "socat": ["sh", "-c", f'echo ptt $0 | socat - UNIX-CONNECT:"$(cat {lock})"'],
    }
    before = len(OPENED.findall(program.output))
    floor = float(np.median([_timed([sys.executable, "-c", "pass"], env) for _ in range(COMMANDS)]))
    for name, command in ways.items():
        opens = []
        for _ in range(COMMANDS + 1):
            before += 1
            opens.append(_wait(program, OPENED, before, partial(_run, [*command, "down"], env)))
            time.sleep(HOLD_S)
            _wait(program, CLOSED, before, partial(_run, [*command, "up"], env))
            echo.send({"type": "response.started"}, {"type": "response.completed"})
        # The floor is what Python needs to do nothing.
        python = None if name == "socat" else floor
        yield figure(f"{name} down to open gate", opens[1:], "ms", COMMAND_MS, None, python)


def _timed(command: list[str], env: dict[str, str]) -> float:
    """The milliseconds that a command takes."""
    began = time.perf_counter()
    _run(command, env)
    return 1_000 * (time.perf_counter() - began)


def _run(command: list[str], env: dict[str, str]) -> None:
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


def _wait(program: Program, line: re.Pattern[str], number: int, strike: Callable[[], None]) -> float:
    """The milliseconds from the strike to the line of this number in the log."""
    began = time.time()
    strike()
    time.sleep(SETTLE_S)

    def found() -> list[str] | None:
        lines = line.findall(program.output)
        return lines if len(lines) >= number else None

    last = program.until(found, within=WITHIN_S, what=line.pattern)[number - 1]
    return (datetime.strptime(last, "%Y-%m-%d %H:%M:%S,%f").timestamp() - began) * 1_000


@contextmanager
def _program(screen: VirtualScreen, bus: Mapping[str, str]) -> Iterator[tuple[Program, Echo, dict[str, str]]]:
    with ExitStack() as parts:
        home = Path(parts.enter_context(TemporaryDirectory(prefix="bench-")))
        jack, echo = parts.enter_context(JackServer()), parts.enter_context(Echo())
        (home / "config").mkdir()
        settings = {"talk_key": "Pause", "journal": False}
        (home / "config" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        env = {name: value for name, value in os.environ.items() if not name.startswith(("OPPER_", "QT_"))}
        env |= {**screen.env, **jack.env, **bus, "PRESSTALK_HOME": str(home), "OPPER_API_KEY": "bench-key"}
        env |= {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        command = [sys.executable, "-m", "desktop", "--verbose", "--model", MODEL, "--base-url", echo.url]
        command += ["--input-device", DEVICE, "--output-device", DEVICE]
        program = parts.enter_context(Program(command, env=env, log=home / "program.log"))
        screen.window("Presstalk", program=program)
        program.until(lambda: echo.connected, within=30, what="the session")
        program.until(
            lambda: re.search("keys in other programs: (x11|portal)", program.output),
            within=30,
            what="the key",
        )
        program.until(lambda: "shown: Connecting -> Ready" in program.output, within=30, what="the session")
        yield program, echo, env
