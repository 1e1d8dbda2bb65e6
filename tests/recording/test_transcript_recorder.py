"""The models' contents are in the file, however the program ends."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.base import file_lock, redaction
from desktop.base.message import verbatim
from desktop.recording import journal
from desktop.recording.folder.layout import JOURNAL
from desktop.recording.folder.recorder import NOTHING
from desktop.recording.folder_recorder import FolderRecorder
from desktop.recording.transcript_recorder import TranscriptRecorder
from desktop.turn.effects import DisplayState
from desktop.viewmodels import tool_calls_model, transcript_model
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel
from tests.rig.process import until


class Kept:
    """A recorder with its models, and its messages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.on = True
        self.transcript, self.calls = TranscriptModel(), ToolCallsModel()
        self.folders = FolderRecorder(self._next, lambda: NOTHING)
        self.recorder = TranscriptRecorder(self.transcript, self.calls, self.folders.recorder.open_journal)
        self.recorder.ended.connect(self.folders.recorder.end)
        self.messages: list[str] = []
        self.folders.failed.connect(lambda message: self.messages.append(str(message)))

    def _next(self) -> Path | None:
        return self.folder / journal.new_name(datetime.now(UTC)) if self.on else None

    def turn(self, number: int, words: str = "What time is it?", answer: str = "It is noon.") -> None:
        self.transcript.begin_take(number)
        self.transcript.end_take(number, "sent")
        self.transcript.begin_response(number)
        self.transcript.fill_take(number, words)
        for word in answer.split(" "):
            self.transcript.grow_response(number, word + " ", 0)
        self.transcript.end_response(number, "complete")

    def close(self) -> None:
        self.recorder.end()
        self.folders.recorder.wait()

    def stored(self) -> list[journal.StoredConversation]:
        self.close()
        return [journal.read(path) for path in sorted(self.folder.glob(f"*/{JOURNAL}"))]


@pytest.fixture
def kept(qapp, tmp_path):
    return Kept(tmp_path / "conversations")


def spoken_lines(stored: journal.StoredConversation) -> list[tuple[str, str]]:
    return [(line.speaker, line.text.strip()) for line in stored.lines]


def test_a_conversation_is_kept_with_what_came_before_its_first_words(kept):
    kept.recorder.begin("openai/gpt-realtime-2", "cedar")
    kept.transcript.add_note(verbatim("Connected."))
    kept.turn(1)
    kept.recorder.record_state(DisplayState.READY)
    (stored,) = kept.stored()
    assert spoken_lines(stored) == [
        ("system", "Connected."),
        ("user", "What time is it?"),
        ("assistant", "It is noon."),
    ]
    assert stored.began
    assert (stored.began.model, stored.began.voice, stored.began.version) == (
        "openai/gpt-realtime-2",
        "cedar",
        1,
    )
    assert not stored.cut_short
    assert [record.state for record in stored.states] == ["Ready"]


def test_lines_are_kept_with_their_times_and_what_was_heard(kept):
    kept.turn(1, answer="It is noon in the city of Paris.")
    kept.transcript.begin_hearing(1)
    kept.transcript.end_hearing(1)
    kept.transcript.mark_heard(1, 400, 1_000)
    (stored,) = kept.stored()
    line, displayed = stored.lines[-1], kept.transcript.lines[-1]
    assert (line.at, line.sounded_at, line.ended_at) == (
        displayed.at,
        displayed.sounded_at,
        displayed.ended_at,
    )
    assert line.heard == displayed.heard
    assert 0 < line.heard < len(line.text)
    assert line.note == "interrupted"
    assert not line.growing


def test_tool_calls_are_kept_with_arguments_and_results(kept):
    kept.turn(1)
    kept.calls.begin("c1", "get_time", {"zone": "UTC"})
    kept.transcript.add_tool("c1", "get_time")
    kept.calls.end("c1", "done", {"time": "12:00"}, 3.5)
    kept.transcript.end_tool("c1", "done", 3.5)
    (stored,) = kept.stored()
    (call,) = stored.calls
    assert (call.name, call.arguments, call.state, call.result, call.duration_ms) == (
        "get_time",
        {"zone": "UTC"},
        "done",
        {"time": "12:00"},
        3.5,
    )
    card = stored.lines[-1]
    assert (card.speaker, card.text, card.call_id, card.state) == ("tool", "get_time", "c1", "done")


def test_a_tool_call_whose_result_came_late_is_kept_so(kept):
    kept.turn(1)
    kept.calls.begin("c1", "get_time", {})
    kept.transcript.add_tool("c1", "get_time")
    kept.calls.end("c1", "dropped")
    kept.transcript.end_tool("c1", "dropped")
    kept.calls.end("c1", "late", {"time": "12:00"}, 3.5)
    kept.transcript.end_tool("c1", "late", 3.5)
    (stored,) = kept.stored()
    (call,) = stored.calls
    assert (call.state, call.result) == ("late", {"time": "12:00"})
    assert (stored.lines[-1].state, stored.lines[-1].duration_ms) == ("late", 3.5)


def test_growing_words_are_written_once(kept):
    kept.turn(1, answer="word " * 500)
    (stored,) = kept.stored()
    assert stored.path.stat().st_size < 500 * 60
    assert stored.lines[-1].text.split() == ["word"] * 500


def test_a_secret_that_comes_in_parts_is_written_in_none(kept):
    redaction.protect("marked-secret-77")
    kept.transcript.begin_response(1)
    for part in ("Your key is mar", "ked-sec", "ret-77 and", " that is", " all"):
        kept.transcript.grow_response(1, part, 0)
    (stored,) = kept.stored()
    assert "ret-77" not in stored.path.read_text()
    assert stored.lines[0].text == "Your key is … and that is all"


def test_a_line_that_changes_while_it_grows_loses_nothing(kept):
    kept.transcript.begin_response(1)
    kept.transcript.grow_response(1, "It is noon ", 0)
    kept.transcript.begin_hearing(1)
    until(lambda: kept.recorder.path.exists(), within=5, what="the file")
    until(lambda: b"sounded_at" in kept.recorder.path.read_bytes(), within=5, what="the change")
    assert [line.text for line in journal.read(kept.recorder.path).lines] == ["It is noon "]
    kept.close()


def test_words_without_spaces_are_written_too(kept):
    kept.transcript.begin_response(1)
    for _ in range(300):
        kept.transcript.grow_response(1, "時間は", 0)
    (stored,) = kept.stored()
    assert len(stored.lines[0].text) > 300


def test_without_a_word_there_is_no_file(kept):
    kept.transcript.add_note(verbatim("Connected."))
    kept.transcript.begin_take(1)
    kept.transcript.end_take(1, "short")
    assert kept.stored() == []


def test_each_session_has_a_file_of_its_own(kept):
    kept.turn(1)
    kept.recorder.end()
    kept.transcript.add_note(verbatim("Connected."))
    kept.turn(2, "And now?")
    first, second = sorted(kept.stored(), key=lambda stored: stored.began_at)
    assert spoken_lines(first)[0] == ("user", "What time is it?")
    assert spoken_lines(second)[:2] == [("system", "Connected."), ("user", "And now?")]


def test_a_take_that_is_sent_at_last_belongs_to_the_session_that_sends_it(kept):
    kept.turn(1)
    kept.transcript.begin_take(2)
    kept.transcript.end_take(2, "kept")
    kept.recorder.end()
    kept.transcript.add_note(verbatim("Connected."))
    kept.transcript.end_take(2, "sent")
    kept.transcript.begin_response(2)
    kept.transcript.fill_take(2, "Are you there?")
    kept.transcript.grow_response(2, "Yes.", 0)
    _, second = sorted(kept.stored(), key=lambda stored: stored.began_at)
    assert spoken_lines(second) == [
        ("user", "Are you there?"),
        ("system", "Connected."),
        ("assistant", "Yes."),
    ]


def test_late_changes_of_a_session_that_is_over_begin_nothing(kept):
    kept.turn(1)
    kept.transcript.add_tool("c1", "get_time")
    kept.recorder.end()
    kept.transcript.end_tool("c1", "late", 1)
    kept.transcript.begin_hearing(1)
    kept.transcript.end_hearing(1)
    assert len(kept.stored()) == 1


def test_turned_off_it_keeps_nothing_and_turned_on_all_of_the_conversation(kept):
    kept.on = False
    kept.turn(1)
    assert kept.recorder.path is None
    assert not kept.folder.exists()
    kept.on = True
    kept.turn(2, "And now?")
    (stored,) = kept.stored()
    assert [text for _, text in spoken_lines(stored)] == [
        "What time is it?",
        "It is noon.",
        "And now?",
        "It is noon.",
    ]


@pytest.mark.parametrize("pieces", [("Hel", "lo", " the", "re."), ("He", "llo ", "there.")])
def test_words_that_come_in_pieces_are_written_as_they_are_shown(kept, pieces: tuple[str, ...]):
    kept.turn(1, pieces[0])
    for piece in pieces[1:]:
        kept.transcript.fill_take(1, piece)
    (stored,) = kept.stored()
    assert spoken_lines(stored)[0] == ("user", "Hello there.")


def test_words_after_an_answers_end_are_written(kept):
    kept.turn(1, answer="It is noon.")
    kept.transcript.grow_response(1, "Sharp.", 0)
    (stored,) = kept.stored()
    assert spoken_lines(stored)[1] == ("assistant", "It is noon. Sharp.")


def test_lines_put_above_are_not_kept_again(kept):
    kept.transcript.put_above([Line("user"), Line("system")])
    kept.turn(1)
    kept.transcript.put_above([Line("user")])
    kept.turn(2)
    (stored,) = kept.stored()
    assert len(stored.lines) == 4


def test_a_folder_that_cant_be_written_is_reported_once_and_the_conversation_continues(kept, qtbot):
    kept.folder.write_text("a file where the folder should be")
    kept.turn(1)
    qtbot.waitUntil(lambda: bool(kept.messages))
    kept.turn(2)
    kept.close()
    assert len(kept.transcript.lines) == 4
    (sentence,) = kept.messages
    assert "can't be saved" in sentence
    assert str(kept.folder) not in sentence


def test_two_programs_write_two_files(kept, qapp):
    other = Kept(kept.folder)
    for number in range(1, 20):
        kept.turn(number, f"mine {number}")
        other.turn(number, f"other {number}")
    until(lambda: kept.recorder.path.exists() and other.recorder.path.exists(), within=5, what="the files")
    assert kept.recorder.path != other.recorder.path
    other.close()
    for stored in kept.stored():
        (mine,) = {text.split()[0] for speaker, text in spoken_lines(stored) if speaker == "user"}
        assert mine in ("mine", "other")
        assert len(stored.lines) == 38


TALKING = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from tests.recording.test_transcript_recorder import Kept
application = QCoreApplication([])
kept = Kept(Path(sys.argv[1]))
for number in range(1, 100_000):
    kept.calls.begin(f"c{number}", "get_time", {"number": number})
    kept.calls.end(f"c{number}", "done", {"number": number}, 1.0)
    kept.turn(number, f"Question {number}?", f"The answer to it is {number}.")
    time.sleep(0.001)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL")
@pytest.mark.parametrize("_", range(5))
def test_killed_in_mid_conversation_it_is_whole_to_the_last_finished_line(tmp_path, _):
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    program = subprocess.Popen([sys.executable, "-c", TALKING, str(tmp_path)], env=env)
    try:
        enough = random.randint(5_000, 60_000)

        def file() -> Path | None:
            return next(
                (path for path in tmp_path.glob(f"*/{JOURNAL}") if path.stat().st_size > enough), None
            )

        path = until(file, within=30, what="some talking")
        assert file_lock.is_held(path)
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()
    stored = journal.read(path)
    assert stored.cut_short
    assert stored.damaged == 0
    assert not file_lock.is_held(path)
    questions = [line.text for line in stored.lines if line.speaker == "user"]
    for number, question in enumerate(questions[:-1], 1):
        assert question == f"Question {number}?"
    answers = [line for line in stored.lines if line.speaker == "assistant"]
    for number, line in enumerate(answers[:-1], 1):
        assert line.text.strip() == f"The answer to it is {number}."
        assert not line.growing
    assert f"The answer to it is {len(answers)}.".startswith(answers[-1].text.strip())
    assert [call.result for call in stored.calls[:-1]] == [
        {"number": number} for number in range(1, len(stored.calls))
    ]
    assert len(stored.calls) - len(answers) in (0, 1)


def test_lines_that_are_too_old_to_be_shown_stay_in_the_file(kept, monkeypatch):
    monkeypatch.setattr(transcript_model, "MOST_LINES", 20)
    monkeypatch.setattr(transcript_model, "BATCH", 5)
    monkeypatch.setattr(tool_calls_model, "MOST_CALLS", 3)
    for number in range(1, 41):
        kept.turn(number, f"Question {number}", f"Answer {number}")
        kept.calls.begin(f"c{number}", "sum", {})
    assert len(kept.transcript.lines) <= 20
    (stored,) = kept.stored()
    assert len(stored.lines) == 80
    assert spoken_lines(stored)[0] == ("user", "Question 1")
    assert len(stored.calls) == 40
    kept.turn(41, "Another conversation", "Yes.")
    assert sorted(len(one.lines) for one in kept.stored()) == [2, 80]
