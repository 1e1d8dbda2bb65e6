"""While a cue sounds, the uplink is silent: exact to the sample, however late it is read."""

from __future__ import annotations

import math

import numpy as np
import pytest

from desktop.audio.fakes import FakeMicrophone
from desktop.audio.format import Samples
from desktop.audio.reported_values import USUAL_LATENCY_S
from desktop.realtime import microphone_uplink
from desktop.realtime.microphone_uplink import MicrophoneUplink
from desktop.turn.mute_switch import MuteSwitch

RATE = 24_000


class Line:
    """An uplink whose microphone hears a steady value all the time."""

    def __init__(self) -> None:
        self.microphone = FakeMicrophone()
        self.sent: list[bytes] = []
        self.microphone.start(RATE)
        self.mute_switch = MuteSwitch()
        self.out = MicrophoneUplink(
            self.microphone, self.sent.append, self.sent.extend, lambda ms, pre_roll: None, self.mute_switch
        )
        self.out.set_rate(RATE)
        self.out.attach()

    def hear(self, *blocks_ms: float) -> None:
        for ms in blocks_ms:
            self.microphone.push_ms(ms)
            self.out.step()

    def recorded_ms(self, take: int) -> list[tuple[bool, float]]:
        """The take's segments, in order: whether something was heard, and for how long."""
        self.sent.clear()
        self.out.resend(take)
        samples = np.frombuffer(b"".join(self.sent), dtype="<i2")
        edges = np.flatnonzero(np.diff(samples != 0)) + 1
        return [(bool(part[0]), 1000 * len(part) / RATE) for part in np.split(samples, edges)]


def test_what_was_said_before_the_cue_is_in_the_take_and_the_cue_is_not():
    line = Line()
    line.hear(*[10] * 40)
    line.microphone.push_ms(7)  # captured before the press, read after it
    line.out.deafen(200)
    line.out.open_gate(1, 300)
    line.hear(*[10] * 50)
    line.out.close_gate(1)
    assert line.recorded_ms(1) == [(True, 300), (False, 200), (True, 300)]


def test_a_read_that_comes_late_loses_no_more():
    line = Line()
    line.hear(400)
    line.out.deafen(200)
    line.out.open_gate(1, 300)
    line.hear(150, 400)
    line.out.close_gate(1)
    assert line.recorded_ms(1) == [(True, 300), (False, 200), (True, 350)]


def test_the_microphones_own_delay_counts():
    line = Line()
    line.microphone.latency_ms = 40
    line.out.deafen(200)
    line.out.open_gate(1, 0)
    line.hear(*[10] * 30)
    line.out.close_gate(1)
    assert line.recorded_ms(1) == [(False, 240), (True, 60)]


@pytest.mark.parametrize("latency_ms", [1000 * 2**32 / 48_000, math.nan, math.inf, -1.0])
def test_it_hears_again_after_a_cue_although_the_latency_is_none(latency_ms: float):
    line = Line()
    line.microphone.latency_ms = latency_ms
    line.out.deafen(200)
    line.out.open_gate(1, 0)
    line.hear(*[10] * 30)
    line.out.close_gate(1)
    deaf_ms = 200 + 1000 * USUAL_LATENCY_S
    assert line.recorded_ms(1) == [(False, deaf_ms), (True, 300 - deaf_ms)]


def test_the_pre_roll_of_the_next_take_does_not_hold_the_last_ones_cue():
    line = Line()
    line.hear(400)
    line.out.deafen(200)
    line.hear(*[10] * 25)
    line.out.open_gate(2, 300)
    line.hear(100)
    line.out.close_gate(2)
    assert line.recorded_ms(2) == [(True, 50), (False, 200), (True, 150)]


def test_a_second_cue_makes_it_no_shorter():
    line = Line()
    line.out.deafen(200)
    line.out.deafen(50)
    line.out.open_gate(1, 0)
    line.hear(*[10] * 30)
    line.out.close_gate(1)
    assert line.recorded_ms(1) == [(False, 200), (True, 100)]


def test_nothing_is_converted_while_nobody_needs_it():
    line = Line()
    read = count_reads(line)
    line.hear(*[10] * 100)
    assert read == []
    assert line.microphone.level.peak_db > -60, "the meter moves"
    line.out.open_gate(1, 300)
    line.hear(100)
    line.out.close_gate(1)
    assert line.recorded_ms(1) == [(True, 400)]


def count_reads(line: Line) -> list[int]:
    read: list[int] = []
    original = line.microphone.read

    def counted() -> Samples:
        heard = original()
        read.append(len(heard))
        return heard

    line.microphone.read = counted  # type: ignore[method-assign]
    return read


def test_what_was_said_while_muted_is_in_no_pre_roll():
    line = Line()
    line.hear(*[10] * 40)
    line.mute_switch.set(True)
    line.hear(*[10] * 20)
    line.mute_switch.set(False)
    line.hear(*[10] * 10)
    line.out.open_gate(1, 300)
    line.hear(100)
    line.out.close_gate(1)
    assert line.recorded_ms(1) == [(False, 200), (True, 200)]


def test_a_cue_of_long_ago_covers_nothing():
    line = Line()
    line.hear(400)
    line.out.deafen(200)
    line.hear(*[10] * 300)
    line.out.open_gate(1, 500)
    line.hear(100)
    line.out.close_gate(1)
    assert line.recorded_ms(1) == [(True, 600)]


def stopped_in_a_take(monkeypatch: pytest.MonkeyPatch) -> Line:
    """The sound system was stopped for five seconds in a take, and the tail ended two seconds ago."""
    now = [100.0]
    monkeypatch.setattr(microphone_uplink.time, "monotonic", lambda: now[0])
    line = Line()
    line.out.open_gate(1, 0)
    line.hear(400)
    now[0] += 5.0
    line.out.end_tail(now[0] - 2.0)
    return line


def test_what_is_captured_after_the_tails_end_is_not_sent_however_late_the_tail_is_full(monkeypatch):
    line = stopped_in_a_take(monkeypatch)
    line.hear(100)
    line.out.close_gate(1)
    assert line.recorded_ms(1) == [(True, 400)]
    line.out.open_gate(2, 0)
    line.hear(100)
    line.out.close_gate(2)
    assert line.recorded_ms(2) == [(True, 100)], "the next take has no such end"


def test_a_doubt_that_is_over_leaves_the_tails_end(monkeypatch):
    line = stopped_in_a_take(monkeypatch)
    line.out.hold(None)
    line.hear(100)
    line.out.close_gate(1)
    assert line.recorded_ms(1) == [(True, 400)]


def test_to_look_at_the_level_forgets_no_sound_that_a_press_of_then_may_want():
    """After a stall the meter may be painted before the key is read."""
    line = Line()
    line.microphone.push_ms(3_000)
    line.out.fetch()
    line.out.fetch()
    assert len(line.microphone.read()) == 3 * RATE
