"""The sign-in of the Opper CLI, which keeps it in `~/.opper/config.json`; `OPPER_HOME` moves that folder.

Source: the file as public clients read it: `{version: 1, defaultKey, keys: {<name>: {apiKey, baseUrl?, …}}}`.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import msgspec

from desktop.access import key_format
from desktop.base import json_depth
from desktop.base.plain_file import read_plain

log = logging.getLogger(__name__)

HOME_VARIABLE = "OPPER_HOME"
DEFAULT_SLOT = "default"
LARGEST_FILE = 1_000_000
"""Bytes. It has a few hundred."""


class CliCredential(msgspec.Struct, frozen=True):
    """A key and the service it is for; both empty without a sign-in. `repr` shows no key."""

    key: str = ""
    base_url: str = ""

    def __repr__(self) -> str:
        return f"SignIn(base_url={self.base_url!r})"


def path() -> Path:
    """Where the file is, if there is one."""
    home = os.environ.get(HOME_VARIABLE)
    return (Path(home) if home else Path.home() / ".opper") / "config.json"


def find() -> CliCredential:
    """The key of the default slot. One that can't be read, or can't open a session, is ignored."""
    slot = _slot(_read())
    key, base_url = slot.get("apiKey"), slot.get("baseUrl")
    key = key_format.clean(key) if isinstance(key, str) else ""
    if trouble := key_format.problem(key):
        if key:
            log.info("the Opper CLI's key can't be used: %s", trouble)
        return CliCredential()
    return CliCredential(key, base_url.strip() if isinstance(base_url, str) else "")


def _read() -> Any:
    try:
        return json_depth.decode(read_plain(path(), LARGEST_FILE))
    except FileNotFoundError:
        return {}
    except (OSError, RuntimeError, ValueError) as exc:
        # The type alone: a parser's message may quote what it read.
        log.info("the Opper CLI's sign-in can't be read: %s", type(exc).__name__)
        return {}


def _slot(config: Any) -> dict[str, Any]:
    slots = config.get("keys") if isinstance(config, dict) else None
    if not isinstance(slots, dict):
        return {}
    name = config.get("defaultKey")
    slot = slots.get(name if isinstance(name, str) else DEFAULT_SLOT)
    return slot if isinstance(slot, dict) else {}
