"""What a service can make grow in the window's models has a bound, and the newest is kept."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QAbstractItemModelTester

from desktop.base.message import verbatim
from desktop.protocol import limits
from desktop.viewmodels import events_model, tool_calls_model, transcript_model
from desktop.viewmodels.event_record import MOST_VALUES, clean_record
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel


def watched(model):
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return model


@pytest.fixture
def transcript(qapp):
    return watched(TranscriptModel())


@pytest.fixture
def events(qapp):
    return EventsModel()


@pytest.fixture
def calls(qapp):
    return watched(ToolCallsModel())


def test_of_20_000_types_no_more_than_200_can_be_chosen(events):
    seen: list[str] = []
    events.type_seen.connect(seen.append)
    for number in range(20_000):
        events.add(clean_record(number, "in", f"type-{number}", 20, {"n": number}))
    events.flush()
    assert len(seen) == events_model.MOST_TYPES
    assert events.frames <= events_model.CAPACITY
    assert events.rows[-1].first.type == "type-19999"


def test_a_folded_row_ends_where_its_text_gets_long(events):
    for number in range(100):
        events.add(clean_record(number, "in", "text.delta", 60_000, {"delta": "so " * 17_000}))
        if number % 7 == 0:
            events.flush()
    events.flush()
    assert events.frames == 100
    assert max(len(row.text) for row in events.rows) < events_model.ROW_TEXT + 100_000
    assert 4 <= len(events.rows) <= 6


def test_content_of_many_values_is_kept_as_text():
    content = clean_record(0, "in", "new", 60_000, {"a": [[]] * 20_000}).content
    assert content["beginning"].startswith('{"a":[[],[],')
    few = {"a": list(range(MOST_VALUES // 2))}
    assert clean_record(0, "in", "new", 10_000, few).content == few


def test_the_oldest_lines_go_first(transcript, monkeypatch):
    monkeypatch.setattr(transcript_model, "MOST_LINES", 50)
    monkeypatch.setattr(transcript_model, "BATCH", 10)
    for number in range(1, transcript_model.MOST_LINES + 60):
        transcript.begin_response(number)
        transcript.grow_response(number, f"Answer {number}.", 0)
        transcript.end_response(number, "complete")
    assert len(transcript.lines) <= transcript_model.MOST_LINES
    assert transcript.lines[-1].text == f"Answer {number}."
    transcript.grow_response(1, "late", 0)
    transcript.end_hearing(1)
    assert not any(line.text.endswith("late") for line in transcript.lines)


def test_the_oldest_of_long_lines_go_sooner(transcript):
    """Each has as many words as a line may have."""
    for number in range(1, 101):
        transcript.begin_response(number)
        transcript.grow_response(number, f"{number} " + "x" * 90_000, 0)
        transcript.fill_take(0, f"{number} " + "y" * 90_000)
    chars = sum(len(line.text) for line in transcript.lines)
    assert chars <= transcript_model.MOST_TEXT + transcript_model.LOOK_AFTER
    assert chars > transcript_model.MOST_TEXT / 2
    assert [line.text[:4] for line in transcript.lines[-2:]] == ["100 ", "100 "]


def test_a_line_has_no_more_words_than_its_limit(transcript):
    transcript.begin_take(1)
    transcript.begin_response(1)
    for _ in range(30):
        transcript.grow_response(1, "x" * 9_000, 0)
        transcript.fill_take(1, "y" * 9_000)
    for line in transcript.lines:
        assert len(line.text) == limits.TEXT
        assert line.text.endswith("…")


def test_the_same_problem_again_is_counted(transcript):
    changes: list[int] = []
    transcript.dataChanged.connect(lambda first, _: changes.append(first.row()))
    for _ in range(2_000):
        transcript.add_problem(verbatim("No."))
    transcript.add_problem(verbatim("Another."))
    transcript.add_problem(verbatim("No."))
    assert [line.text for line in transcript.lines] == ["No. (\u00d72000)", "Another.", "No."]
    assert transcript.lines[0].stored_text == "No. (\u00d72000)"
    assert len(changes) < 40, "thousands a second may come"


def test_the_oldest_calls_go_first(calls, monkeypatch):
    monkeypatch.setattr(tool_calls_model, "MOST_CALLS", 20)
    for number in range(tool_calls_model.MOST_CALLS + 50):
        calls.begin(f"c{number}", "sum", {"n": number})
        calls.end(f"c{number}", "done", {"sum": number}, 1.0)
    assert len(calls.calls) == tool_calls_model.MOST_CALLS
    assert calls.calls[-1].call_id == f"c{number}"


def test_calls_with_large_arguments_go_sooner(calls, monkeypatch):
    monkeypatch.setattr(tool_calls_model, "MOST_BYTES", 1_000_000)
    for number in range(50):
        calls.begin(f"c{number}", "sum", {"text": "x" * 60_000})
        calls.end(f"c{number}", "done", {"text": "y" * 60_000}, 1.0)
    kept = sum(call.weight for call in calls.calls)
    assert kept <= 1_000_000
    assert 5 < len(calls.calls) < 10
