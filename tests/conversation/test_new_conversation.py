"""A new conversation can be begun at any moment, and nothing that was said is lost by it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktop.conversation.session_controller import AFTER_TAKE
from desktop.realtime import retry
from desktop.recording import journal
from desktop.recording.folder.layout import JOURNAL
from desktop.recording.recording_options import RecordingOptions
from desktop.recording.session_recorder import SessionRecorder
from desktop.turn.effects import DisplayState
from tests.conversation.test_session_controller import Bench, answer, idle, sitting
from tests.realtime.service import Line, serving


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "conversations"


def record(bench: Bench, folder: Path, transcripts: bool = True) -> SessionRecorder:
    """Keep the bench's conversations as the program does."""
    options = RecordingOptions(folder=str(folder), transcripts=transcripts, frames=False, keep_days=0)
    controller = bench.controller
    recorder = SessionRecorder(controller.presenter.transcript, controller.presenter.tool_calls, options)
    controller.session_ended.connect(recorder.end_session)
    controller.conversation_ended.connect(recorder.end_conversation)
    return recorder


def words(bench: Bench) -> list[str]:
    lines = bench.controller.presenter.transcript.lines
    return [line.text for line in lines if line.speaker != "system"]


async def kept(recorder: SessionRecorder, folder: Path) -> list[list[str]]:
    """What the files say, each as its lines' words."""
    await recorder.close()
    return files(folder)


def files(folder: Path) -> list[list[str]]:
    stored = [journal.read(path) for path in folder.rglob(JOURNAL)]
    stored.sort(key=lambda one: one.lines[0].at)
    return [[line.text for line in one.lines if line.speaker != "system"] for one in stored]


async def test_the_view_and_the_context_are_empty_and_the_file_has_it_all(folder: Path):
    instructions = []

    async def script(line: Line) -> None:
        instructions.append((await line.start())["instructions"].splitlines())
        await answer(line, f"Number {len(instructions)}.")
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        recorder, left = record(bench, folder), []
        recorder.conversation_left.connect(left.append)
        bench.controller.say("One?")
        await bench.until(lambda: words(bench) == ["One?", "Number 1."])
        bench.controller.begin_conversation()
        await bench.until(lambda: len(instructions) == 2)
        await bench.until_state(DisplayState.READY)
        assert words(bench) == []
        assert len(instructions[1]) == 1, "the model isn't told of it"
        assert left == ["kept"]
        recorder.show_left()
        assert words(bench) == ["One?", "Number 1."]
        bench.controller.say("Two?")
        await bench.until(lambda: words(bench)[2:] == ["Two?", "Number 2."])
    assert await kept(recorder, folder) == [["One?", "Number 1."], ["Two?", "Number 2."]]


async def test_what_is_being_said_is_the_first_of_the_new_one(folder: Path):
    async def first(line: Line) -> None:
        await line.start()
        await answer(line, "Yes.")
        await line.expect("audio.append")
        await line.socket.wait_closed()

    async def second(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        assert len(line.appended) / 48 >= 1_080, "to the end of its tail"
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("transcript.committed", transcript="Hello there.")
        await line.send("text.delta", delta="Hello.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(first, second) as service, sitting(service) as bench:
        recorder = record(bench, folder)
        bench.controller.say("Are you there?")
        await bench.until(lambda: words(bench) == ["Are you there?", "Yes."])
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        await bench.until(lambda: bench.controller.audio.levels()[0].peak_db > -60)
        bench.controller.begin_conversation()
        assert AFTER_TAKE() in [note.message for note in bench.notes]
        bench.audio.microphone_now.push_ms(400)
        assert bench.controller.listens, "the key is still held, and somebody still speaks"
        bench.controller.release()
        bench.audio.microphone_now.push_ms(220)
        await bench.until(lambda: words(bench)[-1:] == ["Hello."])
        assert "Are you there?" not in words(bench)
        assert len(words(bench)) == 2
        take = next(line for line in bench.controller.presenter.transcript.lines if line.speaker == "user")
        assert take.playable, "its sound is still to be sent"
        turns = bench.controller.presenter.timing.turns
        assert [(turn.number, turn.press is not None, turn.commit is not None) for turn in turns] == [
            (1, True, True)
        ]
    written = await kept(recorder, folder)
    assert written[0][:2] == ["Are you there?", "Yes."]
    assert written[1][-1] == "Hello."


async def test_during_an_answer_what_came_of_it_is_kept(folder: Path):
    async def first(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="Once upon a time")
        await line.socket.wait_closed()

    async with serving(first, idle) as service, sitting(service) as bench:
        recorder = record(bench, folder)
        bench.controller.say("A story!")
        await bench.until(lambda: words(bench) == ["A story!", "Once upon a time"])
        bench.controller.begin_conversation()
        await bench.until(lambda: bench.states[-2:] == [DisplayState.CONNECTING, DisplayState.READY])
        assert words(bench) == []
    assert await kept(recorder, folder) == [["A story!", "Once upon a time"]]


async def test_while_it_connects_and_without_a_session(folder: Path):
    let_in = asyncio.Event()

    async def script(line: Line) -> None:
        await let_in.wait()
        await idle(line)

    async with serving(script) as service:
        bench = Bench(service.url)
        bench.controller.begin_conversation()
        await bench.until(lambda: bench.states == [])
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.CONNECTING)
        bench.controller.begin_conversation()
        bench.controller.begin_conversation()
        let_in.set()
        await bench.until_state(DisplayState.READY)
        await bench.controller.close()


async def test_what_waits_for_a_reconnect_is_sent_in_the_new_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 30.0)
    monkeypatch.setattr(retry, "LONGEST_S", 30.0)

    async def first(line: Line) -> None:
        await line.start()
        await line.expect("audio.append")
        line.cut()

    async def second(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.socket.wait_closed()

    async with serving(first, second) as service, sitting(service) as bench:
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        await bench.until(lambda: bench.controller.audio.levels()[0].peak_db > -60)
        bench.controller.release()
        await bench.until_state(DisplayState.RECONNECTING)
        bench.controller.begin_conversation()
        await bench.until_state(DisplayState.THINKING)


async def test_one_that_is_not_saved_can_still_be_shown(folder: Path):
    async def script(line: Line) -> None:
        await line.start()
        await answer(line, "Yes.")
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        recorder, left = record(bench, folder, transcripts=False), []
        recorder.conversation_left.connect(left.append)
        bench.controller.say("Are you there?")
        await bench.until(lambda: words(bench) == ["Are you there?", "Yes."])
        bench.controller.begin_conversation()
        await bench.until(lambda: left == ["unwanted"])
        recorder.show_left()
        assert words(bench) == ["Are you there?", "Yes."]
    assert await kept(recorder, folder) == []
