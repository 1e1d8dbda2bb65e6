"""What is cut where it is shown is whole in the file: without sound and secrets, and nobody waits for it."""

from __future__ import annotations

import base64
import json
import random
import threading
from typing import Any

import pytest

from desktop.base import redaction
from desktop.base.redaction import redact
from desktop.protocol import codec
from desktop.realtime.connection import Frame
from desktop.recording import jsonl_writer, whole_frame
from desktop.recording.frame_log import FrameLog, record
from desktop.recording.jsonl_writer import JsonlWriter
from desktop.recording.whole_frame import PIECE, WholeFrame, whole

SECRET = "marked-secret-4711"
SOUND = base64.b64encode(bytes(range(256)) * 600).decode()


def arrived(kind: str, **fields: Any) -> Frame:
    return as_frame(json.dumps({"type": kind, **fields}).encode())


def as_frame(wire: bytes) -> Frame:
    return Frame("in", codec.decode(wire), len(wire), wire)


def kept(frame: Frame) -> dict[str, Any]:
    line = jsonl_writer.encoded(whole(frame, record(frame, 1.0)))
    assert line.count(b"\n") == 1
    return json.loads(line)


def text_of(frame: Frame) -> str:
    text = kept(frame)["whole"]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    "frame",
    [
        arrived("error", message="No. " * 1_000, code="c"),
        arrived("error", error={"message": "No.", "code": "c" * 200}),
        arrived("t" * 300, n=1),
        arrived("text.delta", delta="word " * 30_000),
        arrived("transcript.committed", transcript="ä" * 200_000),
        arrived("tool.call", tool_call_id="c", tool_name="n" * 300, tool_arguments={}),
        arrived("tool.call", tool_call_id="c", tool_name="n", tool_arguments={"x": "y" * 70_000}),
        arrived("new.event", text="x " * 40_000, more={"a": [1, 2, {"b": None}]}),
        arrived("response.failed", error={"message": "x" * 5_000}),
        arrived("response.done", x="x" * 100_000, usage={"total_tokens": 1}),
        arrived("session.started", session_id="s" * 1_000),
        arrived("response.completed", billing={"units": [3]}),
        arrived("session.ended", cost_v2=0.25),
    ],
    ids=lambda frame: f"{frame.wire[:40].decode()} {frame.size}",
)
def test_what_is_cut_is_whole_in_the_file(frame: Frame):
    assert json.loads(text_of(frame)) == json.loads(frame.wire)


@pytest.mark.parametrize("wire", [b"x" * 70_000, b"\xff" * 3_000, b'{"a":' * 400 + b"1" + b"}" * 400])
def test_what_is_no_json_is_whole_too(wire: bytes):
    assert text_of(as_frame(wire)) == wire.decode(errors="replace")


@pytest.mark.parametrize(
    "frame",
    [
        arrived("response.started"),
        arrived("text.delta", delta="Well…"),
        arrived("error", message="No.", code="c"),
        arrived("audio.delta", audio=SOUND),
        arrived("new.event", values=list(range(2_000))),
    ],
    ids=lambda frame: frame.wire[:40].decode(),
)
def test_what_is_not_cut_is_there_once(frame: Frame):
    assert "whole" not in kept(frame)


def test_the_fields_that_are_shown_are_there_as_ever():
    frame = arrived("error", message="No. " * 1_000, code="c")
    line = kept(frame)
    assert {name: line[name] for name in ("at_ms", "direction", "type", "size", "code")} == {
        "at_ms": 1.0,
        "direction": "in",
        "type": "error",
        "size": frame.size,
        "code": "c",
    }
    assert line["message"].endswith("…")


@pytest.mark.parametrize("name", ["audio", "delta", "data"])
@pytest.mark.parametrize("gap", ["", " "])
@pytest.mark.parametrize("ahead", [0, PIECE - 10, PIECE - 300, 3 * PIECE - 5])
def test_sound_is_its_length(name: str, gap: str, ahead: int):
    text = f'{{"type":"odd","x":"{"x" * ahead}","{name}":{gap}"{SOUND}","end":"{"y" * 70_000}"}}'
    found = json.loads(text_of(as_frame(text.encode())))
    assert found[name] == f"({len(SOUND) * 3 // 4:,} bytes of audio)"
    assert (len(found["x"]), found["end"]) == (ahead, "y" * 70_000)


def test_sound_with_escaped_slashes_and_without_an_end():
    text = '{"type":"odd","audio":"' + "\\/A" * 30_000
    assert text_of(as_frame(text.encode())) == '{"type":"odd","audio":"(67,500 bytes of audio)'


@pytest.mark.parametrize(
    "secret",
    [
        SECRET,
        "sk-0123456789abcdef",
        "Bearer abcdefghijklmnop",
        "opper-ticket.abcdefgh",
        '"api_key": "hush-hush',
        "marked\\u002dsecret\\u002D4711",
        "sk\\u002d0123456789abcdef",
        '"\\u0061pi_key":"hush-hush',
    ],
)
@pytest.mark.parametrize("shift", [0, 1, 5, 11, 19, 40])
def test_no_secret_is_in_it_wherever_it_lies(secret: str, shift: int):
    """Across two pieces, and across the ends of what waits for the next one, too."""
    redaction.protect(SECRET)
    step = 512
    text = "".join(f'{"x " * ((step - shift % 7) // 2)}{secret}"{"y" * shift}' for _ in range(400))
    found = text_of(as_frame(text.encode()))
    assert found.count("…") == 400
    assert not any(part in found for part in ("4711", "0123", "abcdefgh", "hush"))


def test_a_secret_longer_than_a_piece_goes_whole():
    wire = b'{"type":"odd","api_key":"' + b"hush" * 50_000 + b'","after":"seen"}'
    assert text_of(as_frame(wire)) == '{"type":"odd","api_key":"…","after":"seen"}'


def test_it_finds_what_redaction_finds():
    chance = random.Random(7)
    words = ["sk-", "op-12345678", "bearer ", "Bearer abc", "ticket", '"ticket":"', "?ticket=", "x", " ", '"']
    for _ in range(300):
        text = "".join(chance.choices(words, k=40))
        done, at = [], 0
        for span in redaction.secret_spans(text):
            done += [text[at : span.begin], "…"]
            at = span.end
        assert redact("".join(done) + text[at:]).replace("…", "") == redact(text).replace("…", "")


def test_an_escaped_backslash_begins_no_escape():
    text = json.dumps({"type": "x", "a": "\\u0041" * 20_000, "b": 'a"\\\n/ä\x7f' * 9_000})
    assert json.loads(text_of(as_frame(text.encode()))) == json.loads(text)


def test_it_is_looked_through_where_it_is_written(tmp_path, monkeypatch):
    threads = set()
    look = whole_frame.secret_spans
    monkeypatch.setattr(
        whole_frame, "secret_spans", lambda text: threads.add(threading.current_thread()) or look(text)
    )
    log = FrameLog(tmp_path / "frames.jsonl")
    log.add(arrived("new.event", text="x" * 1_000_000))
    log.close()
    assert threads
    assert threading.main_thread() not in threads


def test_whole_frames_do_not_pile_up(tmp_path, monkeypatch):
    """What is too much for the disk is counted, and the file says so."""
    gate = threading.Event()
    line = WholeFrame.line
    monkeypatch.setattr(WholeFrame, "line", lambda self: (gate.wait(20), line(self))[1])
    frame = arrived("new.event", text="x" * 15_000_000)
    log = JsonlWriter(tmp_path / "frames.jsonl")
    for _ in range(20):
        kept = whole(frame, record(frame, 0.0))
        log.put(kept, kept.weight)
    gate.set()
    assert log.close(None) is False
    records = [json.loads(line) for line in (tmp_path / "frames.jsonl").read_text().splitlines()]
    count = sum("whole" in one for one in records)
    assert 2 <= count <= 4
    assert sum(one["count"] for one in records if one["type"] == "lost") == 20 - count
