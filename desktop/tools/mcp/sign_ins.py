"""The program's side of sign-ins at servers: where they are kept, and the browser."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from desktop.base import redaction
from desktop.tools.mcp.config import is_usable_url
from desktop.tools.mcp.messages import ServerSpec
from desktop.tools.mcp.placeholders import ReadSecret

LONGEST_PAGE = 8_192
"""Characters of the address of a page."""
LONGEST_KEPT = 65_536
"""Characters of what is kept of a sign-in."""


def secret_name(server: str, url: str) -> str:
    """What the sign-in at a server is called in the keychain.

    It is bound to the address: another server of the same name gets nothing of it. No `${keychain:...}` can
    name it.
    """
    return f"sign-in:{server}:{hashlib.sha256(url.encode()).hexdigest()[:32]}"


class SignIns:
    """Reads, keeps and forgets sign-ins. These three may wait for the user: not on the window's thread.

    Args:
        read_secret, save_secret: the keychain's, by name. Saving an empty secret removes it.
        open_page: opens a page in the user's browser; False if there is none.
    """

    def __init__(
        self,
        read_secret: ReadSecret,
        save_secret: Callable[[str, str], None] = lambda _name, _secret: None,
        open_page: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._read_secret = read_secret
        self._save_secret = save_secret
        self._open_page = open_page

    def read(self, spec: ServerSpec) -> str:
        """What was kept for this server at this address; empty if nothing."""
        kept = self._read_secret(secret_name(spec.name, spec.url))
        _protect(kept)
        return kept

    def save(self, server: str, url: str, kept: str) -> None:
        """Keep it, out of every log. Raises MessageError."""
        _protect(kept)
        if len(kept) <= LONGEST_KEPT:
            self._save_secret(secret_name(server, url), kept)

    def forget(self, server: str, url: str) -> None:
        """Forget the sign-in at a server. Raises MessageError."""
        self._save_secret(secret_name(server, url), "")

    def open(self, url: str) -> bool:
        """Open the page of a sign-in; False if there is no browser, or the address isn't a safe one."""
        return len(url) <= LONGEST_PAGE and is_usable_url(url) and self._open_page(url)


def _protect(kept: str) -> None:
    """Keep what is secret in it out of every log."""
    try:
        parts = msgspec.json.decode(kept or "{}", type=dict[str, Any])
    except msgspec.MsgspecError:
        return
    for part in parts.values():
        for name, value in part.items() if isinstance(part, dict) else ():
            is_secret = name.endswith("_token") or name == "client_secret"
            if is_secret and isinstance(value, str) and len(value) >= redaction.SHORTEST_SECRET:
                redaction.protect(value)
