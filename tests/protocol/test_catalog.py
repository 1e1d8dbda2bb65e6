"""The catalogue against the service's table of providers."""

from __future__ import annotations

import pytest

from desktop.protocol.catalog import MODELS, OFFLINE_MODEL, Model, find

OPENAI_VOICES = "marin alloy ash ballad coral echo sage shimmer verse cedar"
GEMINI_VOICES = "Aoede Puck Charon Kore Fenrir Leda Orus Zephyr"

# model, rate in, rate out, voices (default first), efforts, turn detection
TABLE = [
    (
        "openai/gpt-realtime-2",
        24_000,
        24_000,
        OPENAI_VOICES,
        "minimal low medium high xhigh",
        {"server_vad", "semantic_vad", "none"},
    ),
    ("xai/grok-voice-latest", 24_000, 24_000, "ara eve leo rex sal", "", {"server_vad"}),
    ("gemini/gemini-3.1-flash-live-preview", 16_000, 24_000, GEMINI_VOICES, "", {"server_vad", "none"}),
    ("gemini/gemini-3.5-live-translate-preview", 16_000, 24_000, "", "", {"continuous"}),
]


@pytest.mark.parametrize(("model_id", "rate_in", "rate_out", "voices", "efforts", "detection"), TABLE)
def test_a_model_is_as_the_table_says(
    model_id: str, rate_in: int, rate_out: int, voices: str, efforts: str, detection: set[str]
) -> None:
    model = find(model_id)
    assert model.provider == model_id.partition("/")[0]
    assert (model.input_rate, model.output_rate) == (rate_in, rate_out)
    assert model.voices == tuple(voices.split())
    assert model.efforts == tuple(efforts.split())
    assert set(model.turn_detection) == detection
    assert not model.offline


def test_the_table_is_complete() -> None:
    assert [model.id for model in MODELS if not model.offline] == [row[0] for row in TABLE]


def test_ids_and_labels_are_unique() -> None:
    assert len({model.id for model in MODELS}) == len(MODELS)
    assert len({model.label for model in MODELS}) == len(MODELS)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_who_ends_the_turn(model: Model) -> None:
    assert model.commits == (model.provider != "xai" and "translate" not in model.id)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_what_a_model_takes(model: Model) -> None:
    translates = "translate" in model.id
    assert model.tools == (not translates)
    assert model.instructions == (not translates)
    assert model.updates == (model.provider != "gemini")
    assert model.images == (model.id in ("openai/gpt-realtime-2", "gemini/gemini-3.1-flash-live-preview"))


def test_the_offline_models_differ_in_the_microphones_rate() -> None:
    offline = [model for model in MODELS if model.offline]
    assert [(model.id, model.input_rate, model.output_rate) for model in offline] == [
        (OFFLINE_MODEL, 24_000, 24_000),
        ("offline/demo-16k", 16_000, 24_000),
    ]
    assert all(model.voices and model.commits for model in offline)


@pytest.mark.parametrize(
    ("model_id", "provider", "label"),
    [
        ("openai/gpt-realtime-9", "openai", "gpt-realtime-9"),
        ("new/vendor/voice", "new", "vendor/voice"),
        ("voice", "", "voice"),
        ("voice/", "", "voice/"),
        ("", "", ""),
    ],
)
def test_an_unknown_model_gets_only_what_every_model_has(model_id: str, provider: str, label: str) -> None:
    model = find(model_id)
    assert (model.id, model.provider, model.label) == (model_id, provider, label)
    assert model.commits
    assert model.voices == model.efforts == ()
    assert model.any_voice
    assert not model.images


def test_an_unknown_model_has_its_providers_ways() -> None:
    assert not find("xai/grok-voice-9").commits
    gemini = find("gemini/gemini-9-live")
    assert (gemini.input_rate, gemini.updates, gemini.commits) == (16_000, False, True)


def test_only_where_no_voices_are_known_any_may_be_named() -> None:
    assert not any(model.any_voice for model in MODELS)
