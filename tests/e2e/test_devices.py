"""Real devices that come and go under the real program: none of it needs a new session."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from tests.rig.demo import states
from tests.rig.desktop import Desktop, Program
from tests.rig.headset import NAME, Headset

pytestmark = pytest.mark.rig

WITHIN_S = 60.0
HEADSET = f"ALSA: {NAME}"
DEFAULT = "ALSA: default"


def plugged(program: Program, side: str) -> list[str]:
    """The devices that were used for this side after the first, in their order."""
    return re.findall(rf"{side}: (.+)$", program.output, re.MULTILINE)


@pytest.fixture
def headset() -> Iterator[Headset]:
    with Headset() as headset:
        yield headset


@pytest.fixture(params=["pulseaudio", pytest.param("pipewire", marks=pytest.mark.long)])
def desktop(request: pytest.FixtureRequest, headset: Headset) -> Iterator[Desktop]:
    """One of either sound server, with the headset's entry in its list of devices."""
    with Desktop(devices=headset.alsa, sound_server=request.param) as desktop:
        yield desktop


def begin(desktop: Desktop) -> Program:
    """The program, in a session on the headset, with its window in front."""
    options = ["--input-device", HEADSET, "--output-device", HEADSET]
    program = desktop.start([sys.executable, "-m", "desktop", "--verbose", *options])
    window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
    program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
    desktop.screen.focus(window)
    return program


def test_a_headset_that_is_pulled_out_in_a_take_and_plugged_in_again(
    desktop: Desktop, headset: Headset
) -> None:
    program = begin(desktop)
    desktop.screen.key_down("space")
    program.until(lambda: states(program)[-1:] == ["Listening"], within=WITHIN_S, what="the microphone")
    headset.unplug()
    program.until(lambda: states(program)[-1] != "Listening", within=WITHIN_S, what="the take's end")
    desktop.screen.key_up("space")
    for side in ("microphone", "speaker"):
        program.until(lambda s=side: plugged(program, s)[-1:] == [DEFAULT], within=WITHIN_S, what=side)
    with desktop.sound.record() as heard:
        # The default works: speech is captured, and an answer is heard.
        desktop.screen.key_down("space")
        program.until(lambda: states(program)[-1:] == ["Listening"], within=WITHIN_S, what="listening")
        noise = np.random.default_rng(1).normal(0, 0.1, 48_000).astype(np.float32)
        desktop.sound.speak(noise, 48_000).wait()
        desktop.screen.key_up("space")
        heard.wait_for_sound(within=WITHIN_S)
    headset.plug_in()
    for side in ("microphone", "speaker"):
        program.until(lambda s=side: plugged(program, s)[-1:] == [HEADSET], within=WITHIN_S, what=side)
    assert states(program).count("Connecting") == 1, "all in one session"
    assert program.stop() == 0
    assert "Traceback" not in program.output
