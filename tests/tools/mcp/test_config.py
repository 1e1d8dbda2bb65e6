from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desktop.tools.mcp import config, placeholders
from desktop.tools.mcp.config import ConfigError, ServerConfig, load, read_server, remove_server, save_server


def write(folder: Path, value: Any) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    (folder / config.FILE).write_text(text, encoding="utf-8")


def test_without_a_file_there_are_no_servers(tmp_path: Path) -> None:
    assert load(tmp_path) == config.Configured()


def test_a_file_of_another_client_is_read_as_it_is(tmp_path: Path) -> None:
    git = {"command": "uvx", "args": ["mcp-server-git"], "env": {"A": "1"}}
    write(tmp_path, {"mcpServers": {"git": git, "notes": {"type": "http", "url": "https://example.com/mcp"}}})
    assert load(tmp_path).servers == (
        ServerConfig("git", "uvx", ("mcp-server-git",), {"A": "1"}),
        ServerConfig("notes", url="https://example.com/mcp"),
    )


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("npx", config.NO_OBJECT),
        ({}, config.NO_WAY),
        ({"command": 3}, config.BAD_FIELD),
        ({"command": "x", "args": "a b"}, config.BAD_FIELD),
        ({"command": "x", "env": {"A": []}}, config.BAD_FIELD),
        ({"url": "http://example.com/mcp"}, config.BAD_ADDRESS),
        ({"url": "https://user:word@example.com"}, config.BAD_ADDRESS),
        ({"type": "sse", "url": "https://example.com/sse"}, config.OLD_TRANSPORT),
        ({"command": "x", "timeout": "long"}, config.BAD_FIELD),
    ],
)
def test_a_bad_entry_costs_itself_alone_and_is_named(tmp_path: Path, entry: Any, why: object) -> None:
    write(tmp_path, {"mcpServers": {"bad": entry, "good": {"command": "x"}}})
    found = load(tmp_path)
    assert [server.name for server in found.servers] == ["good"]
    assert [(name, message.text) for name, message in found.skipped] == [("bad", why)]


@pytest.mark.parametrize("text", ["{", "[]", '{"mcpServers": []}', "[" * 9_000])
def test_a_broken_file_is_a_problem_and_stays_as_it_is(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    assert load(tmp_path).problem is not None
    with pytest.raises(ConfigError):
        save_server(tmp_path, ServerConfig("new", "x"))
    assert (tmp_path / config.FILE).read_text() == text


def test_what_others_have_written_there_stays(tmp_path: Path) -> None:
    write(tmp_path, {"other": 1, "mcpServers": {"a": {"command": "x", "theirs": 2}, "b": {"command": "y"}}})
    save_server(tmp_path, ServerConfig("c", "z", ("1",), enabled=False), before="a")
    remove_server(tmp_path, "b")
    assert json.loads((tmp_path / config.FILE).read_text()) == {
        "other": 1,
        "mcpServers": {"c": {"theirs": 2, "command": "z", "args": ["1"], "disabled": True}},
    }
    assert (tmp_path / config.FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "server",
    [
        ServerConfig("a", "uvx", ("b", "c d"), {"X": "${Y}"}, cwd="/tmp", timeout_s=5.0),
        ServerConfig("b", url="http://127.0.0.1:3000/mcp", headers={"Authorization": "Bearer ${keychain:t}"}),
    ],
)
def test_a_server_is_read_back_as_it_was_written(tmp_path: Path, server: ServerConfig) -> None:
    save_server(tmp_path, server)
    assert load(tmp_path).servers == (server,)


def test_another_command_or_address_is_another_origin() -> None:
    assert (
        read_server("a", {"command": "x"}).origin().key != read_server("a", {"command": "x y"}).origin().key
    )
    assert read_server("a", {"command": "x", "args": ["y"]}).origin("t").address == '["x", "y"]'


def test_placeholders_stand_for_variables_and_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACE", "Oslo")
    server = ServerConfig(
        "a", "x", ("${PLACE}", "${NOPE:-none}"), {"TOKEN": "${keychain:t}", "B": "${env:PLACE}"}
    )
    spec = placeholders.filled(server, {"t": "value-of-t"}.get)  # type: ignore[arg-type]
    assert spec.args == ("Oslo", "none")
    assert spec.env == {"TOKEN": "value-of-t", "B": "Oslo"}
    assert "value-of-t" not in repr(spec)


def test_a_key_in_the_environment_is_nobody_elses() -> None:
    from desktop.base import secret_variables

    assert "OPPER_API_KEY" in secret_variables.NAMES  # taken out at the start, so a placeholder finds nothing
    with pytest.raises(placeholders.MissingError):
        placeholders.filled(ServerConfig("a", "x", ("${OPPER_API_KEY}",)), lambda _: "")


def test_a_secret_that_is_written_out_is_found_and_moved() -> None:
    server = ServerConfig(
        "my notes",
        url="https://example.com",
        headers={"Authorization": "Bearer abcdefgh", "X-Mode": "fast", "X-Api-Key": "${KEY}"},
    )
    assert placeholders.literal_secrets(server) == {"my-notes-Authorization": "abcdefgh"}
    moved = placeholders.with_placeholders(server)
    assert moved.headers["Authorization"] == "Bearer ${keychain:my-notes-Authorization}"
    assert placeholders.literal_secrets(moved) == {}
