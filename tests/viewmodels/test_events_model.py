"""The frames of a session as rows: folded, bounded, filtered, without secrets."""

from __future__ import annotations

import base64
import gc
import json
import os
from datetime import UTC, datetime

import pytest
from PySide6.QtTest import QAbstractItemModelTester

from desktop.recording.export_file import write_frames
from desktop.viewmodels import events_model
from desktop.viewmodels.event_filter import EventFilter
from desktop.viewmodels.event_record import LONGEST, EventRecord, clean_record
from desktop.viewmodels.events_model import Column, EventRole, EventsModel, size_text

BEGAN = datetime(2026, 1, 2, 14, 3, 4, tzinfo=UTC)


def frame(kind: str, direction: str = "in", at_ms: float = 0.0, size: int = 10, **content) -> EventRecord:
    return clean_record(at_ms, direction, kind, size, content)


@pytest.fixture
def model(qapp):
    made = EventsModel(BEGAN)
    made.tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def add(model: EventsModel, *frames: EventRecord) -> None:
    for one in frames:
        model.add(one)
    model.flush()


def cells(model, column: Column = Column.TYPE) -> list[str]:
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_a_frame_is_a_row(model):
    add(model, frame("response.create", "out", at_ms=1_250.4, size=1_500))
    assert [model.index(0, column).data() for column in Column] == [
        "14:03:05.250",
        "↑",
        "response.create",
        "1.5 kB",
    ]
    assert model.index(0, 0).data(EventRole.ROW).content() == {"type": "response.create"}


def test_frames_cost_the_collector_of_garbage_nothing(model):
    """With objects in them, 20,000 stop the window for 80 ms, again and again."""
    add(model, frame("new.event", raw={"a": [1, {"b": 2}]}))
    row = model.rows[0]
    assert not gc.is_tracked(row)
    assert not gc.is_tracked(row.first)
    assert row.first.content == {"raw": {"a": [1, {"b": 2}]}}


def test_half_an_emoji_is_kept(model):
    add(model, frame("new.event", words="a\ud83d"), frame("text.delta", delta="a\ud83d"))
    assert model.rows[0].content()["words"] == model.rows[1].content()["delta"] == "a\ud83d"


def test_frames_are_shown_without_being_asked_for(model, qtbot):
    model.add(frame("speech.started"))
    qtbot.waitUntil(lambda: cells(model) == ["speech.started"])


def test_deltas_with_nothing_between_them_are_one_row(model):
    add(model, frame("response.started"), *(frame("text.delta", delta=f"w{i} ") for i in range(42)))
    assert cells(model) == ["response.started", "text.delta \N{MULTIPLICATION SIGN} 42"]
    assert cells(model, Column.SIZE)[1] == "420 B"
    content = model.index(1, 0).data(EventRole.ROW).content()
    assert content["text"].startswith("w0 w1 w2")
    assert len(content["frames"]) == content["count"] == 42


def test_sound_and_words_that_come_by_turns_are_a_row_each(model):
    for _ in range(3):
        add(model, frame("text.delta", delta="a"), frame("audio.delta", audio_bytes=960))
    assert [row.split()[0] for row in cells(model)] == ["text.delta", "audio.delta"]
    add(model, frame("response.completed"), frame("text.delta", delta="b"))
    assert cells(model)[-1] == "text.delta"
    assert model.frames == 8


def test_both_ways_are_not_folded_into_one(model):
    add(model, frame("audio.append", "out", audio_bytes=1), frame("audio.append", "in", audio_bytes=1))
    assert model.rowCount() == 2


def test_a_growing_row_says_that_it_changed(model):
    add(model, frame("text.delta", delta="a"))
    changes = []
    model.dataChanged.connect(lambda first, last: changes.append((first.row(), last.row())))
    add(model, frame("text.delta", delta="b"), frame("text.delta", delta="c"))
    assert changes == [(0, 0)]


def test_in_a_pause_nothing_is_shown_and_nothing_lost(model):
    add(model, frame("a"), frame("text.delta", delta="x"))
    model.pause(True)
    add(model, frame("text.delta", delta="y"), frame("b"))
    assert (cells(model), model.waiting) == (["a", "text.delta"], 2)
    model.pause(False)
    assert cells(model) == ["a", "text.delta \N{MULTIPLICATION SIGN} 2", "b"]
    assert model.waiting == 0


def test_the_ring_keeps_the_newest(model, monkeypatch):
    monkeypatch.setattr(events_model, "CAPACITY", 100)
    monkeypatch.setattr(events_model, "BATCH", 10)
    for number in range(250):
        add(model, frame(f"t{number}"))
        assert model.frames <= 100
    assert cells(model)[-1] == "t249"
    assert cells(model) == [f"t{number}" for number in range(250 - model.rowCount(), 250)]


def test_a_folded_row_is_shortened_not_lost(model, monkeypatch):
    monkeypatch.setattr(events_model, "CAPACITY", 100)
    monkeypatch.setattr(events_model, "BATCH", 10)
    add(model, frame("a"), *(frame("audio.append", "out", audio_bytes=1) for _ in range(100)), frame("b"))
    assert cells(model) == ["audio.append \N{MULTIPLICATION SIGN} 89", "b"]
    assert model.frames == 90
    assert cells(model, Column.SIZE)[0] == "890 B"


def test_a_row_still_grows_when_the_rows_above_it_have_gone(model, monkeypatch):
    monkeypatch.setattr(events_model, "CAPACITY", 20)
    monkeypatch.setattr(events_model, "BATCH", 5)
    add(model, *(frame(f"t{number}") for number in range(17)), frame("text.delta", delta="a"))
    add(model, *(frame("audio.delta", audio_bytes=1) for _ in range(3)))
    assert cells(model)[0] == "t6"
    add(model, frame("text.delta", delta="b"))
    assert cells(model)[-2:] == [
        "text.delta \N{MULTIPLICATION SIGN} 2",
        "audio.delta \N{MULTIPLICATION SIGN} 3",
    ]


def test_few_large_frames_do_not_fill_the_memory(model, monkeypatch):
    monkeypatch.setattr(events_model, "BYTES_KEPT", 100_000)
    for number in range(20):
        add(model, frame(f"t{number}", size=10_000, text="x" * 9_989))
    assert 5 < model.frames <= 10
    model.pause(True)
    for _ in range(20):
        add(model, frame("paused", size=10_000, text="x" * 9_989))
    assert 5 < model.waiting <= 10


def test_after_clear_there_is_nothing(model):
    add(model, frame("a"), frame("text.delta", delta="x"))
    model.add(frame("b"))
    model.clear()
    model.flush()
    assert (model.rowCount(), model.frames, model.waiting) == (0, 0, 0)
    add(model, frame("text.delta", delta="y"))
    assert cells(model) == ["text.delta"]


def test_types_are_reported_once(model):
    seen = []
    model.type_seen.connect(seen.append)
    add(model, frame("a"), frame("b"), frame("a"))
    add(model, frame("b"))
    assert seen == ["a", "b"]


def test_saved_as_it_came(model, tmp_path):
    frames = [
        frame("text.delta", at_ms=1, delta="a"),
        frame("audio.delta", at_ms=2, audio_bytes=960),
        frame("text.delta", at_ms=3, delta="b"),
    ]
    add(model, *frames)
    model.pause(True)
    add(model, frame("audio.commit", "out", at_ms=4))
    write_frames(tmp_path / "frames.jsonl", model.records())
    lines = (tmp_path / "frames.jsonl").read_text().splitlines()
    committed = frame("audio.commit", "out", at_ms=4)
    assert [json.loads(line) for line in lines] == [one.to_object() for one in (*frames, committed)]
    with pytest.raises(OSError, match="nowhere"):
        write_frames(tmp_path / "nowhere" / "frames.jsonl", model.records())


def test_the_filter(model):
    proxy = EventFilter(model)
    tester = QAbstractItemModelTester(proxy, QAbstractItemModelTester.FailureReportingMode.Fatal)
    add(
        model,
        frame("tool.call", tool_name="Get_Time"),
        frame("tool.result", "out", tool_result={"zone": "UTC"}),
        frame("text.delta", delta="It is no"),
        frame("text.delta", delta="on."),
    )
    proxy.choose(text="get_time")
    assert cells(proxy) == ["tool.call"]
    proxy.choose(text="noon")
    assert [row.split()[0] for row in cells(proxy)] == ["text.delta"]
    proxy.choose(direction="out")
    assert cells(proxy) == ["tool.result"]
    proxy.choose(kind="tool.call", direction="out")
    assert cells(proxy) == []
    proxy.choose()
    assert len(cells(proxy)) == 3
    del tester


def test_secrets_are_taken_out(model, tmp_path):
    add(
        model,
        frame("error", message="Bearer abc123 was refused", nested={"list": ["op-1234567890abcdef"]}),
        frame("ticket", client_secret="whatever", raw={"ticket": "hush"}),
        frame("huge", size=200_000, text="x" * 100_000, key="op-1234567890abcdef"),
        frame("huge", size=200_000, key="op-1234567890abcdef", text="x" * 100_000),
    )
    write_frames(tmp_path / "frames.jsonl", model.records())
    saved = (tmp_path / "frames.jsonl").read_text()
    for secret in ("abc123", "1234567890abcdef", "whatever", "hush"):
        assert secret not in saved
        assert not any(secret in row.text for row in model.rows)


def test_sound_is_kept_as_its_length():
    sound = base64.b64encode(os.urandom(3_000)).decode()
    record = frame("odd", size=4_100, raw={"audio": sound})
    assert record.content == {"raw": {"audio": "(3,000 bytes of audio)"}}
    words = "a word " * 100
    assert frame("text.delta", delta=words).content == {"delta": words}


def test_of_a_very_long_frame_the_beginning_is_kept():
    record = frame("tool.result", size=300_000, tool_result={"text": "y" * 300_000})
    assert record.content["beginning"].startswith('{"tool_result":{"text":"yyy')
    assert len(record.content["beginning"]) <= LONGEST
    assert "300,0" in record.content["note"]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_500, "1.5 kB"),
        (64_000, "64 kB"),
        (1_500_000, "1.5 MB"),
        (2e9, "2,000 MB"),
    ],
)
def test_sizes_in_words(size, text):
    assert size_text(size) == text
