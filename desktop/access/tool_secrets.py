"""Secrets of tools, an MCP server's token say, in the system's keychain: by the name in `${keychain:NAME}`.

All of it may wait for the user to unlock the keychain: not on the GUI thread.
"""

from __future__ import annotations

from desktop.access import keychain
from desktop.base.message import Text

ACCOUNT = "tool:{}"
SECRET = Text("tool-secret", "secret")
INSTEAD = Text("tool-secret-instead", "Use a variable of the environment instead.")


def read(name: str) -> str:
    """The secret of this name; empty if there is none."""
    secret = keychain.read(ACCOUNT.format(name))
    keychain.protect(secret)
    return secret


def keep(name: str, secret: str) -> None:
    """Keep it as `save` does; an empty one is removed. Raises CredentialStoreError."""
    if secret:
        save(name, secret)
    else:
        keychain.remove(ACCOUNT.format(name), what=SECRET(), instead=INSTEAD())


def save(name: str, secret: str) -> None:
    """Keep it, over the one that is there.

    Raises:
        CredentialStoreError: no keychain keeps it.
    """
    keychain.protect(secret)
    keychain.write(ACCOUNT.format(name), secret, what=SECRET(), instead=INSTEAD())
