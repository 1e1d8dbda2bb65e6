"""The conversation as a list of lines, in the order of speech."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import islice
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.base.message import Message
from desktop.base.visible_text import visible_line
from desktop.protocol import limits
from desktop.turn.heard_text import SpokenText
from desktop.turn.joined_words import JoinedWords
from desktop.viewmodels.guarded import Guarded
from desktop.viewmodels.line_words import note_words, tool_words
from desktop.viewmodels.response_end import ResponseEnd
from desktop.viewmodels.tool_calls_model import OPEN, may_follow
from desktop.viewmodels.transcript_line import ChatRole, Line, ToolCard, counted, now
from desktop.viewmodels.wording import worded

Index = QModelIndex | QPersistentModelIndex

NO_INDEX = QModelIndex()
MOST_RESPONSES = 10_000
OUTCOME_NOTES = {
    "interrupted": "interrupted",
    "dropped": "cut off: connection lost",
    "stalled": "stalled",
    "failed": "cut off",
    "incomplete": "cut off",
    "cancelled": "cut off",
}
"""The note of a response's line, by how it ended; a complete one keeps its note."""
KEPT_NOTE = "kept, will be sent when reconnected"
MOST_LINES = 12_000
"""Lines that are kept: days of talking. The oldest go first, `BATCH` at a time, and stay in the journal."""
BATCH = 500
MOST_TEXT = 2_000_000
"""Characters of all lines together, which is 33 hours of speech. The oldest lines go here too."""
LOOK_AFTER = MOST_TEXT // 8
"""New characters after which they are counted again."""


class TranscriptRole(IntEnum):
    """The pane's roles in addition to the display text."""

    SPEAKER = Qt.ItemDataRole.UserRole + 1
    AT = Qt.ItemDataRole.UserRole + 2
    GROWING = Qt.ItemDataRole.UserRole + 3
    NOTE = Qt.ItemDataRole.UserRole + 4
    HEARD = Qt.ItemDataRole.UserRole + 5


class TranscriptModel(Guarded, QAbstractListModel):
    """Lines by take and by response. A line is appended when its speech begins and filled as words come."""

    response_ended = Signal(object)
    """A `ResponseEnd`."""

    def __init__(self, parent: QObject | None = None, clock: Callable[[], datetime] = now) -> None:
        super().__init__(parent)
        self._clock = clock
        self.words_come = True
        """Whether the user's speech is transcribed; if not, their lines wait for no transcript."""
        self._lines: list[Line] = []
        self._takes: dict[int, Line] = {}
        self._words: dict[int, JoinedWords] = {}
        """Of the takes whose transcripts have come."""
        self._last_filled = 0
        """The take that words came for last, 0 when the user has said or typed something else since."""
        self._responses: dict[int, Line] = {}
        self._calls: dict[str, Line] = {}
        self._speaking = False
        self._wordless = 0
        """The last response that ended without words: it has no line."""
        self._earlier = 0
        self._uncounted = 0
        """Characters that have come since all of them were counted."""
        self.trimming = False
        """Whether the rows that are being removed are only too old to be shown."""
        self.responses: deque[ResponseEnd] = deque(maxlen=MOST_RESPONSES)
        """The ends of the last responses, with and without words."""

    @property
    def earlier(self) -> int:
        """How many lines at the top are from an earlier conversation."""
        return self._earlier

    @property
    def lines(self) -> list[Line]:
        """All lines, oldest first. Not to be changed from outside."""
        return self._lines

    # Qt's model interface

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._lines):
            return None
        line = self._lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.text
            case TranscriptRole.SPEAKER:
                return line.speaker
            case TranscriptRole.AT:
                return line.at
            case TranscriptRole.GROWING:
                return line.growing
            case TranscriptRole.NOTE:
                return line.note
            case TranscriptRole.HEARD:
                return line.heard
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._told(line)
        return None

    # An earlier conversation

    def put_above(self, lines: Sequence[Line]) -> None:
        """Show the lines of an earlier conversation above all others. Their numbers must be 0."""
        if lines:
            self._earlier += len(lines)
            self.beginInsertRows(NO_INDEX, 0, len(lines) - 1)
            self._lines[:0] = lines
            self.endInsertRows()

    def clear(self) -> frozenset[int]:
        """Begin another conversation. Only what was said and is still to be sent stays: these takes."""
        self._earlier = 0
        for line in [line for line in reversed(self._lines) if line.note != KEPT_NOTE]:
            self._remove(line)
        self._takes = {line.number: line for line in self._lines}
        self.responses.clear()
        self._words.clear()
        self._responses.clear()
        self._calls.clear()
        self._last_filled = self._wordless = 0
        return frozenset(self._takes)

    # The user

    @property
    def awaits_words(self) -> bool:
        """Whether the words of a take that is over are still to come."""
        return any(line.growing and line.ended_at is not None for line in self._takes.values())

    def begin_take(self, take: int) -> None:
        """The user has begun to speak."""
        line = Line("user", take, self._clock(), growing=True, note="listening")
        self._takes[take] = line
        self._last_filled = 0
        self._append(line)

    def end_take(self, take: int, outcome: str) -> None:
        """The take is over; one that was short or discarded leaves no line."""
        line = self._takes.get(take)
        if line is None:
            return
        if outcome in ("short", "thrown away"):
            self._remove(line)
            del self._takes[take]
            return
        # A kept take ends twice: it is sent later, but was spoken now.
        line.ended_at = line.ended_at or self._clock()
        line.growing = self.words_come and not line.text
        unwritten = "" if line.text or self.words_come else "not transcribed"
        line.note = KEPT_NOTE if outcome == "kept" else unwritten
        self._changed(line)

    def fill_take(self, take: int, text: str) -> None:
        """Add words to a take. Words of no known take get their own line, unless they go on with the last."""
        last = self._words.get(self._last_filled)
        if take not in self._takes and last and last.continued_by(text):
            take = self._last_filled
        line = self._takes.get(take)
        if line is None:
            self._append(self._worded("user", text.strip()))
            return
        if len(line.text) >= limits.TEXT:
            return
        self._last_filled = take
        words = self._words.setdefault(take, JoinedWords())
        line.spoken = SpokenText()
        line.spoken.add(limits.text(words.add(text), limits.TEXT), 0)
        line.growing = False
        line.note = "" if line.text else "no words recognised"
        self._changed(line)
        self._count_text(len(text))

    def add_typed(self, text: str) -> None:
        """The user has typed."""
        self._last_filled = 0
        self._append(self._worded("user", text))

    # The assistant

    def begin_response(self, response: int) -> None:
        """The assistant begins to respond."""
        line = Line("assistant", response, self._clock(), growing=True)
        self._responses[response] = line
        self._append(line)

    def grow_response(self, response: int, delta: str, received_ms: float) -> None:
        """More words of the response; `received_ms` of its audio had come before them.

        They may come after its end, and then make the line that it lacked.
        """
        line = self._responses.get(response)
        if line is None and response == self._wordless and delta.strip():
            self.begin_response(response)
            line = self._responses[response]
            line.growing, line.ended_at = False, line.at
        room = limits.TEXT - len(line.text) if line is not None else 0
        if line is not None and room > 0:
            line.spoken.add(limits.text(delta if line.text else delta.lstrip(), room), received_ms)
            self._changed(line)
            self._count_text(len(delta))

    def begin_hearing(self, response: int) -> None:
        """The response's first sound has left the speaker."""
        line = self._responses.get(response)
        if line is not None and line.sounded_at is None:
            line.sounded_at = self._clock()
            for other in self._last_responses():
                self._show_sounding(other, other is line)
            self._changed(line)

    def end_hearing(self, response: int) -> None:
        """The response's last sound has left the speaker."""
        line = self._responses.get(response)
        if line is not None and line.sounded_at is not None:
            line.ended_at = self._clock()
            line.sounding = False
            self._changed(line)

    def show_speaking(self, speaking: bool) -> None:
        """The session's state is that the assistant speaks, or another one: then nothing waits for the
        speaker."""
        self._speaking = speaking
        if not speaking:
            for line in self._last_responses():
                self._show_sounding(line, line.sounding and line.sounded_at is not None)

    def end_response(self, response: int, outcome: str, usage: dict[str, Any] | None = None) -> None:
        """The response is over on the wire; one without text (a tool call, for example) leaves no line."""
        self.responses.append(ResponseEnd(self._clock(), response, outcome, usage))
        self.response_ended.emit(self.responses[-1])
        line = self._responses.get(response)
        if line is None:
            return
        line.growing = False
        line.ended_at = line.ended_at or self._clock()
        if not line.text:
            self._remove(line)
            del self._responses[response]
            self._wordless = response
            return
        if self._speaking and line.sounded_at is None and line.heard is None:
            line.sounding = True  # its first sound is still to come
        if outcome != "complete":
            line.note = OUTCOME_NOTES.get(outcome, outcome)
        self._changed(line)

    def mark_heard(self, response: int, heard_ms: float, received_ms: float) -> None:
        """The response was silenced after `heard_ms` of `received_ms`: the rest was not heard."""
        line = self._responses.get(response)
        if line is None:
            return
        line.heard = line.spoken.heard_chars(heard_ms, received_ms)
        if line.sounded_at is not None:
            line.ended_at = line.sounded_at + timedelta(milliseconds=heard_ms)
        line.note = "interrupted" if line.heard < len(line.text) else line.note
        line.sounding = False
        self._changed(line)

    def show_playable(self, said: Literal["take", "response"], number: int, playable: bool) -> None:
        """The sound of a take or a response is kept from now on, or no longer."""
        line = (self._takes if said == "take" else self._responses).get(number)
        if line is not None and line.playable != playable:
            line.playable = playable
            self._changed(line)

    def add_tool(self, call_id: str, name: str) -> None:
        """A tool has begun to run."""
        line = self._worded("tool", visible_line(name))
        line.tool = ToolCard(call_id)
        self._calls[call_id] = line
        self._append(line)

    def progress_tool(self, call_id: str, state: str) -> None:
        """Where a call that goes on stands now; an unknown one, or one that is over, is ignored."""
        line = self._calls.get(call_id)
        if line is not None and line.tool is not None and line.tool.state in OPEN:
            line.tool.state = state
            self._changed(line)

    def report_tool(self, call_id: str, progress: str) -> None:
        """How far a call is, in words; of one that is over, or unknown, nothing is shown."""
        line = self._calls.get(call_id)
        if line is not None and line.tool is not None and line.tool.progress != progress:
            if line.tool.state in OPEN:
                line.tool.progress = progress
                self._changed(line)

    def end_tool(self, call_id: str, state: str, duration_ms: float | None = None, bench: str = "") -> None:
        """A call has ended in this state, after so many milliseconds; an unknown one is not shown."""
        line = self._calls.get(call_id)
        if line is not None and line.tool is not None and may_follow(line.tool.state, state):
            line.tool.state = state
            if duration_ms is not None:
                line.tool.duration_ms, line.tool.bench = duration_ms, bench
            line.ended_at = self._clock()
            self._changed(line)

    # The program

    def add_problem(self, message: Message) -> None:
        """A line of the program about what went wrong; the same once more is counted in its line."""
        last = self._lines[-1] if self._lines else None
        if last is None or last.message != message:
            self.add_note(message)
            return
        last.times += 1
        # Each of the first ten, then fewer and fewer of them: thousands a second may come.
        if last.times % 10 ** (len(str(last.times)) - 1) == 0:
            last.spoken = SpokenText()
            last.spoken.add(worded(message) + counted(last.times), 0)
            self._changed(last)

    def add_note(self, message: Message) -> None:
        """A line of the program: connected, ended and why."""
        line = self._worded("system", worded(message))
        line.message = message
        self._append(line)

    def _last_responses(self) -> list[Line]:
        """The few that can still sound: the speaker plays one after the other."""
        return list(islice(reversed(self._responses.values()), 8))

    def _show_sounding(self, line: Line, sounding: bool) -> None:
        if line.sounding != sounding:
            line.sounding = sounding
            self._changed(line)

    def _told(self, line: Line) -> str:
        if line.tool is not None:
            return self.tr("Tool") + f" {line.text}: {tool_words(line.tool)}"
        who = {"user": self.tr("You"), "assistant": self.tr("Assistant")}.get(line.speaker, self.tr("Note"))
        unheard = self.tr("not heard") + f": {line.unheard_text}" if line.unheard_text else ""
        return " ".join(part for part in (f"{who}:", line.heard_text, note_words(line.note), unheard) if part)

    def _worded(self, speaker: ChatRole, text: str) -> Line:
        line = Line(speaker, at=self._clock())
        line.spoken.add(text, 0)
        return line

    def _append(self, line: Line) -> None:
        row = len(self._lines)
        self.beginInsertRows(NO_INDEX, row, row)
        self._lines.append(line)
        self.endInsertRows()
        if len(self._lines) > MOST_LINES:
            self._trim(BATCH)
        self._count_text(len(line.text))

    def _count_text(self, more: int) -> None:
        """So many characters have come: forget the oldest lines if all of them have too many."""
        self._uncounted += more
        if self._uncounted < LOOK_AFTER:
            return
        self._uncounted = 0
        chars = sum(len(line.text) for line in self._lines)
        gone = 0
        while chars > MOST_TEXT and gone < len(self._lines) - 1:
            chars -= len(self._lines[gone].text)
            gone += 1
        if gone:
            self._trim(gone)

    def _trim(self, count: int) -> None:
        """Forget the oldest lines."""
        gone = {id(line) for line in self._lines[:count]}
        self._takes = {take: line for take, line in self._takes.items() if id(line) not in gone}
        self._responses = {number: line for number, line in self._responses.items() if id(line) not in gone}
        self._calls = {call: line for call, line in self._calls.items() if id(line) not in gone}
        self._words = {take: words for take, words in self._words.items() if take in self._takes}
        self.trimming = True
        self.beginRemoveRows(NO_INDEX, 0, count - 1)
        del self._lines[:count]
        self.endRemoveRows()
        self.trimming = False
        self._earlier = max(0, self._earlier - count)

    def _remove(self, line: Line) -> None:
        row = self._row(line)
        self.beginRemoveRows(NO_INDEX, row, row)
        del self._lines[row]
        self.endRemoveRows()

    def _changed(self, line: Line) -> None:
        index = self.index(self._row(line))
        self.dataChanged.emit(index, index)

    def _row(self, line: Line) -> int:
        # Nearly always one of the last lines.
        for row in range(len(self._lines) - 1, -1, -1):
            if self._lines[row] is line:
                return row
        raise ValueError("the line is not in the transcript")
