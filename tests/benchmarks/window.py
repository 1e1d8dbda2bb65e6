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
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
import psutil
from numpy.typing import NDArray

from desktop.audio.resample import convert
from desktop.offline import hibari
from desktop.offline.speech_engines import SYNTHESIZER_RATE
from tests.benchmarks import floors
from tests.benchmarks.echo import RATE, Echo, delta, tone
from tests.benchmarks.figures import Figure, figure
from tests.benchmarks.keyboard import Keyboard
from tests.benchmarks.trials import SpoiledTrialError, repeat_spoiled
from tests.offline.tails import HEARD_DB, speech
from tests.rig.instrument import Instrument
from tests.rig.jack import BLOCK, DEVICE, JackServer
from tests.rig.jack import RATE as DEVICE_RATE
from tests.rig.process import Program, until
from tests.rig.screen import VirtualScreen

TRIALS = 30
CPU_WINDOWS = 8
STARTS = 6
CORE = "% of a core"
CLICKS = 12
PAUSES_MS = {100: 45, 300: 25}
"""From the end of speech to the key-up, and how long the commit may take after it."""
SENTENCE = "Tell me a short story, please stop."
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
        self.sentence = _spoken(SENTENCE)

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

    def clicks(self) -> list[float]:
        """One take with clicks in it: microphone to wire in ms."""
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
        until(lambda: self.echo.arrived("audio.commit", released), within=5, what="the commit")
        arrivals = _click_arrivals(self.echo, began)
        self.answer_nothing()
        if len(arrivals) != len(places):
            raise SpoiledTrialError(f"of {len(places)} clicks, {len(arrivals)} arrived")
        return [(at - self.device_time(place)) * 1_000 for place, at in zip(places, arrivals, strict=True)]

    def commit(self, pause_ms: int) -> float:
        """From a key-up, so long after the end of a sentence, to the commit on the wire, in ms."""
        self.keyboard.down()
        first = self.instrument.now + 40 * BLOCK
        self.instrument.speak(self.sentence, at=first)
        self.instrument.wait_until(first + len(self.sentence) + pause_ms * DEVICE_RATE // 1_000)
        released = self.keyboard.up()
        committed = until(lambda: self.echo.arrived("audio.commit", released), within=5, what="the commit")
        self.answer_nothing()
        return (committed - released) * 1_000

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
        """The share of one core, in per cent, of the program and of the children that ended meanwhile."""
        began, spent = time.monotonic(), self._cpu_seconds()
        time.sleep(seconds)
        return 100 * (self._cpu_seconds() - spent) / (time.monotonic() - began)

    def _cpu_seconds(self) -> float:
        times = psutil.Process(self.program.pid).cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)


@contextmanager
def _program(
    screen: VirtualScreen, jack: JackServer, echo: Echo | None, parts: ExitStack
) -> Iterator[Program]:
    home = Path(parts.enter_context(TemporaryDirectory(prefix="bench-")))
    env = {name: value for name, value in os.environ.items() if not name.startswith(("OPPER_", "QT_"))}
    env |= {**screen.env, **jack.env, "PRESSTALK_HOME": str(home), "OPPER_API_KEY": "bench-key"}
    env |= {"PYTHONDONTWRITEBYTECODE": ""}  # users keep what Python compiles
    env |= {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    }
    url = echo.url if echo else "http://127.0.0.1:9"
    devices = ["--input-device", DEVICE, "--output-device", DEVICE]
    command = [sys.executable, "-m", "desktop", "--model", MODEL, "--base-url", url, *devices]
    with Program(command, env=env, log=home / "program.log") as program:
        yield program


def _spoken(sentence: str) -> NDArray[np.float32]:
    """The sentence at the device's rate, to its last sound."""
    samples = convert(speech(hibari.load().synthesize(sentence)), SYNTHESIZER_RATE, DEVICE_RATE)
    loud = np.abs(samples) > np.max(np.abs(samples)) * 10 ** (HEARD_DB / 20)
    return samples[: int(np.flatnonzero(loud)[-1]) + 1]


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


def measure(trials: int = TRIALS, windows: int = CPU_WINDOWS, starts: int = STARTS) -> Iterator[Figure]:
    """The figures of the window, one by one.

    Args:
        trials: of each way that the sound takes.
        windows: of 2 s, in which the share of a core is measured.
        starts: of the program.
    """
    sound, frames = floors.sound(), floors.frames_ms()
    yield figure("start to first paint", _starts(starts), "ms", 1_500, floor=floors.start_ms())

    def share(bench: Bench, doing: str, goal: float) -> Figure:
        return figure(f"CPU {doing}", [bench.cpu(2) for _ in range(windows)], CORE, goal, floor=frames)

    with Bench.started() as bench:
        for trial in (bench.clicks, bench.first_sample, bench.barge_in):
            repeat_spoiled(trial)  # the first of each warms up
        waits = _repeated(bench.clicks, trials)
        wire = "microphone sample to frame on the wire"
        yield figure(wire, np.concatenate(waits), "ms", 25, 40, sound.captured)
        for pause_ms, most_ms in PAUSES_MS.items():
            commits = _repeated(partial(bench.commit, pause_ms), trials)
            yield figure(f"release {pause_ms} ms after speech to commit", commits, "ms", most_ms)
        firsts = _repeated(bench.first_sample, trials)
        yield figure("audio.delta to first sample", firsts, "ms", 60, 80, sound.played)
        yield figure("press to silence", _repeated(bench.barge_in, trials), "ms", None, 20, sound.silent)
        bench.instrument.wait_until(bench.instrument.now + DEVICE_RATE)
        yield share(bench, "connected, idle", 2)
        bench.keyboard.down()
        yield share(bench, "listening", 8)
        bench.keyboard.up()
        bench.instrument.wait_until(bench.instrument.now + DEVICE_RATE)
        bench.answer_nothing()
        bench.echo.send({"type": "response.started"}, *(delta(tone(0.1)) for _ in range(200)))
        yield share(bench, "speaking", 8)
        yield figure("resident memory", [_resident_mb(bench.program.pid)], "MB", 160)
        yield figure("private memory", [psutil.Process(bench.program.pid).memory_full_info().uss / 1e6], "MB")


def _repeated(trial: Callable[[], _Result], times: int) -> list[_Result]:
    return [repeat_spoiled(trial) for _ in range(times)]


def _resident_mb(pid: int) -> float:
    """Resident memory without the JACK server's shared memory, which it locks into each of its clients."""
    maps = psutil.Process(pid).memory_maps()
    return float(sum(one.rss for one in maps if "/dev/shm/jack" not in one.path)) / 1e6


def _starts(starts: int) -> list[float]:
    times = []
    with ExitStack() as parts:
        screen = parts.enter_context(VirtualScreen())
        jack = parts.enter_context(JackServer())
        for _ in range(1 + starts):
            began = time.monotonic()
            with _program(screen, jack, None, parts) as program:
                floors.wait_for_paint(program)
                times.append((time.monotonic() - began) * 1_000)
    return times[1:]  # the first one warms up
