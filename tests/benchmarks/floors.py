"""What the machine can do at best, measured in the run in which the program is.

A figure is shown in floors too: a busy or a slow machine then neither flatters nor shames the program.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from tests.audio.rig import RemoteApp
from tests.benchmarks.figures import Figure, figure
from tests.benchmarks.trials import SpoiledTrialError, repeat_spoiled
from tests.rig.instrument import Instrument
from tests.rig.jack import BLOCK, RATE, JackServer
from tests.rig.process import Program
from tests.rig.screen import VirtualScreen

TRIALS = 15
AUDIBLE = 1e-3
BLOCK_S = BLOCK / RATE
FRAME = json.dumps({"type": "audio.delta", "audio": "A" * 2_560})
"""One of the frames that the program reads and writes fifty times a second."""
FRAMES = 5_000


class Sound(NamedTuple):
    """Medians in ms, of a program that is nothing but C callbacks."""

    captured: float
    """From a sample at the microphone to the program."""
    played: float
    """From the program to a sample at the speaker."""
    silent: float
    """From the program's wish to silence."""


def measure() -> Iterator[Figure]:
    """The floors themselves."""
    yield figure("floor: Python and an empty window", [start_ms()], "ms")
    yield figure(f"floor: {FRAMES} frames of JSON", [frames_ms()], "ms")
    for name, value in zip(Sound._fields, sound(), strict=True):
        yield figure(f"floor: sound {name}", [value], "ms")


@cache
def start_ms() -> float:
    """From the start of Python to the first paint of an empty window, in ms."""
    with VirtualScreen() as screen:
        return median(first_paints([sys.executable, "-m", "tests.benchmarks.bare_window"], screen.env, 5))


def first_paints(command: list[str], env: Mapping[str, str], starts: int) -> list[float]:
    """How long each start takes until the program says `window ready`, in ms; the first one warms up."""
    times = []
    with TemporaryDirectory(prefix="bench-") as folder:
        for number in range(1 + starts):
            began = time.monotonic()
            with Program(command, env=children(env), log=Path(folder) / f"{number}.log") as program:
                wait_for_paint(program)
                times.append((time.monotonic() - began) * 1_000)
    return times[1:]


def wait_for_paint(program: Program) -> None:
    """Until it says that its window has been painted."""
    program.until(lambda: "window ready" in program.output, within=20, what="the first paint")


def children(env: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program that is measured; it keeps what Python compiles, as it does for users."""
    return {**os.environ, **env, "PYTHONDONTWRITEBYTECODE": ""}


@cache
def frames_ms() -> float:
    """How long this machine reads and writes FRAMES frames, in ms: a floor for shares of a core."""

    def trial() -> float:
        began = time.process_time()
        for _ in range(FRAMES):
            json.dumps(json.loads(FRAME))
        return 1_000 * (time.process_time() - began)

    return median(trial() for _ in range(9))


@cache
def sound() -> Sound:
    """On a server of its own: measure it before another one is started."""
    with (
        JackServer() as server,
        Instrument(server) as instrument,
        RemoteApp(server.env, "tests.benchmarks.bare_audio") as app,
    ):
        app("start", session_rate=RATE)
        instrument.plug_in()
        trials: tuple[Callable[[Instrument, RemoteApp], float], ...] = (_captured, _played, _silent)
        return Sound(*(_median(instrument, app, trial) for trial in trials))


def _median(instrument: Instrument, app: RemoteApp, trial: Callable[[Instrument, RemoteApp], float]) -> float:
    chance = np.random.default_rng(1)

    def undisturbed() -> float:
        time.sleep(float(chance.uniform(0.05, 0.05 + BLOCK_S)))
        instrument.forget_xruns()
        result = trial(instrument, app)
        if instrument.xruns:
            raise SpoiledTrialError("the JACK server couldn't keep time")
        return result

    return median(repeat_spoiled(undisturbed, attempts=10) for _ in range(TRIALS))


def _captured(instrument: Instrument, app: RemoteApp) -> float:
    place = instrument.now + 10 * BLOCK + int(1e6 * time.monotonic()) % BLOCK
    instrument.speak(np.full(24, 0.9, np.float32), at=place)
    at: float = app("listen")["at"]
    if not at:
        raise SpoiledTrialError("a click didn't arrive")
    return 1_000 * (at - (instrument.time_of(place) - BLOCK_S))


def _played(instrument: Instrument, app: RemoteApp) -> float:
    begin = instrument.now
    at: float = app("play", seconds=0.2)["at"]
    first = _audible(instrument, begin, 0.4)[0]
    return 1_000 * (instrument.time_of(begin + int(first)) - at)


def _silent(instrument: Instrument, app: RemoteApp) -> float:
    app("play", seconds=2)
    instrument.wait_until(instrument.now + RATE // 5)
    begin = instrument.now - 5 * BLOCK
    at: float = app("cut")["at"]
    last = _audible(instrument, begin, 0.2)[-1]
    return 1_000 * (instrument.time_of(begin + int(last)) - at)


def _audible(instrument: Instrument, begin: int, seconds: float) -> np.ndarray:
    heard = instrument.heard(begin, begin + round(seconds * RATE))
    audible = np.flatnonzero(np.abs(np.nan_to_num(heard)) > AUDIBLE)
    if not len(audible):
        raise SpoiledTrialError("the tone was not heard")
    return audible
