"""A recording that is read: what each pane of the window shows at any time of it.

What is shown depends on the time alone, so two replays give the same pictures. No Qt.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from desktop.base.message import Message
from desktop.recording import conversation_store
from desktop.recording.folder.reader import Recording
from desktop.recording.journal import StoredConversation
from desktop.recording.reading.lines_over_time import lines_over_time
from desktop.recording.reading.recorded_events import RecordedEvents
from desktop.recording.reading.recorded_timeline import RecordedTimeline, read_timeline
from desktop.recording.stored_lines import calls_of_stored, to_lines
from desktop.turn.marked_turns import MarkedTurns
from desktop.turn.timing import TurnTiming
from desktop.viewmodels.tool_calls_model import OPEN, Call
from desktop.viewmodels.transcript_line import Line


class Reading:
    """One recording, read. Making it blocks.

    `missing` says in one sentence what of it can't be read, so far.
    """

    def __init__(self, recording: Recording) -> None:
        self.recorded: RecordedTimeline = read_timeline(recording)
        stored = _stored(recording.journal)
        began = recording.session.began
        self._lines = lines_over_time(to_lines(stored), self.recorded.words, began)
        self._begins = list(accumulate((one.begin_us for one in self._lines), max))
        self._calls = [
            ((call.at - began).total_seconds() * 1e6, call, replace(call, state="running", result=None))
            for call in calls_of_stored(stored)
        ]
        self.events = RecordedEvents(self.recorded)
        self._noticed = list(accumulate((mark.t for mark in self.recorded.marks), max))
        self._turns = MarkedTurns(recording.model)
        self._counted = 0
        self._journal_damaged = stored.damaged > 0

    @property
    def recording(self) -> Recording:
        """What is read."""
        return self.recorded.recording

    @property
    def missing(self) -> Message | None:
        """What of it can't be read, in one sentence; None where nothing is missing, as far as was looked."""
        return self.recording.damage.message(self.recording.output_rate)

    def lines_at(self, t_us: float) -> list[Line]:
        """The transcript at a time."""
        count = bisect_right(self._begins, t_us)
        return [one.at(t_us) for one in self._lines[:count] if one.begin_us <= t_us]

    def calls_at(self, t_us: float) -> list[Call]:
        """The tool calls at a time."""
        return [
            call if t_us >= at + call.duration_ms * 1_000 and call.state not in OPEN else running
            for at, call, running in self._calls
            if at <= t_us
        ]

    def turns_at(self, t_us: float) -> Sequence[TurnTiming]:
        """The turns' times at a time. Quick for a time that follows the last one soon."""
        count = bisect_right(self._noticed, t_us)
        if count < self._counted:
            self._turns = MarkedTurns(self.recording.model)
            self._counted = 0
        for mark in self.recorded.marks[self._counted : count]:
            self._turns.add(mark)
        self._counted = count
        return self._turns.turns


def _stored(path: Path) -> StoredConversation:
    try:
        return conversation_store.read(path)
    except OSError:
        return StoredConversation(path)
