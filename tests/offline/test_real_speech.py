"""The whole provider with real speech: spoken to over the wire, and its answers heard again."""

from __future__ import annotations

import difflib
import re
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
import soxr

from desktop.offline import speech_engines
from desktop.offline.fakes import silence
from desktop.offline.speech_engines import EngineLoaders, Recognizer, Synthesizer
from desktop.offline.turn_recognizer import TurnRecognizer
from tests.offline.client import TOOLS, Client, Frame, connected, kinds, running, sound, spoken

pytestmark = [
    pytest.mark.skipif(not speech_engines.MOONSHINE_HERE, reason="moonshine has no wheel for this computer"),
    pytest.mark.xdist_group("speech"),
]

RESULTS = {
    "get_time": {"time": "15:04", "date": "2026-11-22", "weekday": "Sunday", "timezone": "UTC"},
    "roll_dice": {"rolls": [3, 5], "total": 8},
    "calculate": {"result": 84, "expression": "12 * 7"},
    "set_timer": {"timer": 1, "label": "Timer", "rings_at": "2026-11-22T15:06:00"},
}


@pytest.fixture
async def url(recognizer: Recognizer, voice: Synthesizer) -> AsyncIterator[str]:
    async with running(EngineLoaders(lambda: recognizer, lambda: voice)) as url:
        yield url


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def right(heard: str, spoken: str) -> float:
    """The share of the spoken words that were heard, in order."""
    matcher = difflib.SequenceMatcher(None, words(heard), words(spoken), autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(words(spoken))


def utter(voice: Synthesizer, sentence: str, rate: int) -> bytes:
    pcm = np.frombuffer(voice.synthesize(sentence), "<i2")
    return pcm.tobytes() if rate == 24_000 else soxr.resample(pcm, 24_000, rate).tobytes()


def recognise(recognizer: Recognizer, pcm: bytes) -> str:
    turn_recognizer = TurnRecognizer(recognizer, 24_000, None)
    turn_recognizer.feed(pcm)
    return turn_recognizer.commit()


async def speak(client: Client, voice: Synthesizer, sentence: str, tail_ms: int = 200) -> None:
    rate = client.started["input_sample_rate"]
    await client.append(utter(voice, sentence, rate) + silence(tail_ms, rate), rate // 25)


async def answer(client: Client) -> list[Frame]:
    """The frames up to the spoken answer's end; tools are answered on the way."""
    frames = await client.until("response.completed")
    calls = [frame for frame in frames if frame["type"] == "tool.call"]
    for call in calls:
        result = RESULTS[call["tool_name"]]
        await client.send("tool.result", tool_call_id=call["tool_call_id"], tool_result=result)
    return frames + (await client.until("response.completed") if calls else [])


@pytest.mark.parametrize("model", ["offline/demo", "offline/demo-16k"])
@pytest.mark.parametrize(
    ("sentence", "tool", "expected"),
    [
        ("What time is it?", "get_time", "3 04 pm"),
        ("Roll two dice please.", "roll_dice", "you rolled"),
        ("What is twelve times seven?", "calculate", "84"),
        ("Set a timer for two minutes.", "set_timer", "your timer will ring in"),
        ("Thank you very much.", None, "you re welcome"),
    ],
)
async def test_a_spoken_question_is_answered_aloud(
    url: str,
    recognizer: Recognizer,
    voice: Synthesizer,
    model: str,
    sentence: str,
    tool: str | None,
    expected: str,
) -> None:
    async with connected(url) as client:
        await client.start(model, tools=TOOLS)
        await speak(client, voice, sentence)
        await client.send("audio.commit")
        await client.send("response.create")
        frames = await answer(client)

    (transcript,) = [frame["transcript"] for frame in frames if frame["type"] == "transcript.committed"]
    assert right(transcript, sentence) >= 0.8
    assert [f["tool_name"] for f in frames if f["type"] == "tool.call"] == ([tool] if tool else [])
    heard = recognise(recognizer, sound(frames))
    normal = " ".join(words(heard.replace("eighty-four", "84").replace("304", "3 04").replace("p.m.", "pm")))
    assert expected in normal, heard
    assert spoken(frames)


async def test_the_story_is_heard_as_it_is_written(url: str, recognizer: Recognizer) -> None:
    async with connected(url) as client:
        await client.start()
        frames = await client.ask("Tell me a story.")

    assert len(sound(frames)) / 48_000 >= 20
    assert right(recognise(recognizer, sound(frames)), spoken(frames)) >= 0.8


@pytest.mark.parametrize("tail_ms", [700, 1_500])
async def test_the_server_finds_the_turn_in_a_burst(url: str, voice: Synthesizer, tail_ms: int) -> None:
    async with connected(url) as client:
        await client.start(turn_detection={"type": "server_vad", "silence_duration_ms": 500}, tools=TOOLS)
        await speak(client, voice, "What time is it?", tail_ms)
        frames = await answer(client)

    assert kinds(frames)[:4] == [
        "speech.started",
        "speech.stopped",
        "transcript.committed",
        "response.started",
    ]
    assert spoken(frames) == "It's 3:04 PM."


async def test_speaking_into_the_story_ends_it(url: str, voice: Synthesizer) -> None:
    async with connected(url) as client:
        await client.start(turn_detection={"type": "server_vad", "silence_duration_ms": 500}, tools=TOOLS)
        await speak(client, voice, "Tell me a story.", 700)
        await client.until("audio.delta")
        await speak(client, voice, "What time is it?", 700)
        story = await client.until("speech.stopped")
        frames = await answer(client)

    ends: list[Any] = [frame for frame in story if frame["type"] == "response.completed"]
    # The voice is faster than the interruption now and then: then the story was complete before it.
    assert len(ends) == 1
    assert spoken(frames) == "It's 3:04 PM."


async def test_a_first_turn_waits_for_the_engines_to_load(recognizer: Recognizer, voice: Synthesizer) -> None:
    import threading

    release = threading.Event()

    def slow_hearing() -> Recognizer:
        release.wait(10)
        return recognizer

    def slow_voice() -> Synthesizer:
        release.wait(10)
        return voice

    async with running(EngineLoaders(slow_hearing, slow_voice)) as url, connected(url) as client:
        await client.start()
        await speak(client, voice, "Thank you very much.")
        await client.send("audio.commit")
        await client.send("response.create")
        assert (await client.receive())["type"] == "response.started"

        release.set()
        frames = await client.until("response.completed")

    assert kinds(frames) == ["transcript.committed", "delta", "response.completed"]
    assert sound(frames)
