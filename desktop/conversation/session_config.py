"""A session's configuration, made from the settings: only the fields that the chosen model supports."""

from __future__ import annotations

from desktop.protocol.catalog import Model, TurnMode
from desktop.protocol.commands import Config, ToolDefinition, TurnDetection
from desktop.settings.schema import Settings
from desktop.turn.inputs import Policy
from desktop.viewmodels.chosen_options import ChosenOptions

SILENCE_MS = 500
"""`silence_duration_ms` where the talk key gates the server's VAD: the providers' own default."""

SETTINGS = frozenset(
    {
        "model",
        "agent",
        "voices",
        "efforts",
        "turn_modes",
        "language",
        "instructions",
        "temperature",
        "transcription",
        "pre_roll_ms",
        "tail_ms",
        "tail_ends_early",
        "cap_s",
        "vad_threshold",
        "vad_prefix_ms",
        "vad_silence_ms",
        "echo",
        "suppress_noise",
        "mute_while_speaking",
        "least_speech_ms",
    }
)
"""The settings that decide a session's configuration and how its turns are taken."""

HALF_DUPLEX = {"auto": None, "on": True, "off": False}

TRAIL_MARGIN_MS = 400
"""Silence beyond `silence_duration_ms`: the server's VAD works in frames of its own."""

WARN_SHARE = 100 / 120
"""The part of the cap at which the user is warned: 100 s of the usual 120."""

INSTRUCTIONS = (
    "You are a friendly voice assistant. Answer in the language the user speaks, in one to three short "
    "sentences, the way people talk. Use the tools when they help, and say what they returned."
)


def chosen_options(model: Model, settings: Settings) -> ChosenOptions:
    """The options that are remembered for this model, as far as it has them."""
    effort = settings.efforts.get(model.id, "")
    mode = settings.turn_modes.get(model.id, "push_to_talk")
    by_agent = _left_to_agent(model, settings)
    return ChosenOptions(
        model,
        voice="" if "voice" in by_agent else _voice(model, settings),
        effort=effort if effort in model.efforts else "",
        turn_mode=mode if mode in model.turn_modes else "push_to_talk",
        language=settings.language if model.translates else "",
        agents=has_agent(model, settings),
        by_agent=by_agent,
    )


def has_agent(model: Model, settings: Settings) -> bool:
    """Whether a session with this model is an agent's: not one of this program's own server."""
    return bool(settings.agent) and not model.offline


def _left_to_agent(model: Model, settings: Settings) -> frozenset[str]:
    """The fields of `ChosenOptions` that were not chosen, so that an agent decides them."""
    if not has_agent(model, settings):
        return frozenset()
    chosen = {
        "model": not model.by_agent,
        "voice": model.id in settings.voices,
        "effort": settings.efforts.get(model.id) in model.efforts,
        "turn_mode": settings.turn_modes.get(model.id) in model.turn_modes,
    }
    return frozenset(name for name, is_chosen in chosen.items() if not is_chosen)


def session_config(
    model: Model, settings: Settings, tools: tuple[ToolDefinition, ...], context: str = ""
) -> Config:
    """The configuration of a session with this model; `context` is the conversation so far.

    An agent's has only what was chosen in its place. Its instructions are its own, so it isn't told what was
    said before.
    """
    chosen = chosen_options(model, settings)
    if has_agent(model, settings):
        return _config_for_agent(chosen, settings)
    return Config(
        model=model.id,
        instructions=_instructions(settings, context) if model.instructions else None,
        voice=chosen.voice or None,
        modalities=("audio", "text"),
        temperature=_temperature(model, settings),
        reasoning_effort=chosen.effort or None,
        input_audio_format="pcm16",
        output_audio_format="pcm16",
        input_transcription=settings.transcription and model.transcribes,
        output_transcription=True,
        turn_detection=turn_detection(chosen, settings),
        tools=tools if model.tools and tools else None,
        translation_target_language=chosen.language or None,
    )


def _config_for_agent(chosen: ChosenOptions, settings: Settings) -> Config:
    model, left = chosen.model, chosen.by_agent
    return Config(
        model=None if "model" in left else model.id,
        voice=chosen.voice or None,
        reasoning_effort=chosen.effort or None,
        turn_detection=None if "turn_mode" in left else turn_detection(chosen, settings),
        translation_target_language=chosen.language or None,
    )


def turn_detection(chosen: ChosenOptions, settings: Settings) -> TurnDetection | None:
    """Who ends the turn: with the talk key the client where it may, else the server's gated VAD."""
    if chosen.model.translates:
        return None
    if chosen.turn_mode == "semantic_vad":
        return TurnDetection(type="semantic_vad")
    if chosen.turn_mode == "server_vad":
        return TurnDetection(
            type="server_vad",
            threshold=settings.vad_threshold,
            prefix_padding_ms=settings.vad_prefix_ms,
            silence_duration_ms=settings.vad_silence_ms,
        )
    if chosen.model.commits:
        return TurnDetection(type="none")
    return TurnDetection(type="server_vad", silence_duration_ms=SILENCE_MS)


def policy(model: Model, settings: Settings, mode: TurnMode | None = None) -> Policy:
    """How turns are taken with this model, in this mode or in the one that is remembered for it."""
    hands_free = (mode or chosen_options(model, settings).turn_mode) != "push_to_talk"
    silence_ms = settings.vad_silence_ms if hands_free else SILENCE_MS
    cap_ms = 1_000 * settings.cap_s
    return Policy(
        commits=model.commits and not hands_free,
        pre_roll_ms=settings.pre_roll_ms,
        tail_ms=settings.tail_ms,
        tail_ends_early=settings.tail_ends_early,
        warn_ms=cap_ms * WARN_SHARE,
        cap_ms=cap_ms,
        trail_ms=silence_ms + TRAIL_MARGIN_MS,
        continuous=model.translates,
        hands_free=hands_free,
        half_duplex=HALF_DUPLEX[settings.mute_while_speaking],
        echo=settings.echo,
        suppresses_noise=settings.suppress_noise,
        least_speech_ms=settings.least_speech_ms,
        sees=model.images,
        late_results=model.late_results,
    )


def _voice(model: Model, settings: Settings) -> str:
    """The remembered voice, even if it is in no list: the service judges. Empty where there is no voice."""
    if not model.voices and not model.any_voice:
        return ""
    if chosen := settings.voices.get(model.id) or model.published.default_voice:
        return chosen
    return model.voices[0] if model.voices and not model.any_voice else ""


def _temperature(model: Model, settings: Settings) -> float | None:
    """The chosen temperature, within what the model takes."""
    if model.translates or settings.temperature is None:
        return None
    least, most = model.published.temperature or (settings.temperature, settings.temperature)
    return min(max(settings.temperature, least), most)


def _instructions(settings: Settings, context: str) -> str:
    instructions = settings.instructions or INSTRUCTIONS
    return f"{instructions}\n\n{context}" if context else instructions
