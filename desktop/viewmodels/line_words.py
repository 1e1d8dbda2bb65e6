"""The status of a transcript line, in the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from desktop.base.message import Text
from desktop.viewmodels import numbers
from desktop.viewmodels.wording import worded

if TYPE_CHECKING:
    from desktop.viewmodels.transcript_model import ToolCard

LineNote = Literal[
    "",
    "listening",
    "kept, sent with the next connection",
    "no words were understood",
    "not written down",
    "interrupted",
    "cut off by the connection",
    "stalled",
    "cut short",
]
"""The status codes of lines, as models and files store them; `note_words` words them."""

NOTES = {
    "listening": Text("line-listening", "listening"),
    "kept, sent with the next connection": Text("line-kept", "kept, sent with the next connection"),
    "no words were understood": Text("line-not-understood", "no words were understood"),
    "not written down": Text("line-not-written", "not written down"),
    "interrupted": Text("line-interrupted", "interrupted"),
    "cut off by the connection": Text("line-cut-off", "cut off by the connection"),
    "stalled": Text("line-stalled", "stalled"),
    "cut short": Text("line-cut-short", "cut short"),
}
STATES = {
    "running": Text("tool-running", "running"),
    "done": Text("tool-done", "done"),
    "failed": Text("tool-failed", "failed"),
    "cancelled": Text("tool-cancelled", "cancelled"),
    "late": Text("tool-late", "too late"),
    "dropped": Text("tool-dropped", "connection lost"),
    "ended": Text("tool-ended", "session ended"),
    "refused": Text("tool-refused", "too many at once"),
    "cut short": Text("tool-cut-short", "cut short"),
}


def note_words(note: str) -> str:
    """A line's note in words; an unknown one, from a later version's file, stays as it is."""
    return worded(NOTES[note]()) if note in NOTES else note


def state_words(state: str) -> str:
    """The state of a tool call in words; an unknown one, from a later version's file, stays as it is."""
    return worded(STATES[state]()) if state in STATES else state


def tool_words(card: ToolCard) -> str:
    """The state of a tool's call, and how long it took."""
    words = state_words(card.state)
    if not card.duration_ms:
        return words
    spent = card.duration_ms
    return (
        f"{words} · {spent:.0f} ms" if spent < 1_000 else f"{words} · {numbers.decimal(spent / 1_000, 1)} s"
    )
