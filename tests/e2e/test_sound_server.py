"""The sound server dies under the real program, and comes back."""

from __future__ import annotations

import re
import sys
from itertools import groupby

import numpy as np
import pytest

from desktop.recording import journal
from desktop.recording.folder.layout import JOURNAL
from tests.rig.demo import SYNTHESIZER_RATE, shown_states, spoken
from tests.rig.desktop import Desktop, Program
from tests.rig.sound_servers import Kind

pytestmark = pytest.mark.rig

WITHIN_S = 60.0
NOISE = np.random.default_rng(1).normal(0, 0.1, 24_000).astype(np.float32)


def begin(desktop: Desktop) -> Program:
    """The program in a session, with its window in front."""
    program = desktop.start([sys.executable, "-m", "desktop", "--verbose"])
    window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
    until_shown(program, "Ready")
    desktop.screen.focus(window)
    return program


def until_shown(program: Program, state: str) -> None:
    program.until(lambda: shown_states(program)[-1:] == [state], within=WITHIN_S, what=state)


def hold_and_say(desktop: Desktop, program: Program, samples=NOISE, rate: int = 48_000) -> None:
    desktop.screen.key_down("space")
    until_shown(program, "Listening")
    desktop.sound.speak(samples, rate).wait()


def lines(desktop: Desktop) -> list[journal.LineRecord]:
    """The conversation's lines as they are kept."""
    path = next((desktop.home / "presstalk").rglob(JOURNAL))
    return journal.read(path).lines


def told(desktop: Desktop) -> list[str]:
    """What was said about the devices."""
    return [line.text for line in lines(desktop) if "no microphone" in line.text]


@pytest.mark.parametrize("server", ["pulseaudio", "pipewire"])
def test_the_server_dies_in_a_take_and_comes_back(server: Kind) -> None:
    with Desktop(sound_server=server) as desktop:
        program = begin(desktop)
        hold_and_say(desktop, program)
        desktop.sound.unplug()
        until_shown(program, "No microphone")
        desktop.screen.key_up("space")
        desktop.screen.press("space")
        program.until(lambda: told(desktop), within=WITHIN_S, what="a note")
        desktop.sound.plug_in()
        until_shown(program, "Ready")
        hold_and_say(desktop, program)
        desktop.screen.key_up("space")
        program.until(lambda: "Speaking" in shown_states(program), within=WITHIN_S, what="an answer")
        until_shown(program, "Ready")
        before = ["Connecting", "Ready", "Listening", "Thinking", "No microphone"]
        after = ["Ready", "Listening", "Thinking", "Speaking", "Ready"]
        assert [state for state, _ in groupby(shown_states(program))] == before + after
        assert not [text for text in told(desktop) if re.search(r"\d{2}|\[|PaError|ALSA", text)]
        assert program.stop() == 0
        assert "Traceback" not in program.output


@pytest.mark.parametrize("server", ["pulseaudio", pytest.param("pipewire", marks=pytest.mark.long)])
def test_the_server_dies_in_an_answer(server: Kind) -> None:
    with Desktop(sound_server=server) as desktop:
        program = begin(desktop)
        hold_and_say(desktop, program, spoken("Tell me a story."), SYNTHESIZER_RATE)
        with desktop.sound.record() as heard:
            desktop.screen.key_up("space")
            heard.wait_for_sound(within=WITHIN_S)
            until_shown(program, "Speaking")
        desktop.sound.unplug()
        until_shown(program, "No microphone")
        states = shown_states(program)
        assert states[states.index("Speaking") :] in (
            ["Speaking", "No microphone"],
            ["Speaking", "Thinking", "No microphone"],
        )
        assert program.stop() == 0
        answer = next(line for line in lines(desktop) if line.speaker == "assistant")
        assert answer.heard is not None
        assert answer.heard < len(answer.text), "the rest is dimmed"
