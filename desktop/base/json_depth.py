"""One limit for how deep JSON may be nested, wherever it is read or shown.

Python's own limit is about 1,000 levels and ends whatever runs just then: a value that was shallow enough to
be read may be too deep for the next step.
"""

from __future__ import annotations

from typing import Any

import msgspec

DEEPEST = 128
"""Objects and arrays within one another. Real tools' arguments have less than ten."""
INNER = DEEPEST - 8
"""The same for what others gave and is passed on within a message of ours, which is read by this limit."""
CUT = "…"
"""Stands for what is nested deeper."""


class TooDeepError(ValueError):
    """A JSON text is nested more than `DEEPEST` deep."""

    def __init__(self) -> None:
        super().__init__(f"nested more than {DEEPEST} deep")


def decode(text: bytes | str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is no JSON, or nested too deeply (`TooDeepError`).
    """
    try:
        value = msgspec.json.decode(text)
    except RecursionError:
        raise TooDeepError from None
    if may_be_deep(text) and is_deep(value):
        raise TooDeepError
    return value


def may_be_deep(text: bytes | str) -> bool:
    """Whether a JSON text has so many brackets that its value can be too deep: counting is quick."""
    if isinstance(text, str):
        return text.count("[") + text.count("{") > DEEPEST
    return text.count(b"[") + text.count(b"{") > DEEPEST


def is_deep(value: Any, deepest: int = DEEPEST) -> bool:
    """Whether a JSON value is nested deeper than `deepest`, however deep."""
    level = [value]
    for _ in range(deepest):
        level = [inner for one in level for inner in _members(one) if isinstance(inner, dict | list | tuple)]
        if not level:
            return False
    return True


def pruned(value: Any, deepest: int = DEEPEST) -> Any:
    """The value with `CUT` in place of what is nested deeper."""
    if isinstance(value, dict):
        return {key: pruned(inner, deepest - 1) for key, inner in value.items()} if deepest else CUT
    if isinstance(value, list | tuple):
        return [pruned(inner, deepest - 1) for inner in value] if deepest else CUT
    return value


def _members(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else ()
