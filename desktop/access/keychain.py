"""The system's keychain: where secrets are kept, by account.

All of it may wait for the user to unlock the keychain: not on the GUI thread.
"""

from __future__ import annotations

import logging

from desktop.base import redaction
from desktop.base.message import Message, MessageError, Text

log = logging.getLogger(__name__)

SERVICE = "presstalk"


KEY = Text("key", "key")
HEADER = Text("header", "header")
"""What a secret is called: for the place `secret`."""
INSTEAD = Text("keychain-instead", "Set {variable} instead and restart: that always works.")
"""What to do without a keychain: for the place `instead`."""
NOT_KEPT = Text("secret-not-kept", "The {secret} can't be saved")
NOT_REMOVED = Text("secret-not-removed", "The {secret} can't be removed")
NO_KEYCHAIN = Text("no-keychain", "{failure}: this system has no keychain. {instead}")
KEYCHAIN_LOCKED = Text("keychain-locked", "{failure}: the keychain is locked. Unlock it and try again.")
KEYCHAIN_FAILED = Text("keychain-failed", "{failure}: the keychain gave an unexpected answer. {instead}")
KEYCHAIN_KEPT_NOTHING = Text(
    "keychain-kept-nothing", "This system's keychain did not save the {secret}. {instead}"
)


class CredentialStoreError(MessageError):
    """A secret can't be kept or removed."""


def read(account: str) -> str:
    """The secret of an account; empty if there is none, or no keychain."""
    import keyring  # costs 30 ms of start-up that only this needs

    try:
        return keyring.get_password(SERVICE, account) or ""
    except Exception as exc:  # each system's keychain fails with classes of its own
        # A machine without a keychain is usual (servers, minimal desktops).
        log.info("no keychain: %s", type(exc).__name__)
        return ""


def write(account: str, secret: str, *, what: Message, instead: Message) -> None:
    """Keep a secret, over the one that is there. `what` it is called, and what to do `instead`, for messages.

    Raises:
        CredentialStoreError: no keychain keeps it.
    """
    import keyring

    try:
        keyring.set_password(SERVICE, account, secret)
        kept = keyring.get_password(SERVICE, account)
    except Exception as exc:  # as in `read`
        raise _store_error(NOT_KEPT(secret=what), exc, instead) from exc
    if kept != secret:  # keyring's null backend accepts everything and keeps nothing
        raise CredentialStoreError(KEYCHAIN_KEPT_NOTHING(secret=what, instead=instead))


def remove(account: str, *, what: Message, instead: Message) -> None:
    """Remove a secret; without one it does nothing.

    Raises:
        CredentialStoreError: the keychain can't be reached or did not remove it.
    """
    import keyring

    try:
        if keyring.get_password(SERVICE, account) is not None:
            keyring.delete_password(SERVICE, account)
    except Exception as exc:  # as in `read`
        raise _store_error(NOT_REMOVED(secret=what), exc, instead) from exc


def protect(secret: str) -> None:
    """Keep these characters out of the log, if they are enough to be a secret."""
    if len(secret) >= redaction.SHORTEST_SECRET:
        redaction.protect(secret)


def _store_error(failure: Message, exc: Exception, instead: Message) -> CredentialStoreError:
    from keyring.errors import KeyringLocked, NoKeyringError

    # The type alone: nobody knows what a keychain writes into its messages.
    log.info("keychain: %s", type(exc).__name__)
    if isinstance(exc, NoKeyringError):
        return CredentialStoreError(NO_KEYCHAIN(failure=failure, instead=instead))
    if isinstance(exc, KeyringLocked):
        return CredentialStoreError(KEYCHAIN_LOCKED(failure=failure))
    return CredentialStoreError(KEYCHAIN_FAILED(failure=failure, instead=instead))
