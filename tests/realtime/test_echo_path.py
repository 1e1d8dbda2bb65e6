"""Hands-free, echo is cancelled, or the microphone muted; and the user is told where it can't be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from desktop.audio.echo import EchoCanceller
from desktop.audio.fakes import FakeMicrophone, FakeSpeaker
from desktop.audio.format import Samples
from desktop.realtime import echo_path
from desktop.realtime.echo_path import EchoPath
from desktop.realtime.microphone_uplink import MicrophoneUplink
from desktop.realtime.speaker_downlink import SpeakerDownlink
from desktop.turn import effects, inputs
from desktop.turn.mute_switch import MuteSwitch

RATE = 24_000
ROOM = inputs.Policy(commits=False, hands_free=True, half_duplex=None, echo="auto", least_speech_ms=250)


class Line:
    """An open line whose assistant speaks."""

    def __init__(self, *, missing: bool = False) -> None:
        self.microphone, self.speaker = FakeMicrophone(), FakeSpeaker()
        self.microphone.start(RATE)
        self.speaker.start(RATE)
        self.sent: list[bytes] = []
        self.uplink = MicrophoneUplink(
            self.microphone, self.sent.append, lambda sound: None, lambda ms, early: None, MuteSwitch()
        )
        self.uplink.set_rate(RATE)
        self.uplink.attach()
        self.downlink = SpeakerDownlink(self.speaker, lambda: None)
        self.downlink.set_rate(RATE)
        self.downlink.attach()
        self.told: list[effects.Notice] = []
        self.made = 0
        self.missing = missing
        self.path = EchoPath(self.uplink, self.downlink, self.told.append, self._make)
        self.uplink.stream(True)
        self.downlink.push_audio(1, b"\1\0" * RATE)

    def _make(self, rate: int, latency_ms: float, **options: Any) -> EchoCanceller:
        if self.missing:
            raise ImportError("no wheel")
        self.made += 1
        return EchoCanceller(rate, latency_ms, make=lambda rate, noise: _Through())

    def hear(self, ms: int, policy: inputs.Policy = ROOM, loud: float = 0.1) -> None:
        random = np.random.default_rng(2)
        for _ in range(ms // 10):
            self.microphone.push(loud * random.standard_normal(RATE // 100))
            self.path.follow(policy, 0.0)
            self.uplink.step()

    @property
    def silent(self) -> bool:
        return not any(b"".join(self.sent))


class _Through:
    def process(self, near: Samples, far: Samples) -> Samples:
        return near

    def reset(self) -> None:
        """Nothing is known."""


def test_with_a_canceller_speech_pauses_the_assistant_and_is_sent() -> None:
    line = Line()
    line.hear(300, loud=0.0001)
    line.hear(100)
    assert line.speaker.ducked
    assert line.silent
    line.hear(300)
    assert line.speaker.paused
    assert not line.speaker.ducked
    assert not line.silent
    assert line.told == []


@pytest.mark.parametrize(("headset", "muted", "notes"), [(False, True, 1), (True, False, 0)])
def test_without_the_library_it_is_muted_and_said_but_for_headsets(
    headset: bool, muted: bool, notes: int
) -> None:
    line = Line(missing=True)
    line.speaker.headset = headset
    line.hear(300, loud=0.0001)
    line.hear(600)
    assert line.silent is muted
    assert [note.message for note in line.told if isinstance(note, effects.Note)] == (
        [echo_path.NO_CANCELLER()] * notes
    )


def test_another_device_gets_another_canceller() -> None:
    line = Line()
    line.hear(50)
    line.hear(50)
    assert line.made == 1
    line.downlink.speaker = FakeSpeaker()
    line.hear(50)
    assert line.made == 2


@pytest.mark.parametrize(
    "policy",
    [
        inputs.Policy(echo="on", least_speech_ms=250),
        inputs.Policy(commits=False, hands_free=True, half_duplex=None, echo="off"),
    ],
    ids=["talk key", "off"],
)
def test_nothing_is_made_where_nothing_is_cancelled(policy: inputs.Policy) -> None:
    line = Line()
    line.hear(50, policy)
    assert line.made == 0


def test_the_talk_key_takes_over_in_a_pause_and_the_assistant_goes_on() -> None:
    line = Line()
    line.hear(300, loud=0.0001)
    line.hear(400)
    assert line.speaker.paused
    line.path.follow(inputs.Policy(), 0.0)
    assert not line.speaker.paused


def test_a_mute_in_a_pause_lets_the_assistant_go_on() -> None:
    line = Line()
    line.hear(300, loud=0.0001)
    line.hear(400)
    assert line.speaker.paused
    line.uplink.stream(False)
    line.path.follow(ROOM, 0.0)
    assert not line.speaker.paused


def test_with_no_least_length_the_server_decides_alone() -> None:
    line = Line()
    policy = inputs.Policy(commits=False, hands_free=True, half_duplex=None, echo="auto")
    line.hear(100, policy)
    assert not line.silent
    assert not line.speaker.ducked
    assert not line.speaker.paused
