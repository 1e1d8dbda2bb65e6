"""The tools and their sources as the settings show them: plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from desktop.base.message import Message, Text

Permission = Literal["always", "ask", "never"]
MANY = 25
"""Tools: with more, models choose badly. Source: goose's advice to its users."""

OFF = Text("source-off", "Off")
STARTING = Text("source-starting", "Starting…")
READY = Text("source-ready", "Ready, tools: {count}")
FAILED = Text("source-failed", "Failed")
SIGN_IN = Text("source-sign-in", "Not signed in")
IN_BROWSER = Text("source-in-browser", "Waits for your sign-in in the browser…")
AGAIN = Text("source-again", "Failed; starts again in {seconds} s")


@dataclass(frozen=True, slots=True)
class ServerEntry:
    """What the user has typed for a server: a command or an address, and its variables or headers."""

    name: str
    line: str
    """A command line, or an address that begins with http."""
    values: str = ""
    """Variables (`NAME=value`) or headers (`Name: value`), a line each."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """An MCP server, or a file of functions."""

    kind: Literal["mcp", "function"]
    name: str
    state: Message
    good: bool | None = None
    """Whether it is ready; None: neither that nor failed."""
    problems: tuple[Message, ...] = ()
    lines: tuple[str, ...] = ()
    """The last that it wrote."""
    enabled: bool = True
    secrets: int = 0
    """How many secrets are written out in the file of the servers."""
    wants_sign_in: bool = False
    """The user can sign in to it, in the browser."""
    entry: ServerEntry | None = None


@dataclass(frozen=True, slots=True)
class ToolRow:
    """A tool."""

    name: str
    source: str
    """Empty: it is built in."""
    description: str
    permission: Permission
    fixed: bool
    """It is built in, and asks by itself where it has to."""
    claims: tuple[str, ...] = ()
    """What its source says of it, which may be untrue."""
    dropped: tuple[str, ...] = ()
    """What of its schema the model isn't given, because its provider doesn't take it."""
    schema: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A server in another program's file."""

    program: str
    name: str
    line: str
    problem: Message | None = None
    """Why it can't be taken."""
