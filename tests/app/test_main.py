"""What the command line and the environment decide for one run."""

from __future__ import annotations

import argparse

import pytest

from desktop.app.main import _overrides
from desktop.protocol import catalog
from desktop.settings.schema import Settings

REMEMBERED = Settings(
    model="a/b", base_url="https://remembered.example", voices={"a/b": "marin", "c/d": "ash"}
)


def test_what_is_not_given_stays_as_it_is_remembered():
    options = argparse.Namespace(model="", voice="", base_url=None, ticket_url="", mint_tickets=False)
    assert _overrides(REMEMBERED, options) == {"base_url": "https://remembered.example"}


def test_the_command_line_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPPER_BASE_URL", "https://environment.example")
    assert _overrides(REMEMBERED, argparse.Namespace())["base_url"] == "https://environment.example"
    options = argparse.Namespace(base_url="https://given.example")
    assert _overrides(REMEMBERED, options)["base_url"] == "https://given.example"


@pytest.mark.parametrize(
    ("remembered", "given", "model"),
    [
        (REMEMBERED, {}, "a/b"),
        (REMEMBERED, {"model": "openai/gpt-realtime-2"}, "openai/gpt-realtime-2"),
        (Settings(), {}, catalog.OFFLINE_MODEL),
        (Settings(), {"ticket_url": "https://tickets.example"}, catalog.KEYED_MODEL),
    ],
)
def test_a_voice_is_for_the_model_of_the_run(remembered: Settings, given: dict[str, str], model: str):
    options = argparse.Namespace(voice="cedar", **given)
    assert _overrides(remembered, options)["voices"] == {**remembered.voices, model: "cedar"}


@pytest.mark.parametrize(
    ("remembered", "given", "agent", "model"),
    [
        (REMEMBERED, {"agent": "helper"}, "helper", ""),
        (REMEMBERED, {"agent": "helper", "model": "xai/x"}, "helper", "xai/x"),
        (Settings(agent="helper", agent_model="a/b"), {}, None, "a/b"),
        (Settings(agent="helper", agent_model="a/b"), {"agent": "other"}, "other", ""),
        (Settings(agent="helper"), {"model": "xai/x"}, None, "xai/x"),
    ],
)
def test_a_model_that_is_named_with_an_agent_replaces_its_own(
    remembered: Settings, given: dict[str, str], agent: str | None, model: str
):
    values = _overrides(remembered, argparse.Namespace(voice="cedar", **given))
    assert (values.get("agent"), values["agent_model"]) == (agent, model)
    assert "model" not in values
    assert values["voices"][model or f"@agent/{agent or 'helper'}"] == "cedar"
