from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop.tools.mcp import config, imports
from desktop.tools.mcp.config import TOO_MANY, ServerConfig

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the programs' files are elsewhere on other systems"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path


def put(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def only(home: Path) -> imports.Found:
    (found,) = imports.search(home)
    return found


@pytest.mark.parametrize(
    ("program", "path", "content"),
    [
        (
            "Claude Desktop",
            ".config/Claude/claude_desktop_config.json",
            {"mcpServers": {"a": {"command": "x"}}},
        ),
        ("Cursor", ".cursor/mcp.json", {"mcpServers": {"a": {"command": "x"}}}),
        ("Claude Code", ".claude.json", {"projects": {"/p": {"mcpServers": {"a": {"command": "x"}}}}}),
        (
            "VS Code",
            ".config/Code/User/mcp.json",
            '{"servers": {/* mine */ "a": {"command": "x",},},} // end',
        ),
        ("Windsurf", ".codeium/windsurf/mcp_config.json", {"mcpServers": {"a": {"command": "x"}}}),
        (
            "Zed",
            ".config/zed/settings.json",
            '// all\n{"context_servers": {"a": {"command": {"path": "x"}}}}',
        ),
        ("Codex", ".codex/config.toml", "[mcp_servers.a]\ncommand = 'x'\n"),
    ],
)
def test_each_programs_file_is_found(home: Path, program: str, path: str, content: Any) -> None:
    put(home / path, content)
    found = only(home)
    assert (found.program, found.servers, found.skipped) == (program, (ServerConfig("a", "x"),), ())
    assert imports.read_file(home / path).servers == found.servers


def test_what_cannot_be_taken_is_named_with_its_reason(home: Path) -> None:
    servers = {
        "old": {"type": "sse", "url": "https://example.com/sse"},
        "here": {"command": "x", "args": ["${workspaceFolder}"]},
        "ext": {"source": "extension", "settings": {}},
        "text": "npx",
    }
    put(home / ".cursor/mcp.json", {"mcpServers": servers})
    assert {name: message.text for name, message in only(home).skipped} == {
        "old": config.OLD_TRANSPORT,
        "here": imports.OF_EDITOR,
        "ext": imports.BY_EXTENSION,
        "text": config.NO_OBJECT,
    }


def test_the_ways_of_the_others_become_ours(home: Path) -> None:
    put(
        home / ".config/Code/User/mcp.json",
        {"servers": {"a": {"command": "x", "env": {"K": "${input:api-key}", "P": "${env:PLACE}"}}}},
    )
    put(
        home / ".codeium/windsurf/mcp_config.json",
        {"mcpServers": {"b": {"serverUrl": "https://b.example/mcp"}}},
    )
    put(
        home / ".codex/config.toml",
        "[mcp_servers.c]\nurl = 'https://c.example'\nbearer_token_env_var = 'TOK'\nenabled = false\n"
        "tool_timeout_sec = 5\n",
    )
    code, wind, codex = imports.search(home)
    assert code.servers == (ServerConfig("a", "x", env={"K": "${keychain:api-key}", "P": "${PLACE}"}),)
    assert [(name, message.text) for name, message in code.notes] == [("a", imports.ASKS)]
    assert wind.servers == (ServerConfig("b", url="https://b.example/mcp"),)
    assert codex.servers == (
        ServerConfig(
            "c",
            url="https://c.example",
            headers={"Authorization": "Bearer ${TOK}"},
            timeout_s=5.0,
            enabled=False,
        ),
    )


@pytest.mark.parametrize("content", ["{", "[]", "", '{"mcpServers": 3}', "{" * 10_000])
def test_a_file_with_nothing_in_it_says_so(home: Path, content: str) -> None:
    put(home / ".cursor/mcp.json", content)
    found = only(home)
    assert found.servers == ()
    assert len(found.skipped) == 1


def test_a_comment_within_a_text_is_none() -> None:
    assert json.loads(imports.plain_json('{"a": "http://x, ]/*no*/", /* yes */ "b": [1,],}')) == {
        "a": "http://x, ]/*no*/",
        "b": [1],
    }


def test_two_of_one_name_are_both_taken(home: Path) -> None:
    one, two = {"mcpServers": {"a": {"command": "x"}}}, {"mcpServers": {"a": {"command": "y"}}}
    put(home / ".claude.json", {"projects": {"/p": one, "/q": two}})
    assert [(server.name, server.command) for server in only(home).servers] == [("a", "x"), ("a 2", "y")]


@pytest.mark.parametrize("text", ['{"a": 1} /* open', '{"a": "open', '{"a": "\\\\'])
def test_a_file_that_ends_in_the_middle_is_read_to_its_end(text: str) -> None:
    assert imports.plain_json(text) == text.partition(" /*")[0]


def test_what_no_program_writes_costs_only_itself(home: Path) -> None:
    put(home / ".codex/config.toml", f"{'.'.join(['a'] * 2_000)} = 1\n")
    put(home / ".cursor/mcp.json", {"mcpServers": {"a": {"command": "x"}}})
    found = {one.program: one for one in imports.search(home)}
    assert [server.name for server in found["Cursor"].servers] == ["a"]
    assert found["Codex"].skipped


@pytest.mark.parametrize("timeout", [float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(timeout: float) -> None:
    with pytest.raises(config.ConfigError):
        config.read_server("x", {"command": "x", "timeout": timeout})


def test_a_file_of_very_many_servers_is_cut_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    servers = {f"s{number}": {"command": "x"} if number < 3 else number for number in range(50_000)}
    path.write_text(json.dumps({"mcpServers": servers}))
    found = imports.read_file(path)
    assert len(found.servers) == 3
    assert len(found.skipped) == imports.MOST_ENTRIES - 2
    assert found.skipped[-1] == ("", TOO_MANY(most=imports.MOST_ENTRIES))
