"""Hands-free over a real socket: an open line, silence while it speaks, and a mute that ends the turn."""

from __future__ import annotations

import asyncio
import base64

from desktop.realtime import retry, speaker_downlink
from desktop.turn import effects, inputs
from desktop.turn.effects import DisplayState
from tests.realtime.service import Line, serving
from tests.realtime.test_session import talking

HANDS_FREE = inputs.Policy(commits=False, hands_free=True, trail_ms=900)


async def hear(line: Line, ms: float) -> bytes:
    """What is appended next, `ms` of it at least."""
    heard = bytearray()
    while len(heard) < ms * 48:
        frame = await line.expect("audio.append")
        heard += base64.b64decode(frame["audio"])
    return bytes(heard)


async def test_the_microphone_is_sent_from_the_start_and_the_server_leads():
    async def script(line: Line) -> None:
        await line.start()
        await hear(line, 380)
        await line.send("speech.started")
        await hear(line, 180)
        await line.send("speech.stopped")
        await line.send("transcript.committed", transcript="Good morning")
        await line.send("response.started")
        await line.send_audio(b"\1\0" * 480)
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service, policy=HANDS_FREE) as talk:
        talk.microphone.push_ms(400)
        await talk.until_state(DisplayState.LISTENING)
        talk.microphone.push_ms(200)
        await talk.until_state(DisplayState.SPEAKING)
        talk.speaker.play(10_000)
        await talk.until_state(DisplayState.READY)
    assert talk.of(effects.UserText) == [effects.UserText(1, "Good morning")]
    assert [ended.outcome for ended in talk.of(effects.TakeEnded)] == ["sent"]


async def test_while_it_speaks_silence_is_sent_and_then_the_microphone_again(monkeypatch):
    monkeypatch.setattr(speaker_downlink, "ECHO_MS", 0.0)
    speaks, after = asyncio.Event(), asyncio.Event()

    async def script(line: Line) -> None:
        await line.start()
        assert any(await hear(line, 180))
        await line.send("response.started")
        await line.send_audio(b"\1\0" * 4_800)
        await line.send("response.completed")
        await asyncio.wait_for(speaks.wait(), 5)
        heard = await hear(line, 180)
        assert not any(heard[4_000:]), "it would hear itself"
        after.set()
        heard = b""
        while not any(heard):
            heard = await hear(line, 20)
        await line.send("speech.started")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service, policy=HANDS_FREE) as talk:
        talk.microphone.push_ms(200)
        await talk.until_state(DisplayState.SPEAKING)
        talk.microphone.push_ms(300)
        speaks.set()
        await asyncio.wait_for(after.wait(), 5)
        talk.speaker.play(10_000)
        await talk.until_state(DisplayState.READY)
        talk.microphone.push_ms(300)
        await talk.until_state(DisplayState.LISTENING)


async def test_with_headphones_the_microphone_is_heard_all_the_time():
    async def script(line: Line) -> None:
        await line.start()
        await hear(line, 80)
        await line.send("response.started")
        await line.send_audio(b"\1\0" * 4_800)
        heard = await hear(line, 180)
        assert any(heard)
        await line.send("speech.started")
        await line.socket.wait_closed()

    policy = inputs.Policy(commits=False, hands_free=True, half_duplex=False)
    async with serving(script) as service, talking(service, policy=policy) as talk:
        talk.microphone.push_ms(100)
        await talk.until_state(DisplayState.SPEAKING)
        talk.microphone.push_ms(300)
        await talk.until_state(DisplayState.LISTENING)


async def test_the_key_mutes_and_the_server_gets_the_silence_it_waits_for():
    muted = asyncio.Event()

    async def script(line: Line) -> None:
        await line.start()
        await hear(line, 180)
        await line.send("speech.started")
        await asyncio.wait_for(muted.wait(), 5)
        heard = await hear(line, 900)
        assert not any(heard[-36_000:])
        await line.send("speech.stopped")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service, policy=HANDS_FREE) as talk:
        talk.microphone.push_ms(200)
        await talk.until_state(DisplayState.LISTENING)
        talk.session.press()
        talk.session.release()
        muted.set()
        await talk.until(lambda: talk.of(effects.TakeEnded))
        assert talk.of(effects.Muted) == [effects.Muted(True)]


async def test_what_is_said_when_the_connection_drops_is_heard_by_the_next(monkeypatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    again = asyncio.Event()

    async def first(line: Line) -> None:
        await line.start()
        await hear(line, 380)
        await line.send("speech.started")
        await hear(line, 180)
        line.cut()

    async def second(line: Line) -> None:
        await line.start()
        heard = await hear(line, 500 + 880)
        assert any(heard[:20_000]), "what was said comes first"
        assert not any(heard[-36_000:]), "and the silence that ends it"
        await line.send("speech.started")
        await line.send("speech.stopped")
        await line.send("transcript.committed", transcript="hello")
        again.set()
        await line.socket.wait_closed()

    async with serving(first, second) as service, talking(service, policy=HANDS_FREE) as talk:
        talk.microphone.push_ms(400)
        await talk.until_state(DisplayState.LISTENING)
        talk.microphone.push_ms(200)
        await asyncio.wait_for(again.wait(), 5)
        await talk.until(lambda: talk.of(effects.UserText))
    assert talk.of(effects.UserText) == [effects.UserText(1, "hello")]
    assert talk.of(effects.TakeStarted) == [effects.TakeStarted(1)]
