"""The status of a transcript line, in the user's language."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from desktop.base.message import Text
from desktop.base.visible_text import visible_line
from desktop.viewmodels import numbers
from desktop.viewmodels.bench_setting import bench_words
from desktop.viewmodels.wording import worded

if TYPE_CHECKING:
    from desktop.viewmodels.transcript_line import ToolCard

LineNote = Literal[
    "",
    "listening",
    "kept, will be sent when reconnected",
    "no words recognised",
    "not transcribed",
    "interrupted",
    "cut off: connection lost",
    "stalled",
    "cut off",
    "cut short",
]
"""The status codes of lines, as models and files store them; `note_words` words them."""

NOTES = {
    "listening": Text("line-listening", "listening"),
    "kept, will be sent when reconnected": Text("line-kept", "kept, will be sent when reconnected"),
    "no words recognised": Text("line-not-understood", "no words recognised"),
    "not transcribed": Text("line-not-written", "not transcribed"),
    "interrupted": Text("line-interrupted", "interrupted"),
    "cut off: connection lost": Text("line-cut-off", "cut off: connection lost"),
    "stalled": Text("line-stalled", "stalled"),
    "cut off": Text("line-ended-early", "cut off"),
    "cut short": Text("line-cut-short", "cut short"),
}
STATES = {
    "running": Text("tool-running", "running"),
    "asking": Text("tool-asking", "waits for your approval"),
    "running on": Text("tool-running-on", "still running; you can talk on"),
    "waiting": Text("tool-waiting", "done; told as soon as nobody speaks"),
    "denied": Text("tool-denied", "not allowed"),
    "done": Text("tool-done", "done"),
    "failed": Text("tool-failed", "failed"),
    "cancelled": Text("tool-cancelled", "cancelled"),
    "late": Text("tool-late", "too late"),
    "dropped": Text("tool-dropped", "connection lost"),
    "ended": Text("tool-ended", "session ended"),
    "refused": Text("tool-refused", "too many at once"),
    "cut short": Text("tool-cut-short", "cut short"),
}


SHARE = Text("tool-share", "{percent} %")
LONGEST_PROGRESS = 60
"""Characters of what a tool says about how far it is."""
SAID_WHILE = ("running", "running on")
"""The states in which it matters how far a call is."""


def note_words(note: str) -> str:
    """A line's note in words; an unknown one, from a later version's file, stays as it is."""
    return worded(NOTES[note]()) if note in NOTES else visible_line(note)


def state_words(state: str) -> str:
    """The state of a tool call in words; an unknown one, from a later version's file, stays as it is."""
    return worded(STATES[state]()) if state in STATES else visible_line(state)


def progress_words(done: float, total: float, words: str) -> str:
    """How far a call is: its share in percent where the whole is known, then its tool's own words."""
    parts = []
    if 0 < total < math.inf and done >= 0:
        parts.append(worded(SHARE(percent=round(100 * min(1.0, done / total)))))
    if said := visible_line(words)[:LONGEST_PROGRESS].strip():
        parts.append(said)
    return " · ".join(parts)


def tool_words(card: ToolCard) -> str:
    """The state of a tool's call, how far it is or how long it took, and what the bench did to it."""
    parts = [state_words(card.state)]
    if card.progress and card.state in SAID_WHILE:
        parts.append(card.progress)
    if card.duration_ms:
        parts.append(numbers.duration(card.duration_ms))
    if card.bench:
        parts.append(bench_words(card.bench))
    return " · ".join(parts)
