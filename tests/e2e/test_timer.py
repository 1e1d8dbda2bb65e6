"""A timer that was set by talking to it really rings: the bell is heard at the speaker."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop.audio.chime import NOTES_HZ, STROKE_S
from tests.rig.demo import states
from tests.rig.desktop import Desktop

pytestmark = [pytest.mark.rig, pytest.mark.long]

WITHIN_S = 60.0
RATE = 48_000


def bell_share(heard: NDArray[np.float32]) -> float:
    """The share of the sound's energy that is in the bell's two notes, of its loudest stroke."""
    length = int(STROKE_S * RATE)
    starts = range(0, max(1, len(heard) - length), length // 4)
    loudest = max((heard[at : at + length] for at in starts), key=lambda part: float(np.sum(part**2)))
    spectrum = np.abs(np.fft.rfft(loudest * np.hanning(len(loudest)))) ** 2
    hertz = np.fft.rfftfreq(len(loudest), 1 / RATE)
    notes = sum(spectrum[np.abs(hertz - note) < 20].sum() for note in NOTES_HZ)
    return float(notes / max(spectrum.sum(), 1e-12))


def test_a_timer_rings() -> None:
    with Desktop() as desktop, desktop.sound.record() as heard:
        program = desktop.start([sys.executable, "-m", "desktop", "--verbose"])
        window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
        program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
        desktop.screen.focus(window)
        desktop.screen.move(300, 534)  # the text line, in a window of its first size
        desktop.screen.mouse_down()
        desktop.screen.mouse_up()
        desktop.screen.type("set a timer for 10 seconds")
        desktop.screen.press("Return")
        program.until(lambda: "Speaking" in states(program), within=WITHIN_S, what="the answer")
        desktop.screen.press("Escape")  # the rest of the answer could last until the bell on a busy machine
        program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="the answer's end")
        spoken = heard.wait_for_silence(lasting=0.5, within=10)
        rung = heard.wait_for_sound(after=spoken + 0.01, within=30)
        heard.wait_for_silence(lasting=0.8, within=10)
        assert bell_share(heard.since(rung - 0.02)) > 0.8
        assert program.stop() == 0
