"""Settings: typed, tolerant of what the file holds, and never with a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop import configuration, credentials, settings
from desktop.protocol import catalog, codec, commands


def test_they_come_back_as_they_were(tmp_path: Path):
    chosen = settings.Settings(model="xai/grok-voice-latest", voices={"a/b": "c"}, tail_ms=400)
    settings.save(tmp_path, chosen)
    assert settings.load(tmp_path) == chosen
    assert list(tmp_path.iterdir()) == [tmp_path / "settings.json"]


def test_no_file_is_the_defaults(tmp_path: Path):
    assert settings.load(tmp_path) == settings.Settings()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"null", b"{", b"[" * 100_000])
def test_garbage_is_set_aside(tmp_path: Path, content: bytes):
    (tmp_path / "settings.json").write_bytes(content)
    assert settings.load(tmp_path) == settings.Settings()
    assert (tmp_path / "settings.json.bad").read_bytes() == content


def test_what_fits_is_kept(tmp_path: Path):
    (tmp_path / "settings.json").write_text('{"model": "a/b", "tail_ms": "long", "from_the_future": 1}')
    loaded = settings.load(tmp_path)
    assert loaded.model == "a/b"
    assert loaded.tail_ms == 200


def test_times_are_bounded():
    wild = settings.Settings(pre_roll_ms=9_000, tail_ms=-5)
    policy = wild.policy(commits=True, silence_ms=500)
    assert (policy.pre_roll_ms, policy.tail_ms) == (500, 0)


@pytest.mark.parametrize("model", catalog.MODELS, ids=lambda model: model.id)
def test_only_what_the_model_takes_is_said(model: catalog.Model):
    tools = (commands.ToolDefinition("t", "", {"type": "object"}),)
    config = configuration.session_config(model, settings.Settings(), tools)
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
    assert b"null" not in codec.encode(commands.SessionStart(config))


def test_the_environment_wins_over_the_keychain(monkeypatch: pytest.MonkeyPatch):
    import keyring

    monkeypatch.setattr(keyring, "get_password", lambda *_: "from-keychain")
    assert credentials.find().source == "keychain"
    monkeypatch.setenv("OPPER_API_KEY", " from-environment \n")
    found = credentials.find()
    assert (found.key, found.source) == ("from-environment", "environment")
    assert "from-environment" not in repr(found)


def test_a_machine_without_a_keychain_has_no_key(monkeypatch: pytest.MonkeyPatch):
    import keyring
    from keyring.errors import NoKeyringError

    def none(*_: str) -> str:
        raise NoKeyringError

    monkeypatch.setattr(keyring, "get_password", none)
    assert credentials.find().source == "none"


def test_a_found_key_stays_out_of_the_log(monkeypatch: pytest.MonkeyPatch):
    from desktop.log import redact

    monkeypatch.setenv("OPPER_API_KEY", "very-secret-value")
    credentials.find()
    assert "very-secret" not in redact("key=very-secret-value")
