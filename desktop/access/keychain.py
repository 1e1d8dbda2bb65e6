"""The system's keychain: where secrets are kept, by account. Every failure is a plain sentence.

All of it may wait for the user to unlock the keychain: not on the GUI thread.
"""

from __future__ import annotations

import logging

from desktop.base import redaction

log = logging.getLogger(__name__)

SERVICE = "presstalk"


class CredentialStoreError(Exception):
    """A secret can't be kept or removed. The text is a plain sentence with the next step."""


def read(account: str) -> str:
    """The secret of an account; empty if there is none, or no keychain."""
    import keyring  # costs 30 ms of start-up that only this needs

    try:
        return keyring.get_password(SERVICE, account) or ""
    except Exception as exc:  # each system's keychain fails with classes of its own
        # A machine without a keychain is usual (servers, minimal desktops).
        log.info("no keychain: %s", type(exc).__name__)
        return ""


def write(account: str, secret: str, *, what: str, instead: str) -> None:
    """Keep a secret, over the one that is there. `what` it is called, and what to do `instead`, for messages.

    Raises:
        CredentialStoreError: no keychain keeps it.
    """
    import keyring

    try:
        keyring.set_password(SERVICE, account, secret)
        kept = keyring.get_password(SERVICE, account)
    except Exception as exc:  # as in `read`
        raise _store_error(f"The {what} can't be kept", exc, instead) from exc
    if kept != secret:  # keyring's null backend accepts everything and keeps nothing
        raise CredentialStoreError(f"This system's keychain did not keep the {what}. {instead}")


def remove(account: str, *, what: str, instead: str) -> None:
    """Remove a secret; without one it does nothing.

    Raises:
        CredentialStoreError: the keychain can't be reached or did not remove it.
    """
    import keyring

    try:
        if keyring.get_password(SERVICE, account) is not None:
            keyring.delete_password(SERVICE, account)
    except Exception as exc:  # as in `read`
        raise _store_error(f"The {what} can't be removed", exc, instead) from exc


def protect(secret: str) -> None:
    """Keep these characters out of the log, if they are enough to be a secret."""
    if len(secret) >= redaction.SHORTEST_SECRET:
        redaction.protect(secret)


def _store_error(failed: str, exc: Exception, instead: str) -> CredentialStoreError:
    from keyring.errors import KeyringLocked, NoKeyringError

    # The type alone: nobody knows what a keychain writes into its messages.
    log.info("keychain: %s", type(exc).__name__)
    if isinstance(exc, NoKeyringError):
        return CredentialStoreError(f"{failed}: this system has no keychain. {instead}")
    if isinstance(exc, KeyringLocked):
        return CredentialStoreError(f"{failed}: the keychain is locked. Unlock it and try again.")
    return CredentialStoreError(f"{failed}: the keychain did not answer as it should. {instead}")
