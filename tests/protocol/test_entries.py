"""The service's list of models: merged, and never trusted."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.protocol import entries
from desktop.protocol.catalog import MODELS, Model, find, successor_of
from desktop.protocol.entries import MOST_MODELS, merged, model_of
from desktop.protocol.published import Published

ENTRY: dict[str, Any] = {
    "id": "new/realtime-9",
    "name": "GPT Realtime 9",
    "provider": "New",
    "type": "realtime",
    "capabilities": ["audio", "tools", "vision"],
    "pricing": {"minute": 0.1},
    "parameters": {
        "voices": ["one", {"id": "two"}, {"name": "three"}, "one", 7, ""],
        "reasoning_effort": {"enum": ["low", "high"]},
        "turn_detection": ["none", "server_vad", "telepathy"],
        "input_sample_rate": 16_000,
        "output_sample_rate": 48_000,
    },
}


def test_an_unknown_model_gets_what_its_entry_says_and_any_voice():
    assert model_of(ENTRY) == Model(
        id="new/realtime-9",
        label="GPT Realtime 9",
        provider="new",
        voices=("one", "two", "three"),
        any_voice=True,
        efforts=("low", "high"),
        turn_detection=("none", "server_vad"),
        input_rate=16_000,
        output_rate=48_000,
        images=True,
        tools=True,
        published=Published(pricing={"minute": 0.1}),
    )


def test_what_the_entry_leaves_out_is_as_with_every_model_of_the_provider():
    assert model_of({"id": "xai/new"}) == find("xai/new")


@pytest.mark.parametrize(
    ("capabilities", "tools", "images"),
    [
        (None, True, False),
        ([], True, False),
        ({}, True, False),
        (["audio"], False, False),
        (["Function_Calling", "image_input"], True, True),
        ({"tools": False, "vision": True}, False, True),
        ({"tools": {"parallel": True}}, True, False),
        ("tools", True, False),
    ],
)
def test_what_it_can_do(capabilities: Any, tools: bool, images: bool):
    model = model_of({"id": "new/voice", "capabilities": capabilities})
    assert model is not None
    assert (model.tools, model.images) == (tools, images)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        7,
        [],
        {},
        {"id": ""},
        {"id": 7},
        {"id": "a\nb"},
        {"id": "x" * 999},
        {"id": "a/b", "type": "chat"},
    ],
)
def test_what_is_no_model_is_passed_over(entry: object):
    assert model_of(entry) is None
    assert merged([entry]) == MODELS


PUBLISHED: dict[str, Any] = {
    "id": "openai/gpt-realtime-2.1",
    "type": "realtime",
    "provider": "openai",
    "provider_display_name": "OpenAI",
    "name": "GPT Realtime 2.1",
    "model_id": "gpt-realtime-2.1",
    "capabilities": ["realtime", "vision"],
    "description": "Speech to\nspeech.",
    "region": "eu",
    "country": "Sweden",
    "aliases": ["openai/gpt-realtime-latest"],
    "featured": True,
    "retired_at": "2027-01-01T00:00:00Z",
    "successor": "openai/gpt-realtime-3",
    "params": {
        "realtime": {
            "voices": ["alloy", "juniper"],
            "default_voice": "juniper",
            "sample_rate": 48_000,
            "input_audio_format": "pcm16",
            "output_audio_format": "pcm16",
            "supports_tools": True,
            "supports_vad": True,
        },
        "reasoning": {"supported": ["low", "high"], "default": "low", "mode": "effort"},
        "temperature": {"min": 0.6, "max": 1.2, "default": 0.8},
    },
    "pricing": {"input": [4.0], "output": [16.0]},
}


def test_an_entry_as_it_is_published():
    assert model_of(PUBLISHED) == Model(
        id="openai/gpt-realtime-2.1",
        label="GPT Realtime 2.1",
        provider="openai",
        input_rate=48_000,
        output_rate=48_000,
        voices=("juniper", "alloy"),
        any_voice=True,
        efforts=("low", "high"),
        turn_detection=("none", "server_vad", "semantic_vad"),
        images=True,
        late_results=True,
        published=Published(
            provider_label="OpenAI",
            description="Speech to speech.",
            region="eu, Sweden",
            aliases=("openai/gpt-realtime-latest",),
            featured=True,
            retired_at="2027-01-01T00:00:00Z",
            successor="openai/gpt-realtime-3",
            default_voice="juniper",
            default_effort="low",
            temperature=(0.6, 1.2),
            pricing={"input": [4.0], "output": [16.0]},
        ),
    )


def test_the_list_wins_over_the_table_for_what_it_says():
    params = {"realtime": {"voices": ["nova", "rex"], "default_voice": "rex", "supports_vad": True}}
    models = merged([ENTRY, {"id": "xai/grok-voice-latest", "name": "Grok Voice 3", "params": params}])
    assert [model.id for model in models] == [*(model.id for model in MODELS), "new/realtime-9"]
    grok, table = find("xai/grok-voice-latest", models), find("xai/grok-voice-latest")
    assert (grok.label, grok.voices) == ("Grok Voice 3", ("rex", "nova"))
    assert grok.turn_detection == table.turn_detection
    assert not grok.any_voice


def test_the_table_fills_what_the_list_leaves_open():
    models = merged([{"id": model.id, "capabilities": ["realtime"]} for model in MODELS])
    assert models == MODELS
    assert (
        merged([{"id": model.id, "params": {"realtime": {}, "reasoning": {}}} for model in MODELS]) == MODELS
    )


def test_a_list_that_says_there_is_none_is_believed():
    params = {
        "realtime": {"supports_tools": False, "supports_vad": False, "voices": []},
        "reasoning": {"supported": []},
    }
    model = model_of({"id": "openai/gpt-realtime-2", "params": params}, {"openai/gpt-realtime-2": MODELS[0]})
    assert model is not None
    assert (model.tools, model.turn_detection, model.efforts) == (False, ("none",), ())
    assert model.voices == MODELS[0].voices, "a model of speech has a voice"


def test_a_name_that_is_an_id_is_no_name():
    assert merged([{"id": model.id, "name": model.id} for model in MODELS]) == MODELS
    assert merged([{"id": model.id, "name": model.id.partition("/")[2]} for model in MODELS]) == MODELS


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "new/live-translate", "capabilities": ["tools", "vision"]},
        {"id": "new/babel", "capabilities": ["Translation"]},
        {"id": "new/babel", "capabilities": {"live_translation": True, "tools": True}},
        {"id": "new/babel", "name": "Babel Live Translate"},
        {
            "id": "openai/gpt-realtime-translate",
            "params": {"realtime": {"voices": ["x"], "supports_tools": True}},
        },
    ],
)
def test_a_translating_model_is_known_by_name_or_capability(entry: dict[str, Any]):
    model = model_of(entry)
    assert model is not None
    assert model.translates
    assert model.voices == ()
    assert not any((model.tools, model.images, model.instructions))


@pytest.mark.parametrize(
    ("realtime", "rates"),
    [
        ({}, (16_000, 24_000)),
        ({"sample_rate": 24_000}, (16_000, 24_000)),
        ({"sample_rate": 48_000}, (16_000, 48_000)),
        ({"input_audio_format": "pcm16_8000"}, (8_000, 24_000)),
        ({"output_audio_format": {"type": "audio/pcm", "rate": 48_000}}, (16_000, 48_000)),
        ({"input_audio_format": "audio/pcm;rate=24000", "sample_rate": 7}, (24_000, 24_000)),
    ],
)
def test_its_rates(realtime: dict[str, Any], rates: tuple[int, int]):
    model = model_of({"id": "gemini/gemini-9-live", "params": {"realtime": realtime}})
    assert model is not None
    assert (model.input_rate, model.output_rate) == rates


def test_an_id_without_a_provider_has_that_of_its_entry():
    model = model_of({"id": "grok-voice-2", "provider": "xAI"})
    assert model is not None
    assert (model.provider, model.turn_detection) == ("xai", ("server_vad",))


def test_no_list_sends_a_session_to_this_programs_own_server():
    model = model_of({"id": "voice", "provider": "Offline"})
    assert model is not None
    assert not model.offline


@pytest.mark.parametrize("bounds", [{"min": 2, "max": 1}, {"min": -1, "max": 1}, {"max": 1}, [0, 1], 1])
def test_bounds_that_are_none_are_left_out(bounds: object):
    model = model_of({"id": "a/b", "params": {"temperature": bounds}})
    assert model is not None
    assert model.published.temperature is None


@pytest.mark.parametrize(
    ("said", "read"),
    [(None, ""), (False, ""), (0, ""), (True, "retired"), (1_700_000_000, "retired"), ([], "")],
)
def test_a_retirement_that_is_no_date(said: object, read: str):
    model = model_of({"id": "a/b", "retired_at": said})
    assert model is not None
    assert model.published.retired_at == read


def test_what_is_passed_over_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, logger=entries.__name__)
    merged([7, {}, {"id": ""}, {"id": "a/b"}])
    assert [record.getMessage() for record in caplog.records] == [
        "3 entries of the list of models are none of a realtime model"
    ]


def test_a_list_without_end_is_cut_off():
    assert len(merged({"id": f"new/{number}"} for number in range(2 * MOST_MODELS))) == MOST_MODELS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
IDS = st.sampled_from(["a/1", "a/2", "openai/gpt-realtime-2", "x/translate", "latest"])
VALUES = JSON | IDS | st.lists(IDS, max_size=3)
REALTIME = st.dictionaries(
    st.sampled_from(
        [
            *("voices", "default_voice", "sample_rate", "input_audio_format", "output_audio_format"),
            *("supports_tools", "supports_vad", "turn_detection", "input_sample_rate"),
        ]
    ),
    VALUES,
)
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "realtime": REALTIME | JSON,
        "reasoning": st.dictionaries(st.sampled_from(["supported", "default", "mode"]), VALUES) | JSON,
        "temperature": st.dictionaries(st.sampled_from(["min", "max", "default"]), JSON) | JSON,
    },
)
ANY_ENTRY = st.fixed_dictionaries(
    {"id": IDS | JSON},
    optional={
        **dict.fromkeys(("params", "parameters"), PARAMS | JSON),
        **dict.fromkeys(("name", "provider", "capabilities", "description", "region", "country"), VALUES),
        **dict.fromkeys(("provider_display_name", "aliases", "retired_at", "successor", "model_id"), VALUES),
        "type": st.just("realtime") | JSON,
        "pricing": st.dictionaries(st.sampled_from(["input", "output", "thresholds"]), JSON) | JSON,
    },
)


@given(st.lists(ANY_ENTRY | JSON, max_size=6))
def test_no_list_whatever_breaks_it(listed: list[object]):
    models = merged(listed)
    assert [model.id for model in models][: len(MODELS)] == [model.id for model in MODELS]
    for model in models:
        assert find(model.id, models) == model
        assert model.turn_detection
        assert model.published.default_voice in ("", *model.voices)
        assert model.published.default_effort in ("", *model.efforts)
        for alias in model.published.aliases:
            assert find(alias, models) in models
        new = successor_of(model, models, date(2026, 11, 30))
        assert new is None or not new.published.is_retired(date(2026, 11, 30))
        assert "\n" not in model.published.description
        texts = [model.label, model.published.region, *model.voices]
        assert all(text.isprintable() for text in texts)


def test_a_list_of_any_length_costs_no_more_than_its_bounds():
    """Two thousand entries that each add voices to one model took minutes, on the window's thread."""
    known = next(model.id for model in MODELS if model.voices)
    looked_at = 0

    def endless():
        nonlocal looked_at
        while True:
            looked_at += 1
            yield {"id": known, "voices": [f"voice {looked_at}-{number}" for number in range(300)]}

    found = {model.id: model for model in entries.merged(endless())}
    assert looked_at <= entries.MOST_ENTRIES + 1
    assert len(found[known].voices) <= entries.MOST_VOICES
    voices = entries.model_of({"id": "a/b", "voices": [f"v{number}" for number in range(5_000)]}).voices
    assert len(voices) == entries.MOST_VOICES


def test_of_the_capabilities_only_so_many_are_looked_at():
    """An answer of 4 MB can hold 400,000."""
    many = {f"c{number}": True for number in range(entries.MOST_VOICES)}
    assert model_of({"id": "a/b", "capabilities": {**many, "vision": True}}).images is False
    assert model_of({"id": "a/b", "capabilities": {"vision": True, **many}}).images is True
