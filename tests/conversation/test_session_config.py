"""A model gets only the options that it supports, whatever is remembered."""

from __future__ import annotations

import msgspec
import pytest

from desktop.conversation import session_config
from desktop.protocol import catalog, codec
from desktop.protocol.catalog import MODELS, Model
from desktop.protocol.commands import SessionStart, ToolDefinition
from desktop.protocol.entries import merged
from desktop.settings.schema import Settings
from desktop.viewmodels.chosen_options import ChosenOptions

TOOLS = (ToolDefinition("get_time", "The time.", {}),)
LISTED = merged(
    [
        {"id": "new/thinks", "parameters": {"reasoning_effort": ["low", "high"]}, "capabilities": ["tools"]},
        {"id": "new/listens", "capabilities": ["audio"], "parameters": {"voices": ["one"]}},
    ]
)
HANDS_FREE = ChosenOptions(MODELS[0], "", "", turn_mode="server_vad", language="")
ALL = [*LISTED, catalog.find("new/unheard-of"), catalog.find("xai/new")]


def config_of(model: Model, **remembered: object) -> dict[str, object]:
    settings = Settings(model=model.id, **remembered)
    return msgspec.to_builtins(session_config.session_config(model, settings, TOOLS))


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.id)
def test_an_effort_goes_only_to_a_model_that_has_it(model: Model):
    config = config_of(model, efforts={model.id: "high", "openai/gpt-realtime-2": "high"})
    assert config.get("reasoning_effort") == ("high" if "high" in model.efforts else None)


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.id)
def test_tools_and_turn_detection_are_what_the_model_takes(model: Model):
    config = config_of(model, turn_modes={model.id: "semantic_vad"})
    assert ("tools" in config) == model.tools
    kind = config.get("turn_detection", {"type": "continuous"})["type"]
    assert kind in model.turn_detection


def test_a_typed_voice_goes_to_a_model_without_a_list():
    new = catalog.find("new/unheard-of")
    assert config_of(new, voices={new.id: "nova"})["voice"] == "nova"
    assert "voice" not in config_of(new)


def test_a_listed_voice_is_an_offer_only_where_more_may_exist():
    listens = catalog.find("new/listens", LISTED)
    assert "voice" not in config_of(listens)
    assert "tools" not in config_of(listens)


def test_the_default_voice_of_the_list_is_the_default():
    listed = [
        {"id": model, "params": {"realtime": {"voices": ["one", "two"], "default_voice": "two"}}}
        for model in ("new/voice", "openai/gpt-realtime-2")
    ]
    for model in (catalog.find(entry["id"], merged(listed)) for entry in listed):
        assert config_of(model)["voice"] == "two"
        assert config_of(model, voices={model.id: "one"})["voice"] == "one"


def test_no_voice_goes_where_there_is_none():
    for translate in [model for model in MODELS if model.translates]:
        assert "voice" not in config_of(translate, voices={translate.id: "marin"})


def test_no_transcript_is_asked_of_a_model_that_sends_none():
    asked = {model.id: config_of(model, transcription=True)["input_transcription"] for model in MODELS}
    assert [model for model, transcribes in asked.items() if not transcribes] == [
        "openai/gpt-realtime-translate"
    ]


@pytest.mark.parametrize(("chosen", "sent"), [(None, None), (0.0, 0.6), (1.0, 1.0), (2.0, 1.2)])
def test_the_temperature_is_one_that_the_model_takes(chosen: float | None, sent: float | None):
    (model,) = merged([{"id": "a/b", "params": {"temperature": {"min": 0.6, "max": 1.2}}}], ())
    assert config_of(model, temperature=chosen).get("temperature") == sent


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_only_supported_options_are_sent(model: Model):
    tools = (ToolDefinition("t", "", {"type": "object"}),)
    config = session_config.session_config(model, Settings(), tools)
    assert config.reasoning_effort is None
    assert (config.tools is not None) == model.tools
    assert (config.instructions is not None) == model.instructions
    assert (config.voice is None) == (not model.voices)
    if "continuous" in model.turn_detection:
        assert config.turn_detection is None
        assert config.translation_target_language
    else:
        assert config.turn_detection.type in model.turn_detection
        assert config.translation_target_language is None
    assert b"null" not in codec.encode(SessionStart(config))


OTHER_VALUES = {
    "microphone_gain_db": 6.0,
    "session_budget": 2.0,
    "day_budget": 5.0,
    "model": MODELS[0].id,
    "voices": {model.id: "another" for model in MODELS},
    "efforts": {model.id: "high" for model in MODELS},
    "turn_modes": {model.id: "server_vad" for model in MODELS},
    "temperature": 1.5,
    "mute_while_speaking": "on",
    "echo": "off",
    "reconnect_for": "1",
    "theme": "dark",
    "ui_language": "de",
    "geometry": "x",
    "layout": {"x": "y"},
}


def other(name: str) -> object:
    """A value that isn't the default."""
    match getattr(Settings(), name):
        case bool(value):
            return not value
        case int(value) | float(value) if name not in OTHER_VALUES:
            return value / 2 if isinstance(value, float) else value // 2
        case _:
            return OTHER_VALUES.get(name, "sv")


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_the_settings_that_decide_a_session_are_named(name: str):
    """A change of any other setting needs no new configuration."""

    def sessions(settings: Settings) -> list[object]:
        models = [catalog.find(settings.model)] if settings.model else MODELS
        modes = (None, "server_vad")
        return [
            *(session_config.session_config(model, settings, ()) for model in models),
            *(session_config.policy(model, settings, mode) for model in models for mode in modes),
            session_config.turn_detection(HANDS_FREE, settings),
        ]

    changed = msgspec.structs.replace(Settings(), **{name: other(name)})
    assert getattr(changed, name) != getattr(Settings(), name) or name == "keep_days"
    assert (sessions(changed) != sessions(Settings())) == (name in session_config.SETTINGS)


def test_the_cap_and_its_warning_go_together():
    policy = session_config.policy(MODELS[0], Settings())
    assert (policy.warn_ms, policy.cap_ms) == (100_000, 120_000)
    policy = session_config.policy(MODELS[0], Settings(cap_s=60))
    assert (policy.warn_ms, policy.cap_ms) == (50_000, 60_000)
