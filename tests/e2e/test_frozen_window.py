"""A window that hangs while the talk key goes up: what is said after that is never sent.

The real window, a sound card to the sample, and a service that keeps what it gets. What is said before the
key goes up is quiet, what is said from a second after that is loud.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.echo import Echo
from tests.benchmarks.keyboard import Keyboard
from tests.rig.freezing_program import FREEZE_S
from tests.rig.instrument import Instrument
from tests.rig.jack import DEVICE, RATE, JackServer
from tests.rig.process import Program, until
from tests.rig.screen import VirtualScreen

pytestmark = pytest.mark.rig

WITHIN_S = 30.0
QUIET, LOUD = 0.1, 0.8
TAIL_S = 0.2
ROOM_S = 0.15
"""From the end of the tail to the loud part: the latency of the device, and a packet."""


class Rig:
    """The program, what is said to it, and what arrives."""

    def __init__(self, keyboard: Keyboard, instrument: Instrument, echo: Echo, program: Program) -> None:
        self.keyboard, self.instrument, self.echo, self.program = keyboard, instrument, echo, program
        self.ends = 0

    def say(self, level: float, seconds: float, at: int | None = None) -> int:
        begin = self.instrument.speak(np.full(round(seconds * RATE), level, np.float32), at)
        self.ends = begin + round(seconds * RATE)
        return begin

    def fall_silent(self) -> None:
        """Wait until all is said."""
        self.instrument.wait_until(self.ends + RATE // 2)

    def sent_since(self, moment: float) -> np.ndarray:
        """The samples of the take that was committed since then, and the response ended."""
        until(lambda: self.echo.arrived("audio.commit", moment), within=WITHIN_S, what="the commit")
        self.echo.send({"type": "response.started"}, {"type": "response.completed"})
        frames = [pcm for at, kind, pcm in list(self.echo.frames) if kind == "audio.append" and at > moment]
        return np.frombuffer(b"".join(frames), "<i2") / 32_768


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    home = tmp_path_factory.mktemp("home")
    with ExitStack() as parts:
        screen = parts.enter_context(VirtualScreen())
        jack = parts.enter_context(JackServer())
        echo = parts.enter_context(Echo())
        env = {name: value for name, value in os.environ.items() if not name.startswith(("OPPER_", "QT_"))}
        env |= {**screen.env, **jack.env, "PRESSTALK_HOME": str(home), "OPPER_API_KEY": "rig-key"}
        env |= {"DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        devices = ["--input-device", DEVICE, "--output-device", DEVICE]
        options = ["--model", "openai/gpt-realtime-2", "--base-url", echo.url, *devices]
        command = [sys.executable, "-m", "tests.rig.freezing_program", *options]
        program = parts.enter_context(Program(command, env=env, log=Path(home) / "program.log"))
        window = screen.window("Presstalk", within=WITHIN_S, program=program)
        program.until(lambda: echo.connected, within=WITHIN_S, what="the session")
        instrument = parts.enter_context(Instrument(jack))
        instrument.plug_in()
        screen.focus(window)
        keyboard = parts.enter_context(Keyboard(screen.env["DISPLAY"]))
        yield Rig(keyboard, instrument, echo, program)


@pytest.mark.parametrize("held_s", [0.4, 1.5])
def test_what_is_said_after_the_release_is_not_sent(rig: Rig, held_s: float) -> None:
    """The key goes up `held_s` after the window has frozen; it reads that seconds later."""
    rig.fall_silent()
    begin = time.monotonic()
    rig.keyboard.down()
    until(lambda: rig.echo.arrived("audio.append", begin), within=WITHIN_S, what="sound of the take")
    frozen = rig.instrument.now
    os.kill(rig.program.pid, signal.SIGUSR1)
    rig.say(QUIET, held_s)
    rig.instrument.wait_until(frozen + round(held_s * RATE))
    rig.keyboard.up()
    released = rig.instrument.now
    rig.say(LOUD, FREEZE_S + 1, released + round((TAIL_S + ROOM_S) * RATE))
    sent = rig.sent_since(begin)
    assert np.abs(sent).max() < 2 * QUIET, "nothing that was said after the release"
    quiet_s = np.count_nonzero(np.abs(sent) > QUIET / 2) / 24_000
    assert quiet_s > held_s - 0.2, "and all that was said before it"


@pytest.mark.parametrize("stopped_s", [2.0, 5.0])
def test_what_is_said_after_the_program_was_stopped_is_not_sent(rig: Rig, stopped_s: float) -> None:
    """The whole program is stopped, and its sound, as in a computer that sleeps; the key goes up meanwhile.

    The server waits for its client: the next sample is captured when the program goes on, long after the key.
    """
    rig.fall_silent()
    begin = time.monotonic()
    rig.keyboard.down()
    until(lambda: rig.echo.arrived("audio.append", begin), within=WITHIN_S, what="sound of the take")
    said = rig.say(QUIET, 1.2)
    rig.instrument.wait_until(said + round(1.2 * RATE))
    os.kill(rig.program.pid, signal.SIGSTOP)
    try:
        rig.say(LOUD, 2.0, rig.instrument.now + round(ROOM_S * RATE))
        time.sleep(stopped_s / 2)
        rig.keyboard.up()
        time.sleep(stopped_s / 2)
    finally:
        os.kill(rig.program.pid, signal.SIGCONT)
    sent = rig.sent_since(begin)
    assert np.abs(sent).max() < 2 * QUIET, "nothing that was said after the release"
    assert np.count_nonzero(np.abs(sent) > QUIET / 2) / 24_000 > 0.3, "and what was said before it"


def test_the_key_that_was_struck_while_it_was_frozen_opens_where_it_was_struck(rig: Rig) -> None:
    """A whole take within the freeze: what was said long before it and after it is not sent."""
    rig.fall_silent()
    begin = time.monotonic()
    os.kill(rig.program.pid, signal.SIGUSR1)
    start = rig.say(LOUD, 0.5)
    rig.instrument.wait_until(start + round(1.1 * RATE))  # longer than the pre-roll
    rig.keyboard.down()
    pressed = rig.say(QUIET, 0.8)
    rig.instrument.wait_until(pressed + round(0.8 * RATE))
    rig.keyboard.up()
    rig.say(LOUD, 2.0, rig.instrument.now + round((TAIL_S + ROOM_S) * RATE))
    sent = rig.sent_since(begin)
    assert np.abs(sent).max() < 2 * QUIET
    assert np.count_nonzero(np.abs(sent) > QUIET / 2) / 24_000 > 0.6
