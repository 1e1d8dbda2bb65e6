"""`${NAME}` and `${keychain:NAME}` in a server's configuration: what they stand for, and what looks like a
secret that is written out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from desktop.base import redaction
from desktop.base.message import MessageError, Text
from desktop.tools.mcp.config import ServerConfig
from desktop.tools.mcp.messages import ServerSpec

MISSING_VARIABLE = Text(
    "mcp-missing-variable",
    "The variable {name} isn't set. Set it and start Presstalk again, or change the server.",
)
MISSING_SECRET = Text(
    "mcp-missing-secret",
    "The keychain has no secret named {name}. Edit the server: enter the secret, then move it there.",
)

ReadSecret = Callable[[str], str]
"""The secret of this name in the keychain; empty if there is none. May wait for the user."""

_PLACE = re.compile(r"\$\{(?:(keychain|env):)?([A-Za-z0-9_.-]{1,128})(?::-([^}]*))?\}")
_SECRET_NAME = re.compile(r"key|token|secret|passw|auth|credential|cookie", re.IGNORECASE)
_SCHEME = re.compile(r"(?:bearer|basic|token)\s+", re.IGNORECASE)


class MissingError(MessageError):
    """What a placeholder stands for isn't there."""


def filled(server: ServerConfig, read_secret: ReadSecret) -> ServerSpec:
    """The server with its placeholders replaced. Blocks while the keychain is asked.

    What stands for a variable or a secret in `env` and `headers` is kept out of every log from now on.

    Raises:
        MissingError: a variable isn't set, or the keychain has no such secret.
    """

    def value_of(found: re.Match[str], secret: bool) -> str:
        kind, name, otherwise = found.groups()
        value = read_secret(name) if kind == "keychain" else os.environ.get(name, otherwise or "")
        if not value and otherwise is None:
            raise MissingError((MISSING_SECRET if kind == "keychain" else MISSING_VARIABLE)(name=name))
        if (secret or kind == "keychain") and len(value) >= redaction.SHORTEST_SECRET:
            redaction.protect(value)
        return value

    def plain(text: str) -> str:
        return _PLACE.sub(lambda found: value_of(found, False), text)

    def table(values: Mapping[str, str]) -> dict[str, str]:
        return {
            name: _PLACE.sub(lambda found, name=name: value_of(found, _is_secret_name(name)), value)  # type: ignore[misc]
            for name, value in values.items()
        }

    for values in (server.env, server.headers):
        for name, value in values.items():
            if is_literal_secret(name, value):
                redaction.protect(_SCHEME.sub("", value))
    return ServerSpec(
        name=server.name,
        command=os.path.expanduser(plain(server.command)),
        args=tuple(map(plain, server.args)),
        env=table(server.env),
        cwd=os.path.expanduser(plain(server.cwd)),
        url=plain(server.url),
        headers=table(server.headers),
    )


def literal_secrets(server: ServerConfig) -> dict[str, str]:
    """What looks like a secret and is written out: its text by its name in the keychain, once it is there."""
    return {
        secret_name(server.name, name): _SCHEME.sub("", value)
        for values in (server.env, server.headers)
        for name, value in values.items()
        if is_literal_secret(name, value)
    }


def with_placeholders(server: ServerConfig) -> ServerConfig:
    """The server with a placeholder of the keychain's in place of each secret that is written out."""

    def table(values: Mapping[str, str]) -> dict[str, str]:
        return {
            name: _placeholder(server.name, name, value) if is_literal_secret(name, value) else value
            for name, value in values.items()
        }

    return replace(server, env=table(server.env), headers=table(server.headers))


def is_literal_secret(name: str, value: str) -> bool:
    """Whether a variable or a header of this name holds a secret that is written out."""
    bare = _SCHEME.sub("", value)
    return (
        _is_secret_name(name)
        and len(bare) >= redaction.SHORTEST_SECRET
        and not _PLACE.search(value)
        and " " not in bare
        and "/" not in bare[:2]  # a path to a key is none
    )


def secret_name(server: str, name: str) -> str:
    """What such a secret is called in the keychain."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", f"{server}-{name}")[:128]


def _placeholder(server: str, name: str, value: str) -> str:
    scheme = _SCHEME.match(value)
    return f"{scheme.group() if scheme else ''}${{keychain:{secret_name(server, name)}}}"


def _is_secret_name(name: str) -> bool:
    return bool(_SECRET_NAME.search(name))
