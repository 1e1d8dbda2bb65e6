"""The part of a client's config that a session accepts. Pure.

Nothing in a config is fatal but the model: a field that is unknown, unsupported or of the wrong type is
left out, and the client gets an `error` event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from desktop.protocol import catalog, commands

SILENCE_MS = 500
"""Silence that ends a turn when the client gives no `silence_duration_ms`."""
PREFIX_MS = 300
"""Audio before the detected start that is included when the client gives no `prefix_padding_ms`."""
LONGEST_MS = 5_000
"""The largest silence or prefix; a longer one is cut to it."""


class OfferedTool(msgspec.Struct, frozen=True):
    """A tool as a client may offer it: only its name is needed."""

    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None


FIELDS = {field.encode_name: field.type for field in msgspec.structs.fields(commands.Config)} | {
    "tools": tuple[OfferedTool, ...] | None
}
"""The field names a config may have, each with its type."""


class ConfigProblem(msgspec.Struct, frozen=True):
    """A part of a config that was not accepted."""

    message: str
    code: str = "invalid_config"


class VadSettings(msgspec.Struct, frozen=True):
    """How the server detects turns; durations in milliseconds, the threshold from 0 to 1."""

    threshold: float = 0.5
    silence_ms: int = SILENCE_MS
    prefix_ms: int = PREFIX_MS


class AcceptedConfig(msgspec.Struct, frozen=True):
    """The config in force; `vad` is None when the client commits."""

    model: str = ""
    voice: str = ""
    audio: bool = True
    input_transcription: bool = True
    output_transcription: bool = True
    vad: VadSettings | None = None
    tools: tuple[commands.ToolDefinition, ...] = ()


class TicketConfig(msgspec.Struct, frozen=True):
    """The fields that a ticket fixes: its config's, and the locked ones, which get their zero value."""

    config: dict[str, Any] = {}
    locked: frozenset[str] = frozenset()
    usual: dict[str, Any] = {}
    """What a session starts with where neither says anything: an agent's own."""

    def over(self, config: dict[str, Any]) -> dict[str, Any]:
        """The client's config with the ticket's on top."""
        theirs = {name: value for name, value in config.items() if name not in self.locked}
        return {**theirs, **self.config}


AGENT_CONFIG: dict[str, Any] = {"model": catalog.OFFLINE_MODEL, "turn_detection": {"type": "none"}}
"""What every named agent of this server decides, where the client doesn't."""


def offline_models() -> tuple[catalog.Model, ...]:
    """The models this server answers for."""
    return tuple(model for model in catalog.MODELS if model.offline)


def find_model(model_id: str) -> catalog.Model | None:
    """The model of that name, if it is one of ours."""
    model_id = catalog.OFFLINE_MODEL if model_id == f"{catalog.OFFLINE_MODEL}-latest" else model_id
    return next((model for model in offline_models() if model.id == model_id), None)


def apply(accepted: AcceptedConfig, config: dict[str, Any]) -> tuple[AcceptedConfig, list[ConfigProblem]]:
    """The config in force after a client's config, and the problems with the rest."""
    problems: list[ConfigProblem] = []
    changes: dict[str, Any] = {}
    for name, value in config.items():
        kind = FIELDS.get(name)
        if kind is None:
            problems.append(ConfigProblem(f"Unknown config field '{name[:100]}'.", "unknown_field"))
            continue
        if value is None:
            # As if it weren't there; but a client that wants no turn detection may also say it like this.
            changes.update({"vad": None} if name == "turn_detection" else {})
            continue
        try:
            typed = msgspec.convert(value, kind)
        except (msgspec.ValidationError, RecursionError) as exc:
            problems.append(ConfigProblem(f"config.{name}: {exc}"))
            continue
        applier = _APPLIERS.get(name)
        if applier is not None:
            changes.update(applier(typed, accepted, problems))
    return msgspec.structs.replace(accepted, **changes), problems


_Applier = Callable[[Any, AcceptedConfig, list[ConfigProblem]], dict[str, Any]]


def _voice(value: str, accepted: AcceptedConfig, problems: list[ConfigProblem]) -> dict[str, Any]:
    voices = offline_models()[0].voices
    if value in voices:
        return {"voice": value}
    problems.append(
        ConfigProblem(f"There is no voice '{value[:100]}' here: using '{voices[0]}'.", "voice_not_found")
    )
    return {"voice": voices[0]}


def _modalities(
    value: tuple[str, ...], accepted: AcceptedConfig, problems: list[ConfigProblem]
) -> dict[str, Any]:
    unknown = [word for word in value if word not in ("audio", "text")]
    if unknown or not value:
        problems.append(
            ConfigProblem(
                f"modalities can be 'audio' and 'text', not {list(unknown)!r:.100}.", "invalid_modality"
            )
        )
        return {}
    # Speech always comes with its words; ["text"] alone turns speech off.
    return {"audio": "audio" in value}


def _format(value: str, accepted: AcceptedConfig, problems: list[ConfigProblem]) -> dict[str, Any]:
    if value != "pcm16":
        problems.append(
            ConfigProblem(f"The audio format is pcm16, not '{value[:100]}'.", "invalid_audio_format")
        )
    return {}


def _effort(value: str, accepted: AcceptedConfig, problems: list[ConfigProblem]) -> dict[str, Any]:
    problems.append(ConfigProblem("This model has no reasoning_effort.", "unsupported_field"))
    return {}


def _translation(value: str, accepted: AcceptedConfig, problems: list[ConfigProblem]) -> dict[str, Any]:
    problems.append(ConfigProblem("This model does not translate.", "unsupported_field"))
    return {}


def _turn_detection(
    value: commands.TurnDetection, accepted: AcceptedConfig, problems: list[ConfigProblem]
) -> dict[str, Any]:
    if value.type == "none":
        return {"vad": None}
    if value.type != "server_vad":
        problems.append(
            ConfigProblem(
                f"This model has no {value.type}: the client commits.", "unsupported_turn_detection"
            )
        )
        return {"vad": None}
    threshold = value.threshold if value.threshold is not None else VadSettings().threshold
    if not 0 <= threshold <= 1:
        problems.append(ConfigProblem("turn_detection.threshold goes from 0 to 1."))
        threshold = VadSettings().threshold
    silence = _milliseconds("silence_duration_ms", value.silence_duration_ms, SILENCE_MS, problems)
    prefix = _milliseconds("prefix_padding_ms", value.prefix_padding_ms, PREFIX_MS, problems)
    return {"vad": VadSettings(threshold, silence, prefix)}


def _tools(
    value: tuple[OfferedTool, ...], accepted: AcceptedConfig, problems: list[ConfigProblem]
) -> dict[str, Any]:
    tools = (commands.ToolDefinition(one.name, one.description or "", one.parameters or {}) for one in value)
    return {"tools": tuple(tools)}


def _milliseconds(name: str, value: int | None, default: int, problems: list[ConfigProblem]) -> int:
    if value is None:
        return default
    if value < 0:
        problems.append(ConfigProblem(f"turn_detection.{name} can't be negative."))
        return default
    return min(value, LONGEST_MS)


# `instructions` and `temperature` mean nothing to rules, but every client sends them: no problem is reported.
_APPLIERS: dict[str, _Applier] = {
    "model": lambda value, accepted, problems: {"model": value},
    "voice": _voice,
    "modalities": _modalities,
    "input_audio_format": _format,
    "output_audio_format": _format,
    "input_transcription": lambda value, accepted, problems: {"input_transcription": value},
    "output_transcription": lambda value, accepted, problems: {"output_transcription": value},
    "reasoning_effort": _effort,
    "translation_target_language": _translation,
    "turn_detection": _turn_detection,
    "tools": _tools,
}
