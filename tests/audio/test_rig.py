"""Capture and playback on a real device, heard and spoken to sample by sample."""

import base64
import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from desktop.audio.format import Samples
from tests.audio.rig import RemoteApp, Rig, audio_rig, quieten, undisturbed
from tests.audio.tones import breaks, decibels, fit, tone
from tests.rig.jack import BLOCK, RATE
from tests.rig.process import until

pytestmark = pytest.mark.rig

SESSION = 24_000
BLOCK_MS = 1000 * BLOCK / RATE
AUDIBLE = 1e-3

responses = itertools.count(1)
"""A flushed response stays closed, so that an attempt needs a new number."""


@pytest.fixture(scope="module")
def shared() -> Iterator[Rig]:
    """One device and one app for all tests."""
    with audio_rig() as rig:
        rig.start(SESSION)
        yield rig


@pytest.fixture
def rig(shared: Rig) -> Rig:
    """The shared rig, silent."""
    quieten(shared)
    return shared


def captured(app: RemoteApp) -> Samples:
    return np.frombuffer(base64.b64decode(app("captured")["samples"]), dtype=np.float32)


def voiced(rig: Rig, begin: int, seconds: float) -> tuple[int, Samples]:
    """From the first audible sample to the last, and where the first was."""
    heard = rig.instrument.heard(begin, begin + round(seconds * RATE))
    audible = np.flatnonzero(np.abs(heard) > AUDIBLE)
    assert len(audible), "nothing was heard"
    return begin + int(audible[0]), heard[audible[0] : audible[-1] + 1]


def silent_from(rig: Rig) -> int:
    """Wait until nothing is heard: `playing` is told by a clock, and the last samples may come after it."""
    while True:
        begin = rig.instrument.now
        heard = rig.instrument.heard(begin, begin + 3 * BLOCK)
        if not np.any(np.abs(heard) > AUDIBLE):
            return begin


@pytest.mark.parametrize("session_rate", [16_000, SESSION])
@undisturbed
def test_a_tone_into_the_microphone_arrives_at_the_sessions_rate(rig: Rig, session_rate: int) -> None:
    rig.start(session_rate)
    overruns = rig.app("status")["overruns"]
    begin = rig.instrument.speak(tone(1000, RATE, 1))
    rig.instrument.wait_until(begin + RATE + 10 * BLOCK)
    heard = captured(rig.app)
    audible = np.flatnonzero(np.abs(heard) > AUDIBLE)
    assert audible[-1] - audible[0] == pytest.approx(session_rate, rel=0.01)
    middle = heard[audible[0] + session_rate // 10 : audible[-1] - session_rate // 10]
    amplitude, rest = fit(middle, 1000, session_rate)
    assert amplitude == pytest.approx(0.5, rel=0.01)
    assert decibels(rest) < -80
    assert rig.app("status")["overruns"] == overruns


@undisturbed
def test_the_microphones_level_shows_what_it_hears(rig: Rig) -> None:
    begin = rig.instrument.speak(tone(1000, RATE, 0.5, amplitude=0.1))
    rig.instrument.wait_until(begin + RATE // 4)
    assert rig.app("status")["microphone_peak_db"] == pytest.approx(-20, abs=1)


@undisturbed
def test_a_tone_is_heard_whole_and_without_a_break(rig: Rig) -> None:
    response = next(responses)
    begin = rig.instrument.now
    rig.app("play", response=response, frequency=440, seconds=3)
    _, heard = voiced(rig, begin, 4)
    assert len(heard) == pytest.approx(3 * RATE, rel=0.001)
    assert len(breaks(heard[100:-100], 440, RATE)) == 0


@undisturbed
def test_python_work_on_the_pumping_thread_breaks_nothing(rig: Rig) -> None:
    response = next(responses)
    before = rig.app("status")["underruns"]
    rig.app("burst", seconds=0.05, every=0.1)
    begin = rig.instrument.now
    rig.app("play", response=response, frequency=440, seconds=3)
    _, heard = voiced(rig, begin, 4)
    rig.app("burst", seconds=0, every=0)
    assert len(breaks(heard[100:-100], 440, RATE)) == 0
    assert rig.app("status")["underruns"] == before


@undisturbed
def test_a_flush_silences_within_a_block(rig: Rig) -> None:
    response = next(responses)
    rig.app("play", response=response, frequency=440, seconds=10)
    rig.instrument.wait_until(rig.instrument.now + RATE // 2)
    begin = rig.instrument.now
    flushed = rig.app("flush")
    after = rig.instrument.now
    heard = rig.instrument.heard(begin, begin + RATE // 2)
    assert np.nanmax(np.abs(heard[after - begin + 2 * BLOCK :])) == 0
    assert not rig.app("status")["playing"]
    assert flushed["heard"][str(response)] == pytest.approx(500, abs=150)


@undisturbed
def test_what_is_said_to_be_heard_was_heard(rig: Rig) -> None:
    response = next(responses)
    begin = rig.instrument.now
    rig.app("play", response=response, frequency=440, seconds=2)
    rig.instrument.wait_until(begin + RATE)
    answer = rig.app("heard", response=response)
    first, _ = voiced(rig, begin, 1)
    really_ms = 1000 * (answer["at"] - rig.instrument.time_of(first))
    assert answer["ms"] == pytest.approx(really_ms, abs=2 * BLOCK_MS)
    until(lambda: not rig.app("status")["playing"], within=10, what="the end of the response")
    assert rig.app("heard", response=response)["ms"] == 2000


@undisturbed
def test_a_flush_tells_what_was_heard(rig: Rig) -> None:
    response = next(responses)
    begin = rig.instrument.now
    rig.app("play", response=response, frequency=440, seconds=10)
    rig.instrument.wait_until(begin + RATE)
    flushed = rig.app("flush")
    _, heard = voiced(rig, begin, 1.5)
    really_ms = 1000 * len(heard) / RATE
    assert flushed["heard"][str(response)] == pytest.approx(really_ms, abs=2 * BLOCK_MS)


@undisturbed
def test_an_underrun_is_counted_and_what_follows_is_heard(rig: Rig) -> None:
    response = next(responses)
    before = rig.app("status")["underruns"]
    rig.app("play", response=response, frequency=440, seconds=0.2, complete=False)
    until(lambda: not rig.app("status")["playing"], within=10, what="running empty")
    begin = silent_from(rig)
    rig.app("play", response=response, frequency=440, seconds=0.3)
    _, heard = voiced(rig, begin, 1)
    assert rig.app("status")["underruns"] == before + 1
    # The 10 ms that the resampler had held back belong to it as well.
    assert len(heard) == pytest.approx(0.31 * RATE, abs=BLOCK)


@undisturbed
def test_the_volume_is_heard_soon_although_seconds_are_queued(rig: Rig) -> None:
    response = next(responses)
    rig.app("play", response=response, frequency=440, seconds=10)
    rig.instrument.wait_until(rig.instrument.now + RATE // 4)
    rig.app("volume", volume=0.1)
    begin = rig.instrument.now + 10 * BLOCK
    heard = rig.instrument.heard(begin, begin + RATE // 4)
    rig.app("volume", volume=1)
    assert np.nanmax(np.abs(heard)) == pytest.approx(0.05, rel=0.05)


@undisturbed
def test_a_volume_that_is_moved_all_the_time_makes_no_click(rig: Rig) -> None:
    response = next(responses)
    begin = rig.instrument.now
    rig.app("play", response=response, frequency=440, seconds=5)
    rig.instrument.wait_until(begin + RATE // 4)
    for volume in 0.75 + 0.25 * np.cos(np.linspace(0, 40, 400)):
        rig.app("volume", volume=float(volume))
        rig.instrument.wait_until(rig.instrument.now + BLOCK)
    _, heard = voiced(rig, begin, 6)
    rig.app("volume", volume=1)
    steepest = 0.5 * 2 * np.pi * 440 / RATE
    assert len(heard) == pytest.approx(5 * RATE, rel=0.001)
    assert np.abs(np.diff(heard[100:-100])).max() < 1.2 * steepest


@undisturbed
def test_the_gain_of_the_microphone_is_exact_and_a_change_makes_no_click(rig: Rig) -> None:
    rig.start(SESSION)
    captured(rig.app)
    begin = rig.instrument.speak(tone(440, RATE, 2) * 0.25)
    rig.instrument.wait_until(begin + RATE)
    rig.app("gain", gain_db=12.0)
    rig.instrument.wait_until(begin + RATE + RATE // 4)
    assert rig.app("status")["microphone_peak_db"] == pytest.approx(-6, abs=0.5), "the meter is after it"
    rig.instrument.wait_until(begin + 2 * RATE + 10 * BLOCK)
    heard = captured(rig.app)
    rig.app("gain", gain_db=0.0)
    audible = np.flatnonzero(np.abs(heard) > AUDIBLE)
    voice = heard[audible[0] + SESSION // 10 : audible[-1] - SESSION // 10]
    assert fit(voice[: SESSION // 2], 440, SESSION)[0] == pytest.approx(0.125, rel=0.01)
    assert fit(voice[-SESSION // 2 :], 440, SESSION)[0] == pytest.approx(0.125 * 10 ** (12 / 20), rel=0.01)
    steepest = 0.5 * 2 * np.pi * 440 / SESSION
    assert np.abs(np.diff(voice)).max() < 1.2 * steepest


@undisturbed
def test_the_level_is_of_what_is_heard(rig: Rig) -> None:
    response = next(responses)
    rig.app("play", response=response, frequency=440, seconds=1)
    rig.instrument.wait_until(rig.instrument.now + RATE // 2)
    assert rig.app("status")["speaker_peak_db"] == pytest.approx(-6, abs=0.5)
    until(lambda: not rig.app("status")["playing"], within=10, what="the end of the response")
    assert rig.app("status")["speaker_peak_db"] == -60
