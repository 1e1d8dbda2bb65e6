"""Remembered options, active ones, and what a difference needs: an update, a restart or nothing."""

from __future__ import annotations

import pytest

from desktop.conversation.session_options import SessionOptions
from desktop.protocol import catalog
from desktop.protocol.commands import Config, TurnDetection
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.viewmodels.chosen_options import PendingRestart

OPENAI = catalog.find("openai/gpt-realtime-2")
XAI = catalog.find("xai/grok-voice-latest")
GEMINI = catalog.find("gemini/gemini-3.1-flash-live-preview")
TRANSLATE = catalog.find("gemini/gemini-3.5-live-translate-preview")


class Made:
    """Options with an open session, and the last restart they offered."""

    def __init__(self, model: catalog.Model = OPENAI, *, is_open: bool = True, **settings) -> None:
        self.store = SettingsStore(Settings(model=model.id, **settings))
        self.options = SessionOptions(self.store)
        self.waiting: PendingRestart | None = None
        self.options.restart_offered.connect(lambda waiting: setattr(self, "waiting", waiting))
        if is_open:
            self.config = self.options.begin_session(model, ())
            self.options.on_session_opened()

    def choose(self, name: str, value: str) -> Config | None:
        self.options.choose(name, value)
        return self.options.update()

    @property
    def names(self) -> tuple[str, ...]:
        return self.waiting.names if self.waiting else ()


def test_each_model_remembers_its_own():
    made = Made(is_open=False)
    for model, voice in ((OPENAI, "cedar"), (XAI, "rex")):
        made.choose("model", model.id)
        made.choose("voice", voice)
        made.choose("turn_mode", "server_vad")
    made.choose("model", OPENAI.id)
    made.choose("effort", "high")
    made.choose("turn_mode", "semantic_vad")
    assert (made.options.chosen.voice, made.options.chosen.effort) == ("cedar", "high")
    made.choose("model", XAI.id)
    chosen = made.options.chosen
    assert (chosen.voice, chosen.effort, chosen.turn_mode) == ("rex", "", "server_vad")
    assert made.store.current.turn_modes == {OPENAI.id: "semantic_vad", XAI.id: "server_vad"}


def test_the_models_own_effort_is_said_by_nothing():
    made = Made(efforts={OPENAI.id: "low"})
    assert made.config.reasoning_effort == "low"
    made.choose("effort", "")
    assert made.store.current.efforts == {}
    assert made.options.begin_session(OPENAI, ()).reasoning_effort is None


@pytest.mark.parametrize("model", [XAI, GEMINI, TRANSLATE], ids=lambda model: model.id)
def test_what_a_model_has_not_is_never_sent(model: catalog.Model):
    made = Made(model, efforts={model.id: "high"}, turn_modes={model.id: "semantic_vad"})
    assert made.config.reasoning_effort is None
    assert made.config.turn_detection is None or made.config.turn_detection.type in ("none", "server_vad")


def test_what_can_change_in_place_is_an_update_of_that_alone():
    made = Made()
    assert made.choose("voice", "ash") == Config(voice="ash")
    assert made.choose("effort", "low") == Config(reasoning_effort="low")
    assert made.options.displayed.effort == "low"
    assert made.waiting is None
    assert made.options.update() is None, "nothing is said twice"


def test_hands_free_is_an_update_too_and_the_policy_follows():
    made = Made(vad_threshold=0.7, vad_prefix_ms=200, vad_silence_ms=800)
    assert made.options.policy.commits
    update = made.choose("turn_mode", "server_vad")
    assert update == Config(turn_detection=TurnDetection("server_vad", 0.7, 200, 800))
    assert not made.options.policy.commits
    assert made.choose("turn_mode", "semantic_vad") == Config(turn_detection=TurnDetection("semantic_vad"))


def test_a_voice_that_was_heard_stays_until_a_restart():
    made = Made()
    made.options.on_response_began()
    assert made.choose("voice", "ash") is None
    assert made.names == ("voice",)
    assert made.waiting.chosen.voice == "ash"
    assert made.options.displayed.voice == "marin", "shown is what holds"
    made.choose("voice", "marin")
    assert made.waiting is None


def test_a_model_without_updates_needs_a_restart():
    made = Made(GEMINI)
    assert made.choose("voice", "Puck") is None
    assert made.names == ("voice",)


def test_another_model_needs_a_restart_and_is_shown():
    made = Made()
    made.choose("effort", "low")
    assert made.choose("model", XAI.id) is None
    assert made.names == ("model",)
    assert made.options.displayed.model is XAI
    assert made.options.policy.commits, "the session is still the other model's"


def test_an_effort_that_was_set_cannot_be_unset_in_place():
    made = Made(efforts={OPENAI.id: "high"})
    assert made.choose("effort", "") is None
    assert made.names == ("effort",)


def test_a_refused_update_is_taken_back_and_offered_as_a_restart():
    made = Made()
    update = made.choose("turn_mode", "semantic_vad")
    made.options.refuse(update)
    assert made.options.displayed.turn_mode == "push_to_talk"
    assert made.options.policy.commits
    assert made.names == ("turn_mode",)
    assert made.options.update() is None, "it isn't asked for again in this session"
    assert made.options.begin_session(OPENAI, ()).turn_detection == TurnDetection("semantic_vad")


def test_settings_change_in_place_as_far_as_they_can():
    made = Made()
    made.store.replace(instructions="Be brief.", temperature=0.4, transcription=False)
    assert made.options.update() == Config(instructions="Be brief.", temperature=0.4)
    assert made.names == ("settings",)


def test_the_context_is_no_difference():
    made = Made(is_open=False)
    config = made.options.begin_session(OPENAI, (), "Conversation so far: …")
    made.options.on_session_opened()
    assert config.instructions.endswith("\n\nConversation so far: …")
    assert made.options.update() is None


def test_while_a_session_is_being_opened_nothing_is_sent():
    made = Made(is_open=False)
    made.options.begin_session(OPENAI, ())
    assert made.choose("voice", "ash") is None
    made.options.on_session_opened()
    assert made.options.update() == Config(voice="ash")


def test_without_a_session_nothing_waits_for_one():
    made = Made()
    made.choose("model", XAI.id)
    made.options.on_session_closed()
    assert made.waiting is None
    assert made.options.displayed == made.options.chosen


def test_a_translating_model_is_told_the_language_and_nothing_else():
    made = Made(TRANSLATE, language="sv", temperature=1.0)
    config = made.config
    assert config.translation_target_language == "sv"
    assert (config.voice, config.instructions, config.tools, config.temperature) == (None,) * 4
    assert made.choose("language", "de") is None
    assert made.names == ("language",)
