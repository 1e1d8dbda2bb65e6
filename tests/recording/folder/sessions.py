"""Frames of a session, as they go over the wire, for recordings made in tests."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path

from desktop.protocol import codec, commands
from desktop.realtime.connection import Frame
from desktop.recording.folder.recorder import Recorder, Wanted
from desktop.turn.marks import Mark

RATE = 24_000


def arrived(wire: bytes, at: float = 0.0) -> Frame:
    return Frame("in", codec.decode(wire), len(wire), wire, at)


def sent(command: commands.Command, at: float = 0.0) -> Frame:
    return Frame("out", command, len(codec.encode(command)), at=at)


def wire_of(frame: Frame) -> bytes:
    return frame.wire or codec.encode(frame.message)


def delta(pcm: bytes) -> bytes:
    """As one server writes it: with spaces, and a field that nobody knows."""
    return json.dumps(
        {"type": "audio.delta", "event_id": "e1", "audio": base64.b64encode(pcm).decode(), "x": "ü"}
    ).encode()


def conversation(turns: int = 2, seed: int = 1) -> Iterator[Frame]:
    """Turns with sound both ways, text, a tool's call, a broken frame and odd lengths."""
    rnd = random.Random(seed)
    yield sent(commands.SessionStart(commands.Config(model="openai/gpt-realtime-2", voice="marin")))
    yield arrived(b'{"type":"session.started","session_id":"s1","audio_format":"pcm16"}')
    for _ in range(turns):
        for _ in range(5):
            yield sent(commands.AudioAppend(rnd.randbytes(480)))
        yield sent(commands.AudioCommit())
        yield sent(commands.ResponseCreate())
        yield arrived(b'{"type": "response.started" }')
        yield arrived(b'{"type":"text.delta","delta":"It is \\u00fcber noon."}')
        yield arrived(b'{"type":"made.up","deep":[[1,{"a":null}]],\n"broken":1}')
        yield arrived(b"no json \xff\xfe")
        yield arrived(b'{"type":"tool.call","tool_call_id":"c","tool_name":"t","tool_arguments":{"a":1}}')
        for size in (960, 961, 2_400):
            yield arrived(delta(rnd.randbytes(size)))
        yield arrived(b'{"type":"response.completed","usage":{"input_tokens":3}}')


def record(
    folder: Path, frames: list[Frame], *, sound: bool = True, marks: tuple[Mark, ...] = ()
) -> Recorder:
    """A whole recording of these frames, a millisecond apart."""
    recorder = Recorder(lambda: folder, lambda: Wanted(frames=True, sound=sound))
    for number, frame in enumerate(frames):
        recorder.frame(Frame(frame.direction, frame.message, frame.size, frame.wire, 100.0 + number / 1_000))
    for mark in marks:
        recorder.mark(mark)
    recorder.end()
    assert recorder.wait()
    return recorder
