"""One line of the conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from desktop.base.message import Message
from desktop.turn.heard_text import SpokenText

ChatRole = Literal["user", "assistant", "system", "tool"]
CUT_SHORT = "cut short"
"""The state of a call that never ended: the program ended before it."""


def now() -> datetime:
    """The time, with the zone of this computer."""
    return datetime.now().astimezone()


def counted(times: int) -> str:
    """What stands behind a sentence that was said so often in a row."""
    return f" (\u00d7{times})" if times > 1 else ""


@dataclass(slots=True)
class ToolCard:
    """A tool call's state, as a `tool_calls_model.CallState`. The tool's name is the line's text."""

    call_id: str
    state: str = "running"
    duration_ms: float = 0.0
    bench: str = ""
    """What the bench did to the call; empty: nothing."""
    progress: str = ""
    """How far it is while it runs, in words."""


@dataclass(slots=True)
class Line:
    """One line of the conversation. `number` is the take's or the response's, 0 for all other lines."""

    speaker: ChatRole
    number: int = 0
    at: datetime = field(default_factory=now)
    """A take's press, a response's beginning on the wire."""
    spoken: SpokenText = field(default_factory=SpokenText)
    growing: bool = False
    note: str = ""
    """The line's status: a `line_words.LineNote`, or one from a later version's file."""
    heard: int | None = None
    """Characters that were heard, when the response was cut short."""
    sounded_at: datetime | None = None
    """When a response was first heard."""
    ended_at: datetime | None = None
    """A take's release; a response's last sound, or its end on the wire where none was heard."""
    tool: ToolCard | None = None
    message: Message | None = None
    """The message of a program line."""
    playable: bool = False
    """Whether its sound is kept."""
    sounding: bool = False
    """Whether the speaker plays the response, or still has to."""
    times: int = 1
    """How often the program said the same in a row."""

    @property
    def text(self) -> str:
        """The words; a tool's name."""
        return self.spoken.text

    @property
    def is_being_spoken(self) -> bool:
        """Whether the assistant says it just now: until its last sound has left the speaker."""
        return self.speaker == "assistant" and (self.growing or self.sounding)

    @property
    def can_be_played(self) -> bool:
        """Whether it can be played again: its sound is kept, and whole."""
        return self.playable and self.ended_at is not None and bool(self.text)

    @property
    def can_be_edited(self) -> bool:
        """Whether its words can be put into the text line, to be sent again."""
        return self.speaker == "user" and bool(self.text.strip())

    @property
    def stored_text(self) -> str:
        """The text for files: the program's own lines are in English there."""
        return f"{self.message}{counted(self.times)}" if self.message else self.text

    @property
    def heard_text(self) -> str:
        """The words that were heard."""
        return self.text if self.heard is None else self.text[: self.heard].rstrip()

    @property
    def unheard_text(self) -> str:
        """The words that were not heard."""
        return "" if self.heard is None else self.text[self.heard :].strip()
