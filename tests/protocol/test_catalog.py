"""The catalogue against the service's table of providers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from desktop.protocol.catalog import CAPS, MODELS, OFFLINE_MODEL, Model, find, successor_of
from desktop.protocol.published import Published

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
    ("openai/gpt-realtime-translate", 24_000, 24_000, "", "", {"continuous"}),
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


@pytest.mark.parametrize(("provider", "minutes"), [("openai", 60), ("gemini", 10), ("xai", 120)])
def test_every_cap_has_its_source_and_date(provider: str, minutes: int) -> None:
    cap = CAPS[provider]
    assert cap.seconds == minutes * 60
    assert f"{minutes} minutes" in cap.source
    assert date.fromisoformat(cap.dated) <= TODAY
    assert {model.cap_s for model in MODELS if model.provider == provider} == {cap.seconds}


def test_no_other_provider_has_a_cap() -> None:
    assert set(CAPS) == {"openai", "gemini", "xai"}
    assert find("new/voice").cap_s is None


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
    assert model.updates == (model.provider != "gemini" and not translates)
    assert model.transcribes == (model.id != "openai/gpt-realtime-translate")
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
        ("openai/voice-9", "openai", "voice-9"),
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


def test_an_unknown_model_has_its_familys_ways() -> None:
    assert not find("xai/other").commits
    assert find("xai/grok-voice-9").voices == find("xai/grok-voice-latest").voices
    gemini = find("gemini/gemini-3.8-live")
    assert (gemini.input_rate, gemini.updates, gemini.commits, gemini.images) == (16_000, False, True, True)
    openai, table = find("openai/gpt-realtime-2.1"), find("openai/gpt-realtime-2")
    assert (openai.turn_detection, openai.images, openai.efforts) == (
        table.turn_detection,
        True,
        table.efforts,
    )
    assert openai.any_voice, "another generation may have other voices"
    assert find("openai/gpt-realtime-mini").efforts == (), "the first generation doesn't reason"


@pytest.mark.parametrize(
    "model_id",
    [
        "openai/gpt-realtime-2-translate",
        "gemini/gemini-9-live-translate",
        "new/live-translation-1",
        "new/Translator",
    ],
)
def test_a_translating_model_is_known_by_its_name(model_id: str) -> None:
    model = find(model_id)
    assert model.translates
    assert not any((model.tools, model.instructions, model.images, model.updates, model.any_voice))
    assert model.voices == model.efforts == ()


def test_no_other_name_is_taken_for_a_translating_model() -> None:
    assert not find("new/untranslated").translates
    assert not find("openai/gpt-realtime-2").translates


def listed(model_id: str, **published: Any) -> Model:
    return Model(id=model_id, label=model_id, provider="a", published=Published(**published))


TODAY = date(2026, 11, 30)


def test_an_alias_is_the_model() -> None:
    one, two = listed("a/one", aliases=("a/latest", "a/two")), listed("a/two", aliases=("a/one",))
    models = (*MODELS, one, two)
    assert find("a/latest", models) is one
    assert find("a/two", models) is two, "an id goes before an alias, also where they go round in a circle"
    assert find("a/one", models) is one


@pytest.mark.parametrize(
    ("retired_at", "retired"),
    [
        ("", False),
        ("2026-11-30", True),
        ("2026-12-01", False),
        ("2026-11-30T23:30:00-05:00", False),
        ("2026-12-01T00:30:00+01:00", True),
        ("2026-11-30T10:00:00Z", True),
        ("last year", True),
        ("0001-01-01T00:00:00+14:00", True),
        ("9999-12-31T23:59:59-14:00", False),
    ],
)
def test_when_a_model_is_retired(retired_at: str, retired: bool) -> None:
    assert Published(retired_at=retired_at).is_retired(TODAY) == retired


def test_the_successor_is_one_that_is_not_retired_itself() -> None:
    old = listed("a/1", retired_at="2025-01-01", successor="a/2")
    older = listed("a/2", retired_at="2025-06-01", successor="newest")
    new = listed("a/3", aliases=("newest",))
    assert successor_of(old, (old, older, new), TODAY) is new
    assert successor_of(new, (old, older, new), TODAY) is None
    assert successor_of(old, (old, new), TODAY) is None, "it is in no list"


def test_successors_in_a_circle_end() -> None:
    one = listed("a/1", retired_at="2025-01-01", successor="a/2")
    two = listed("a/2", retired_at="2025-01-01", successor="a/1")
    self = listed("a/3", retired_at="2025-01-01", successor="a/3")
    for model in (one, two, self):
        assert successor_of(model, (one, two, self), TODAY) is None


def test_only_where_no_voices_are_known_any_may_be_named() -> None:
    assert not any(model.any_voice for model in MODELS)
