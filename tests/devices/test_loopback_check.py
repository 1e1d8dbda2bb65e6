"""The microphone test records, plays back what it heard, and leaves nothing open."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import numpy as np
import pytest

from desktop.audio.fakes import FakeMicrophone
from desktop.audio.interfaces import DeviceOpenError
from desktop.base.message import verbatim
from desktop.devices import loopback_check
from desktop.turn.effects import DisplayState
from tests.conversation.test_session_controller import CARD, Bench, idle
from tests.devices.test_audio_controller import HEADSET
from tests.realtime.service import serving


class Booth(Bench):
    """A controller without a session."""

    def __init__(self, url: str = "http://127.0.0.1:9") -> None:
        super().__init__(url)
        self.sound = self.controller.audio
        self.tests: list[str] = []
        self.allowed: list[bool] = []
        self.sound.test_changed.connect(self.tests.append)
        self.sound.test_allowed.connect(self.allowed.append)

    async def record(self, amplitude: float = 0.25) -> FakeMicrophone:
        """Begin a test, and let it hear 300 ms."""
        self.sound.start_test()
        await self.until(lambda: self.tests[-1:] == ["recording"])
        microphone = self.audio.microphone_now
        microphone.push_ms(300, amplitude)
        await self.until(lambda: not microphone.unread)
        return microphone


@pytest.fixture
async def booth() -> AsyncIterator[Booth]:
    booth = Booth()
    yield booth
    await booth.controller.close()


async def test_what_was_heard_is_played_back(booth: Booth) -> None:
    microphone = await booth.record()
    assert booth.sound.levels()[0].peak_db == pytest.approx(-12, abs=0.1)
    booth.sound.stop_test()
    await booth.until(lambda: booth.tests[-1] == "playing")
    assert microphone.closed, "before anything is played"
    speaker = booth.audio.speaker_now
    await booth.until(lambda: speaker.completed)
    played = np.frombuffer(b"".join(pcm for _, pcm in speaker.writes), "<i2")
    assert len(played) == 0.3 * loopback_check.RATE
    assert set(played) == {8_192}
    speaker.play(300)
    await booth.until(lambda: booth.tests[-1] == "idle")
    assert speaker.closed
    assert booth.notes == []


async def test_playing_back_can_be_stopped(booth: Booth) -> None:
    await booth.record()
    booth.sound.stop_test()
    await booth.until(lambda: booth.tests[-1] == "playing")
    booth.sound.stop_test()
    await booth.until(lambda: booth.tests[-1] == "idle")
    assert booth.audio.speaker_now.closed


async def test_it_ends_on_its_own(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback_check, "LONGEST_S", 0.05)
    await booth.record()
    await booth.until(lambda: booth.tests[-1] == "playing")


async def test_a_microphone_that_gives_only_zeros_is_reported(booth: Booth) -> None:
    microphone = await booth.record(amplitude=0.0)
    booth.sound.stop_test()
    await booth.until(lambda: booth.tests[-1] == "idle")
    assert [str(note.message) for note in booth.notes] == [
        "The microphone recorded only silence. Check that it is switched on, or choose another one."
    ]
    assert microphone.closed
    assert booth.audio.speaker_now.session_rate == 0


async def test_a_microphone_that_cant_be_opened_is_reported(booth: Booth) -> None:
    booth.audio.refusing[CARD.key] = DeviceOpenError(verbatim("The microphone Card can't be opened."))
    booth.sound.start_test()
    await booth.until(lambda: booth.notes)
    assert str(booth.notes[0].message) == "The microphone Card can't be opened."
    assert booth.tests == []
    booth.audio.refusing.clear()
    await booth.record()


async def test_it_takes_the_chosen_devices_also_new_ones(booth: Booth) -> None:
    booth.audio.plugged.append(HEADSET)
    booth.sound.look()
    await booth.until(lambda: booth.sound.inputs.rowCount() == 3)
    booth.sound.choose_input(HEADSET.key)
    booth.sound.set_volume(0.5)
    await booth.record()
    assert [key for key, _ in booth.audio.used] == [HEADSET.key, CARD.key]
    assert booth.audio.speaker_now.volume == 0.5
    booth.sound.set_volume(0.25)
    assert booth.audio.speaker_now.volume == 0.25


async def test_a_session_ends_it_and_forbids_it() -> None:
    async with serving(idle) as service:
        booth = Booth(service.url)
        microphone = await booth.record()
        booth.controller.toggle_session()
        await booth.until_state(DisplayState.READY)
        assert microphone.closed
        assert booth.tests == ["recording", "idle"]
        assert booth.allowed == [False]
        booth.sound.start_test()
        assert booth.audio.microphone_now.session_rate == 24_000
        booth.controller.toggle_session()
        await booth.until_state(DisplayState.OFFLINE)
        assert booth.allowed == [False, True]
        assert booth.audio.microphone_now.closed
        await booth.controller.close()


async def test_the_end_of_the_program_closes_it(booth: Booth) -> None:
    microphone = await booth.record()
    await booth.controller.close()
    assert microphone.closed
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "microphone test"]


async def test_one_that_is_left_while_it_opens_is_closed_anyway(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, go_on = threading.Event(), threading.Event()
    start = FakeMicrophone.start

    def slow(microphone: FakeMicrophone, rate: int) -> None:
        opening.set()
        go_on.wait(5)
        start(microphone, rate)

    monkeypatch.setattr(FakeMicrophone, "start", slow)
    booth.sound.start_test()
    await booth.until(opening.is_set)
    closing = asyncio.create_task(booth.controller.close())
    await asyncio.sleep(0)
    go_on.set()
    await closing
    assert booth.audio.microphone_now.session_rate
    assert booth.audio.microphone_now.closed
    assert booth.tests == []


async def test_a_test_that_a_session_forestalls_can_be_begun_later(booth: Booth) -> None:
    booth.sound.start_test()
    await booth.sound.open()  # before the test has got anywhere
    booth.sound.detach()
    await booth.record()
