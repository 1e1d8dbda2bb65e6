"""What was said and answered in a recording, turn by turn, from its frames and marks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from desktop.cost import usage as usages
from desktop.cost.usage import Usage
from desktop.protocol import codec, commands, events
from desktop.recording.folder.layout import FrameLine
from desktop.recording.folder.reader import RecordedFrame, Recording
from desktop.turn.joined_words import JoinedWords
from desktop.turn.marked_turns import turns_of
from desktop.turn.timing import TurnTiming

MOST_SOUND = 100_000_000
"""Bytes of a take: half an hour at 24 kHz has less."""


@dataclass(slots=True)
class ToolUse:
    """A call of the model's. `arguments` is an object, or the text that it was."""

    name: str
    arguments: Any


@dataclass(slots=True)
class RecordedTurn:
    """A turn. `sound` is PCM16 mono of the take at `rate` Hz, empty where it was typed or isn't recorded."""

    kind: Literal["spoken", "typed"]
    rate: int
    sound: bytes = b""
    text: str = ""
    """What was typed, or what the service understood."""
    answer: str = ""
    tools: list[ToolUse] = field(default_factory=list)
    usage: list[Usage] = field(default_factory=list)
    complete: bool = False
    timing: TurnTiming | None = None


def turns_in(recording: Recording) -> list[RecordedTurn]:
    """The turns of a recording that were committed, in order: hands-free ones have no such end."""
    reading = _Reading(recording.input_rate)
    for frame in recording.frames():
        reading.take(frame)
    timed = [turn for turn in turns_of(recording.marks(), recording.model) if turn.commit is not None]
    for turn, timing in zip(reading.turns, timed, strict=False):
        turn.timing = timing
    return reading.turns


class _Reading:
    def __init__(self, rate: int) -> None:
        self.turns: list[RecordedTurn] = []
        self._rate = rate
        self._sound = bytearray()
        self._words = JoinedWords()

    def take(self, frame: RecordedFrame) -> None:
        line, wire = frame.line, frame.wire
        if line.direction == "out":
            self._sent(line, wire)
        elif self.turns and wire is not None:
            self._came(self.turns[-1], codec.decode(wire))

    def _sent(self, line: FrameLine, wire: bytes | None) -> None:
        match line.type:
            case "audio.append" if wire is not None and line.sound is not None:
                self._sound += sound_in(wire)[: MOST_SOUND - len(self._sound)]
            case "audio.clear" | "session.start":
                self._sound.clear()
            case "audio.commit":
                self._begin(RecordedTurn("spoken", self._rate, bytes(self._sound)))
            case "text.input" if wire is not None:
                self._begin(RecordedTurn("typed", self._rate, text=words_in(wire)))

    def _begin(self, turn: RecordedTurn) -> None:
        self.turns.append(turn)
        self._sound.clear()
        self._words = JoinedWords()

    def _came(self, turn: RecordedTurn, event: events.Event) -> None:
        match event:
            case events.TextDelta(delta):
                turn.answer += delta
            case events.TranscriptCommitted(transcript) if turn.kind == "spoken":
                turn.text = self._words.add(transcript)
            case events.ToolCall(_, name, arguments):
                turn.tools.append(ToolUse(name, _parsed(arguments)))
            case events.ResponseCompleted(reported, status):
                turn.complete = status == "completed"
                if found := usages.read(reported):
                    turn.usage.append(found)


def _parsed(arguments: dict[str, Any] | str) -> dict[str, Any] | str:
    """An object, as a tool is run with; the model's text if it is none."""
    try:
        return events.parse_arguments(arguments)
    except ValueError:
        return arguments


def sound_in(wire: bytes) -> bytes:
    """The sound in an `audio.append` frame; empty where there is none."""
    try:
        return msgspec.json.decode(wire, type=commands.AudioAppend).audio
    except (msgspec.MsgspecError, UnicodeError):
        return b""


def words_in(wire: bytes) -> str:
    """The words in a `text.input` frame; empty where there are none."""
    try:
        return msgspec.json.decode(wire, type=commands.TextInput).text
    except (msgspec.MsgspecError, UnicodeError):
        return ""
