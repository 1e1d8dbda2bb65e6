"""Sounds at the start and the end of a take and for errors, for those who want them, from the next one on."""

from __future__ import annotations

import pytest

from desktop.devices.audio_options import AudioOptions
from desktop.turn.effects import DisplayState
from tests.conversation.test_session_controller import CARD, Bench, idle, sitting
from tests.realtime.service import Line, serving


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


async def take(bench: Bench) -> None:
    bench.controller.press()
    bench.audio.microphone_now.push_ms(500)
    await bench.until(lambda: not bench.audio.microphone_now.unread)
    bench.controller.cancel()
    await bench.until_state(DisplayState.READY)


async def test_a_take_has_its_sounds_where_they_are_wanted():
    async with serving(idle) as service, sitting(service) as bench:
        await take(bench)
        assert bench.audio.speaker_now.cues == [], "off by default"
        bench.controller.audio.use_options(AudioOptions(cues=True))
        await take(bench)
        assert bench.audio.speaker_now.cues == ["start", "stop"]
        bench.controller.audio.use_options(AudioOptions())
        await take(bench)
        assert bench.audio.speaker_now.cues == ["start", "stop"]


async def test_an_error_sounds_but_not_into_a_take():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.append")
        await line.send("error", code="provider_error", message="One.")
        await line.expect("audio.clear")
        await line.send("error", code="provider_error", message="Two.")
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service, sounds=True) as bench:
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        await bench.until(lambda: "One." in [str(note.message) for note in bench.notes])
        assert bench.audio.speaker_now.cues == ["start"]
        bench.controller.cancel()
        await bench.until(lambda: "Two." in [str(note.message) for note in bench.notes])
        assert bench.audio.speaker_now.cues == ["start", "stop", "error"]


async def test_an_error_without_a_session_sounds_on_the_chosen_speaker():
    bench = Bench("http://127.0.0.1:1", sounds=True)
    bench.controller.toggle_session()
    await bench.until_state(DisplayState.ERROR)
    await bench.until(lambda: bench.audio.cues == [("error", CARD.key)])
    await bench.controller.close()
