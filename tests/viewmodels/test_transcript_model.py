"""The transcript: in the order of speech, whatever the order of arrival."""

from __future__ import annotations

from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from desktop.turn.effects import ResponseOutcome
from desktop.viewmodels.line_words import NOTES
from desktop.viewmodels.transcript_model import OUTCOME_NOTES, TranscriptModel, TranscriptRole


@pytest.fixture
def transcript(qapp):
    model = TranscriptModel()
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return model


def texts(model: TranscriptModel) -> list[tuple[str, str]]:
    return [(line.speaker, line.text) for line in model.lines]


def test_the_users_words_stand_above_the_answer_though_they_come_later(transcript):
    transcript.begin_take(1)
    transcript.end_take(1, "sent")
    transcript.begin_response(1)
    transcript.grow_response(1, "It is noon.", 0)
    transcript.fill_take(1, "What time is it?")
    assert texts(transcript) == [("user", "What time is it?"), ("assistant", "It is noon.")]


def test_a_growing_answer_changes_one_row(transcript, qtbot):
    transcript.begin_take(1)
    transcript.begin_response(1)
    changes = []
    transcript.dataChanged.connect(lambda first, last: changes.append((first.row(), last.row())))
    transcript.grow_response(1, "It ", 0)
    transcript.grow_response(1, "is noon.", 200)
    assert changes == [(1, 1), (1, 1)]
    assert transcript.index(1).data(TranscriptRole.GROWING)
    transcript.end_response(1, "complete")
    assert not transcript.index(1).data(TranscriptRole.GROWING)


def test_short_and_discarded_takes_leave_no_line(transcript):
    for take, outcome in ((1, "short"), (2, "thrown away")):
        transcript.begin_take(take)
        transcript.end_take(take, outcome)
    assert texts(transcript) == []


def test_a_kept_take_says_so_until_it_is_sent(transcript):
    transcript.begin_take(1)
    transcript.end_take(1, "kept")
    assert "kept" in transcript.index(0).data(TranscriptRole.NOTE)
    transcript.end_take(1, "sent")
    assert transcript.index(0).data(TranscriptRole.NOTE) == ""


def test_no_words_are_said_to_be_none(transcript):
    transcript.begin_take(1)
    transcript.fill_take(1, "")
    assert "no words" in transcript.index(0).data(TranscriptRole.NOTE)


def test_a_take_cut_in_two_by_the_server_is_one_line(transcript):
    transcript.begin_take(1)
    transcript.fill_take(1, "First.")
    transcript.fill_take(1, "Second.")
    assert texts(transcript) == [("user", "First. Second.")]


def test_words_of_no_take_get_their_own_line(transcript):
    transcript.fill_take(0, "Hello")
    assert texts(transcript) == [("user", "Hello")]


def test_an_answer_without_words_leaves_no_line(transcript):
    transcript.begin_response(1)
    transcript.end_response(1, "complete")
    transcript.mark_heard(1, 0, 0)
    assert texts(transcript) == []


def test_what_was_not_heard_is_marked(transcript):
    transcript.begin_response(1)
    transcript.grow_response(1, "one two three four", 0)
    transcript.end_response(1, "interrupted")
    transcript.mark_heard(1, 500, 1_000)
    assert transcript.lines[0].text[: transcript.index(0).data(TranscriptRole.HEARD)] == "one two"
    assert transcript.index(0).data(TranscriptRole.NOTE) == "interrupted"


def test_screen_readers_are_told_who_speaks(transcript):
    transcript.begin_response(1)
    transcript.grow_response(1, "Hello.", 0)
    assert transcript.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "Assistant: Hello."


def test_screen_readers_are_told_what_was_not_heard(transcript):
    transcript.begin_response(1)
    transcript.grow_response(1, "one two three four", 0)
    transcript.mark_heard(1, 500, 1_000)
    text = transcript.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text == "Assistant: one two interrupted not heard: three four"


def test_a_tools_card_stands_where_it_began_and_tells_its_end(transcript):
    transcript.add_tool("c1", "get_time")
    transcript.add_tool("c2", "calculate")
    assert transcript.lines[0].tool.state == "running"
    transcript.end_tool("c1", "failed", 1_250)
    transcript.end_tool("nobody", "done", 1)
    assert [(line.speaker, line.text, line.tool.state) for line in transcript.lines] == [
        ("tool", "get_time", "failed"),
        ("tool", "calculate", "running"),
    ]
    text = transcript.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text == "Tool get_time: failed · 1.2 s"


def test_a_call_id_that_comes_again_is_another_call(transcript):
    for state in ("failed", "done"):
        transcript.add_tool("c1", "get_time")
        transcript.end_tool("c1", state, 1)
    assert [line.tool.state for line in transcript.lines] == ["failed", "done"]


def test_a_kept_take_ended_when_it_was_released(transcript):
    transcript.begin_take(1)
    transcript.end_take(1, "kept")
    released = transcript.lines[0].ended_at
    transcript.end_take(1, "sent")
    assert transcript.lines[0].ended_at is released


def test_what_is_not_written_down_waits_for_no_words():
    transcript = TranscriptModel()
    transcript.words_come = False
    transcript.begin_take(1)
    transcript.end_take(1, "sent")
    line = transcript.lines[0]
    assert (line.growing, line.note) == (False, "not transcribed")
    transcript.fill_take(1, "but they came")
    assert (line.text, line.note) == ("but they came", "")


@pytest.mark.parametrize("known", [True, False], ids=["of the take", "of no take"])
def test_words_in_pieces_are_one_text(transcript, known: bool):
    """Where the client commits, only the first piece is known to belong to the take."""
    transcript.begin_take(1)
    transcript.fill_take(1, "Hel")
    for piece in ("lo", " the", "re."):
        transcript.fill_take(1 if known else 0, piece)
    assert texts(transcript) == [("user", "Hello there.")]


def test_a_sentence_of_no_take_is_not_the_last_takes(transcript):
    transcript.begin_take(1)
    transcript.fill_take(1, "Hello there.")
    transcript.fill_take(0, "Another voice.")
    assert texts(transcript) == [("user", "Hello there."), ("user", "Another voice.")]


def test_words_after_something_else_was_typed_are_not_the_last_takes(transcript):
    transcript.begin_take(1)
    transcript.fill_take(1, "Hel")
    transcript.add_typed("typed")
    transcript.fill_take(0, "lo")
    assert [text for _, text in texts(transcript)] == ["Hel", "typed", "lo"]


def test_an_answer_in_pieces_has_their_own_spaces(transcript):
    transcript.begin_response(1)
    for piece in (" Hel", "lo", " the", "re."):
        transcript.grow_response(1, piece, 0)
    assert texts(transcript) == [("assistant", "Hello there.")]


@pytest.mark.parametrize("words", ["The answer.", ""])
def test_words_after_the_end_belong_to_the_answer(transcript, words: str):
    transcript.begin_response(1)
    transcript.grow_response(1, words, 0)
    transcript.end_response(1, "complete")
    transcript.grow_response(1, " And more.", 100)
    assert texts(transcript) == [("assistant", f"{words} And more.".strip())]
    assert transcript.index(0).data(TranscriptRole.GROWING) is False


@pytest.mark.parametrize("outcome", ["failed", "incomplete", "cancelled"])
def test_what_the_service_cut_off_says_so(transcript, outcome: str):
    transcript.begin_response(1)
    transcript.grow_response(1, "Half a", 0)
    transcript.end_response(1, outcome)
    assert transcript.index(0).data(TranscriptRole.NOTE) == "cut off"


def test_every_outcome_has_a_note():
    assert {*OUTCOME_NOTES, "complete"} == set(get_args(ResponseOutcome))
    assert set(OUTCOME_NOTES.values()) <= set(NOTES)
