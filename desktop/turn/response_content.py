"""What a response brings: its audio, its text and its tool calls."""

from __future__ import annotations

from desktop.protocol import events
from desktop.turn.effects import (
    CompleteAudio,
    Output,
    PushAudio,
    ResponseBegan,
    ResponseEnded,
    ResponseOutcome,
    ResponseText,
    StopPlayback,
)
from desktop.turn.tool_calls import ToolCalls


class ResponseContent:
    """The content of the response that runs, or of the last one. Responses are numbered from 1."""

    def __init__(self) -> None:
        self.number = 0
        self.playing = False
        """Whether the speaker has something of it left to play."""
        self.tools = ToolCalls()
        self._received = 0

    def begin(self) -> list[Output]:
        """Another response begins."""
        self.number += 1
        self._received = 0
        return [ResponseBegan(self.number)]

    def push_audio(self, event: events.AudioDelta) -> list[Output]:
        """More of its audio."""
        self._received += len(event.audio)
        self.playing = True
        return [PushAudio(self.number, event.audio)]

    def add_text(self, event: events.TextDelta) -> list[Output]:
        """More of its text."""
        return [ResponseText(self.number, event.delta, self._received)]

    def call_tool(self, event: events.ToolCall) -> list[Output]:
        """One of its tool calls."""
        return self.tools.begin(event, self.number)

    def end(self, outcome: ResponseOutcome) -> list[Output]:
        """It is over on the wire; what was received is still played."""
        return [CompleteAudio(self.number), ResponseEnded(self.number, outcome)]

    def silence(self) -> list[Output]:
        """Silence the speaker, if it plays."""
        silence: list[Output] = [StopPlayback()] if self.playing else []
        self.playing = False
        return silence
