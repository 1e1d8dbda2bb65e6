"""Ctrl+N in the running program: nothing of the old conversation stays anywhere but in the history."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.turn.effects import DisplayState
from tests.app.program import Running, running
from tests.conversation.test_session_controller import OPENAI
from tests.realtime.service import Line, serving

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")

TIME = {"tool_call_id": "c1", "tool_name": "get_time", "tool_arguments": "{}"}
SOUND = b"\x00\x10" * 12_000


async def talkative(line: Line) -> None:
    """Answers each take or typed line with sound, and the first of them with a tool too."""
    await line.start()
    await line.expect("audio.commit")
    await line.expect("response.create")
    await line.send("transcript.committed", transcript="What time is it?")
    await line.send("response.started")
    await line.send("tool.call", **TIME)
    await line.send("response.completed")
    await line.expect("tool.result")
    await line.send("response.started")
    await line.send("text.delta", delta="A quarter past four.")
    await line.send_audio(SOUND)
    await line.send("response.completed", usage={"total_tokens": 7})
    await line.socket.wait_closed()


async def brief(line: Line) -> None:
    """Answers a typed line with words alone."""
    await line.start()
    await line.expect("text.input")
    await line.expect("response.create")
    await line.send("response.started")
    await line.send("text.delta", delta="New.")
    await line.send("response.completed", usage={"total_tokens": 1})
    await line.socket.wait_closed()


async def ask(program: Running) -> None:
    """A take, its tool and its answer, heard to the end."""
    program.parts.controller.press()
    program.audio.microphone_now.push_ms(600)
    await program.until(lambda: not program.audio.microphone_now.unread)
    program.parts.controller.release()
    program.audio.microphone_now.push_ms(220)
    await program.until(lambda: program.words()[-1:] == ["A quarter past four."], "an answer")
    await program.until(lambda: program.audio.speaker_now.writes, "sound")
    program.audio.speaker_now.play(10_000)
    await program.until_state(DisplayState.READY)


async def begin_another(program: Running) -> None:
    opened: list[object] = []
    program.parts.controller.session_opened.connect(opened.append)
    program.strike(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    await program.until(lambda: opened, "another session")
    await program.until_state(DisplayState.READY)


async def exported(program: Running, path: Path) -> dict:
    done: list[bool] = []
    program.parts.exports.done.connect(lambda ok, _: done.append(ok))
    program.parts.exports.write_conversation(path)
    await program.until(lambda: done == [True], "the file")
    return await asyncio.to_thread(lambda: json.loads(path.read_text()))


async def test_nothing_of_the_old_one_stays(qapp, tmp_path: Path):
    async with (
        serving(talkative, brief) as service,
        running(qapp, tmp_path, model=OPENAI, base_url=service.url) as program,
    ):
        parts, window = program.parts, program.window
        await program.connect()
        await ask(program)
        assert [line.can_be_played for line in parts.transcript.lines if line.number] == [True, True]
        window.side.tools.open_call(0)
        before = await exported(program, tmp_path / "before.json")
        sounds = parts.controller._factory.sounds
        assert sounds.size
        numbers = [(line.speaker, line.number) for line in parts.transcript.lines if line.number]
        await begin_another(program)

        assert sounds.size == 0, "what was said can't be played again"
        for speaker, number in numbers:
            assert sounds.get("take" if speaker == "user" else "response", number) is None
        assert not parts.transcript.responses
        assert window.side.tools.calls.model().rowCount() == 0
        assert window.side.tools.detail.isHidden(), "the call's details are gone as well"
        assert window.side.timing.turns.model().rowCount() == 0

        parts.controller.say("Another?")
        await program.until(lambda: program.words() == ["Another?", "New."])
        await program.until(lambda: parts.transcript.responses)
        after = await exported(program, tmp_path / "after.json")
        assert [len(before[name]) for name in ("sessions", "calls", "turns")] == [1, 1, 1]
        assert [len(after[name]) for name in ("sessions", "calls", "turns", "responses")] == [1, 0, 1, 1]
        assert after["turns"][0]["turn"] == 1
        assert before["sessions"] != after["sessions"]

        parts.recorder.show_left()
        old = parts.transcript.lines[: parts.transcript.earlier]
        assert "A quarter past four." in [line.text for line in old]
        assert not [line.text for line in old if line.can_be_played], "their sound is gone"
