"""Only what a model takes is said to it, whatever is remembered."""

from __future__ import annotations

import msgspec
import pytest

from desktop.conversation import session_config
from desktop.protocol import catalog
from desktop.protocol.catalog import MODELS, Model
from desktop.protocol.commands import ToolDefinition
from desktop.protocol.entries import merged
from desktop.settings.schema import Settings

TOOLS = (ToolDefinition("get_time", "The time.", {}),)
LISTED = merged(
    [
        {"id": "new/thinks", "parameters": {"reasoning_effort": ["low", "high"]}, "capabilities": ["tools"]},
        {"id": "new/listens", "capabilities": ["audio"], "parameters": {"voices": ["one"]}},
    ]
)
ALL = [*LISTED, catalog.find("new/unheard-of"), catalog.find("xai/new")]


def said(model: Model, **remembered: object) -> dict[str, object]:
    settings = Settings(model=model.id, **remembered)
    return msgspec.to_builtins(session_config.session_config(model, settings, TOOLS))


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.id)
def test_an_effort_goes_only_to_a_model_that_has_it(model: Model):
    told = said(model, efforts={model.id: "high", "openai/gpt-realtime-2": "high"})
    assert told.get("reasoning_effort") == ("high" if "high" in model.efforts else None)


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.id)
def test_tools_and_turn_detection_are_what_the_model_takes(model: Model):
    told = said(model, turn_modes={model.id: "semantic_vad"})
    assert ("tools" in told) == model.tools
    kind = told.get("turn_detection", {"type": "continuous"})["type"]
    assert kind in model.turn_detection


def test_a_typed_voice_goes_to_a_model_without_a_list():
    new = catalog.find("new/unheard-of")
    assert said(new, voices={new.id: "nova"})["voice"] == "nova"
    assert "voice" not in said(new)


def test_a_listed_voice_is_an_offer_only_where_more_may_exist():
    listens = catalog.find("new/listens", LISTED)
    assert "voice" not in said(listens)
    assert "tools" not in said(listens)


def test_no_voice_goes_where_there_is_none():
    (translate,) = [model for model in MODELS if model.translates]
    assert "voice" not in said(translate, voices={translate.id: "marin"})
