"""The transcript of a recording as it was at any time of it. Pure.

The journal says which lines there were, when each began and ended, and their last words. When the words came
is in the frames; without frames an answer's words stand there from its beginning, the user's from the end of
their take.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from desktop.protocol import events
from desktop.recording.reading.recorded_timeline import Word
from desktop.turn.heard_text import SpokenText
from desktop.viewmodels.transcript_line import Line

EARLY_US = 20_000
"""A line's time is the wall clock's: it may be so much later than its first frame."""


@dataclass(slots=True)
class LineOverTime:
    """A line as it was at its end, and the times at which it became so."""

    line: Line
    begin_us: float
    end_us: float | None
    steps: list[tuple[float, int]] = field(default_factory=list)
    """When so many characters of its words were there."""
    made: tuple[tuple[object, ...], Line] | None = None

    @property
    def settled_us(self) -> float:
        """From then on it doesn't change."""
        ends = [self.begin_us, *(at for at, _ in self.steps[-1:])]
        return max(*ends, self.end_us or 0.0)

    def at(self, t_us: float) -> Line:
        """The line as it was then; the same object as before where it was the same."""
        if t_us >= self.settled_us:
            return self.line
        over = self.end_us is not None and t_us >= self.end_us
        count = self._count(t_us, over)
        sounding = self._sounding(t_us)
        key = (over, count, sounding)
        if self.made is None or self.made[0] != key:
            self.made = (key, self._as_it_was(over, count, sounding))
        return self.made[1]

    def _count(self, t_us: float, over: bool) -> int:
        if not self.steps:
            said = self.line.speaker != "user" or over or self.end_us is None
            return len(self.line.text) if said else 0
        return max((count for at, count in self.steps if at <= t_us), default=0)

    def _sounding(self, t_us: float) -> bool:
        line = self.line
        if line.speaker != "assistant" or line.sounded_at is None or self.end_us is None:
            return False
        since = self.begin_us + (line.sounded_at - line.at).total_seconds() * 1e6
        return since <= t_us < self.end_us

    def _as_it_was(self, over: bool, count: int, sounding: bool) -> Line:
        spoken = SpokenText()
        spoken.add(self.line.text[:count], 0)
        made = replace(self.line, spoken=spoken, sounding=sounding)
        if self.line.tool is not None and not over:
            made.tool = replace(self.line.tool, state="running", duration_ms=0.0)
        if not over:
            made.heard, made.note, made.ended_at = None, "", None
        if self.line.speaker == "user" and self.end_us is not None:
            made.note = "" if over else "listening"
            made.growing = not count
        elif self.line.speaker == "assistant":
            made.growing = count < len(self.line.text) and not over
        return made


def lines_over_time(
    lines: Sequence[Line], words: Iterable[Word], began: datetime
) -> tuple[LineOverTime, ...]:
    """Each line with its times, in µs since `began`, and when its words came."""
    made = tuple(
        LineOverTime(
            line, _since(line.at, began), None if line.ended_at is None else _since(line.ended_at, began)
        )
        for line in lines
    )
    _give_words(made, words)
    for one in made:
        if one.steps and one.steps[-1][1] < len(one.line.text):
            one.steps.append((max(one.end_us or 0.0, one.steps[-1][0]), len(one.line.text)))
    return made


def _since(at: datetime, began: datetime) -> float:
    return max(0.0, (at - began).total_seconds() * 1e6)


def _give_words(made: Sequence[LineOverTime], words: Iterable[Word]) -> None:
    answers = [one for one in made if one.line.speaker == "assistant"]
    takes = [one for one in made if one.line.speaker == "user" and one.end_us is not None]
    answer = -1
    for word in words:
        while answer + 1 < len(answers) and answers[answer + 1].begin_us <= word.t_us + EARLY_US:
            answer += 1
        match word.event:
            case events.TextDelta(delta) if answer >= 0:
                one = answers[answer]
                before = one.steps[-1][1] if one.steps else 0
                grown = len(delta if before else delta.lstrip())
                one.steps.append((float(word.t_us), min(before + grown, len(one.line.text))))
            case events.TranscriptCommitted(transcript):
                _give_transcript(takes, word.t_us, transcript.strip())


def _give_transcript(takes: list[LineOverTime], t_us: int, said: str) -> None:
    """To the first take that is over and has these words; they may come late, in several parts."""
    for one in takes:
        if one.begin_us > t_us:
            return
        before = one.steps[-1][1] if one.steps else 0
        place = one.line.text.find(said, max(0, before - 1))
        if said and place >= 0:
            one.steps.append((float(t_us), place + len(said)))
            return
