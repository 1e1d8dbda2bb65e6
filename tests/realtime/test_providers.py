"""One spoken turn with each provider in each mode: what goes out, frame by frame, over a real socket."""

from __future__ import annotations

import asyncio
import base64
import json
from itertools import groupby

import pytest

from desktop.conversation import session_config
from desktop.protocol import catalog, codec, commands
from desktop.settings.schema import Settings
from desktop.turn import effects
from desktop.turn.effects import DisplayState
from tests.realtime.service import Line, serving
from tests.realtime.test_session import talking

OPENAI = "openai/gpt-realtime-2"
XAI = "xai/grok-voice-latest"
GEMINI = "gemini/gemini-3.1-flash-live-preview"
TRANSLATE = "gemini/gemini-3.5-live-translate-preview"
SPOKEN_MS = 300 + 600 + 200
"""The pre-roll, the press and the tail."""
TRAIL_MS = 500 + 400
"""The silence that ends a turn for a server's VAD, and a margin."""

APPENDED = "audio.append"
SPEECH = (APPENDED, SPOKEN_MS, "sound")
SILENCE = (APPENDED, TRAIL_MS, "silence")


def summary(frames: list[dict], rate: int) -> list:
    """The frames' types; consecutive audio is one entry with its length, split into sound and silence."""
    entries: list = []
    audio = [(frame, base64.b64decode(frame.get("audio", ""))) for frame in frames]
    for (kind, loud), group in groupby(audio, lambda each: (each[0]["type"], any(each[1]))):
        if kind != APPENDED:
            entries += [frame["type"] for frame, _ in group]
            continue
        ms = round(sum(len(pcm) for _, pcm in group) / 2 / rate * 1_000)
        entries.append((kind, ms, "sound" if loud else "silence"))
    return entries


def on_the_wire(config: commands.Config) -> dict:
    """The configuration as the service reads it."""
    return json.loads(codec.encode(commands.SessionStart(config)))["config"]


@pytest.mark.parametrize(
    ("model_id", "detection", "sent"),
    [
        (OPENAI, {"type": "none"}, [SPEECH, "audio.commit", "response.create"]),
        (XAI, {"type": "server_vad", "silence_duration_ms": 500}, [SPEECH, SILENCE]),
        (GEMINI, {"type": "none"}, [SPEECH, "audio.commit", "response.create"]),
        (TRANSLATE, None, [SPEECH, SILENCE]),
    ],
)
async def test_a_turn_with_the_talk_key(model_id: str, detection: dict | None, sent: list):
    model = catalog.find(model_id)
    config = session_config.session_config(model, Settings(), ())
    assert on_the_wire(config).get("turn_detection") == detection
    frames: list[dict] = []
    over = asyncio.Event()

    async def script(line: Line) -> None:
        await line.start(input_sample_rate=model.input_rate)
        while summary(frames, model.input_rate) != sent:
            async with asyncio.timeout(5):
                frames.append(json.loads(await line.socket.recv()))
        await line.send("response.started")
        await line.send("transcript.committed", transcript="Good morning")
        await line.send("text.delta", delta="Hello.")
        await line.send("response.completed")
        over.set()
        await line.socket.wait_closed()

    policy = session_config.policy(model, Settings())
    async with serving(script) as service, talking(service, model=model, policy=policy) as talk:
        talk.microphone.push_ms(400)
        await talk.until(lambda: talk.microphone.level.peak_db > -60)
        await talk.speak(600)
        await asyncio.wait_for(over.wait(), 5)
        await talk.until(lambda: talk.of(effects.ResponseEnded))
        await talk.until_state(DisplayState.READY)
    assert summary(frames, model.input_rate) == sent, "and nothing after it"
    assert talk.of(effects.UserText) == [effects.UserText(1, "Good morning")]
    assert talk.of(effects.Note) == []


@pytest.mark.parametrize("mode", ["server_vad", "semantic_vad"])
async def test_a_hands_free_turn(mode: str):
    model = catalog.find(OPENAI)
    settings = Settings(turn_modes={OPENAI: mode}, vad_silence_ms=700)
    detection = on_the_wire(session_config.session_config(model, settings, ()))["turn_detection"]
    assert detection["type"] == mode
    assert detection.get("silence_duration_ms") == (700 if mode == "server_vad" else None)
    frames: list[dict] = []
    over = asyncio.Event()

    async def script(line: Line) -> None:
        await line.start()
        for _ in range(10):
            frames.append(json.loads(await asyncio.wait_for(line.socket.recv(), 5)))
        await line.send("speech.started")
        await line.send("speech.stopped")
        await line.send("response.started")
        await line.send("response.completed")
        over.set()
        async for frame in line.socket:
            frames.append(json.loads(frame))

    policy = session_config.policy(model, settings)
    async with serving(script) as service, talking(service, policy=policy) as talk:
        talk.microphone.push_ms(400)
        await asyncio.wait_for(over.wait(), 5)
        await talk.until(lambda: talk.of(effects.TakeEnded))
        await talk.until_state(DisplayState.READY)
    assert {frame["type"] for frame in frames} == {APPENDED}
