"""An examination from beginning to end, in a room that is worked by hand: its clock moves when it sleeps."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from desktop.audio.fakes import FakeMicrophone, FakeSpeaker
from desktop.audio.format import Samples, pcm16_to_float
from desktop.audio.interfaces import AudioError
from desktop.audio.loop_probe import RATE
from desktop.devices.doctor import examination
from desktop.devices.doctor.examination import STEP_S, Examination
from desktop.devices.doctor.findings import DeviceFacts

FACTS = (DeviceFacts("Desk", 48_000), DeviceFacts("Speakers", 48_000))
BLOCK = round(RATE * STEP_S)
DELAY_BLOCKS = 5
LATENCY_MS = 20.0


class Room:
    """A speaker whose sound comes back after 50 ms, half as loud; and somebody who reads when asked to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.microphone, self.speaker = FakeMicrophone(), FakeSpeaker()
        self.speaker.latency_ms = LATENCY_MS
        self.phases: list[str] = []
        self._generator = np.random.default_rng(2)
        self._in_the_air: list[Samples] = [np.zeros(BLOCK, np.float32)] * DELAY_BLOCKS
        self._sleep = asyncio.sleep
        monkeypatch.setattr(examination.asyncio, "sleep", self._pass)

    def examination(self) -> Examination:
        return Examination(self.microphone, self.speaker, FACTS, self.phases.append, lambda: self.now)

    async def _pass(self, seconds: float) -> None:
        """Ten milliseconds go by."""
        assert seconds == STEP_S
        self.now += seconds
        block = np.zeros(BLOCK, np.float32)
        numbers = [number for number, _ in self.speaker.writes]
        before = [self.speaker.heard_ms(number) for number in numbers]
        self.speaker.play(1_000 * seconds)
        for (number, pcm), ms in zip(self.speaker.writes, before, strict=True):
            begin, end = (2 * round(one * RATE / 1_000) for one in (ms, self.speaker.heard_ms(number)))
            played = pcm16_to_float(pcm[begin:end])
            block[: len(played)] += 0.5 * played
        self._in_the_air.append(block)
        loudness = 0.05 if self.phases[-1] == "speech" else 0.001
        noise = self._generator.normal(0, loudness, BLOCK).astype(np.float32)
        self.microphone.push(self._in_the_air.pop(0) + noise)
        await self._sleep(0)


async def test_all_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(monkeypatch)
    found = await room.examination().run()
    assert room.phases == ["opening", "quiet", "sweeps", "speech", "reckoning"]
    assert found.loop.found == 40
    assert found.loop.echo_db == pytest.approx(-6, abs=0.5)
    assert found.loop.drift_ppm == pytest.approx(0, abs=1)
    assert found.loop_ms == pytest.approx(10 * DELAY_BLOCKS + LATENCY_MS, abs=11)
    assert found.room.quiet_db == pytest.approx(-60, abs=1)
    assert found.speech.spoken_db == pytest.approx(-26, abs=1)
    assert found.reduction_db is not None
    assert found.reduction_db > 10
    assert found.dropouts == 0
    assert found.speaker.latency_ms == LATENCY_MS
    assert room.microphone.closed
    assert room.speaker.closed


async def test_a_device_that_is_pulled_out_ends_it_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(monkeypatch)
    room.speaker.lost = True
    with pytest.raises(AudioError, match="lost during the examination"):
        await room.examination().run()
    assert room.microphone.closed
    assert room.speaker.closed


async def test_lost_sound_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(monkeypatch)

    def begin(phase: str) -> None:
        room.phases.append(phase)
        if phase == "sweeps":
            room.microphone.overruns += 2
            room.speaker.underruns += 1

    running = Examination(room.microphone, room.speaker, FACTS, begin, lambda: room.now)
    assert (await running.run()).dropouts == 3
