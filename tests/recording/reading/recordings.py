"""A recording whose times are known: two turns, a tool, an interruption."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from desktop.protocol import commands
from desktop.realtime.connection import Frame
from desktop.recording.folder.layout import JOURNAL, SESSION, SessionPart
from desktop.recording.folder.reader import Recording, open_recording
from desktop.recording.folder.recorder import Recorder, Wanted
from desktop.recording.journal import Began, CallRecord, Ended, JournalRecord, LineRecord
from desktop.turn.marks import Mark
from tests.recording.folder.sessions import arrived, delta, sent

ZERO = 1_000.0
"""Seconds of the monotonic clock at the recording's beginning."""
LENGTH_MS = 9_000


def tone(ms: int, hz: float = 440.0, level: float = 0.5, rate: int = 24_000) -> bytes:
    times = np.arange(rate * ms // 1_000) / rate
    return (np.sin(2 * np.pi * hz * times) * level * 32_767).astype("<i2").tobytes()


def _at(ms: float) -> float:
    return ZERO + ms / 1_000


def _text(words: str) -> bytes:
    return json.dumps({"type": "text.delta", "delta": words}).encode()


def frames(sound: bool = True) -> list[Frame]:
    """A take of 1 s at 1 s, an answer of 1.5 s with a tool; a take at 5 s, an answer cut off after 1 s."""
    made = [
        sent(commands.SessionStart(commands.Config(model="openai/gpt-realtime-2", voice="marin")), _at(0)),
        arrived(b'{"type":"session.started","session_id":"s1"}', _at(10)),
    ]
    for begin, words, answer in (
        (1_000, "What time is it?", ("It is ", "just noon.")),
        (5_000, "Tell me a story.", ("Once upon ", "a time there was.")),
    ):
        pcm = tone(1_000)
        made += [
            sent(commands.AudioAppend(pcm[number * 480 : (number + 1) * 480]), _at(begin + number * 10))
            for number in range(100 if sound else 0)
        ]
        end = begin + 1_000
        made += [
            sent(commands.AudioCommit(), _at(end)),
            arrived(
                json.dumps({"type": "transcript.committed", "transcript": words}).encode(), _at(end + 300)
            ),
            arrived(b'{"type":"response.started"}', _at(end + 400)),
            arrived(_text(answer[0]), _at(end + 450)),
        ]
        if sound:
            made.append(arrived(delta(tone(750, 220.0)), _at(end + 500)))
        if begin == 1_000:
            call = {"type": "tool.call", "tool_call_id": "c1", "tool_name": "clock", "tool_arguments": {}}
            made.append(arrived(json.dumps(call).encode(), _at(end + 600)))
        made.append(arrived(_text(answer[1]), _at(end + 900)))
        if sound:
            made.append(arrived(delta(tone(750, 220.0)), _at(end + 950)))
        made.append(arrived(b'{"type":"response.completed"}', _at(end + 1_000)))
    return made


def marks() -> list[Mark]:
    made: list[tuple[float, str, dict[str, Any]]] = [
        (10, "session", {"input_rate": 24_000, "output_rate": 24_000})
    ]
    for turn, begin in ((1, 1_000), (2, 5_000)):
        end = begin + 1_000
        made += [
            (begin, "take_began", {}),
            (begin, "key_down", {}),
            (begin + 10, "first_packet", {}),
            (end - 200, "key_up", {}),
            (end - 20, "captured_to", {}),
            (end - 10, "gate_shut", {}),
            (end, "commit", {}),
            (end + 400, "reply_started", {}),
            (end + 500, "first_delta", {}),
            (end + 600, "first_sample", {"reply": turn, "ms": 20.0}),
            (end + 610, "first_audible", {"reply": turn, "ms": 10.0}),
        ]
        if turn == 1:
            made += [
                (end + 620, "tool_started", {"text": "clock"}),
                (end + 820, "tool_ended", {"text": "clock", "ms": 200.0}),
                (end + 1_000, "reply_done", {"reply": 1, "count": 4, "ms": 1_500.0}),
                (end + 2_100, "last_audible", {"reply": 1}),
            ]
        else:
            made += [
                (end + 1_600, "interrupted", {"reply": 2}),
                (end + 1_620, "last_audible", {"reply": 2, "ms": 1_000.0}),
            ]
    return [
        Mark(round(_at(ms) * 1e6), kind, turn=int(ms > 4_900) + 1 if ms > 900 else 0, **fields)
        for ms, kind, fields in made
    ]


def make(folder: Path, *, sound: bool = True, with_frames: bool = True, journal: bool = True) -> Recording:
    """The recording, in this folder."""
    recorder = Recorder(lambda: folder, lambda: Wanted(frames=with_frames, sound=sound))
    for mark in marks():
        recorder.mark(mark)
    recorder.session(
        SessionPart(
            t=round(_at(10) * 1e6), model="openai/gpt-realtime-2", input_rate=24_000, output_rate=24_000
        )
    )
    for frame in frames(sound):
        recorder.frame(frame)
    if not with_frames:
        recorder.open_journal()
    recorder.end()
    assert recorder.wait()
    path = folder / SESSION
    path.write_text(json.dumps(json.loads(path.read_text()) | {"ended_us": LENGTH_MS * 1_000}))
    if journal:
        _write_journal(folder)
    return open_recording(folder)


def _write_journal(folder: Path) -> None:
    began = open_recording(folder).session.began

    def at(ms: float) -> Any:
        return began + timedelta(milliseconds=ms)

    def line(number: int, begin: float, speaker: str, text: str, end: float, **more: Any) -> LineRecord:
        return LineRecord(id=number, at=at(begin), speaker=speaker, text=text, ended_at=at(end), **more)

    records: list[JournalRecord] = [
        Began(at=at(0), version=1, model="openai/gpt-realtime-2", voice="marin"),
        line(1, 1_000, "user", "What time is it?", 1_800),
        line(2, 2_400, "assistant", "It is just noon.", 4_100, sounded_at=at(2_600)),
        line(3, 2_600, "tool", "clock", 2_820, call_id="c1", state="done", duration_ms=200.0),
        CallRecord(
            call_id="c1", at=at(2_600), name="clock", state="done", result={"noon": True}, duration_ms=200.0
        ),
        line(4, 5_000, "user", "Tell me a story.", 5_800),
        line(
            5,
            6_400,
            "assistant",
            "Once upon a time there was.",
            7_620,
            sounded_at=at(6_600),
            heard=16,
            note="interrupted",
        ),
        Ended(at=at(LENGTH_MS)),
    ]
    (folder / JOURNAL).write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in records))
