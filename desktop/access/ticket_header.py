"""The header that an organisation's ticket address asks for. Maybe a secret: the keychain keeps it."""

from __future__ import annotations

import re

from desktop.access import keychain
from desktop.access.keychain import CredentialStoreError
from desktop.base import secret_variables
from desktop.base.message import Text

ENVIRONMENT = "PRESSTALK_TICKET_HEADER"
ACCOUNT = "ticket-header"
LONGEST = 8_000
"""Characters: about what servers take."""

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_OURS = frozenset({"content-length", "content-type", "connection", "host", "transfer-encoding"})
"""Headers that the HTTP client sets itself."""
_INSTEAD = keychain.INSTEAD(variable=ENVIRONMENT)
NO_HEADER = Text("no-header", 'This isn\'t a valid header. Example: "Authorization: Bearer abc".')

Header = tuple[str, str]


def parse(text: str) -> Header | None:
    """Name and value of "Name: value"; None for what is not a header."""
    name, colon, value = text.strip().partition(":")
    name, value = name.strip(), value.strip()
    sound = value.isascii() and value.isprintable() and 0 < len(value) <= LONGEST
    if not colon or not _NAME.fullmatch(name) or name.lower() in _OURS or not sound:
        return None
    return name, value


def find() -> Header | None:
    """The header: the environment's, else the keychain's, which may wait: not on the GUI thread."""
    header = parse(secret_variables.get(ENVIRONMENT)) or parse(keychain.read(ACCOUNT))
    if header:
        _protect(header)
    return header


def save(text: str) -> Header:
    """Keep a header in the keychain. Blocks as `find` does.

    Raises:
        CredentialStoreError: it is not a header, or no keychain keeps it.
    """
    header = parse(text)
    if header is None:
        raise CredentialStoreError(NO_HEADER())
    _protect(header)
    keychain.write(ACCOUNT, f"{header[0]}: {header[1]}", what=keychain.HEADER(), instead=_INSTEAD)
    return header


def delete() -> None:
    """Remove the header from the keychain. Raises CredentialStoreError; blocks as `find` does."""
    keychain.remove(ACCOUNT, what=keychain.HEADER(), instead=_INSTEAD)


def _protect(header: Header) -> None:
    for secret in {header[1], header[1].rpartition(" ")[2]}:  # with and without "Bearer"
        keychain.protect(secret)
