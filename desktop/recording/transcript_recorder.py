"""Writes the transcript and the tool calls to disk as they happen, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QModelIndex, QObject, Signal

from desktop import __version__
from desktop.recording import journal
from desktop.recording.journal import (
    Began,
    CallRecord,
    Ended,
    LineGrown,
    LineRecord,
    LineRemoved,
    ResponseRecord,
    StateRecord,
)
from desktop.turn.effects import DisplayState
from desktop.viewmodels.response_end import ResponseEnd
from desktop.viewmodels.tool_calls_model import Call, ToolCallsModel
from desktop.viewmodels.transcript_line import Line, now
from desktop.viewmodels.transcript_model import TranscriptModel


class JournalWriter(Protocol):
    """Takes the records of a journal: `folder.writer.JournalPart`, or a `JsonlWriter`."""

    path: Path

    def put(self, record: Mapping[str, Any], weight: int = 200) -> None:
        """Add a record, which must not change any more."""

    def end(self) -> None:
        """Take no more records; nobody waits."""


class TranscriptRecorder(QObject):
    """Writes one file for each conversation, from its first words to `end`.

    Lines before the first words ("Connected.", for example) are written with them; a conversation without
    words leaves no file. Everything comes from the models; the session is unknown here.
    """

    ended = Signal()
    """The conversation is over."""

    def __init__(
        self,
        transcript: TranscriptModel,
        calls: ToolCallsModel,
        open_journal: Callable[[], JournalWriter | None],
        clock: Callable[[], datetime] = now,
        parent: QObject | None = None,
    ) -> None:
        """`open_journal` gives what the next conversation is written to; None: it is not written."""
        super().__init__(parent)
        self._transcript, self._calls = transcript, calls
        self._open_journal, self._clock = open_journal, clock
        self._model_and_voice = ("", "")
        self._open: _ConversationFile | None = None
        self._first = 0, 0
        """The indexes of the line and the call that the current conversation begins with."""
        transcript.rowsInserted.connect(self._on_lines_inserted)
        transcript.dataChanged.connect(lambda first, last: self._write_lines(first.row(), last.row()))
        transcript.rowsAboutToBeRemoved.connect(self._on_lines_removed)
        calls.rowsAboutToBeRemoved.connect(self._on_calls_removed)
        transcript.response_ended.connect(self._on_response_ended)
        calls.rowsInserted.connect(lambda _, first, last: self._write_calls(first, last))
        calls.dataChanged.connect(lambda first, last: self._write_calls(first.row(), last.row()))

    @property
    def path(self) -> Path | None:
        """The file of the current conversation, once there is one."""
        return self._open.writer.path if self._open else None

    # What happens

    def begin(self, model: str, voice: str) -> None:
        """A session with this model and voice has begun."""
        self._model_and_voice = model, voice

    def record_state(self, state: DisplayState) -> None:
        """Write the session's new state."""
        self._write(StateRecord(self._clock(), state.value))

    def end(self) -> None:
        """The conversation is over; the next words begin another one."""
        if self._open:
            self._open.finish()
        self._open = None
        self._first = self._transcript.rowCount(), self._calls.rowCount()
        self.ended.emit()

    # What the models report

    def _on_lines_inserted(self, _: QModelIndex, first: int, last: int) -> None:
        if first < self._transcript.earlier:
            # Lines of an earlier conversation, shown above: they are on disk already.
            self._first = self._first[0] + last + 1 - first, self._first[1]
        else:
            self._write_lines(first, last)

    def _on_response_ended(self, end: ResponseEnd) -> None:
        self._write(ResponseRecord(at=end.at, response=end.response, outcome=end.outcome, usage=end.usage))

    def _on_lines_removed(self, _: QModelIndex, first: int, last: int) -> None:
        if self._open:
            for line in self._transcript.lines[first : last + 1]:
                (self._open.forget if self._transcript.trimming else self._open.remove)(line)
        if self._transcript.trimming:
            self._first = max(0, self._first[0] - (last + 1 - first)), self._first[1]
        elif last < self._first[0]:
            self._first = self._first[0] - (last + 1 - first), self._first[1]

    def _on_calls_removed(self, _: QModelIndex, first: int, last: int) -> None:
        self._first = self._first[0], max(0, self._first[1] - (last + 1 - first))

    def _write_lines(self, first: int, last: int) -> None:
        lines = self._transcript.lines[first : last + 1]
        if self._open is None:
            # Of earlier lines, only a take that is sent late begins a new conversation.
            earlier = first < self._first[0]
            speakers = ("user",) if earlier else ("user", "assistant")
            lines = [line for line in lines if line.speaker in speakers and _has_words(line)]
            if lines:
                self._begin_file(lines if earlier else [])
        else:
            for line in lines:
                self._open.write_line(line)

    def _write_calls(self, first: int, last: int) -> None:
        for call in self._calls.calls[first : last + 1]:
            self._write(_call_record(call))

    def _begin_file(self, before: list[Line]) -> None:
        writer = self._open_journal()
        if writer is None:
            return
        self._open = _ConversationFile(writer)
        model, voice = self._model_and_voice
        program = f"presstalk {__version__}"
        at = self._clock()
        self._write(Began(at=at, version=journal.VERSION, program=program, model=model, voice=voice))
        for line in [*before, *self._transcript.lines[self._first[0] :]]:
            self._open.write_line(line)
        for call in self._calls.calls[self._first[1] :]:
            self._write(_call_record(call))

    def _write(self, record: journal.JournalRecord) -> None:
        if self._open:
            journal.write(self._open.writer, record)


LONGEST_WORD = 512
"""Characters: longer ones are no secrets. Some scripts have no spaces."""


@dataclass(slots=True)
class _Written:
    """What the file has of a line: its number, how many characters of its text, and its other fields."""

    id: int
    line: Line
    length: int = -1
    state: tuple[Any, ...] = ()


class _ConversationFile:
    """The file of a conversation, and what was written of each line."""

    def __init__(self, writer: JournalWriter) -> None:
        self.writer = writer
        self._lines: dict[int, _Written] = {}
        """By the line's identity: the model keeps the object as long as the line."""
        self._count = 0

    def write_line(self, line: Line) -> None:
        """Write what the file does not have yet of the line."""
        written = self._lines.get(id(line))
        if written is None:
            self._count += 1
            written = self._lines[id(line)] = _Written(self._count, line)
        state, text = _state(line), line.stored_text
        end = _whole(text, max(0, written.length)) if line.growing else len(text)
        if written.state != state or written.length < 0:
            journal.write(self.writer, _line_record(written.id, line, text[:end]))
            written.state, written.length = state, end
        elif end > written.length:
            journal.write(self.writer, LineGrown(written.id, text[written.length : end]))
            written.length = end

    def finish(self) -> None:
        """Write the last words of lines that were still growing, and the end."""
        for written in self._lines.values():
            if rest := written.line.stored_text[max(0, written.length) :]:
                journal.write(self.writer, LineGrown(written.id, rest))
        journal.write(self.writer, Ended(at=now()))
        self.writer.end()

    def forget(self, line: Line) -> None:
        """The line is too old to be shown: it stays in the file, and doesn't change any more."""
        written = self._lines.pop(id(line), None)
        if written and (rest := line.stored_text[max(0, written.length) :]):
            journal.write(self.writer, LineGrown(written.id, rest))

    def remove(self, line: Line) -> None:
        """The line was removed."""
        written = self._lines.pop(id(line), None)
        if written:
            journal.write(self.writer, LineRemoved(written.id))


def _whole(text: str, begin: int) -> int:
    """Where the last whole word ends: a secret cut in two would not be recognised."""
    space = max(text.rfind(" ", begin), text.rfind("\n", begin))
    return len(text) if len(text) - max(space, begin) > LONGEST_WORD else max(begin, space + 1)


def _has_words(line: Line) -> bool:
    return bool(line.text) or (line.speaker == "user" and line.ended_at is not None)


def _state(line: Line) -> tuple[Any, ...]:
    card = line.tool
    tool = (card.state, card.duration_ms, card.bench) if card else ()
    # What the user said may be joined in another way as more of it comes: it is written anew, whole.
    said = line.text if line.speaker == "user" else ""
    return (line.growing, line.note, line.heard, line.sounded_at, line.ended_at, said, line.times, *tool)


def _line_record(number: int, line: Line, text: str) -> LineRecord:
    card = line.tool
    return LineRecord(
        id=number,
        at=line.at,
        speaker=line.speaker,
        text=text,
        growing=line.growing,
        note=line.note,
        heard=line.heard,
        sounded_at=line.sounded_at,
        ended_at=line.ended_at,
        call_id=card.call_id if card else "",
        state=card.state if card else "",
        duration_ms=card.duration_ms if card else None,
        bench=card.bench if card else "",
        message=line.message.to_builtins() if line.message else None,
    )


def _call_record(call: Call) -> CallRecord:
    return CallRecord(
        call_id=call.call_id,
        at=call.at,
        name=call.name,
        arguments=call.arguments,
        state=call.state,
        result=call.result,
        duration_ms=call.duration_ms,
        by_hand=call.by_hand,
        bench=call.bench,
    )
