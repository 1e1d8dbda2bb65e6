from __future__ import annotations

from typing import Any

import pytest

from desktop.offline.accepted_config import (
    AcceptedConfig,
    TicketConfig,
    VadSettings,
    apply,
    find_model,
    offline_models,
)

START = AcceptedConfig(model="offline/demo", voice="heart")
TOOL = {"name": "get_time", "description": "", "parameters": {}}


@pytest.mark.parametrize(
    ("config", "field", "value"),
    [
        ({"model": "m"}, "model", "m"),
        ({"voice": "heart"}, "voice", "heart"),
        ({"modalities": ["text"]}, "audio", False),
        ({"modalities": ["audio", "text"]}, "audio", True),
        ({"input_transcription": False}, "input_transcription", False),
        ({"output_transcription": False}, "output_transcription", False),
        ({"turn_detection": {"type": "none"}}, "vad", None),
        ({"turn_detection": {"type": "server_vad"}}, "vad", VadSettings(0.5, 500, 300)),
        (
            {
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": 0.8,
                    "prefix_padding_ms": 100,
                    "silence_duration_ms": 200,
                }
            },
            "vad",
            VadSettings(0.8, 200, 100),
        ),
        (
            {"turn_detection": {"type": "server_vad", "silence_duration_ms": 99_999}},
            "vad",
            VadSettings(0.5, 5_000, 300),
        ),
        ({"instructions": "Be kind", "temperature": 0.8, "input_audio_format": "pcm16"}, "voice", "heart"),
        ({"voice": None, "tools": None, "turn_detection": None}, "voice", "heart"),
    ],
)
def test_what_is_taken_without_a_word(config: dict[str, Any], field: str, value: Any) -> None:
    accepted, problems = apply(START, config)

    assert problems == []
    assert getattr(accepted, field) == value


@pytest.mark.parametrize(
    "rest",
    [
        {"description": "", "parameters": {}},
        {"parameters": {}},
        {"description": None, "parameters": {}},
        {"description": "The time"},
        {"description": "The time", "parameters": None},
        {},
        {"type": "function", "strict": True},
    ],
)
def test_a_tool_needs_only_its_name(rest: dict[str, Any]) -> None:
    accepted, problems = apply(START, {"tools": [{"name": "get_time", **rest}]})

    assert problems == []
    assert [(tool.name, tool.parameters) for tool in accepted.tools] == [("get_time", {})]


def test_turn_detection_null_is_none() -> None:
    with_vad, _ = apply(START, {"turn_detection": {"type": "server_vad"}})
    assert with_vad.vad is not None

    accepted, problems = apply(with_vad, {"turn_detection": None, "voice": None})

    assert (accepted.vad, accepted.voice, problems) == (None, "heart", [])


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"colour": "red"}, "unknown_field"),
        ({"voice": "marin"}, "voice_not_found"),
        ({"voice": 7}, "invalid_config"),
        ({"reasoning_effort": "low"}, "unsupported_field"),
        ({"translation_target_language": "de"}, "unsupported_field"),
        ({"modalities": ["video"]}, "invalid_modality"),
        ({"modalities": []}, "invalid_modality"),
        ({"output_audio_format": "g711_ulaw"}, "invalid_audio_format"),
        ({"turn_detection": {"type": "semantic_vad"}}, "unsupported_turn_detection"),
        ({"turn_detection": {"type": "magic"}}, "invalid_config"),
        ({"turn_detection": "server_vad"}, "invalid_config"),
        ({"turn_detection": {"type": "server_vad", "threshold": 2}}, "invalid_config"),
        ({"turn_detection": {"type": "server_vad", "silence_duration_ms": -1}}, "invalid_config"),
        ({"turn_detection": {"type": "server_vad", "prefix_padding_ms": -1}}, "invalid_config"),
        ({"tools": [{"description": "no name"}]}, "invalid_config"),
        ({"tools": [{"name": "x", "parameters": "none"}]}, "invalid_config"),
        ({"temperature": "hot"}, "invalid_config"),
        ({"input_transcription": "yes"}, "invalid_config"),
    ],
)
def test_what_is_not_taken_is_reported_and_harms_nothing_else(config: dict[str, Any], code: str) -> None:
    accepted, problems = apply(START, {**config, "output_transcription": False})

    assert [problem.code for problem in problems] == [code]
    assert (accepted.voice, accepted.tools) == ("heart", ())
    assert not accepted.output_transcription


def test_an_unknown_voice_falls_back_to_the_own_one() -> None:
    accepted, problems = apply(AcceptedConfig(voice=""), {"voice": "marin"})

    assert accepted.voice == "heart"
    assert "'heart'" in problems[0].message


def test_locked_fields_get_their_zero_value() -> None:
    bound = TicketConfig({}, frozenset({"tools", "turn_detection"}))

    assert bound.over({"tools": [TOOL], "turn_detection": {"type": "server_vad"}, "voice": "x"}) == {
        "voice": "x"
    }


def test_the_models_are_the_catalogues() -> None:
    assert [model.id for model in offline_models()] == ["offline/demo", "offline/demo-16k"]
    assert find_model("openai/gpt-realtime-2") is None
