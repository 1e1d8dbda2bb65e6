"""The whole program, measured from outside: the real window, a dummy sound card, a silent service.

Sample times are those of a sound card: a sample is captured before its block is processed, and sounds
while the next block is.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
import psutil

from tests.benchmarks.echo import RATE, Echo, delta, tone
from tests.benchmarks.figures import Figure, figure
from tests.benchmarks.keyboard import Keyboard
from tests.benchmarks.trials import SpoiledTrialError, repeat_spoiled
from tests.rig.jack import BLOCK, DEVICE, Instrument, JackServer
from tests.rig.jack import RATE as DEVICE_RATE
from tests.rig.process import Program, until
from tests.rig.screen import VirtualScreen

TURNS = 30
CLICKS = 12
TAIL_MS = 200.0
BLOCK_S = BLOCK / DEVICE_RATE
MODEL = "openai/gpt-realtime-2"
AUDIBLE = 0.01

_Result = TypeVar("_Result")


class Bench:
    """The program under test, its service, and its microphone and ear."""

    def __init__(self, keyboard: Keyboard, instrument: Instrument, echo: Echo, program: Program) -> None:
        self.keyboard = keyboard
        self.instrument = instrument
        self.echo = echo
        self.program = program
        self.chance = np.random.default_rng(1)

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Bench]:
        with ExitStack() as parts:
            screen = parts.enter_context(VirtualScreen())
            jack = parts.enter_context(JackServer())
            echo = parts.enter_context(Echo())
            program = parts.enter_context(_program(screen, jack, echo, parts))
            window = screen.window("Presstalk", program=program)
            program.until(lambda: echo.connected, within=30, what="the session")
            instrument = parts.enter_context(Instrument(jack))
            instrument.plug_in()
            screen.focus(window)
            keyboard = parts.enter_context(Keyboard(screen.env["DISPLAY"]))
            yield cls(keyboard, instrument, echo, program)

    def device_time(self, frame: int) -> float:
        """When this frame was captured: its block is processed once the block is full."""
        return self.instrument.time_of(frame) - BLOCK_S

    def turn(self) -> tuple[list[float], float]:
        """One take with clicks in it: microphone to wire in ms, and release to commit less the tail."""
        began = self.keyboard.down()
        # A click at any place in a packet, and some time before the next.
        first = self.instrument.now + 40 * BLOCK
        places = [
            first + int(i * 0.1 * DEVICE_RATE + self.chance.integers(0, 2 * BLOCK)) for i in range(CLICKS)
        ]
        click = np.full(24, 0.9, np.float32)
        for place in places:
            self.instrument.speak(click, at=place)
        self.instrument.wait_until(places[-1] + 10 * BLOCK)
        released = self.keyboard.up()
        committed = until(lambda: self.echo.arrived("audio.commit", released), within=5, what="the commit")
        arrivals = _click_arrivals(self.echo, began)
        self.answer_nothing()
        if len(arrivals) != len(places):
            raise SpoiledTrialError(f"of {len(places)} clicks, {len(arrivals)} arrived")
        waits = [(at - self.device_time(place)) * 1_000 for place, at in zip(places, arrivals, strict=True)]
        return waits, (committed - released) * 1_000 - TAIL_MS

    def answer_nothing(self) -> None:
        """End the response that was asked for."""
        self.echo.send({"type": "response.started"}, {"type": "response.completed"})

    def first_sample(self) -> float:
        """From `audio.delta` to its first sample at the device, in ms."""
        frame = self.instrument.now
        sent = self.echo.send({"type": "response.started"}, delta(tone(0.3)), {"type": "response.completed"})
        heard = self.instrument.heard(frame, frame + DEVICE_RATE)
        audible = np.flatnonzero(np.abs(np.nan_to_num(heard)) > AUDIBLE)
        if not len(audible):
            raise SpoiledTrialError("the speech was not heard within a second")
        return (self.instrument.time_of(frame + int(audible[0])) - sent) * 1_000

    def barge_in(self) -> float:
        """From the key-down to silence at the device, in ms."""
        self.echo.send({"type": "response.started"}, *(delta(tone(0.1)) for _ in range(50)))
        self.instrument.wait_until(self.instrument.now + DEVICE_RATE // 2)
        frame = self.instrument.now - 10 * BLOCK
        pressed = self.keyboard.down()
        heard = np.abs(np.nan_to_num(self.instrument.heard(frame, frame + DEVICE_RATE)))
        audible = np.flatnonzero(heard > AUDIBLE)
        self.keyboard.up()
        self.echo.send({"type": "response.completed"})
        until(lambda: self.echo.arrived("audio.commit", pressed), within=5, what="the commit")
        self.answer_nothing()
        if not len(audible):
            raise SpoiledTrialError("nothing was heard of the response before it was interrupted")
        return (self.instrument.time_of(frame + int(audible[-1])) - pressed) * 1_000

    def cpu(self, seconds: float) -> float:
        """The program's share of one core, in per cent."""
        process = psutil.Process(self.program.pid)
        process.cpu_percent()
        time.sleep(seconds)
        return float(process.cpu_percent())


@contextmanager
def _program(
    screen: VirtualScreen, jack: JackServer, echo: Echo | None, parts: ExitStack
) -> Iterator[Program]:
    home = Path(parts.enter_context(TemporaryDirectory(prefix="bench-")))
    env = {name: value for name, value in os.environ.items() if not name.startswith(("OPPER_", "QT_"))}
    env |= {**screen.env, **jack.env, "PRESSTALK_HOME": str(home), "OPPER_API_KEY": "bench-key"}
    env |= {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    }
    url = echo.url if echo else "http://127.0.0.1:9"
    devices = ["--input-device", DEVICE, "--output-device", DEVICE]
    command = [sys.executable, "-m", "desktop", "--model", MODEL, "--base-url", url, *devices]
    with Program(command, env=env, log=home / "program.log") as program:
        yield program


def _click_arrivals(echo: Echo, after: float) -> list[float]:
    """When the packet with each click arrived."""
    arrivals: list[float] = []
    spent = 0
    last = -RATE
    for at, kind, pcm in echo.frames:
        if kind != "audio.append" or at < after:
            continue
        loud = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2")) > 3_000)
        for place in loud:
            if spent + place - last > RATE * 0.03:
                arrivals.append(at)
            last = spent + int(place)
        spent += len(pcm) // 2
    return arrivals


def measure() -> Iterator[Figure]:
    """The figures of the window, one by one."""
    yield figure("start to first paint", _starts(), "ms", 1_500)
    with Bench.started() as bench:
        for trial in (bench.turn, bench.first_sample, bench.barge_in):
            repeat_spoiled(trial)  # the first of each warms up
        waits, commits = zip(*_trials(bench.turn), strict=True)
        yield figure("microphone sample to frame on the wire", np.concatenate(waits), "ms", 25, 40)
        yield figure("release to commit, less the tail", commits, "ms", 25)
        yield figure("audio.delta to first sample", _trials(bench.first_sample), "ms", 60, 80)
        yield figure("press to silence", _trials(bench.barge_in), "ms", None, 20)
        bench.instrument.wait_until(bench.instrument.now + DEVICE_RATE)
        yield figure("CPU connected, idle", [bench.cpu(2) for _ in range(8)], "% of a core", 2)
        bench.keyboard.down()
        yield figure("CPU listening", [bench.cpu(2) for _ in range(8)], "% of a core", 8)
        bench.keyboard.up()
        bench.instrument.wait_until(bench.instrument.now + DEVICE_RATE)
        bench.answer_nothing()
        bench.echo.send({"type": "response.started"}, *(delta(tone(0.1)) for _ in range(200)))
        yield figure("CPU speaking", [bench.cpu(2) for _ in range(8)], "% of a core", 8)
        yield figure("resident memory", [_resident_mb(bench.program.pid)], "MB", 160)


def _trials(trial: Callable[[], _Result]) -> list[_Result]:
    return [repeat_spoiled(trial) for _ in range(TURNS)]


def _resident_mb(pid: int) -> float:
    """Resident memory without the JACK server's shared memory, which it locks into each of its clients."""
    maps = psutil.Process(pid).memory_maps()
    return float(sum(one.rss for one in maps if "/dev/shm/jack" not in one.path)) / 1e6


def _starts() -> list[float]:
    times = []
    with ExitStack() as parts:
        screen = parts.enter_context(VirtualScreen())
        jack = parts.enter_context(JackServer())
        for _ in range(7):
            began = time.monotonic()
            with _program(screen, jack, None, parts) as program:
                program.until(lambda: "window ready" in program.output, within=20, what="the first paint")
                times.append((time.monotonic() - began) * 1_000)
    return times[1:]
