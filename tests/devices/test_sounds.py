"""Sounds at the start and the end of a take and for errors, for those who want them, from the next one on."""

from __future__ import annotations

import pytest

from desktop.devices.audio_options import AudioOptions
from desktop.turn.effects import State
from tests.conversation.test_session_controller import CARD, Desk, idle, sitting
from tests.realtime.service import Line, serving


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


async def take(desk: Desk) -> None:
    desk.controller.press()
    desk.audio.microphone_now.push_ms(500)
    await desk.until(lambda: not desk.audio.microphone_now.unread)
    desk.controller.cancel()
    await desk.until_state(State.READY)


async def test_a_take_has_its_sounds_where_they_are_wanted():
    async with serving(idle) as service, sitting(service) as desk:
        await take(desk)
        assert desk.audio.speaker_now.cues == [], "off by default"
        desk.controller.audio.use_options(AudioOptions(cues=True))
        await take(desk)
        assert desk.audio.speaker_now.cues == ["start", "stop"]
        desk.controller.audio.use_options(AudioOptions())
        await take(desk)
        assert desk.audio.speaker_now.cues == ["start", "stop"]


async def test_an_error_sounds_but_not_into_a_take():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.append")
        await line.send("error", code="provider_error", message="One.")
        await line.expect("audio.clear")
        await line.send("error", code="provider_error", message="Two.")
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service, sounds=True) as desk:
        desk.controller.press()
        desk.audio.microphone_now.push_ms(500)
        await desk.until(lambda: "One." in [str(note.message) for note in desk.notes])
        assert desk.audio.speaker_now.cues == ["start"]
        desk.controller.cancel()
        await desk.until(lambda: "Two." in [str(note.message) for note in desk.notes])
        assert desk.audio.speaker_now.cues == ["start", "stop", "error"]


async def test_an_error_without_a_session_sounds_on_the_chosen_speaker():
    desk = Desk("http://127.0.0.1:1", sounds=True)
    desk.controller.toggle_session()
    await desk.until_state(State.ERROR)
    await desk.until(lambda: desk.audio.cues == [("error", CARD.key)])
    await desk.controller.close()
