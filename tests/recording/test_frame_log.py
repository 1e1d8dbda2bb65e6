"""Frames in a file as they come: without sound, without secrets, and without keeping them."""

from __future__ import annotations

import base64
import json

import pytest

from desktop.base import redaction
from desktop.protocol import commands, events
from desktop.realtime.connection import Frame
from desktop.recording import jsonl_writer
from desktop.recording.frame_log import FrameLog, record
from desktop.viewmodels import event_record
from desktop.viewmodels.event_record import LONGEST
from tests.rig.process import until

SECRET = "marked-secret-4711"


def frames(count: int):
    for _ in range(count):
        yield Frame("out", commands.AudioAppend(b"\0" * 960), 1_320)


def test_frames_are_on_disk_while_the_session_continues(tmp_path):
    path = tmp_path / "new" / "frames.jsonl"
    frame_log = FrameLog(path)
    for frame in frames(3):
        frame_log.add(frame)
    until(lambda: path.exists() and path.read_text().count("\n") == 3, within=5, what="the frames")
    frame_log.close()
    record = json.loads(path.read_text().splitlines()[0])
    assert {key: record[key] for key in ("direction", "type", "size", "audio_bytes")} == {
        "direction": "out",
        "type": "audio.append",
        "size": 1_320,
        "audio_bytes": 960,
    }


def test_secrets_are_in_neither_direction(tmp_path):
    redaction.protect(SECRET)
    frame_log = FrameLog(tmp_path / "frames.jsonl")
    frame_log.add(Frame("out", commands.TextInput(f"my key is {SECRET}"), 80))
    frame_log.add(Frame("in", events.Unknown("echo", {"what": SECRET}, ""), 80))
    frame_log.close()
    text = (tmp_path / "frames.jsonl").read_text()
    assert SECRET not in text
    assert text.count("…") == 2


def test_what_looks_like_a_secret_is_not_noted_in_a_long_frame_either():
    fields = {"authorization": "hush-hush", "text": "word " * LONGEST}
    noted = record(Frame("in", events.Unknown("echo", fields, ""), 5 * LONGEST), 0.0)
    assert "beginning" in noted.content
    assert "hush" not in json.dumps(noted.to_object())


def test_sound_in_a_frame_that_is_not_understood_is_its_length():
    raw = {"type": "odd", "audio": base64.b64encode(bytes(3_000)).decode()}
    noted = record(Frame("in", events.Unknown("odd", raw, ""), 4_100), 0.0)
    assert noted.content["raw"]["audio"] == "(3,000 bytes of audio)"


def test_a_frame_is_looked_through_for_secrets_once(tmp_path, monkeypatch):
    looked: list[str] = []
    monkeypatch.setattr(event_record, "redact_all", lambda value: looked.append("record") or value)
    monkeypatch.setattr(jsonl_writer, "redact_all", lambda value: looked.append("writer") or value)
    frame_log = FrameLog(tmp_path / "frames.jsonl")
    frame_log.add(Frame("in", events.TextDelta("Hello"), 40))
    frame_log.close()
    assert looked == ["record"]


def test_an_old_file_is_written_over_and_without_frames_it_is_empty(tmp_path):
    path = tmp_path / "frames.jsonl"
    path.write_text("old\n")
    for count in (2, 0):
        frame_log = FrameLog(path)
        for frame in frames(count):
            frame_log.add(frame)
        frame_log.close()
        assert path.read_text().count("\n") == count


def test_what_cant_be_written_is_raised_at_the_end(tmp_path):
    (tmp_path / "way").write_text("no folder")
    for count in (0, 1):
        frame_log = FrameLog(tmp_path / "way" / "frames.jsonl")
        for frame in frames(count):
            frame_log.add(frame)
        with pytest.raises(OSError, match=r"."):
            frame_log.close()


@pytest.mark.parametrize(
    "message",
    [
        events.Unknown("padding", {"type": "padding", "padding": "x" * 4_000_000}),
        events.Unknown("many", {"type": "many", "numbers": [{"a": 1}] * 200_000}),
        events.TextDelta("word " * 400_000),
    ],
)
def test_of_a_frame_that_is_too_long_the_beginning_is_noted(message: events.Event):
    noted = record(Frame("in", message, 4_000_000), 0.0)
    assert noted.size == 4_000_000
    assert len(json.dumps(noted.to_object())) < 2 * LONGEST
    assert "beginning" in noted.content["note"]


def test_a_secret_across_the_cut_is_not_noted():
    redaction.protect(SECRET)
    for before in range(LONGEST - 60, LONGEST - 20, 7):
        noted = record(
            Frame("in", events.TextDelta(("x " * before)[:before] + SECRET * 30_000), 900_000), 0.0
        )
        assert SECRET[:6] not in noted.content["beginning"]
