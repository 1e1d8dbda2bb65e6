"""MCP servers from other programs' files: everything in them is listed, and what can't be taken is named.

Sources of the formats: each program's own documentation. `mcpServers` is Claude Desktop's, Cursor's and
Claude Code's; VS Code has `servers`, Windsurf `serverUrl`, Zed `context_servers`, Codex TOML.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.base import json_depth
from desktop.base.message import Message, Text
from desktop.base.plain_file import read_plain
from desktop.tools.mcp.config import (
    LONGEST_NAME,
    NO_OBJECT,
    TOO_MANY,
    ConfigError,
    ServerConfig,
    read_server,
)

LARGEST = 20_000_000
"""Bytes: Claude Code keeps much else in its file."""
MOST_ENTRIES = 200
"""Of a file, in the list of what can be taken over."""
NOT_READ = Text("import-not-read", "The file can't be read ({reason}).")
NOT_UNDERSTOOD = Text("import-not-understood", "The file isn't valid {kind}.")
ASKS = Text(
    "import-asks",
    "It asks for a value ({name}). Edit the server: enter the value, then move it to the keychain.",
)
OF_EDITOR = Text("import-of-editor", "It refers to the editor's own {name}, which isn't known here.")
BY_EXTENSION = Text("import-by-extension", "An extension of the program provides it.")
NOTHING = Text("import-nothing", "There are no MCP servers in it.")

Entries = Iterator[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What another program's file holds."""

    program: str
    path: Path
    servers: tuple[ServerConfig, ...] = ()
    skipped: tuple[tuple[str, Message], ...] = ()
    """What can't be taken, and why; an empty name is the file itself."""
    notes: tuple[tuple[str, Message], ...] = ()
    """What is to be done about a server that was taken."""


def search(home: Path | None = None) -> list[Found]:
    """What the files of the known programs hold, as far as there are any. Blocks."""
    home = home or Path.home()
    found = []
    for program, places, read in _programs(home):
        for path in places:
            if path.is_file():
                found.append(_read(program, path, read))
    return found


def read_file(path: Path) -> Found:
    """What a file of any of these formats holds. Blocks."""
    read = _codex if path.suffix.lower() == ".toml" else _any
    return _read(path.name, path, read)


def _programs(home: Path) -> list[tuple[str, list[Path], Callable[[Any], Entries]]]:
    if sys.platform == "win32":
        roaming = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
        apps, zed = roaming, roaming / "Zed"
    elif sys.platform == "darwin":
        apps, zed = home / "Library" / "Application Support", home / ".config" / "zed"
    else:
        apps = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
        zed = apps / "zed"
    return [
        ("Claude Desktop", [apps / "Claude" / "claude_desktop_config.json"], _usual),
        ("Cursor", [home / ".cursor" / "mcp.json"], _usual),
        ("Claude Code", [home / ".claude.json"], _claude_code),
        ("VS Code", [apps / "Code" / "User" / "mcp.json"], _vs_code),
        ("Windsurf", [home / ".codeium" / "windsurf" / "mcp_config.json"], _usual),
        ("Zed", [zed / "settings.json"], _zed),
        ("Codex", [home / ".codex" / "config.toml"], _codex),
    ]


def _read(program: str, path: Path, read: Callable[[Any], Entries]) -> Found:
    toml = read is _codex
    try:
        text = read_plain(path, LARGEST).decode("utf-8-sig", "replace")
        raw = tomllib.loads(text) if toml else json_depth.decode(plain_json(text) or "{}")
        if toml and json_depth.is_deep(raw):
            raise json_depth.TooDeepError
    except OSError as exc:
        return Found(program, path, skipped=(("", NOT_READ(reason=exc.strerror or str(exc))),))
    except (ValueError, RecursionError):
        return Found(program, path, skipped=(("", NOT_UNDERSTOOD(kind="TOML" if toml else "JSON")),))
    servers: dict[str, ServerConfig] = {}
    skipped: list[tuple[str, Message]] = []
    notes: list[tuple[str, Message]] = []
    for number, (name, entry) in enumerate(read(raw)):
        if number >= MOST_ENTRIES:
            skipped.append(("", TOO_MANY(most=MOST_ENTRIES)))
            break
        try:
            plain, words = _translated(entry)
            unique = _unused(name, servers)
            servers[unique] = read_server(unique, plain)
        except ConfigError as exc:
            skipped.append((name[:LONGEST_NAME], exc.message))
        else:
            notes += [(unique, word) for word in words]
    if not servers and not skipped:
        skipped.append(("", NOTHING()))
    return Found(program, path, tuple(servers.values()), tuple(skipped), tuple(notes))


def _unused(name: str, taken: Mapping[str, object]) -> str:
    number, unique = 2, name
    while unique in taken:
        unique = f"{name} {number}"
        number += 1
    return unique


def _entries(raw: Any, key: str) -> Entries:
    table = raw.get(key) if isinstance(raw, dict) else None
    if isinstance(table, dict):
        yield from table.items()


def _usual(raw: Any) -> Entries:
    yield from _entries(raw, "mcpServers")


def _claude_code(raw: Any) -> Entries:
    """The user's servers, and those of each project."""
    yield from _usual(raw)
    for _, project in _entries(raw, "projects"):
        yield from _usual(project)


def _vs_code(raw: Any) -> Entries:
    yield from _entries(raw, "servers")
    yield from _entries(raw.get("mcp") if isinstance(raw, dict) else None, "servers")


def _zed(raw: Any) -> Entries:
    yield from _entries(raw, "context_servers")


def _codex(raw: Any) -> Entries:
    yield from _entries(raw, "mcp_servers")


def _any(raw: Any) -> Entries:
    for read in (_claude_code, _vs_code, _zed, _codex):
        yield from read(raw)


def _translated(entry: Any) -> tuple[dict[str, Any], list[Message]]:
    """An entry of any of the formats as one of ours, and what is to be done about it."""
    if not isinstance(entry, dict):
        raise ConfigError(NO_OBJECT())
    plain = dict(entry)
    if isinstance(command := plain.get("command"), dict):  # Zed's older form
        plain |= {"command": command.get("path"), "args": command.get("args"), "env": command.get("env")}
    for theirs, ours in (("serverUrl", "url"), ("httpUrl", "url"), ("http_headers", "headers")):
        if theirs in plain:
            plain[ours] = plain.pop(theirs)
    if not plain.get("command") and not plain.get("url") and ("settings" in plain or "source" in plain):
        raise ConfigError(BY_EXTENSION())
    plain["disabled"] = plain.get("disabled") is True or plain.get("enabled") is False
    headers = dict(plain["headers"]) if isinstance(plain.get("headers"), dict) else {}
    if isinstance(variable := plain.get("bearer_token_env_var"), str):
        headers["Authorization"] = f"Bearer ${{{variable}}}"
    if isinstance(variables := plain.get("env_http_headers"), dict):
        headers |= {name: f"${{{variable}}}" for name, variable in variables.items()}
    if headers:
        plain["headers"] = headers
    if isinstance(seconds := plain.get("tool_timeout_sec"), int | float):
        plain["timeout"] = seconds
    elif isinstance(ms := plain.get("timeout"), int | float) and ms >= 1_000:
        plain["timeout"] = ms / 1_000  # of those that count in milliseconds
    return _with_our_places(plain)


_THEIR_PLACE = re.compile(r"\$\{(env|input|workspaceFolder|userHome|file\w*|pathSeparator)(?::([^}$]+))?\}")


def _with_our_places(entry: dict[str, Any]) -> tuple[dict[str, Any], list[Message]]:
    notes: list[Message] = []

    def place(found: re.Match[str]) -> str:
        kind, name = found.group(1), found.group(2) or ""
        match kind:
            case "env":
                return f"${{{name}}}"
            case "input":
                named = re.sub(r"[^A-Za-z0-9_.-]+", "-", name)[:128] or "input"
                notes.append(ASKS(name=named))
                return f"${{keychain:{named}}}"
            case "userHome":
                return str(Path.home())
            case _:
                raise ConfigError(OF_EDITOR(name=kind))

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            return _THEIR_PLACE.sub(place, value)
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        return {name: plain(inner) for name, inner in value.items()} if isinstance(value, dict) else value

    kept = ("type", "command", "args", "env", "cwd", "url", "headers", "timeout", "disabled")
    return {name: plain(entry[name]) for name in kept if name in entry}, notes


# A text or a comment without an end reaches to the end of the file: each character is looked at once.
_JSON_PARTS = re.compile(r'("(?:\\.|[^"\\])*+"?)|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING = re.compile(r'("(?:\\.|[^"\\])*+"?)|,(?=\s*[}\]])', re.DOTALL)


def plain_json(text: str) -> str:
    """JSON without the comments and the commas at an end that editors allow in theirs."""
    text = _JSON_PARTS.sub(lambda found: found.group(1) or " ", text)
    return _TRAILING.sub(lambda found: found.group(1) or "", text).strip()
