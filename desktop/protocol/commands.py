"""What the client sends: one frozen struct per command. Fields that are not set are left out of the frame.

Unknown or unsupported fields are rejected upstream, so `Config` is filled only with what the chosen
model takes (`desktop.protocol.catalog`).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

TurnDetectionType = Literal["none", "server_vad", "semantic_vad"]


class TurnDetection(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who ends the user's turn: the server's VAD, or (`none`) the client's commit."""

    type: TurnDetectionType
    threshold: float | None = None
    """0 to 1."""
    prefix_padding_ms: int | None = None
    silence_duration_ms: int | None = None


class ToolDefinition(msgspec.Struct, frozen=True):
    """A tool as the model sees it; `parameters` is a JSON Schema object."""

    name: str
    description: str
    parameters: dict[str, Any]


class Config(msgspec.Struct, frozen=True, omit_defaults=True):
    """A session's configuration, for `session.start` and `session.update`."""

    model: str | None = None
    instructions: str | None = None
    voice: str | None = None
    modalities: tuple[str, ...] | None = None
    temperature: float | None = None
    reasoning_effort: str | None = None
    input_audio_format: str | None = None
    output_audio_format: str | None = None
    input_transcription: bool | None = None
    input_transcription_model: str | None = None
    output_transcription: bool | None = None
    turn_detection: TurnDetection | None = None
    tools: tuple[ToolDefinition, ...] | None = None
    translation_target_language: str | None = None


class Command(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """Base of everything a client can send."""


class SessionStart(Command, frozen=True, tag="session.start"):
    """Opens the session: the first frame on every connection. Without a config a named agent decides all."""

    config: Config | msgspec.UnsetType = msgspec.UNSET


class SessionUpdate(Command, frozen=True, tag="session.update"):
    """Changes the running session; Gemini ignores it."""

    config: Config


class AudioAppend(Command, frozen=True, tag="audio.append", gc=False):
    """Microphone audio: PCM16 little-endian mono at the session's input rate."""

    audio: bytes


class AudioCommit(Command, frozen=True, tag="audio.commit"):
    """Ends the user's turn. Committing an empty buffer is an error upstream."""


class AudioClear(Command, frozen=True, tag="audio.clear"):
    """Discards audio that was appended and not committed."""


class TextInput(Command, frozen=True, tag="text.input"):
    """A typed message of the user; follow it with `ResponseCreate`."""

    text: str


class ImageInput(Command, frozen=True, tag="image.input", omit_defaults=False):
    """A picture as a data URL, for models that see."""

    image_url: str
    image_detail: str = "auto"


class ResponseCreate(Command, frozen=True, tag="response.create"):
    """Asks for a response now."""


class ResponseCancel(Command, frozen=True, tag="response.cancel"):
    """Stops the running response."""


class ToolResult(Command, frozen=True, tag="tool.result"):
    """The result of a `tool.call`; the model responds to it without being asked."""

    tool_call_id: str
    tool_result: Any
