"""Where a server stands, for the user."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.base.message import Message
from desktop.tools.mcp.config import ServerConfig
from desktop.tools.mcp.messages import Reason, ServerPhase, ToolInfo


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """Where a server stands, for the user. Its texts are the server's: plain, bounded, not to be trusted."""

    config: ServerConfig
    phase: ServerPhase = "off"
    problem: Message | None = None
    tools: tuple[ToolInfo, ...] = ()
    unlisted: int = 0
    stderr: tuple[str, ...] = ()
    retry_s: float = 0.0
    reason: Reason = ""
    in_browser: bool = False
    """The user is to sign in, on the page that was opened."""
    note: Message | None = None
    """What else the user should know."""

    @property
    def name(self) -> str:
        """What the server is called."""
        return self.config.name

    @property
    def wants_sign_in(self) -> bool:
        """Whether it doesn't run because the user isn't signed in."""
        return self.phase == "failed" and self.reason.startswith("sign-in")
