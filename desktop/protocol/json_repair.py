"""Reads and writes JSON where something is broken: infinite numbers, half emojis, bytes that are no UTF-8."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

MOST_DIGITS = 400
"""Digits of a number. Python refuses 4,300, and with them the frame that they are in."""


def read(frame: bytes | str) -> Any:
    """The frame's JSON, repaired if need be.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        return msgspec.json.decode(frame)
    except (msgspec.MsgspecError, UnicodeError):
        mended = _ESCAPE.sub(_mend, as_text(frame))
        return json.loads(mended, parse_int=_integer, parse_constant=lambda _: None)


def write(value: Any) -> bytes:
    """A value, or a struct, as JSON. Half an emoji, as a clipboard or an editor may cut one, becomes "�".

    Raises:
        TypeError: it can't be written as JSON.
    """
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
        # Two halves that belong together become one again.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= MOST_DIGITS else None


def as_text(frame: bytes | str) -> str:
    """A frame as text, whatever it is."""
    encoded = frame.encode(errors="replace") if isinstance(frame, str) else frame
    return encoded.decode(errors="replace")


# Every escape is matched, so that the second half of an escaped backslash can't begin one; only a surrogate
# without its other half is in the group.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)


def _mend(escape: re.Match[str]) -> str:
    return r"\ufffd" if escape[1] else escape[0]
