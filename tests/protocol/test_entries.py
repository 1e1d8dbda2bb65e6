"""The service's list of models: merged, and never trusted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.protocol import entries
from desktop.protocol.catalog import MODELS, Model, find
from desktop.protocol.entries import MOST_MODELS, merged, model_of
from desktop.protocol.published import Published

ENTRY: dict[str, Any] = {
    "id": "openai/gpt-realtime-9",
    "name": "GPT Realtime 9",
    "provider": "OpenAI",
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
        id="openai/gpt-realtime-9",
        label="GPT Realtime 9",
        provider="openai",
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


def test_the_table_comes_first_and_is_only_added_to():
    known = {"id": "xai/grok-voice-latest", "name": "Other", "parameters": {"voices": ["rex", "nova"]}}
    models = merged([ENTRY, known, {"id": "gemini/gemini-3.5-live-translate-preview", "voices": ["x"]}])
    assert [model.id for model in models] == [*(model.id for model in MODELS), "openai/gpt-realtime-9"]
    grok = find("xai/grok-voice-latest", models)
    assert grok.label == find("xai/grok-voice-latest").label
    assert grok.voices == (*find("xai/grok-voice-latest").voices, "nova")
    assert find("gemini/gemini-3.5-live-translate-preview", models).voices == ()
    assert find("openai/gpt-realtime-9", models).label == "GPT Realtime 9"


def test_a_list_without_end_is_cut_off():
    assert len(merged({"id": f"new/{number}"} for number in range(2 * MOST_MODELS))) == MOST_MODELS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
FIELDS = st.sampled_from(["id", "name", "provider", "type", "capabilities", "parameters", "voices", "voice"])


@given(st.lists(st.dictionaries(FIELDS, JSON) | JSON, max_size=4))
def test_no_list_whatever_breaks_it(entries: list[object]):
    assert merged(entries)[: len(MODELS)]


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
