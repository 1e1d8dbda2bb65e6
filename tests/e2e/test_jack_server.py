"""The JACK server dies under the real program, in a take and in an answer."""

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
from desktop.recording.folder.layout import JOURNAL
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

    def __init__(self, screen: VirtualScreen, service: Echo, program: Program, home: Path) -> None:
        self.screen, self.service, self.program, self.home = screen, service, program, home

    def until_shown(self, state: str) -> None:
        self.program.until(
            lambda: shown_states(self.program)[-1:] == [state], within=WITHIN_S, what=f"the state {state}"
        )

    def talk(self) -> None:
        """Hold the key until the service has a second of sound."""
        self.service.frames.clear()
        self.screen.key_down("space")
        self.until_shown("Listening")
        self.until_heard(1_000)
        self.screen.key_up("space")
        self.until_shown("Thinking")

    def until_heard(self, ms: float) -> None:
        """Wait until the service has so much of the take."""
        self.program.until(lambda: self._heard_ms() > ms, within=WITHIN_S, what="the take's sound")

    def _heard_ms(self) -> float:
        return sum(len(pcm) for _, _, pcm in list(self.service.frames)) * 500 / RATE

    def answer(self) -> None:
        """Tell a story with four seconds of sound."""
        started, words = {"type": "response.started"}, {"type": "text.delta", "delta": STORY}
        self.service.send(started, words, delta(tone(4.0)), {"type": "response.completed"})

    def answer_in_words(self) -> None:
        """Tell it without a sound."""
        self.service.send(
            {"type": "response.started"},
            {"type": "text.delta", "delta": STORY},
            {"type": "response.completed"},
        )

    def states(self) -> list[str]:
        return [state for state, _ in groupby(shown_states(self.program))]

    def lines(self) -> list[journal.LineRecord]:
        paths = list(self.home.rglob(JOURNAL))
        return journal.read(paths[0]).lines if paths else []

    def told(self) -> list[str]:
        """What was said about the sound system."""
        return [
            line.text for line in self.lines() if line.speaker == "system" and "sound system" in line.text
        ]

    def end(self) -> None:
        assert self.program.stop() == 0
        assert "Traceback" not in self.program.output


@contextmanager
def sitting(home: Path, jack: JackServer) -> Iterator[Sitting]:
    home.mkdir(exist_ok=True)
    with VirtualScreen() as screen, Echo() as service:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("OPPER_", "QT_"))}
        env |= {**screen.env, **jack.env, "PRESSTALK_HOME": str(home), "OPPER_API_KEY": "rig-key"}
        env |= {"DBUS_SESSION_BUS_ADDRESS": "disabled:", "PULSE_SERVER": "unix:/nowhere"}
        devices = ["--input-device", DEVICE, "--output-device", DEVICE]
        options = ["--verbose", "--model", "openai/gpt-realtime-2", "--base-url", service.url, *devices]
        command = [sys.executable, "-m", "desktop", *options]
        with Program(command, env=env, log=home / "program.log") as program:
            window = screen.window("Presstalk", within=WITHIN_S, program=program)
            here = Sitting(screen, service, program, home)
            here.until_shown("Ready")
            screen.focus(window)
            yield here


def until_told_what_helps(here: Sitting) -> None:
    """libjack can't be used again in the same process: that is said in a plain sentence, once."""
    here.program.until(
        lambda: [text for text in here.told() if "Restart Presstalk" in text], within=WITHIN_S, what="advice"
    )
    told = here.told()
    assert len(told) == len(set(told)) <= 2, told
    assert not [text for text in told if re.search(r"-?\d{2}|\[|PaError|JACK", text)], told


def test_it_dies_in_a_take_and_the_next_start_works_again(tmp_path: Path) -> None:
    with JackServer() as jack, sitting(tmp_path / "one", jack) as here:
        here.screen.key_down("space")
        here.until_shown("Listening")
        here.until_heard(1_000)
        jack.kill()
        here.until_shown("Thinking")
        here.answer_in_words()
        here.until_shown("No microphone")
        here.screen.key_up("space")
        until_told_what_helps(here)
        jack.restart()
        with sitting(tmp_path / "two", jack) as there:
            there.talk()
            there.answer()
            there.until_shown("Speaking")
            there.until_shown("Ready")
            there.end()
        here.end()  # the first one has outlived the new server's start
        states = here.states()
        assert states.count("No microphone") == 1, "no flicker"
        assert states.count("Listening") == 1, "not red without a microphone"


def test_it_dies_in_an_answer(tmp_path: Path) -> None:
    with JackServer() as jack, sitting(tmp_path, jack) as here:
        here.talk()
        here.answer()
        here.until_shown("Speaking")
        jack.kill()
        here.until_shown("No microphone")
        jack.restart()
        until_told_what_helps(here)
        here.end()
        states = here.states()
        assert states.count("No microphone") == 1, "no flicker"
        assert states.count("Listening") == 1
        answer = next(line for line in here.lines() if line.speaker == "assistant")
        assert answer.heard is not None
        assert answer.heard < len(answer.text), "the rest is dimmed"
