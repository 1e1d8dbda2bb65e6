"""A named agent decides what isn't chosen."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from desktop.access import endpoint_resolver
from desktop.access.endpoint_resolver import AccessOptions
from desktop.conversation import session_config
from desktop.conversation.session_options import SessionOptions
from desktop.offline.fakes import FakeRecognizer, FakeSynthesizer, fake_loaders
from desktop.offline.process import OfflineServer
from desktop.protocol import catalog, codec
from desktop.protocol.commands import Config, SessionStart, ToolDefinition, TurnDetection
from desktop.protocol.entries import merged
from desktop.realtime.connection import Frame
from desktop.realtime.endpoint import Endpoint
from desktop.realtime.handshake import open_session
from desktop.settings import schema
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.viewmodels.chosen_options import PendingRestart
from tests.offline.client import running

NAME = "my helper"
AGENT = catalog.agent(NAME)
OPENAI = catalog.find("openai/gpt-realtime-2")
TOOLS = (ToolDefinition("get_time", "", {}),)


class Made:
    def __init__(self, **settings: Any) -> None:
        self.store = SettingsStore(Settings(agent=NAME, **settings))
        self.options = SessionOptions(self.store)
        self.waiting: PendingRestart | None = None
        self.options.restart_offered.connect(lambda waiting: setattr(self, "waiting", waiting))

    def open(self) -> Config:
        config = self.options.begin_session(self.options.model, TOOLS, "what was said before")
        self.options.on_session_opened()
        return config

    def choose(self, name: str, value: str) -> Config | None:
        self.options.choose(name, value)
        return self.options.update()


def test_nothing_is_sent_that_was_not_chosen():
    made = Made(instructions="Be brief.", temperature=0.5, model=OPENAI.id, voices={OPENAI.id: "ash"})
    assert made.options.model == AGENT
    assert made.open() == Config()
    assert made.options.displayed.by_agent == {"model", "voice", "effort", "turn_mode"}
    assert made.options.policy.commits


def test_what_is_chosen_replaces_the_agents_own():
    made = Made()
    made.choose("voice", "ash")
    made.choose("turn_mode", "server_vad")
    config = made.open()
    assert (config.model, config.voice) == (None, "ash")
    assert config.turn_detection is not None
    assert config.turn_detection.type == "server_vad"
    assert made.options.displayed.by_agent == {"model", "effort"}
    assert made.options.policy.hands_free


def test_another_model_replaces_the_agents_and_its_voice_stays_the_agents():
    made = Made()
    made.choose("model", OPENAI.id)
    assert made.store.current.model == ""
    assert made.open() == Config(model=OPENAI.id)
    shown = made.options.displayed
    assert (shown.model, shown.voice, shown.by_agent) == (OPENAI, "", {"voice", "effort", "turn_mode"})
    made.choose("model", AGENT.id)
    assert made.store.current.agent_model == ""
    assert made.waiting
    assert made.waiting.names == ("model",)
    assert made.options.offered[0] == AGENT


def test_a_choice_in_the_session_is_an_update_and_can_only_be_taken_back_anew():
    made = Made()
    made.open()
    assert made.choose("voice", "ash") == Config(voice="ash")
    assert made.options.displayed.voice == "ash"
    assert made.choose("turn_mode", "push_to_talk") == Config(turn_detection=TurnDetection(type="none"))
    assert made.choose("voice", "") is None
    assert made.waiting
    assert made.waiting.names == ("voice",)


def test_this_programs_own_demo_is_nobodys_agent():
    made = Made(agent_model=catalog.OFFLINE_MODEL)
    assert made.open().instructions
    assert made.options.displayed.by_agent == frozenset()
    assert not made.options.displayed.agents


@pytest.mark.parametrize(
    ("base", "socket", "url"),
    [
        ("https://api.opper.ai", "", "wss://api.opper.ai/v3/realtime/my%20helper"),
        ("https://a.example/x/", "", "wss://a.example/x/v3/realtime/my%20helper"),
        ("https://a.example", "wss://b.example/v3/realtime", "wss://b.example/v3/realtime/my%20helper"),
        ("https://a.example", "wss://b.example/own?x=1", "wss://b.example/own?x=1"),
    ],
)
def test_the_address_has_the_agents_name(base: str, socket: str, url: str):
    endpoint = Endpoint(base, "key", socket_url=socket, agent=NAME)
    assert endpoint.websocket_url() == url
    assert endpoint.http_url("/v3/models") == base.rstrip("/") + "/v3/models"


async def test_the_service_is_asked_for_the_agent_and_the_demo_is_not():
    access = AccessOptions("https://api.opper.ai", agent=NAME)
    assert (await endpoint_resolver.endpoint_for(AGENT, access, OfflineServer(), Config())).agent == NAME
    demo = catalog.find(catalog.OFFLINE_MODEL)
    assert (await endpoint_resolver.endpoint_for(demo, access, OfflineServer(), Config())).agent == ""


async def test_the_session_starts_without_a_config():
    frames: list[Frame] = []
    async with running(fake_loaders(FakeRecognizer(), FakeSynthesizer())) as url:
        endpoint = Endpoint(url, "key", agent=NAME)
        for config, sent in ((Config(), {}), (Config(voice="heart"), {"config": {"voice": "heart"}})):
            frames.clear()
            opened = await open_session(endpoint, config, AGENT, frames.append)
            await opened.connection.close()
            start = next(frame.message for frame in frames if frame.direction == "out")
            assert isinstance(start, SessionStart)
            assert json.loads(codec.encode(start)) == {"type": "session.start"} | sent


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("helper", ""),
        ("Mein Hölfer 2", ""),
        ("", ""),
        ("a/b", "name"),
        ("..", "name"),
        ("a?b", "name"),
        (" a", "name"),
        ("a\nb", "name"),
        ("x" * 201, "name"),
    ],
)
def test_what_an_agent_can_be_called(name: str, problem: str):
    assert schema.problem("agent", name) == problem


def test_no_list_has_agents():
    assert merged([{"id": AGENT.id}, {"id": "x", "provider": catalog.AGENT}], ())[0].provider == ""
    assert catalog.find(AGENT.id) == AGENT


def test_the_config_is_empty_on_the_wire():
    assert msgspec.to_builtins(session_config.session_config(AGENT, Settings(agent=NAME), TOOLS)) == {}
