"""Where the key comes from, and where it is kept. It is never written to a file, a log or the settings."""

from __future__ import annotations

import os
from typing import Literal

import msgspec

from desktop.access import key_format, key_hosts, keychain, opper_cli
from desktop.access.keychain import SERVICE as SERVICE
from desktop.access.keychain import CredentialStoreError as CredentialStoreError
from desktop.base import secret_variables
from desktop.base.message import Message, Text

ENVIRONMENT = "OPPER_API_KEY"
ADDRESS_ENVIRONMENT = "OPPER_BASE_URL"
"""The address that is given together with the environment's key."""
ACCOUNT = "opper"

SHORTEST_SHOWN = 16
"""Characters. A shorter key is not shown at all, not even its end."""

CredentialSource = Literal["environment", "keychain", "cli", "none"]

SOURCE_WORDS: dict[CredentialSource, str] = {
    "environment": f"the key from {ENVIRONMENT}",
    "keychain": "the key in this system's keychain",
    "cli": "the key from the Opper CLI's sign-in",
    "none": "no key",
}
"""Each source in words, for a sentence."""


class Credential(msgspec.Struct, frozen=True):
    """A key and where it was found. `repr` never shows the key."""

    key: str
    source: CredentialSource
    base_url: str = ""
    """The service that the key is for, where its source says so."""

    def __repr__(self) -> str:
        return f"Credential(source={self.source!r})"

    @property
    def ending(self) -> str:
        """The last four characters, to tell one key from another; empty for a short key."""
        return self.key[-4:] if len(self.key) >= SHORTEST_SHOWN else ""


def find() -> Credential:
    """The key: `OPPER_API_KEY` if set, else the one in the system's keychain, else the Opper CLI's.

    Asking the keychain may wait for the user to unlock it: not on the GUI thread.
    """
    given_with = os.environ.get(ADDRESS_ENVIRONMENT, "").strip()
    found = Credential(key_format.clean(secret_variables.get(ENVIRONMENT)), "environment", given_with)
    if not found.key:
        found = Credential(key_format.clean(keychain.read(ACCOUNT)), "keychain")
    if not found.key:
        signed_in = opper_cli.find()
        found = Credential(signed_in.key, "cli", signed_in.base_url)
    if not found.key:
        return Credential("", "none")
    keychain.protect(found.key)
    return found


def save(text: str) -> Credential:
    """Keep a key in the system's keychain, over the one that is there. Blocks as `find` does.

    Raises:
        CredentialStoreError: it is not a runtime key, or no keychain keeps it.
    """
    key = key_format.clean(text)
    if trouble := key_format.problem(key):
        raise CredentialStoreError(_REFUSED[trouble])
    keychain.protect(key)
    keychain.write(ACCOUNT, key, what=keychain.KEY(), instead=_INSTEAD)
    return Credential(key, "keychain")


def save_for(text: str, url: str) -> Credential:
    """Keep a key that was given for the host of this URL. Raises and blocks as `save` does."""
    saved = save(text)
    key_hosts.give(saved.key, url)
    return saved


def delete() -> None:
    """Remove the key from the system's keychain; without one there it does nothing. Blocks as `find` does.

    Raises:
        CredentialStoreError: the keychain can't be reached or did not remove it.
    """
    keychain.remove(ACCOUNT, what=keychain.KEY(), instead=_INSTEAD)


_INSTEAD = keychain.INSTEAD(variable=ENVIRONMENT)

NO_KEY_TO_KEEP = Text("no-key-to-keep", "There is no key to save. Paste one first.")
KEY_OF_MANAGEMENT = Text(
    "key-of-management",
    "This is a management key (opmak-…). Sessions need a project's runtime key: create one on "
    "platform.opper.ai.",
)
KEY_BROKEN = Text("key-broken", "The key contains invalid characters. Copy it again.")
KEY_TOO_LONG = Text("key-too-long", "This is too long to be a key. Copy only the key.")
_REFUSED: dict[key_format.KeyProblem, Message] = {
    "empty": NO_KEY_TO_KEEP(),
    "management": KEY_OF_MANAGEMENT(),
    "characters": KEY_BROKEN(),
    "long": KEY_TOO_LONG(),
}
