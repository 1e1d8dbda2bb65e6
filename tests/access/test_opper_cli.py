"""The Opper CLI's sign-in: read where it is valid, ignored where it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desktop.access import credentials, opper_cli
from desktop.base.redaction import redact

KEY = "op-4b1c9d2e7f60aa31"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPPER_HOME", str(tmp_path))
    return tmp_path


def put(home: Path, config: Any) -> None:
    (home / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))


def test_the_default_slot_is_taken_with_its_service(home: Path):
    slots = {"a": {"apiKey": "op-other"}, "b": {"apiKey": KEY, "baseUrl": "https://eu.example", "user": {}}}
    put(home, {"version": 1, "defaultKey": "b", "keys": slots})
    found = credentials.find()
    assert (found.key, found.source, found.base_url) == (KEY, "cli", "https://eu.example")
    assert KEY not in repr(found) + repr(opper_cli.find())
    assert KEY not in redact(f"it is {KEY}")


def test_a_slot_without_a_service_is_for_the_usual_one(home: Path):
    put(home, {"version": 1, "keys": {"default": {"apiKey": f" {KEY}\n"}}})
    assert credentials.find() == credentials.Credential(KEY, "cli", "")


@pytest.mark.parametrize(
    "config",
    [
        "",
        "not json",
        "[" * 100_000,
        [],
        {},
        {"keys": []},
        {"keys": {"default": "text"}},
        {"defaultKey": 7, "keys": {"other": {"apiKey": KEY}}},
        {"defaultKey": "gone", "keys": {"default": {"apiKey": KEY}}},
        {"keys": {"default": {"apiKey": 7}}},
        {"keys": {"default": {"apiKey": ""}}},
        {"keys": {"default": {"apiKey": "opmak-123456789"}}},
    ],
)
def test_what_is_no_sign_in_is_passed_over(home: Path, config: Any):
    put(home, config)
    assert credentials.find().source == "none"


def test_without_a_file_there_is_none(home: Path):
    assert opper_cli.find() == opper_cli.CliCredential()


def test_without_the_variable_it_lies_in_the_users_folder(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OPPER_HOME")
    assert opper_cli.path() == Path.home() / ".opper" / "config.json"


def test_the_environment_and_the_keychain_come_first(home: Path, monkeypatch: pytest.MonkeyPatch):
    import keyring

    put(home, {"keys": {"default": {"apiKey": KEY}}})
    monkeypatch.setattr(keyring, "get_password", lambda *_: "op-of-the-keychain")
    assert credentials.find().source == "keychain"
    monkeypatch.setenv("OPPER_API_KEY", "op-of-the-environment")
    assert credentials.find().source == "environment"
