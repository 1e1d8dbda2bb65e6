"""Settings: typed, tolerant of what the file holds, and never with a key."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from desktop.access import credentials
from desktop.base.redaction import protect
from desktop.conversation import session_config
from desktop.protocol import catalog, codec, commands
from desktop.settings import schema


def test_they_come_back_as_they_were(tmp_path: Path):
    chosen = schema.Settings(model="xai/grok-voice-latest", voices={"a/b": "c"}, tail_ms=400)
    schema.save(tmp_path, chosen)
    assert schema.load(tmp_path) == chosen
    assert list(tmp_path.iterdir()) == [tmp_path / "settings.json"]


def test_no_file_is_the_defaults(tmp_path: Path):
    assert schema.load(tmp_path) == schema.Settings()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"null", b"{", b"[" * 100_000])
def test_garbage_is_set_aside(tmp_path: Path, content: bytes):
    (tmp_path / "settings.json").write_bytes(content)
    assert schema.load(tmp_path) == schema.Settings()
    assert (tmp_path / "settings.json.bad").read_bytes() == content


def test_what_fits_is_kept(tmp_path: Path):
    (tmp_path / "settings.json").write_text('{"model": "a/b", "tail_ms": "long", "from_the_future": 1}')
    loaded = schema.load(tmp_path)
    assert loaded.model == "a/b"
    assert loaded.tail_ms == 200


def test_what_held_for_once_is_not_kept():
    saved = schema.Settings(model="a/saved")
    before = schema.Settings(model="a/once", base_url="http://127.0.0.1:9")
    after = schema.Settings(model="a/once", base_url="http://127.0.0.1:9", volume=0.5)
    kept = schema.with_changes(saved, before, after)
    assert (kept.model, kept.base_url, kept.volume) == ("a/saved", "", 0.5)


def test_times_are_bounded():
    wild = schema.Settings(pre_roll_ms=9_000, tail_ms=-5)
    policy = wild.policy(commits=True, silence_ms=500)
    assert (policy.pre_roll_ms, policy.tail_ms) == (500, 0)


@pytest.mark.parametrize(
    ("name", "wild", "kept"),
    [
        ("pre_roll_ms", 9_000, 500),
        ("tail_ms", -1, 0),
        ("cap_s", 1, 15),
        ("volume", 40.0, 1.0),
        ("temperature", 9.5, 2.0),
        ("temperature", "hot", None),
        ("theme", "pink", "system"),
        ("tap_lock", 3, True),
    ],
)
def test_what_a_file_holds_out_of_range_is_brought_within(tmp_path: Path, name: str, wild, kept):
    (tmp_path / "settings.json").write_bytes(msgspec.json.encode({name: wild}))
    assert getattr(schema.load(tmp_path), name) == kept


def test_the_cap_and_its_warning_go_together():
    policy = schema.Settings().policy(commits=True, silence_ms=500)
    assert (policy.warn_ms, policy.cap_ms) == (100_000, 120_000)
    policy = schema.Settings(cap_s=60).policy(commits=True, silence_ms=500)
    assert (policy.warn_ms, policy.cap_ms) == (50_000, 60_000)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("base_url", "", ""),
        ("base_url", "https://api.opper.ai", ""),
        ("base_url", "http://127.0.0.1:8080/x", ""),
        ("base_url", "http://[::1]:9", ""),
        ("base_url", "http://example.org", "unencrypted"),
        ("base_url", "api.opper.ai", "address"),
        ("base_url", "https://", "address"),
        ("base_url", "https://a b", "address"),
        ("base_url", "https://host:99999", "address"),
        ("base_url", "https://[bad", "address"),
        ("ticket_url", "https://me:secret@host/mint", "secret"),
        ("instructions", "x" * 20_001, "long"),
        ("cap_s", 5, "range"),
        ("cap_s", "long", "type"),
        ("temperature", None, ""),
        ("theme", "pink", "type"),
    ],
)
def test_only_good_values_are_taken(name: str, value, problem: str):
    assert schema.problem(name, value) == problem
    chosen = schema.Settings()
    if problem:
        with pytest.raises(ValueError, match=problem):
            schema.change(chosen, name, value)
        assert chosen == schema.Settings()
    else:
        schema.change(chosen, name, value)
        assert getattr(chosen, name) == value


def test_an_exported_file_holds_no_secret_and_nothing_of_this_machine(tmp_path: Path):
    protect("a-key-that-nobody-may-see")
    chosen = schema.Settings(
        instructions="say a-key-that-nobody-may-see",
        ticket_url="https://me:word@host/mint?token=abc",
        geometry="AdnQywAD",
        data_folder="/home/anna",
        tail_ms=400,
    )
    schema.export_file(tmp_path / "out.json", chosen)
    text = (tmp_path / "out.json").read_text()
    for secret in ("nobody-may-see", "word", "abc", "AdnQywAD", "anna"):
        assert secret not in text
    values = schema.import_file(tmp_path / "out.json")
    assert values["tail_ms"] == 400
    assert values["ticket_url"] == "https://host/mint"
    assert not schema.OF_THIS_MACHINE & set(values)
    assert list(tmp_path.iterdir()) == [tmp_path / "out.json"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b"{}", b'{"foreign": 1}', b"[" * 100_000, b" " * 1_000_001],
    ids=["empty", "bytes", "list", "nothing", "foreign", "deep", "large"],
)
def test_a_file_that_holds_no_settings_is_not_imported(tmp_path: Path, content: bytes):
    (tmp_path / "in.json").write_bytes(content)
    with pytest.raises(schema.SettingsFileError, match=r"\."):
        schema.import_file(tmp_path / "in.json")


def test_of_an_imported_file_only_what_fits_is_taken(tmp_path: Path):
    (tmp_path / "in.json").write_text('{"base_url": "no", "tail_ms": 90000, "theme": 1, "geometry": ""}')
    assert schema.import_file(tmp_path / "in.json") == {"tail_ms": 1_000}


def test_a_file_that_is_not_there_is_a_plain_sentence(tmp_path: Path):
    with pytest.raises(schema.SettingsFileError, match="can't be read"):
        schema.import_file(tmp_path / "none.json")


@pytest.mark.parametrize("model", catalog.MODELS, ids=lambda model: model.id)
def test_only_what_the_model_takes_is_said(model: catalog.Model):
    tools = (commands.ToolDefinition("t", "", {"type": "object"}),)
    config = session_config.session_config(model, schema.Settings(), tools)
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
    from desktop.base.redaction import redact

    monkeypatch.setenv("OPPER_API_KEY", "very-secret-value")
    credentials.find()
    assert "very-secret" not in redact("key=very-secret-value")
