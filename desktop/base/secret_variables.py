"""Secrets from the environment: read once, then taken out of it, so that no program that is started inherits
them.

A browser, a tool and our own children need no key, and any of them may write its environment down.
"""

from __future__ import annotations

import os

NAMES = ("OPPER_API_KEY", "PRESSTALK_TICKET_HEADER")

_taken: dict[str, str] = {}


def take() -> None:
    """Take them out of this process's environment. Call it at the start; `get` knows them from then on."""
    for name in NAMES:
        value = os.environ.pop(name, None)
        if value is not None:
            _taken[name] = value


def get(name: str) -> str:
    """The value of one of these variables; empty if it isn't set."""
    return os.environ.get(name, _taken.get(name, ""))


def without() -> dict[str, str]:
    """The environment without them."""
    return {name: value for name, value in os.environ.items() if name not in NAMES}


def forget() -> None:
    """Forget what was taken: for tests that run the program in their own process."""
    _taken.clear()
