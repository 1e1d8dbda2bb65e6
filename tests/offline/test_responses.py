"""Responses over the wire: their shape, one at a time, cancels, tools."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from desktop.offline import outgoing_queue, phrases
from desktop.offline.fakes import MS_PER_CHARACTER, FakeRecognizer, FakeSynthesizer, fake_loaders, tone
from desktop.offline.outgoing_queue import OutgoingQueue
from desktop.offline.responder import DELTA_BYTES, in_step, sentences
from desktop.protocol.events import AudioDelta, TextDelta
from tests.offline.client import TOOLS, Client, Frame, HeldWire, kinds, session, sound, spoken

TIME = {"time": "15:04", "date": "2026-11-22", "weekday": "Sunday", "timezone": "UTC"}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with session(fake_loaders(FakeRecognizer(), FakeSynthesizer()), {"tools": TOOLS}) as client:
        yield client


@pytest.fixture
def voice() -> FakeSynthesizer:
    """A voice that is held after its second sentence."""
    return FakeSynthesizer(hold_after=2)


@pytest.fixture
async def held(voice: FakeSynthesizer) -> AsyncIterator[Client]:
    """A client in the middle of a long response, whose first sound has come."""
    async with session(fake_loaders(FakeRecognizer(["thanks"]), voice), {"tools": TOOLS}) as client:
        await client.send("text.input", text="Tell me a story.")
        await client.send("response.create")
        await client.until("audio.delta")
        yield client
        voice.release.set()


def calls(frames: list[Frame]) -> list[Frame]:
    return [frame for frame in frames if frame["type"] == "tool.call"]


async def test_words_come_in_step_with_their_sound(client: Client) -> None:
    frames = await client.ask("Tell me a joke.")

    assert spoken(frames) == phrases.JOKE
    assert len(sound(frames)) == sum(len(s) for s in sentences(phrases.JOKE)) * MS_PER_CHARACTER * 48
    heard = written = 0
    for frame in frames:
        heard += len(frame.get("audio", "")) * 3 // 4
        written += len(frame.get("delta", ""))
        if frame["type"] == "audio.delta":
            # At any moment the text is about as far as the sound, within two words or so.
            assert abs(written - heard / 48 / MS_PER_CHARACTER) < 20
    usage = frames[-1]["usage"]
    assert usage["output_audio_ms"] == pytest.approx(len(sound(frames)) / 48, abs=5)
    assert frames[-1]["status"] == "completed"


async def test_the_first_thing_said_is_a_greeting(client: Client) -> None:
    await client.send("response.create")
    assert spoken(await client.until("response.completed")) == phrases.GREETING

    await client.send("response.create")
    assert spoken(await client.until("response.completed")) == phrases.LISTENING


async def test_text_only(client: Client) -> None:
    await client.send("session.update", config={"modalities": ["text"]})

    frames = await client.ask("thanks")

    assert spoken(frames) == phrases.THANKS
    assert sound(frames) == b""


async def test_no_words_if_the_client_wants_none(client: Client) -> None:
    await client.send("session.update", config={"output_transcription": False})

    frames = await client.ask("thanks")

    assert spoken(frames) == ""
    assert sound(frames)


async def test_it_remembers_what_it_said(client: Client) -> None:
    await client.ask("Thanks!")

    assert spoken(await client.ask("Say that again.")) == phrases.THANKS


async def test_a_sentence_the_voice_fails_at_comes_as_text(client: Client) -> None:
    frames = await client.ask("Repeat after me: well!!")

    assert spoken(frames) == "Well!!"
    assert [frame["error"]["code"] for frame in frames if frame["type"] == "error"] == ["speech_failed"]
    assert frames[-1]["status"] == "completed"


async def test_one_response_at_a_time(held: Client, voice: FakeSynthesizer) -> None:
    await held.send("response.create")
    assert await held.error() == "conversation_already_has_active_response"

    voice.release.set()
    assert (await held.until("response.completed"))[-1]["status"] == "completed"
    assert spoken(await held.ask("thanks")) == phrases.THANKS


async def test_a_cancel_stops_the_answer_at_once(held: Client, voice: FakeSynthesizer) -> None:
    await held.send("response.cancel")
    frames = await held.until("response.completed")
    assert frames[-1]["status"] == "cancelled"

    voice.release.set()
    frames = await held.ask("thanks")

    # Nothing of the story follows.
    assert kinds(frames) == ["response.started", "delta", "response.completed"]
    assert spoken(frames) == phrases.THANKS


async def test_a_cancelled_response_still_has_its_transcript() -> None:
    recognizer = FakeRecognizer(["thanks"])
    recognizer.release.clear()
    async with session(fake_loaders(recognizer, FakeSynthesizer())) as client:
        await client.append(tone(500, 24_000))
        await client.send("audio.commit")
        await client.send("response.create")
        await client.until("response.started")
        await client.send("response.cancel")
        assert (await client.receive())["status"] == "cancelled"
        recognizer.release.set()

        assert await client.receive() == {"type": "transcript.committed", "transcript": "thanks"}


async def test_a_cancel_takes_back_what_was_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = HeldWire(monkeypatch, "audio.delta")
    async with session(fake_loaders(FakeRecognizer(), FakeSynthesizer())) as client:
        await client.send("text.input", text="Tell me a story.")
        await client.send("response.create")
        await client.until("text.delta")
        await wire.held()
        await client.send("response.cancel")
        await client.read()
        wire.release.set()
        frames = await client.until("response.completed")

    # The one frame that was being sent, and none of those behind it.
    assert kinds(frames) == ["delta", "response.completed"]
    assert len(frames) == 2
    assert frames[-1]["status"] == "cancelled"


async def test_a_tool_call_that_was_cancelled_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = HeldWire(monkeypatch, "response.started")
    async with session(fake_loaders(FakeRecognizer(), FakeSynthesizer()), {"tools": TOOLS}) as client:
        await client.send("text.input", text="What time is it?")
        await client.send("response.create")
        await wire.held()
        # The call waits behind the frame that is held.
        await client.send("response.cancel")
        await client.read()
        wire.release.set()
        assert kinds(await client.until("response.completed")) == ["response.started", "response.completed"]

        (call,) = calls(await client.ask("What time is it?"))
        await client.send("tool.result", tool_call_id=call["tool_call_id"], tool_result=TIME)
        assert spoken(await client.until("response.completed")) == "It's 3:04 PM."


async def test_speech_is_not_made_faster_than_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = HeldWire(monkeypatch, "audio.delta")
    most = 0
    waiting = OutgoingQueue.wait_for_room

    async def watched(box: OutgoingQueue) -> None:
        nonlocal most
        most = max(most, box.waiting)
        if box.waiting >= outgoing_queue.ROOM_FRAMES:
            wire.release.set()
        await waiting(box)

    monkeypatch.setattr(OutgoingQueue, "wait_for_room", watched)
    async with session(fake_loaders(FakeRecognizer(), FakeSynthesizer())) as client:
        frames = await client.ask("Tell me a story.")

    assert spoken(frames) == phrases.STORY
    assert most == outgoing_queue.ROOM_FRAMES


async def test_a_tool_is_called_and_its_result_said(client: Client) -> None:
    frames = await client.ask("What time is it?")
    assert kinds(frames) == ["response.started", "tool.call", "response.completed"]
    (call,) = calls(frames)
    assert call["tool_name"] == "get_time"
    assert json.loads(call["tool_arguments"]) == {}

    await client.send("tool.result", tool_call_id=call["tool_call_id"], tool_result=TIME)
    frames = await client.until("response.completed")

    assert kinds(frames) == ["response.started", "delta", "response.completed"]
    assert spoken(frames) == "It's 3:04 PM."


async def test_several_results_are_awaited(client: Client) -> None:
    time, dice = calls(await client.ask("What time is it? And roll two dice."))

    await client.send("tool.result", tool_call_id=dice["tool_call_id"], tool_result={"rolls": [1, 2]})
    await client.read()
    # In between the client may ask something else, and what is there already is said first.
    frames = await client.ask("thanks")
    assert kinds(frames) == ["response.started", "delta", "response.completed"]
    assert spoken(frames) == f"You rolled a 1 and a 2: 3 in all. {phrases.THANKS}"
    await client.send("tool.result", tool_call_id=time["tool_call_id"], tool_result=TIME)

    assert spoken(await client.until("response.completed")) == "It's 3:04 PM."


async def test_a_result_that_never_comes_holds_up_no_later_answer(client: Client) -> None:
    # Its call was on its way when the user interrupted: clients don't run such a tool.
    await client.ask("Roll two dice.")
    (time,) = calls(await client.ask("What time is it?"))

    await client.send("tool.result", tool_call_id=time["tool_call_id"], tool_result=TIME)

    assert spoken(await client.until("response.completed")) == "It's 3:04 PM."


@pytest.mark.parametrize("result", [{"error": "no clock"}, None, 17, "noon", [], {"deep": {"er": [1]}}])
async def test_any_result_is_answered(client: Client, result: Any) -> None:
    (call,) = calls(await client.ask("What time is it?"))

    await client.send("tool.result", tool_call_id=call["tool_call_id"], tool_result=result)

    assert spoken(await client.until("response.completed"))


async def test_a_result_counts_once(client: Client) -> None:
    (call,) = calls(await client.ask("What time is it?"))
    for _ in range(2):
        await client.send("tool.result", tool_call_id=call["tool_call_id"], tool_result=TIME)

    frames = await client.until("error", "response.completed")
    frames += await client.until("error", "response.completed")
    assert [f["error"]["code"] for f in frames if f["type"] == "error"] == ["tool_call_id_not_found"]


async def test_a_result_that_comes_while_it_speaks_is_said_after(
    held: Client, voice: FakeSynthesizer
) -> None:
    await held.send("response.cancel")
    await held.until("response.completed")
    voice.release.set()
    (call,) = calls(await held.ask("What time is it?"))
    voice.release.clear()
    await held.send("text.input", text="Tell me a joke.")
    await held.send("response.create")
    await held.until("response.started")

    await held.send("tool.result", tool_call_id=call["tool_call_id"], tool_result=TIME)
    voice.release.set()
    joke = await held.until("response.completed")
    answer = await held.until("response.completed")

    assert spoken(joke) == phrases.JOKE
    assert spoken(answer) == "It's 3:04 PM."


async def test_a_result_waits_until_the_answer_before_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = HeldWire(monkeypatch, "audio.delta")
    async with session(fake_loaders(FakeRecognizer(), FakeSynthesizer()), {"tools": TOOLS}) as client:
        (call,) = calls(await client.ask("What time is it?"))
        await client.send("text.input", text="Thanks.")
        await client.send("response.create")
        await wire.held()

        await client.send("tool.result", tool_call_id=call["tool_call_id"], tool_result=TIME)
        await client.read()
        wire.release.set()

        assert spoken(await client.until("response.completed")) == phrases.THANKS
        assert spoken(await client.until("response.completed")) == "It's 3:04 PM."


async def test_only_tools_the_client_brought_are_called() -> None:
    async with session(fake_loaders(FakeRecognizer(), FakeSynthesizer())) as client:
        frames = await client.ask("Roll two dice.")

    assert calls(frames) == []
    assert spoken(frames) == phrases.NO_DICE


def test_sentences() -> None:
    assert sentences("One. Two! Three? It's 3.5 now.") == ["One.", "Two!", "Three?", "It's 3.5 now."]
    assert sentences("  ") == []
    assert " ".join(sentences(phrases.STORY)) == phrases.STORY


@pytest.mark.parametrize("size", [0, 2, DELTA_BYTES - 2, DELTA_BYTES * 3, DELTA_BYTES * 10 + 2])
@pytest.mark.parametrize("text", ["One", " two and three", "a b c d e f g h i j k l m n o p q r s t"])
def test_nothing_is_lost_in_step(size: int, text: str) -> None:
    audio = bytes(range(256)) * (size // 256 + 1)

    out = in_step(text, audio[:size])

    assert b"".join(event.audio for event in out if isinstance(event, AudioDelta)) == audio[:size]
    assert "".join(event.delta for event in out if isinstance(event, TextDelta)) == text
    assert isinstance(out[0], TextDelta)
