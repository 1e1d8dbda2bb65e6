"""The audio streams alone, on a dummy sound card: no window, no session, no socket.

Sample times are those of a sound card: a sample is captured one block before its block is processed. At
the speaker it is the time at which the device takes it.
"""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import numpy as np

from desktop.audio.format import Samples
from desktop.audio.resample import Resampler
from tests.audio.rig import Rig, audio_rig
from tests.audio.tones import breaks, decibels, tone
from tests.benchmarks import floors
from tests.benchmarks.figures import Figure, figure
from tests.benchmarks.trials import SpoiledTrialError, repeat_spoiled
from tests.rig.jack import BLOCK, RATE
from tests.rig.process import until

TAKES = 16
TAKE_S = 1.5
ANSWERS = 40
GLITCH_S = 60.0
EXCHANGES = 20
BURST_S, BURST_EVERY_S = 0.05, 0.15
BLOCK_S = BLOCK / RATE
AUDIBLE = 1e-3
responses = itertools.count(1)
chance = np.random.default_rng(1)

_Result = TypeVar("_Result")


def measure() -> Iterator[Figure]:
    """The figures of the audio streams, one by one."""
    for rate in (24_000, 16_000):
        yield figure(f"alias of 15 kHz, 48 to {rate // 1000} kHz", _aliases(rate), "dB", -90, -90)
    least = floors.sound()
    with audio_rig() as rig:
        for rate in (16_000, 24_000):
            rig.start(rate)
            waits = np.concatenate([_steady(rig, partial(_take, rig, rate)) for _ in range(TAKES)])
            yield figure(f"device sample to packet, {rate // 1000} kHz", waits, "ms", 25, 40, least.captured)
        starts = [_steady(rig, lambda: _first_sample(rig)) for _ in range(ANSWERS)]
        yield figure("write to first sample, 20 ms deltas", starts, "ms", 60, 80, least.played)
        starts = [_steady(rig, lambda: _first_sample(rig, at_once=True)) for _ in range(ANSWERS)]
        yield figure("write to first sample, all at once", starts, "ms", 60, 80, least.played)
        stops = [_steady(rig, lambda: _silence(rig)) for _ in range(ANSWERS)]
        yield figure("flush to silence", stops, "ms", None, 20, least.silent)
        rig.app("burst", seconds=BURST_S, every=BURST_EVERY_S)
        for ahead, pace in ((1, "real time"), (2, "half of it")):
            rig.start(24_000)  # with a prebuffer that knows nothing of the bursts yet
            gaps = _steady(rig, partial(_glitches, rig, ahead))
            yield figure(f"glitches in {GLITCH_S:.0f} s, sent in {pace}", [gaps], "", 0, 0)
        rig.app("burst", seconds=0, every=1)
        for fresh, name in ((False, "microphone exchanged"), (True, "both exchanged, with a fresh list")):
            times = [1_000 * rig.app("exchange", fresh=fresh)["seconds"] for _ in range(EXCHANGES)]
            yield figure(name, times, "ms", None, 1_000)


def _steady(rig: Rig, trial: Callable[[], _Result]) -> _Result:
    """The result of a trial in which the JACK server kept time: its faults are not the program's."""

    def steady() -> _Result:
        rig.instrument.forget_xruns()
        result = trial()
        if rig.instrument.xruns:
            raise SpoiledTrialError("the JACK server couldn't keep time")
        return result

    return repeat_spoiled(steady, attempts=10)


def _aliases(rate: int) -> list[float]:
    """The alias of a full-scale tone that the new rate can't carry."""
    found = []
    for _ in range(20):
        resampler, start = Resampler(RATE, rate), int(chance.integers(0, RATE))
        sound = tone(15_000, RATE, 2, amplitude=1)[start:][:RATE]
        out = [resampler.push(sound[at : at + BLOCK]) for at in range(0, len(sound), BLOCK)]
        found.append(decibels(float(np.abs(np.concatenate(out)[rate // 10 :]).max())))
    return found


def _take(rig: Rig, rate: int) -> Samples:
    """From each sample at the device to the packet it leaves the gate with, in ms."""
    rig.app("shift", seconds=float(chance.uniform(0, 0.010)))
    rig.app("captured")
    click = rig.instrument.speak(np.array([0.9], dtype=np.float32))
    rig.instrument.wait_until(click + 60 * BLOCK)
    opened = rig.app("open_gate", pre_roll_ms=300)
    rig.instrument.wait_until(rig.instrument.now + round(TAKE_S * RATE))
    packets = rig.app("close_gate")["packets"][:-1]  # the last one was cut short
    captured = np.frombuffer(base64.b64decode(rig.app("captured")["samples"]), dtype=np.float32)
    click_at = int(np.argmax(np.abs(captured)))
    at = opened["taken"] - round(opened["pre_roll_ms"] * rate / 1000)
    waits = []
    for out_at, samples in packets:
        places = np.arange(at, at + samples, rate // 1000)
        at += samples
        places = places[places >= opened["taken"]]  # the pre-roll is old by intention
        if len(places):
            frames = click + (places - click_at) * (RATE / rate)
            captured_at = rig.instrument.time_of(round(frames[0])) - BLOCK_S + (frames - frames[0]) / RATE
            waits.append(1000 * (out_at - captured_at))
    return np.concatenate(waits).astype(np.float32)


def _first_sample(rig: Rig, at_once: bool = False) -> float:
    """From the first delta of a response to its first sample at the device, in ms."""
    response = next(responses)
    time.sleep(float(chance.uniform(0, 0.02)))
    begin = rig.instrument.now
    if at_once:
        written = rig.app("play", response=response, frequency=440, seconds=0.3)["at"]
    else:
        rig.app("stream", response=response, frequency=440, seconds=0.3)
        written = until(lambda: rig.app("written")["times"], within=5, what="the first delta")[0]
    heard = rig.instrument.heard(begin, begin + RATE // 2)
    until(lambda: not rig.app("status")["playing"], within=5, what="the end of the response")
    audible = np.flatnonzero(np.abs(np.nan_to_num(heard)) > AUDIBLE)
    if not len(audible):
        raise SpoiledTrialError("the response was not heard within half a second")
    return float(1000 * (rig.instrument.time_of(begin + int(audible[0])) - written))


def _silence(rig: Rig) -> float:
    """From a flush to the last audible sample at the device, in ms."""
    response = next(responses)
    rig.app("play", response=response, frequency=440, seconds=3)
    rig.instrument.wait_until(rig.instrument.now + RATE // 5)
    time.sleep(float(chance.uniform(0, 0.02)))
    begin = rig.instrument.now - 5 * BLOCK
    flushed = rig.app("flush")["at"]
    heard = np.abs(np.nan_to_num(rig.instrument.heard(begin, begin + RATE // 5)))
    audible = np.flatnonzero(heard > AUDIBLE)
    if not len(audible):
        raise SpoiledTrialError("nothing was heard of the response before the flush")
    return float(1000 * (rig.instrument.time_of(begin + int(audible[-1])) - flushed))


def _glitches(rig: Rig, ahead: float) -> int:
    """Gaps and clicks in a tone written in deltas of 20 ms, with bursts of Python work between."""
    begin = rig.instrument.now
    rig.app("stream", response=next(responses), frequency=440, seconds=GLITCH_S, ahead=ahead)
    end = begin + round((GLITCH_S + 2) * RATE)
    rig.instrument.wait_until(end, within=2 * GLITCH_S)
    heard = rig.instrument.heard(begin, end)
    audible = np.flatnonzero(np.abs(heard) > AUDIBLE)
    if not len(audible):
        raise SpoiledTrialError("nothing was heard of the tone")
    broken = breaks(heard[audible[0] + 100 : audible[-1] - 100], 440, RATE)
    return int(np.count_nonzero(np.diff(broken, prepend=-RATE) > 0.3 * RATE))  # a gap breaks it twice
