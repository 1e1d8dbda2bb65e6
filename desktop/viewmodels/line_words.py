"""What a line of the transcript says of itself, in the user's language. In the models it is English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop.viewmodels import numbers

if TYPE_CHECKING:
    from desktop.viewmodels.transcript import ToolCard


def note_words(note: str) -> str:
    """A line's note in words; one that isn't known stays as it is."""
    translate = QCoreApplication.translate
    return {
        "listening": translate("TranscriptModel", "listening"),
        "kept, sent with the next connection": translate(
            "TranscriptModel", "kept, sent with the next connection"
        ),
        "no words were understood": translate("TranscriptModel", "no words were understood"),
        "not written down": translate("TranscriptModel", "not written down"),
        "interrupted": translate("TranscriptModel", "interrupted"),
        "cut off by the connection": translate("TranscriptModel", "cut off by the connection"),
        "stalled": translate("TranscriptModel", "stalled"),
        "cut short": translate("TranscriptModel", "cut short"),
    }.get(note, note)


def state_words(state: str) -> str:
    """The state of a tool's call in words."""
    translate = QCoreApplication.translate
    return {
        "running": translate("TranscriptModel", "running"),
        "done": translate("TranscriptModel", "done"),
        "failed": translate("TranscriptModel", "failed"),
        "cancelled": translate("TranscriptModel", "cancelled"),
        "late": translate("TranscriptModel", "too late"),
        "dropped": translate("TranscriptModel", "connection lost"),
        "ended": translate("TranscriptModel", "session ended"),
        "refused": translate("TranscriptModel", "too many at once"),
        "cut short": translate("TranscriptModel", "cut short"),
    }.get(state, state)


def tool_words(card: ToolCard) -> str:
    """The state of a tool's call, and how long it took."""
    said = state_words(card.state)
    if not card.duration_ms:
        return said
    spent = card.duration_ms
    return f"{said} · {spent:.0f} ms" if spent < 1_000 else f"{said} · {numbers.decimal(spent / 1_000, 1)} s"
