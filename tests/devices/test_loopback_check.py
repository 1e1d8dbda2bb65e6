"""The microphone test records, plays back what it heard, and leaves nothing open."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from desktop.audio.fakes import FakeMicrophone
from desktop.audio.interfaces import DeviceOpenError
from desktop.base.message import verbatim
from desktop.devices import loopback_check
from desktop.turn.effects import DisplayState
from tests.conversation.test_session_controller import CARD, OPENAI, Bench, idle
from tests.devices.test_audio_controller import HEADSET
from tests.realtime.service import Line, serving


class Booth(Bench):
    """A controller without a session."""

    def __init__(self, url: str = "http://127.0.0.1:9", **settings: Any) -> None:
        super().__init__(url, **settings)
        self.sound = self.controller.audio
        self.tests: list[str] = []
        self.lent: list[bool] = []
        self.played: list[str] = []
        self.sound.test_changed.connect(self.tests.append)
        self.sound.in_session.connect(self.lent.append)
        self.sound.playing_changed.connect(self.played.append)

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


async def test_a_session_that_begins_ends_it() -> None:
    async with serving(idle) as service:
        booth = Booth(service.url)
        microphone = await booth.record()
        booth.controller.toggle_session()
        await booth.until_state(DisplayState.READY)
        assert microphone.closed
        assert booth.tests == ["recording", "idle"]
        assert booth.lent == [True]
        booth.controller.toggle_session()
        await booth.until_state(DisplayState.OFFLINE)
        assert booth.lent == [True, False]
        assert booth.audio.microphone_now.closed
        await booth.controller.close()


@asynccontextmanager
async def in_session(**settings: Any) -> AsyncIterator[tuple[Booth, list[Any]]]:
    """A booth with a session, and what the service receives after its start."""
    received: list[Any] = []

    async def script(line: Line) -> None:
        await line.start()
        async for frame in line.socket:
            received.append(json.loads(frame))

    async with serving(script) as service:
        booth = Booth(service.url, **settings)
        booth.controller.toggle_session()
        await booth.until_state(DisplayState.READY)
        try:
            yield booth, received
        finally:
            await booth.controller.close()


async def test_in_a_session_it_borrows_the_devices_and_sends_nothing() -> None:
    async with in_session() as (booth, received):
        microphone, speaker = booth.audio.microphone_now, booth.audio.speaker_now
        before = len(received)
        booth.sound.start_test()
        await booth.until(lambda: booth.tests[-1:] == ["recording"])
        microphone.push_ms(300, 0.25)
        await booth.until(lambda: not microphone.unread)
        booth.sound.stop_test()
        await booth.until(lambda: booth.tests[-1] == "playing")
        played = np.frombuffer(speaker.writes[-1][1], "<i2")
        assert len(played) == pytest.approx(0.3 * 24_000, abs=240)
        assert np.median(played) == pytest.approx(8_192, abs=4)
        speaker.play(400)
        await booth.until(lambda: booth.tests[-1] == "idle")
        assert booth.audio.made == [microphone, speaker], "no device is opened twice"
        assert not microphone.closed
        assert len(received) == before
        assert booth.states[-1] is DisplayState.READY
        booth.controller.press()
        assert booth.controller.state is DisplayState.LISTENING


async def test_a_press_of_the_talk_key_ends_it_and_the_test_is_not_in_the_take() -> None:
    async with in_session() as (booth, received):
        microphone, speaker = booth.audio.microphone_now, booth.audio.speaker_now
        booth.sound.start_test()
        await booth.until(lambda: booth.tests[-1:] == ["recording"])
        microphone.push_ms(300, 0.25)
        await booth.until(lambda: not microphone.unread)
        booth.controller.press()
        microphone.push_ms(500, 0.5)
        await booth.until(lambda: booth.tests[-1] == "idle")
        booth.controller.release()
        microphone.push_ms(220, 0.5)
        await booth.until(lambda: any(one["type"] == "audio.commit" for one in received))
        sent = b"".join(base64.b64decode(one["audio"]) for one in received if one["type"] == "audio.append")
        assert set(np.frombuffer(sent, "<i2")) == {16_384}, "only what was said after the press"
        assert speaker.writes == [], "nothing is played into the take"


async def test_hands_free_it_sends_not_even_silence() -> None:
    async with in_session(turn_modes={OPENAI: "server_vad"}) as (booth, received):
        microphone = booth.audio.microphone_now
        microphone.push_ms(100, 0.1)
        await booth.until(lambda: any(one["type"] == "audio.append" for one in received))
        booth.sound.start_test()
        await booth.until(lambda: booth.tests[-1:] == ["recording"])
        before = sum(one["type"] == "audio.append" for one in received)
        microphone.push_ms(400, 0.25)
        await booth.until(lambda: not microphone.unread)
        booth.sound.stop_test()
        await booth.until(lambda: booth.tests[-1] == "playing")
        booth.audio.speaker_now.play(500)
        await booth.until(lambda: booth.tests[-1] == "idle")
        microphone.push_ms(100, 0.1)
        await booth.until(lambda: sum(one["type"] == "audio.append" for one in received) > before)
        after = [one for one in received if one["type"] == "audio.append"][before:]
        assert sum(len(base64.b64decode(one["audio"])) for one in after) <= 48 * 120


async def test_the_speaker_is_tested_at_the_chosen_volume(booth: Booth) -> None:
    booth.sound.set_volume(0.5)
    booth.sound.test_speaker()
    await booth.until(lambda: booth.played == ["test"])
    speaker = booth.audio.speaker_now
    await booth.until(lambda: speaker.completed)
    assert speaker.volume == 0.5
    assert not booth.audio.microphone_now.session_rate, "nobody listens"
    speaker.play(2_000)
    await booth.until(lambda: booth.played == ["test", ""])
    assert speaker.closed
    booth.sound.test_speaker()
    await booth.until(lambda: booth.played[-1] == "test")
    booth.sound.test_speaker()
    await booth.until(lambda: booth.played[-1] == "")
    assert booth.audio.speaker_now.closed


async def test_in_a_session_the_speaker_test_counts_for_nothing() -> None:
    async with in_session() as (booth, received):
        speaker = booth.audio.speaker_now
        before, notes = len(received), list(booth.notes)
        booth.sound.test_speaker()
        await booth.until(lambda: booth.played == ["test"])
        await booth.until(lambda: speaker.playing)
        speaker.play(300)
        booth.controller.press()
        assert not speaker.playing, "a press silences it"
        await booth.until(lambda: booth.played == ["test", ""])
        booth.sound.test_speaker()
        assert str(booth.notes[-1].message) == "Not while someone is speaking. Try again in a moment."
        assert booth.notes[:-1] == notes
        booth.controller.cancel()
        assert not [one for one in received[before:] if one["type"] not in ("audio.append", "audio.clear")]
        assert booth.controller.presenter.transcript.lines[-1].speaker == "system"


async def test_no_speaker_is_said(booth: Booth) -> None:
    booth.audio.refusing[CARD.key] = DeviceOpenError(verbatim("The speaker Card can't be opened."))
    booth.sound.test_speaker()
    await booth.until(lambda: booth.notes)
    assert str(booth.notes[0].message) == "The speaker Card can't be opened."


async def test_what_was_said_is_played_again_in_the_session_and_after_it() -> None:
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.send("transcript.committed", transcript="Good morning")
        await line.send("response.started")
        await line.send_audio(b"\1\0" * 12_000)
        await line.send("text.delta", delta="Hello.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service:
        booth = Booth(service.url)
        booth.controller.toggle_session()
        await booth.until_state(DisplayState.READY)
        microphone, speaker = booth.audio.microphone_now, booth.audio.speaker_now
        booth.controller.press()
        microphone.push_ms(600)
        booth.controller.release()
        microphone.push_ms(220)
        await booth.until(lambda: speaker.completed)
        speaker.play(500)
        await booth.until_state(DisplayState.READY)
        said = [line for line in booth.controller.presenter.transcript.lines if line.number]
        assert [(line.speaker, line.can_be_played) for line in said] == [("user", True), ("assistant", True)]
        booth.controller.play("response", said[1].number)
        await booth.until(lambda: speaker.playing)
        assert speaker.writes[-1][1] == b"\1\0" * 12_000
        speaker.play(500)
        await booth.until(lambda: booth.played == ["sound", ""])
        assert said[1].heard is None
        assert said[1].note == ""
        booth.controller.toggle_session()
        await booth.until_state(DisplayState.OFFLINE)
        booth.controller.play("take", said[0].number)
        await booth.until(lambda: booth.audio.speaker_now.completed == [1])
        assert booth.audio.speaker_now is not speaker
        booth.controller.press()
        await booth.until(lambda: booth.played[-1] == "")
        assert booth.audio.speaker_now.closed, "a press silences it"
        booth.controller.play("take", said[0].number)
        await booth.until(lambda: booth.played[-1] == "sound")
        booth.controller.play("take", said[0].number)
        await booth.until(lambda: booth.played[-1] == "")
        assert booth.audio.speaker_now.closed, "so does its own button"
        booth.controller.play("take", 99)
        assert "no longer available" in str(booth.notes[-1].message)
        await booth.controller.close()


async def test_a_second_session_has_other_numbers_and_a_discarded_take_is_forgotten() -> None:
    async with serving(idle) as service:
        booth = Booth(service.url)
        numbers = []
        for _ in range(2):
            booth.controller.toggle_session()
            await booth.until_state(DisplayState.READY)
            booth.controller.press()
            booth.audio.microphone_now.push_ms(600)
            line = booth.controller.presenter.transcript.lines[-1]
            await booth.until(lambda line=line: line.playable)
            numbers.append(line.number)
            booth.controller.cancel()
            booth.controller.play("take", line.number)
            assert "no longer available" in str(booth.notes[-1].message)
            booth.controller.toggle_session()
            await booth.until_state(DisplayState.OFFLINE)
        assert numbers == [1, 2]
        await booth.controller.close()


async def test_the_gain_reaches_the_microphone_of_tests_and_sessions() -> None:
    async with in_session(microphone_gain_db=6.0) as (booth, _):
        assert booth.audio.microphone_now.gain_db == 6.0
        booth.sound.use_options(replace(booth.sound.options, gain_db=-3.0))
        assert booth.audio.microphone_now.gain_db == -3.0
        booth.controller.toggle_session()
        await booth.until_state(DisplayState.OFFLINE)
        await booth.record()
        assert booth.audio.microphone_now.gain_db == -3.0
        booth.sound.use_options(replace(booth.sound.options, gain_db=12.0))
        assert booth.audio.microphone_now.gain_db == 12.0


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
