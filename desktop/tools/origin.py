"""Where a tool comes from, and whether it may run unasked for as long as the user has said nothing.

An approval is remembered by `ToolOrigin.key` and the tool's true name: a server of the same name with
another command line or address is another origin, so the user is asked anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

OriginKind = Literal["built-in", "function", "mcp"]
Permission = Literal["always", "ask", "never"]
"""Whether a tool runs unasked, after the user's yes, or not at all."""


@dataclass(frozen=True, slots=True)
class ToolOrigin:
    """Where a tool comes from: Presstalk, a file of the user's functions, or an MCP server."""

    kind: OriginKind = "built-in"
    source: str = ""
    """The MCP server's name in the configuration, or the name of the functions' file; empty if built in."""
    address: str = ""
    """What runs it: the server's command line as a JSON array or its URL, both as they are configured, so
    with `${...}` in place of a secret; a function's file with its folder. Empty if built in."""
    true_name: str = ""
    """The tool's name at its source, where the model's name for it differs; else empty."""

    @property
    def key(self) -> str:
        """What an approval is remembered by, besides the tool's true name; one line."""
        return json.dumps([self.kind, self.source, self.address], ensure_ascii=False)

    @property
    def default_permission(self) -> Permission:
        """Built-in tools do no harm, or ask by themselves; anything from elsewhere may do anything."""
        return "always" if self.kind == "built-in" else "ask"


BUILT_IN = ToolOrigin()
