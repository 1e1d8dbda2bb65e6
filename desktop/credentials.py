"""Where the key comes from. It is never written to a file, a log or the settings."""

from __future__ import annotations

import logging
import os
from typing import Literal

import msgspec

from desktop import log as program_log

log = logging.getLogger(__name__)

ENVIRONMENT = "OPPER_API_KEY"
SERVICE = "presstalk"
ACCOUNT = "opper"


class Credential(msgspec.Struct, frozen=True):
    """A key and where it was found. `repr` never shows the key."""

    key: str
    source: Literal["environment", "keychain", "none"]

    def __repr__(self) -> str:
        return f"Credential(source={self.source!r})"


def find() -> Credential:
    """The key: `OPPER_API_KEY` if set, else the one in the system's keychain.

    Asking the keychain may wait for the user to unlock it: not on the GUI thread.
    """
    key = os.environ.get(ENVIRONMENT, "").strip()
    source: Literal["environment", "keychain"] = "environment"
    if not key:
        key, source = _from_keychain(), "keychain"
    if not key:
        return Credential("", "none")
    if len(key) >= program_log.SHORTEST_SECRET:
        program_log.protect(key)
    return Credential(key, source)


def _from_keychain() -> str:
    import keyring  # costs 30 ms of start-up that only this needs
    from keyring.errors import KeyringError

    try:
        return (keyring.get_password(SERVICE, ACCOUNT) or "").strip()
    except (KeyringError, RuntimeError) as exc:
        # A machine without a keychain is usual (servers, minimal desktops).
        log.info("no keychain: %s", type(exc).__name__)
        return ""
