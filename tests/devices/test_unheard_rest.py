"""The unheard rest of an answer is played, and stopped by the same button."""

from __future__ import annotations

import base64

import pytest

from desktop.devices.sound_checks import SOMEBODY_SPEAKS
from tests.conversation.test_session_controller import Bench, sitting
from tests.realtime.service import Line, serving


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


async def script(line: Line) -> None:
    await line.start()
    await line.expect("text.input")
    await line.expect("response.create")
    await line.send("response.started")
    await line.send("audio.delta", audio=base64.b64encode(b"\1\0" * 24_000).decode())
    await line.send("response.completed")
    await line.socket.wait_closed()


async def half_heard(bench: Bench) -> list[str]:
    """An answer of a second is stopped after half of it; what is said of what plays from then on."""
    bench.controller.say("tell me")
    await bench.until(lambda: bench.audio.speaker_now.completed)
    bench.audio.speaker_now.play(500)
    bench.controller.cancel()
    told: list[str] = []
    bench.controller.audio.playing_changed.connect(told.append)
    return told


async def test_it_sounds_until_its_end():
    async with serving(script) as service, sitting(service) as bench:
        told = await half_heard(bench)
        bench.controller.replay(1)
        await bench.until(lambda: told == ["sound"])
        bench.audio.speaker_now.play(500)
        await bench.until(lambda: told == ["sound", ""])


async def test_asked_for_again_it_stops():
    async with serving(script) as service, sitting(service) as bench:
        told = await half_heard(bench)
        bench.controller.replay(1)
        await bench.until(lambda: told == ["sound"])
        bench.controller.replay(1)
        await bench.until(lambda: told == ["sound", ""])
        assert not bench.audio.speaker_now.playing


async def test_a_press_stops_it_and_while_somebody_speaks_it_does_not_begin():
    async with serving(script) as service, sitting(service) as bench:
        told = await half_heard(bench)
        bench.controller.replay(1)
        await bench.until(lambda: told == ["sound"])
        bench.controller.press()
        await bench.until(lambda: told == ["sound", ""])
        bench.controller.replay(1)
        assert SOMEBODY_SPEAKS() in [note.message for note in bench.notes]
        assert told == ["sound", ""]
