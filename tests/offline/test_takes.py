"""Spoken turns over the wire, with a scripted recogniser: commits, clears, and the server's detection."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.offline.fakes import FakeRecognizer, FakeSynthesizer, fake_loaders, silence, tone
from tests.offline.client import Client, kinds, session, spoken

VAD = {"turn_detection": {"type": "server_vad", "silence_duration_ms": 500}}


async def speak(client: Client, ms: int = 500) -> None:
    await client.append(tone(ms, client.started["input_sample_rate"]))


async def pause(client: Client, ms: int) -> None:
    await client.append(silence(ms, client.started["input_sample_rate"]))


@pytest.mark.parametrize("model", ["offline/demo", "offline/demo-16k"])
async def test_a_take_is_heard_and_answered(model: str) -> None:
    recognizer = FakeRecognizer(["What is two plus two?"])
    async with session(fake_loaders(recognizer, FakeSynthesizer()), {"model": model}) as client:
        await speak(client)
        await client.send("audio.commit")
        await client.send("response.create")
        frames = await client.until("response.completed")

    assert kinds(frames) == ["response.started", "transcript.committed", "delta", "response.completed"]
    assert frames[1]["transcript"] == "What is two plus two?"
    assert spoken(frames) == "2 plus 2 is 4."
    # The take's 500 ms, whatever the rate it came with.
    assert len(recognizer.stretches[0]) == pytest.approx(8_000, abs=100)


async def test_the_transcript_comes_without_asking_for_a_response() -> None:
    async with session(fake_loaders(FakeRecognizer(["hello"]), FakeSynthesizer())) as client:
        await speak(client)
        await client.send("audio.commit")

        assert await client.receive() == {"type": "transcript.committed", "transcript": "hello"}


async def test_no_transcript_if_the_client_wants_none() -> None:
    config = {"input_transcription": False}
    async with session(fake_loaders(FakeRecognizer(["thanks"]), FakeSynthesizer()), config) as client:
        await speak(client)
        await client.send("audio.commit")
        await client.send("response.create")

        assert kinds(await client.until("response.completed")) == [
            "response.started",
            "delta",
            "response.completed",
        ]


@pytest.mark.parametrize("ms", [0, 50, 99])
async def test_too_little_is_not_committed_and_stays(ms: int) -> None:
    async with session(fake_loaders(FakeRecognizer(["hello"]), FakeSynthesizer())) as client:
        await speak(client, ms)
        await client.send("audio.commit")
        assert await client.error() == "input_audio_buffer_commit_empty"

        await speak(client, 100)
        await client.send("audio.commit")
        assert (await client.receive())["transcript"] == "hello"


async def test_exactly_100_ms_are_enough() -> None:
    async with session(fake_loaders(FakeRecognizer(["hi"]), FakeSynthesizer())) as client:
        await speak(client, 100)
        await client.send("audio.commit")

        assert (await client.receive())["type"] == "transcript.committed"


async def test_what_was_cleared_is_gone() -> None:
    recognizer = FakeRecognizer(["second"])
    async with session(fake_loaders(recognizer, FakeSynthesizer())) as client:
        await speak(client)
        await client.send("audio.clear")
        await client.send("audio.commit")
        assert await client.error() == "input_audio_buffer_commit_empty"

        await speak(client, 300)
        await client.send("audio.commit")
        assert (await client.receive())["transcript"] == "second"


async def test_what_was_cleared_before_it_was_heard_is_never_read() -> None:
    recognizer = FakeRecognizer(["first", "second"])
    recognizer.release.clear()
    async with session(fake_loaders(recognizer, FakeSynthesizer())) as client:
        # The recogniser is held at the first segment; four more seconds wait behind it.
        for _ in range(5):
            await speak(client, 500)
            await pause(client, 500)
        await client.send("audio.clear")
        await client.read()
        recognizer.release.set()
        await speak(client, 300)
        await client.send("audio.commit")
        await client.until("transcript.committed")

    # At most what was on the thread already, a second of it, and the take after the clear.
    assert len(recognizer.stretches) <= 2


async def test_a_clear_keeps_what_was_committed_before() -> None:
    async with session(fake_loaders(FakeRecognizer(["first"]), FakeSynthesizer())) as client:
        await speak(client)
        await client.send("audio.commit")
        await client.send("audio.clear")

        assert (await client.receive())["transcript"] == "first"


async def test_two_takes_before_a_response_are_one_question() -> None:
    recognizer = FakeRecognizer(["What is two", "plus two?"])
    async with session(fake_loaders(recognizer, FakeSynthesizer())) as client:
        for _ in range(2):
            await speak(client)
            await client.send("audio.commit")
        await client.send("response.create")

        assert spoken(await client.until("response.completed")) == "2 plus 2 is 4."


async def test_a_take_without_words_is_answered_gently() -> None:
    async with session(fake_loaders(FakeRecognizer(), FakeSynthesizer())) as client:
        await pause(client, 500)
        await client.send("audio.commit")
        await client.send("response.create")
        frames = await client.until("response.completed")

    assert [frame["transcript"] for frame in frames if "transcript" in frame] == [""]
    assert "didn't catch" in spoken(frames)


async def test_a_recogniser_that_fails_costs_one_take_only() -> None:
    async with session(fake_loaders(FakeRecognizer(["!", "thanks"]), FakeSynthesizer())) as client:
        await speak(client)
        await client.send("audio.commit")
        frames = await client.until("transcript.committed")
        assert [frame.get("error", {}).get("code") for frame in frames] == ["speech_failed", None]

        await speak(client)
        await client.send("audio.commit")
        assert (await client.receive())["transcript"] == "thanks"


async def test_the_server_finds_the_turn_and_answers_on_its_own() -> None:
    async with session(
        fake_loaders(FakeRecognizer(["What is two plus two?"]), FakeSynthesizer()), VAD
    ) as client:
        await pause(client, 300)
        await speak(client)
        assert (await client.receive())["type"] == "speech.started"

        await pause(client, 600)
        frames = await client.until("response.completed")

    assert kinds(frames) == [
        "speech.stopped",
        "transcript.committed",
        "response.started",
        "delta",
        "response.completed",
    ]
    assert spoken(frames) == "2 plus 2 is 4."


@pytest.mark.parametrize("piece", [None, 960])
async def test_a_whole_recording_at_once_is_heard_by_its_samples(piece: int | None) -> None:
    rate = 24_000
    pcm = silence(200, rate) + tone(800, rate) + silence(700, rate)
    async with session(fake_loaders(FakeRecognizer(["thanks"]), FakeSynthesizer()), VAD) as client:
        await client.append(pcm, piece)
        frames = await client.until("response.completed")

    assert kinds(frames)[:3] == ["speech.started", "speech.stopped", "transcript.committed"]


async def test_noise_without_words_still_ends_with_a_response() -> None:
    async with session(fake_loaders(FakeRecognizer([""]), FakeSynthesizer()), VAD) as client:
        await speak(client)
        await pause(client, 700)

        assert "didn't catch" in spoken(await client.until("response.completed"))


async def test_speaking_into_an_answer_stops_it() -> None:
    voice = FakeSynthesizer(hold_after=2)
    recognizer = FakeRecognizer(["Tell me a story.", "thanks"])
    async with session(fake_loaders(recognizer, voice), VAD) as client:
        await speak(client)
        await pause(client, 700)
        await client.until("audio.delta")
        # Two sentences are on their way; the third waits in the voice.
        await speak(client)
        frames = await client.until("response.completed")
        assert kinds(frames)[-2:] == ["speech.started", "response.completed"]
        assert frames[-1]["status"] == "cancelled"

        voice.release.set()
        await pause(client, 700)
        frames = await client.until("response.completed")

    assert kinds(frames) == [
        "speech.stopped",
        "transcript.committed",
        "response.started",
        "delta",
        "response.completed",
    ]
    assert spoken(frames) == "You're welcome."


async def test_a_commit_ends_a_detected_turn() -> None:
    async with session(fake_loaders(FakeRecognizer(["thanks"]), FakeSynthesizer()), VAD) as client:
        await speak(client)
        await client.until("speech.started")
        await client.send("audio.commit")

        assert (await client.receive())["transcript"] == "thanks"


async def test_the_turn_detection_can_be_changed() -> None:
    recognizer = FakeRecognizer(["hello", "thanks"])
    async with session(fake_loaders(recognizer, FakeSynthesizer())) as client:
        await client.send("session.update", config=VAD)
        await speak(client)
        await pause(client, 700)
        assert "speech.started" in kinds(await client.until("response.completed"))

        await client.send("session.update", config={"turn_detection": {"type": "none"}})
        await speak(client)
        await pause(client, 700)
        await client.send("audio.commit")
        assert (await client.receive()) == {"type": "transcript.committed", "transcript": "thanks"}


async def test_after_a_detected_turn_there_is_nothing_left_to_commit() -> None:
    async with session(fake_loaders(FakeRecognizer(["thanks"]), FakeSynthesizer()), VAD) as client:
        await speak(client)
        await pause(client, 560)
        await client.until("response.completed")
        await client.send("audio.commit")

        assert await client.error() == "input_audio_buffer_commit_empty"


async def test_without_a_recogniser_text_still_works(expect_log: Callable[[str], None]) -> None:
    expect_log("No speech recogniser")
    async with session(fake_loaders(synthesizer=FakeSynthesizer())) as client:
        assert await client.error() == "speech_unavailable"
        await speak(client)
        await client.send("audio.commit")
        await client.send("response.create")
        frames = await client.until("response.completed")
        assert [frame["transcript"] for frame in frames if "transcript" in frame] == [""]
        assert "can't hear" in spoken(frames)

        assert spoken(await client.ask("What is two plus two?")) == "2 plus 2 is 4."


async def test_without_a_voice_answers_are_text(expect_log: Callable[[str], None]) -> None:
    expect_log("No speech voice")
    async with session(fake_loaders(FakeRecognizer(["thanks"]))) as client:
        for _ in range(2):
            frames = await client.ask("Tell me a joke.")
            assert "audio.delta" not in {frame["type"] for frame in frames}
            assert "feedback" in spoken(frames)
            errors = [frame["error"]["code"] for frame in frames if frame["type"] == "error"]
            # Said once, not with every answer.
            assert errors == ([] if _ else ["speech_unavailable"])
