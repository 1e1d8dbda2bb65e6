"""What is said to the service at the start of a session: only what the chosen model takes."""

from __future__ import annotations

from msgspec import structs

from desktop.protocol.catalog import Model
from desktop.protocol.commands import Config, ToolDefinition, TurnDetection
from desktop.protocol.inputs import Policy
from desktop.settings import Settings

SILENCE_MS = 500
"""`silence_duration_ms` where the server's VAD ends the turn: the providers' own default."""

INSTRUCTIONS = (
    "You are a friendly voice assistant. Answer in the language you are spoken to, in one to three short "
    "sentences, as one speaks. Use the tools when they help, and say what they gave."
)
TARGET_LANGUAGE = "en"


def session_config(model: Model, settings: Settings, tools: tuple[ToolDefinition, ...]) -> Config:
    """The configuration of a push-to-talk session with this model."""
    voice = settings.voices.get(model.id) or (model.voices[0] if model.voices else None)
    continuous = "continuous" in model.turn_detection
    return Config(
        model=model.id,
        instructions=(settings.instructions or INSTRUCTIONS) if model.instructions else None,
        voice=voice,
        modalities=("audio", "text"),
        temperature=settings.temperature,
        input_audio_format="pcm16",
        output_audio_format="pcm16",
        input_transcription=settings.transcription,
        output_transcription=True,
        turn_detection=None if continuous else turn_detection(model),
        tools=tools if model.tools and tools else None,
        translation_target_language=TARGET_LANGUAGE if continuous else None,
    )


def turn_detection(model: Model) -> TurnDetection:
    """Push to talk: the client commits where the model lets it, else the server's VAD is gated."""
    if model.commits:
        return TurnDetection(type="none")
    return TurnDetection(type="server_vad", silence_duration_ms=SILENCE_MS)


def policy(model: Model, settings: Settings) -> Policy:
    """How turns are taken with this model."""
    taken = settings.policy(commits=model.commits, silence_ms=SILENCE_MS)
    return structs.replace(taken, continuous="continuous" in model.turn_detection)
