"""What an agent that is defined at the service can be called. Imports nothing: the command line uses it."""

from __future__ import annotations

LONGEST = 200
"""Characters."""
_NOT_IN_A_PATH = frozenset("/\\?#%")


def is_agent_name(name: str) -> bool:
    """Whether an agent can be called so: its name is one part of a URL's path."""
    sound = name.isprintable() and name == name.strip() and 0 < len(name) <= LONGEST
    return sound and name not in (".", "..") and not set(name) & _NOT_IN_A_PATH
