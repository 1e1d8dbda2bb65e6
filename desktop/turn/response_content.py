"""What a response brings: its audio, its text and its tool calls."""

from __future__ import annotations

from typing import Any

from desktop.protocol import events
from desktop.turn.effects import (
    CompleteAudio,
    PushAudio,
    ResponseBegan,
    ResponseEnded,
    ResponseOutcome,
    ResponseText,
    StopPlayback,
    TurnOutput,
)
from desktop.turn.joined_words import continuation
from desktop.turn.numbering import Numbering
from desktop.turn.tool_calls import ToolCalls

LAST_WORDS = 100
"""Characters by which it is seen whether a word may go on."""
PAUSE_MS = 500
"""From here on a silence within a response is a pause, and shown. Speakers are silent as long between two
sentences, so nobody takes less for a stop; the speaker itself waits up to 0.3 s for sound that is late."""


class ResponseContent:
    """The content of the response that runs, or of the last one. Responses are numbered from 1."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self.number = 0
        self.playing = False
        """Whether it is spoken: the speaker has something of it left to play, or had a moment ago."""
        self._silent_since: float | None = None
        """Since when the speaker has had nothing left to play of a response that isn't over."""
        self.tools = ToolCalls()
        self.empty = True
        """Whether it has brought no audio, no text and no tool call yet."""
        self.has_words = False
        """Whether it has brought text that can be shown."""
        self._received = 0
        self._last_words = ""

    def begin(self) -> list[TurnOutput]:
        """Another response begins."""
        self.number = self._numbering.next_response()
        self.empty, self.has_words = True, False
        self._received = 0
        self._last_words = ""
        return [ResponseBegan(self.number)]

    def push_audio(self, event: events.AudioDelta) -> list[TurnOutput]:
        """More of its audio."""
        self.empty = self.empty and not event.audio
        self._received += len(event.audio)
        self.playing = True
        self._silent_since = None
        return [PushAudio(self.number, event.audio)]

    def add_text(self, event: events.TextDelta) -> list[TurnOutput]:
        """More of its text."""
        self.has_words = self.has_words or bool(event.delta.strip())
        self.empty = self.empty and not self.has_words
        self._last_words = (self._last_words + event.delta)[-LAST_WORDS:]
        return [ResponseText(self.number, event.delta, self._received)]

    def add_late_text(self, event: events.TextDelta) -> list[TurnOutput]:
        """Text of it that comes after its end on the wire: the next words, or the rest of the last one."""
        return self.add_text(events.TextDelta(continuation(self._last_words, event.delta)))

    def call_tool(self, event: events.ToolCall) -> list[TurnOutput]:
        """One of its tool calls."""
        self.empty = False
        return self.tools.begin(event, self.number)

    def drained(self, now: float, more: bool) -> None:
        """The speaker has nothing left to play; `more`: the response isn't over, and more of it may come."""
        if not more:
            self.playing = False
        elif self.playing and self._silent_since is None:
            self._silent_since = now

    def tick(self, now: float) -> None:
        """A silence in it may have become a pause."""
        if self._silent_since is not None and now - self._silent_since >= PAUSE_MS:
            self.playing = False

    def end(self, outcome: ResponseOutcome, usage: dict[str, Any] | None = None) -> list[TurnOutput]:
        """It is over on the wire; what was received is still played."""
        if self._silent_since is not None:
            self.playing, self._silent_since = False, None
        return [CompleteAudio(self.number), ResponseEnded(self.number, outcome, usage)]

    def silence(self) -> list[TurnOutput]:
        """Silence the speaker, if it plays or waits for more."""
        sounds = self.playing or self._silent_since is not None
        self.playing, self._silent_since = False, None
        return [StopPlayback()] if sounds else []
