"""Without a speaker an answer is written all the same, and the state doesn't flicker with its sounds."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop.audio.devices import Device
from desktop.audio.fakes import NO_SPEAKER, FakeAudioBackend, FakeSpeaker
from desktop.audio.interfaces import NoDeviceError
from desktop.turn.effects import DisplayState
from tests.app import program
from tests.app.program import running
from tests.conversation.test_session_controller import OPENAI
from tests.realtime.service import Line, serving

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")


class Mute(FakeAudioBackend):
    """Devices without a speaker among them."""

    def speaker(self, device: Device | None) -> FakeSpeaker:
        made = FakeSpeaker(ask=lambda: NoDeviceError(NO_SPEAKER()))
        self.made.append(made)
        return made


async def lengthy(line: Line) -> None:
    """Answers a typed line with many short sounds."""
    await line.start()
    await line.expect("text.input")
    await line.expect("response.create")
    await line.send("response.started")
    for _ in range(40):
        await line.send("text.delta", delta="la ")
        await line.send_audio(bytes(960))
    await line.send("text.delta", delta="end")
    await line.send("response.completed", usage={"total_tokens": 1})
    await line.socket.wait_closed()


async def test_the_state_does_not_change_with_each_sound(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(program, "FakeAudioBackend", Mute)
    async with serving(lengthy) as service:
        async with running(qapp, tmp_path, base_url=service.url, model=OPENAI) as shown:
            await shown.connect()
            await shown.until(lambda: "speaker" in shown.note, "a word on the speaker")
            shown.window.text_entered.emit("Sing")
            await shown.until(lambda: shown.words()[-1:] == [40 * "la " + "end"], "the answer")
            await shown.until_state(DisplayState.READY)
            passed = [state for state, _ in groupby(shown.states)]
    ready, thinking = DisplayState.READY, DisplayState.THINKING
    assert passed == [DisplayState.CONNECTING, ready, thinking, ready]
