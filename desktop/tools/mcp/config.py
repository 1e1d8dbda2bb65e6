"""`mcp.json`: the servers, as the `mcpServers` object of Claude Desktop, Cursor and Claude Code.

All of it blocks. What a newer version or another program has written there stays.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktop.base import atomic_file, json_depth
from desktop.base.addresses import is_loopback
from desktop.base.message import Message, MessageError, Text
from desktop.base.plain_file import read_plain
from desktop.tools.origin import ToolOrigin

FILE = "mcp.json"
KEY = "mcpServers"
LARGEST = 1_000_000
"""Bytes of the file."""
MOST_SERVERS = 50
LONGEST_NAME = 64
LONGEST_TEXT = 8_192
"""Characters of a word of a command, a variable or a header."""
MOST_WORDS = 200
TIMEOUT_S = 30.0
LEAST_S, MOST_S = 1.0, 600.0

NOT_READ = Text("mcp-not-read", "The file of the MCP servers can't be read ({reason}).")
NO_JSON = Text(
    "mcp-no-json",
    "The file of the MCP servers is not valid JSON. Correct it, or rename it and add them anew.",
)
NO_SERVERS = Text("mcp-no-servers", "The file has no “mcpServers” object.")
NO_OBJECT = Text("mcp-no-object", "Its entry isn't an object.")
NO_WAY = Text("mcp-no-way", "It has neither a command nor an address.")
BAD_FIELD = Text("mcp-bad-field", "Its field “{field}” can't be read.")
BAD_NAME = Text("mcp-bad-name", "Its name is empty, too long, or has characters that can't be seen.")
BAD_ADDRESS = Text("mcp-bad-address", "Its address must begin with https://, or be on this computer.")
OLD_TRANSPORT = Text(
    "mcp-old-transport", "It uses the old transport “sse”. Ask for its address with streamable HTTP."
)
TOO_MANY = Text("mcp-too-many", "There are too many servers: {most} at most.")


class ConfigError(MessageError):
    """The file, or a server in it, can't be used."""


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """A server as it is configured; placeholders (`${...}`) are still in it."""

    name: str
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = TIMEOUT_S
    """How long a call may take."""
    enabled: bool = True

    def __repr__(self) -> str:
        return f"ServerConfig({self.name!r})"  # the rest may hold secrets

    @property
    def address(self) -> str:
        """The command line as a JSON array, or the URL: what an approval is bound to."""
        return self.url or json.dumps([self.command, *self.args], ensure_ascii=False)

    def origin(self, true_name: str = "") -> ToolOrigin:
        """The origin of its tool of this name."""
        return ToolOrigin("mcp", self.name, self.address, true_name)


@dataclass(frozen=True, slots=True)
class Configured:
    """What the file holds."""

    servers: tuple[ServerConfig, ...] = ()
    skipped: tuple[tuple[str, Message], ...] = ()
    """The entries that can't be used, and why."""
    problem: Message | None = None
    """Why nothing of it can be read."""


def load(folder: Path) -> Configured:
    """The servers of `mcp.json` in this folder; none without the file."""
    try:
        raw = _raw(folder / FILE)
    except ConfigError as exc:
        return Configured(problem=exc.message)
    if not raw:
        return Configured()
    if not isinstance(raw.get(KEY), dict):
        return Configured(problem=NO_SERVERS())
    servers: list[ServerConfig] = []
    skipped: list[tuple[str, Message]] = []
    for name, entry in raw[KEY].items():
        try:
            if len(servers) >= MOST_SERVERS:
                raise ConfigError(TOO_MANY(most=MOST_SERVERS))
            servers.append(read_server(name, entry))
        except ConfigError as exc:
            skipped.append((name[:LONGEST_NAME], exc.message))
    return Configured(tuple(servers), tuple(skipped))


def save_server(folder: Path, server: ServerConfig, before: str = "") -> None:
    """Write a server into the file, in place of the one that was called `before`; the others stay.

    Raises:
        ConfigError: the file holds something that can't be kept.
        OSError: it can't be written.
    """
    raw = _raw(folder / FILE)
    entries = raw.setdefault(KEY, {})
    if not isinstance(entries, dict):
        raise ConfigError(NO_SERVERS())
    old = entries.get(before or server.name)
    merged = (
        {**{k: v for k, v in old.items() if k not in _OURS}, **_entry(server)}
        if isinstance(old, dict)
        else _entry(server)
    )
    if before and before != server.name and before in entries:
        raw[KEY] = {server.name if name == before else name: entry for name, entry in entries.items()}
    raw[KEY][server.name] = merged
    _write(folder, raw)


def remove_server(folder: Path, name: str) -> None:
    """Take a server out of the file. Raises as `save_server` does."""
    raw = _raw(folder / FILE)
    entries = raw.get(KEY)
    if isinstance(entries, dict) and entries.pop(name, None) is not None:
        _write(folder, raw)


def read_server(name: str, entry: object) -> ServerConfig:
    """A server's entry.

    Raises:
        ConfigError: it can't be used; the message says why.
    """
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise ConfigError(BAD_NAME())
    if not isinstance(entry, dict):
        raise ConfigError(NO_OBJECT())
    if entry.get("type") == "sse":
        raise ConfigError(OLD_TRANSPORT())
    url = _text(entry, "url")
    server = ServerConfig(
        name=name,
        command="" if url else _text(entry, "command"),
        args=_words(entry, "args"),
        env=_table(entry, "env"),
        cwd=_text(entry, "cwd"),
        url=url,
        headers=_table(entry, "headers"),
        timeout_s=_seconds(entry),
        enabled=not _flag(entry, "disabled"),
    )
    if not server.command and not server.url:
        raise ConfigError(NO_WAY())
    if server.url and not is_usable_url(server.url):
        raise ConfigError(BAD_ADDRESS())
    return server


def is_usable_url(url: str) -> bool:
    """Whether a server may be at this address: encrypted, or on this computer."""
    try:
        parts = urlsplit(re.sub(r"\$\{[^}$]*\}", "x", url))
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or not url.isprintable() or " " in url or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


_OURS = frozenset({"command", "args", "env", "cwd", "url", "headers", "timeout", "disabled", "type"})


def _entry(server: ServerConfig) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    if server.url:
        entry["type"] = "http"
        entry["url"] = server.url
        if server.headers:
            entry["headers"] = dict(server.headers)
    else:
        entry["command"] = server.command
        entry["args"] = list(server.args)
        if server.env:
            entry["env"] = dict(server.env)
        if server.cwd:
            entry["cwd"] = server.cwd
    if server.timeout_s != TIMEOUT_S:
        entry["timeout"] = server.timeout_s
    if not server.enabled:
        entry["disabled"] = True
    return entry


def _raw(path: Path) -> dict[str, Any]:
    try:
        text = read_plain(path, LARGEST).removeprefix(codecs.BOM_UTF8)
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise ConfigError(NOT_READ(reason=exc.strerror or str(exc))) from exc
    try:
        raw = json_depth.decode(text) if text.strip() else {}
    except ValueError as exc:
        raise ConfigError(NO_JSON()) from exc
    if not isinstance(raw, dict):
        raise ConfigError(NO_SERVERS())
    return raw


def _write(folder: Path, raw: dict[str, Any]) -> None:
    atomic_file.make_folder(folder)
    text = json.dumps(raw, ensure_ascii=False, indent=2) + "\n"
    atomic_file.write(folder / FILE, text.encode("utf-8", "replace"), private=True)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and "\0" not in value


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name, "")
    if value is None:
        return ""
    if not _is_text(value):
        raise ConfigError(BAD_FIELD(field=name))
    return str(value)


def _words(entry: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = entry.get(name) or []
    if not isinstance(value, list) or len(value) > MOST_WORDS or not all(map(_is_text, value)):
        raise ConfigError(BAD_FIELD(field=name))
    return tuple(value)


def _table(entry: Mapping[str, Any], name: str) -> dict[str, str]:
    value = entry.get(name) or {}
    if not isinstance(value, dict) or len(value) > MOST_WORDS:
        raise ConfigError(BAD_FIELD(field=name))
    plain = {key: str(inner) if isinstance(inner, int | float) else inner for key, inner in value.items()}
    if not all(_is_text(inner) for inner in plain.values()):
        raise ConfigError(BAD_FIELD(field=name))
    return plain


def _seconds(entry: Mapping[str, Any]) -> float:
    value = entry.get("timeout", TIMEOUT_S)
    # What isn't finite couldn't be written as JSON again.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        raise ConfigError(BAD_FIELD(field="timeout"))
    return float(min(max(value, LEAST_S), MOST_S))


def _flag(entry: Mapping[str, Any], name: str) -> bool:
    return entry.get(name) is True
