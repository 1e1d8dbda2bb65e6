"""The list of tool calls."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from desktop.viewmodels.line_words import LONGEST_PROGRESS, tool_words
from desktop.viewmodels.tool_calls_model import MOST_BYTES, CallRole, ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel


def test_a_call_from_its_beginning_to_its_end(qapp):
    model = ToolCallsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.begin("c1", "get_time", {})
    model.begin("c2", "roll_dice", {"sides": 6})
    assert [model.index(row).data(CallRole.STATE) for row in range(2)] == ["running", "running"]
    model.end("c1", "done", {"time": "12:00"}, 3.5)
    assert model.index(0).data(CallRole.STATE) == "done"
    assert model.index(0).data(CallRole.RESULT) == {"time": "12:00"}
    assert model.index(0).data(CallRole.DURATION_MS) == 3.5
    assert model.index(1).data(CallRole.STATE) == "running"
    del tester


def test_an_id_that_comes_again_in_a_new_session_is_a_new_call(qapp):
    model = ToolCallsModel()
    model.begin("c1", "get_time", {})
    model.end("c1", "done", 1, 1)
    model.begin("c1", "get_time", {})
    model.end("c1", "failed", 2, 1)
    assert [call.state for call in model.calls] == ["done", "failed"]


@pytest.mark.parametrize(
    ("state", "truth"),
    [("done", "late"), ("failed", "late"), ("dropped", "late"), ("done", "dropped"), ("failed", "dropped")],
)
def test_a_call_that_seemed_to_be_over_may_turn_out_not_to_be(qapp, state, truth):
    model = ToolCallsModel()
    model.begin("c1", "get_time", {})
    model.end("c1", state, {"time": "12:00"}, 3.5)
    model.end("c1", truth)
    call = model.calls[0]
    assert (call.state, call.result, call.duration_ms) == (truth, {"time": "12:00"}, 3.5)


@pytest.mark.parametrize("state", ["cancelled", "ended", "refused", "late"])
def test_the_last_state_of_a_call_stays(qapp, state):
    model = ToolCallsModel()
    model.begin("c1", "get_time", {})
    model.end("c1", state)
    for after in ("late", "dropped", "done"):
        model.end("c1", after, 1, 1)
    assert (model.calls[0].state, model.calls[0].result) == (state, None)


def test_the_state_is_read_and_found_in_the_words_that_are_shown(qapp):
    model = ToolCallsModel()
    model.begin("c1", "get_time", {})
    model.end("c1", "dropped")
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "get_time, connection lost"
    assert "connection lost" in model.index(0).data(CallRole.WORDS)


def test_an_unknown_call_is_not_taken_in(qapp):
    model = ToolCallsModel()
    model.end("ghost", "done", 1, 1)
    assert model.rowCount() == 0


def test_how_far_a_call_is_is_told_while_it_runs(qapp):
    model, transcript = ToolCallsModel(), TranscriptModel()
    model.begin("c1", "index", {})
    transcript.add_tool("c1", "index")

    def report(done: float, total: float, words: str) -> str:
        model.report("c1", done, total, words)
        transcript.report_tool("c1", model.calls[0].progress)
        return tool_words(transcript.lines[-1].tool)

    assert report(1, 4, "reading") == "running \u00b7 25 % \u00b7 reading"
    assert report(9, 4, "") == "running \u00b7 100 %"
    assert report(3, 0, "a\nb\u202ec" + "x" * 200).startswith("running \u00b7 a b[U+202E]cxxx")
    assert len(model.calls[0].progress) == LONGEST_PROGRESS
    assert report(float("nan"), -1, "") == "running"
    report(1, 2, "half")
    model.end("c1", "done", {}, 3.0)
    transcript.end_tool("c1", "done", 3.0)
    assert tool_words(transcript.lines[-1].tool) == "done \u00b7 3.0 ms"
    model.report("c1", 2, 2, "too late")
    assert model.calls[0].progress == "50 % \u00b7 half"


def test_pictures_are_kept_and_count(qapp):
    model = ToolCallsModel()
    for number in range(3):
        model.begin(f"c{number}", "draw", {})
        model.end(f"c{number}", "done", {}, 1.0, pictures=("x" * (MOST_BYTES // 2),))
    assert [len(call.pictures) for call in model.calls] == [1, 1]
