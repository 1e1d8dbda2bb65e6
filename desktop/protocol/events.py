"""What the server sends: one frozen struct per event, and `Unknown` for the rest.

Every field has a default, so an event whose frame lacked a field is still a typed event. Frames are read by
`desktop.protocol.codec.decode`; nothing here knows about JSON.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from desktop.base import json_depth
from desktop.base.message import MessageError, Text
from desktop.protocol import limits


class Event(msgspec.Struct, frozen=True, tag_field="type"):
    """Base of everything a server can send."""


class SessionStarted(Event, frozen=True, tag="session.started"):
    """The session is open; audio may flow at these rates.

    Rates are in Hz. 0 means that the server named none: then the catalogue's rates hold.
    """

    session_id: str = ""
    input_sample_rate: int = 0
    output_sample_rate: int = 0
    audio_format: str = "pcm16"


class AudioDelta(Event, frozen=True, tag="audio.delta", gc=False):
    """Speech of the assistant: PCM16 little-endian mono at the session's output rate.

    It may end in the middle of a sample; the odd byte belongs to the next delta of the same response.
    """

    audio: bytes = b""


class TextDelta(Event, frozen=True, tag="text.delta"):
    """More of what the assistant says, as text."""

    delta: str = ""


class TranscriptCommitted(Event, frozen=True, tag="transcript.committed"):
    """The transcript of one take, often later than the beginning of the response."""

    transcript: str = ""


class SpeechStarted(Event, frozen=True, tag="speech.started"):
    """The server's turn detection heard the user start speaking."""


class SpeechStopped(Event, frozen=True, tag="speech.stopped"):
    """The server's turn detection heard the user stop speaking."""


class ResponseStarted(Event, frozen=True, tag="response.started"):
    """The model begins to respond."""


ResponseStatus = Literal["completed", "failed", "incomplete", "cancelled"]


class ResponseCompleted(Event, frozen=True, tag="response.completed"):
    """The response is over on the wire (`response.completed` or `response.done`), complete or not.

    `reason`, `code` and `message` say why it isn't complete, each as one bounded line and as far as the
    service says so: `max_output_tokens`, say, or `insufficient_quota` and a sentence. `usage` has only
    numbers that can be counts.
    """

    usage: dict[str, Any] | None = None
    status: ResponseStatus = "completed"
    reason: str = ""
    code: str = ""
    message: str = ""


NO_JSON_OBJECT = Text("no-json-object", "The arguments are not a JSON object: {reason}")


class MalformedArgumentsError(MessageError, ValueError):
    """A tool's arguments are not a JSON object."""


def parse_arguments(arguments: dict[str, Any] | str) -> dict[str, Any]:
    """A tool's arguments as an object; blank text is an empty one.

    Raises:
        MalformedArgumentsError: the text is not a JSON object.
    """
    if isinstance(arguments, dict):
        return arguments
    try:
        if len(arguments) > limits.ARGUMENTS:
            raise ValueError(f"longer than {limits.ARGUMENTS:,} characters")
        return msgspec.convert(json_depth.decode(arguments), dict[str, Any]) if arguments.strip() else {}
    except (ValueError, UnicodeError) as exc:
        raise MalformedArgumentsError(NO_JSON_OBJECT(reason=str(exc))) from exc


class ToolCall(Event, frozen=True, tag="tool.call"):
    """The model wants a tool run, and waits for its `tool.result`."""

    tool_call_id: str = ""
    tool_name: str = ""
    tool_arguments: dict[str, Any] | str = {}

    def arguments(self) -> dict[str, Any]:
        """The arguments as an object, whichever of the two forms the frame had.

        Raises:
            ValueError: the arguments are a text that is not a JSON object.
        """
        return parse_arguments(self.tool_arguments)


class SessionTerminating(Event, frozen=True, tag="session.terminating"):
    """The server is about to end the session (`session.terminating` or `session.ended`).

    `usage` is what the session used, where the server says so.
    """

    message: str = ""
    code: str = ""
    usage: dict[str, Any] | None = None


class Error(Event, frozen=True, tag="error"):
    """Something went wrong at the server; most errors leave the session open."""

    message: str = ""
    code: str = ""


class Unknown(Event, frozen=True, tag=""):
    """A frame that is none of the above, or one that could not be read.

    `kind` is the frame's `type` where it had one, `raw` what could be decoded (or the frame's
    beginning as text), `problem` why it was not understood.
    """

    kind: str = ""
    raw: Any = None
    problem: str = ""
