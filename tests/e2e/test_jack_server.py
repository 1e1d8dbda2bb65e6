"""The JACK server dies under the real program, in a take and in an answer, and comes back."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import pytest

from desktop.recording import journal
from tests.benchmarks.echo import RATE, Echo, delta, tone
from tests.rig.demo import shown_states
from tests.rig.jack import DEVICE, JackServer
from tests.rig.process import Program
from tests.rig.screen import VirtualScreen

pytestmark = [pytest.mark.rig, pytest.mark.xdist_group("jack")]

WITHIN_S = 60.0
STORY = "Once upon a time there was a sound server that nobody thought of until it was gone."


class Sitting:
    """The program in a session whose only devices are JACK's."""

    def __init__(self, screen: VirtualScreen, jack: JackServer, service: Echo, program: Program, home: Path):
        self.screen, self.jack, self.service, self.program, self.home = screen, jack, service, program, home

    def until_shown(self, state: str) -> None:
        self.program.until(
            lambda: shown_states(self.program)[-1:] == [state], within=WITHIN_S, what=f"the state {state}"
        )

    def talk(self) -> None:
        """Hold the key until the service has a second of sound."""
        self.service.frames.clear()
        self.screen.key_down("space")
        self.until_shown("Listening")
        self.program.until(lambda: self._heard_ms() > 1_000, within=WITHIN_S, what="a second of sound")
        self.screen.key_up("space")
        self.until_shown("Thinking")

    def _heard_ms(self) -> float:
        return sum(len(pcm) for _, _, pcm in list(self.service.frames)) * 500 / RATE

    def answer(self, *, whole: bool) -> None:
        """Tell a story with four seconds of sound, to its end or not."""
        self.service.send(
            {"type": "response.started"}, {"type": "text.delta", "delta": STORY}, delta(tone(4.0))
        )
        if whole:
            self.service.send({"type": "response.completed"})

    def states(self) -> list[str]:
        return [state for state, _ in groupby(shown_states(self.program))]

    def lines(self) -> list[journal.LineRecord]:
        (path,) = self.home.rglob(f"*{journal.SUFFIX}")
        return journal.read(path).lines

    def end(self) -> None:
        assert self.program.stop() == 0
        assert "Traceback" not in self.program.output


@contextmanager
def sitting(home: Path) -> Iterator[Sitting]:
    with VirtualScreen() as screen, JackServer() as jack, Echo() as service:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("OPPER_", "QT_"))}
        env |= {**screen.env, **jack.env, "PRESSTALK_HOME": str(home), "OPPER_API_KEY": "rig-key"}
        env |= {"DBUS_SESSION_BUS_ADDRESS": "disabled:", "PULSE_SERVER": "unix:/nowhere"}
        devices = ["--input-device", DEVICE, "--output-device", DEVICE]
        options = ["--verbose", "--model", "openai/gpt-realtime-2", "--base-url", service.url, *devices]
        command = [sys.executable, "-m", "desktop", *options]
        with Program(command, env=env, log=home / "program.log") as program:
            window = screen.window("Presstalk", within=WITHIN_S, program=program)
            here = Sitting(screen, jack, service, program, home)
            here.until_shown("Ready")
            screen.focus(window)
            yield here


def test_it_dies_in_a_take_and_comes_back(tmp_path: Path) -> None:
    with sitting(tmp_path) as here:
        here.screen.key_down("space")
        here.until_shown("Listening")
        here.jack.kill()
        here.until_shown("No microphone")
        here.screen.key_up("space")
        here.jack.restart()
        here.until_shown("Ready")
        here.talk()
        here.answer(whole=True)
        here.until_shown("Speaking")
        here.until_shown("Ready")
        states = here.states()
        lost = states.index("No microphone")
        assert states[:lost][:3] == ["Connecting", "Ready", "Listening"]
        assert states.count("No microphone") == 1, "no flicker"
        assert states[lost + 1 :] == ["Ready", "Listening", "Thinking", "Speaking", "Ready"]
        told = [line.text for line in here.lines() if line.speaker == "system"]
        assert not [text for text in told if re.search(r"-?\d{3}|\[|PaError|JACK", text)], told
        here.end()


def test_it_dies_in_an_answer_and_comes_back(tmp_path: Path) -> None:
    with sitting(tmp_path) as here:
        here.talk()
        here.answer(whole=False)
        here.until_shown("Speaking")
        here.jack.kill()
        here.until_shown("No microphone")
        here.jack.restart()
        here.until_shown("Ready")
        states = here.states()
        assert states.count("No microphone") == 1, "no flicker"
        assert "Listening" not in states[states.index("Speaking") :]
        here.end()
        answer = next(line for line in here.lines() if line.speaker == "assistant")
        assert answer.heard is not None
        assert answer.heard < len(answer.text), "the rest is dimmed"
