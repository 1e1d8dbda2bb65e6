"""No cue is in a take, with the speaker right before the microphone: on real streams, to the sample."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from desktop.audio.cues import Cue, cue
from desktop.audio.format import Samples, pcm16_to_float
from tests.audio.rig import Rig, audio_rig, undisturbed
from tests.audio.tones import fit, tone
from tests.rig.jack import BLOCK, RATE

pytestmark = pytest.mark.rig

SESSION = 24_000
VOICE_HZ = 1_500.0
VOICE = 0.1
NONE = 0.03
"""-30 dB of a cue: where the hum breaks off, a little of everything is in it."""
SECOND = RATE

takes = itertools.count(1)


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """The app's speaker in front of its microphone, with a steady tone hummed into it."""
    with audio_rig() as rig:
        rig.start(SESSION)
        rig.instrument.put_side_by_side()
        rig.app("press", take=0, cue=None)
        rig.app("let_go", take=0, cue=None)
        begin = rig.instrument.speak(tone(VOICE_HZ, RATE, 120.0, VOICE))
        rig.instrument.wait_until(begin + SECOND)
        yield rig


def wait(rig: Rig, seconds: float) -> None:
    rig.instrument.wait_until(rig.instrument.now + round(seconds * RATE) + BLOCK)


def share(sound: Samples, name: Cue) -> float:
    """How much of the cue a sound contains, where it fits best: 1 is all of it."""
    shape = cue(name, SESSION)
    return float(np.max(np.abs(np.correlate(sound, shape))) / np.sum(shape**2))


def take(rig: Rig, first: Cue | None, last: Cue | None, deaf: bool = True, seconds: float = 0.8) -> Samples:
    number = next(takes)
    rig.app("press", take=number, cue=first, deaf=deaf)
    wait(rig, seconds)
    answer = rig.app("let_go", take=number, cue=last, deaf=deaf)
    return pcm16_to_float(base64.b64decode(answer["pcm"]))


@undisturbed
def test_the_cue_would_be_in_the_take_if_the_line_were_not_deaf(rig: Rig) -> None:
    assert share(take(rig, "start", None, deaf=False), "start") > 0.7
    wait(rig, 0.6)


@undisturbed
def test_the_start_is_not_in_the_take(rig: Rig) -> None:
    wait(rig, 0.6)
    recorded = take(rig, "start", None)
    assert share(recorded, "start") < NONE
    pre_roll = recorded[: round(0.28 * SESSION)]
    assert fit(pre_roll, VOICE_HZ, SESSION)[0] == pytest.approx(VOICE, rel=0.05), "before the press"
    rest = recorded[-round(0.3 * SESSION) :]
    assert fit(rest, VOICE_HZ, SESSION)[0] == pytest.approx(VOICE, rel=0.05), "after the cue"
    assert fit(rest, VOICE_HZ, SESSION)[1] < 0.001, "and nothing else"


@undisturbed
def test_the_stop_is_not_in_the_pre_roll_of_the_next_take(rig: Rig) -> None:
    wait(rig, 0.6)
    take(rig, None, "stop")
    wait(rig, 0.25)
    recorded = take(rig, None, None)
    assert share(recorded, "stop") < NONE


@undisturbed
def test_a_press_right_after_the_stop_holds_neither(rig: Rig) -> None:
    wait(rig, 0.6)
    take(rig, "start", "stop")
    recorded = take(rig, "start", "stop")
    assert share(recorded, "stop") < NONE
    assert share(recorded, "start") < NONE


@undisturbed
def test_it_is_heard(rig: Rig) -> None:
    wait(rig, 0.6)
    begin = rig.instrument.now
    take(rig, "start", None)
    heard = rig.instrument.heard(begin, begin + round(0.6 * RATE))
    shape = cue("start", RATE)
    assert np.max(np.correlate(heard, shape)) / np.sum(shape**2) == pytest.approx(1.0, abs=0.02)
