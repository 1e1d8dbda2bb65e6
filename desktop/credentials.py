"""Where the key comes from, and where it is kept. It is never written to a file, a log or the settings."""

from __future__ import annotations

import logging
import os
from typing import Literal

import msgspec

from desktop import keys
from desktop import log as program_log

log = logging.getLogger(__name__)

ENVIRONMENT = "OPPER_API_KEY"
SERVICE = "presstalk"
ACCOUNT = "opper"

SHORTEST_SHOWN = 16
"""Characters. Of a shorter key not even the end is shown."""

Source = Literal["environment", "keychain", "none"]


class CredentialStoreError(Exception):
    """The key can't be kept or removed. The text is a plain sentence with the next step."""


class Credential(msgspec.Struct, frozen=True):
    """A key and where it was found. `repr` never shows the key."""

    key: str
    source: Source

    def __repr__(self) -> str:
        return f"Credential(source={self.source!r})"

    @property
    def ending(self) -> str:
        """The last four characters, to tell one key from another; empty for a short key."""
        return self.key[-4:] if len(self.key) >= SHORTEST_SHOWN else ""


def find() -> Credential:
    """The key: `OPPER_API_KEY` if set, else the one in the system's keychain.

    Asking the keychain may wait for the user to unlock it: not on the GUI thread.
    """
    key = keys.clean(os.environ.get(ENVIRONMENT, ""))
    source: Source = "environment"
    if not key:
        key, source = _from_keychain(), "keychain"
    if not key:
        return Credential("", "none")
    _protect(key)
    return Credential(key, source)


def save(text: str) -> Credential:
    """Keep a key in the system's keychain, over the one that is there. Blocks as `find` does.

    Raises:
        CredentialStoreError: it is no runtime key, or there is no keychain that keeps it.
    """
    key = keys.clean(text)
    if trouble := keys.problem(key):
        raise CredentialStoreError(_REFUSED[trouble])
    _protect(key)
    import keyring  # costs 30 ms of start-up that only this needs

    try:
        keyring.set_password(SERVICE, ACCOUNT, key)
        kept = keyring.get_password(SERVICE, ACCOUNT)
    except Exception as exc:  # each system's keychain fails with classes of its own
        raise _store_error("The key can't be kept", exc) from exc
    if kept != key:  # keyring's null backend takes everything and keeps nothing
        raise CredentialStoreError(f"This system's keychain did not keep the key. {_INSTEAD}")
    return Credential(key, "keychain")


def delete() -> None:
    """Remove the key from the system's keychain; without one there it does nothing. Blocks as `find` does.

    Raises:
        CredentialStoreError: the keychain can't be reached or did not let go of it.
    """
    import keyring

    try:
        if keyring.get_password(SERVICE, ACCOUNT) is not None:
            keyring.delete_password(SERVICE, ACCOUNT)
    except Exception as exc:  # as in `save`
        raise _store_error("The key can't be removed", exc) from exc


_INSTEAD = f"Set {ENVIRONMENT} instead and start again: that always works."

_REFUSED: dict[keys.KeyProblem, str] = {
    "empty": "There is no key to keep. Paste one first.",
    "management": "This is a management key (opmak-…). Sessions need a project's runtime key: "
    "make one on platform.opper.ai.",
    "characters": "The key has characters that no key has. Copy it again.",
    "long": "This is too long for a key. Copy only the key.",
}


def _store_error(what: str, exc: Exception) -> CredentialStoreError:
    from keyring.errors import KeyringLocked, NoKeyringError

    # The type alone: nobody knows what a keychain writes into its messages.
    log.info("keychain: %s", type(exc).__name__)
    if isinstance(exc, NoKeyringError):
        return CredentialStoreError(f"{what}: this system has no keychain. {_INSTEAD}")
    if isinstance(exc, KeyringLocked):
        return CredentialStoreError(f"{what}: the keychain is locked. Unlock it and try again.")
    return CredentialStoreError(f"{what}: the keychain did not answer as it should. {_INSTEAD}")


def _protect(key: str) -> None:
    if len(key) >= program_log.SHORTEST_SECRET:
        program_log.protect(key)


def _from_keychain() -> str:
    import keyring

    try:
        return keys.clean(keyring.get_password(SERVICE, ACCOUNT) or "")
    except Exception as exc:  # as in `save`
        # A machine without a keychain is usual (servers, minimal desktops).
        log.info("no keychain: %s", type(exc).__name__)
        return ""
