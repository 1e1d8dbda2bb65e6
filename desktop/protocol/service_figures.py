"""Bounds for the figures that a service reports: rates, counts and waits.

A figure that nothing real has is treated as missing, so that the usual one holds. What was left out is
logged once for each kind. `audio/reported_values.py` does the same for what the sound system reports.
"""

from __future__ import annotations

import logging
from collections.abc import Sized
from typing import Any

from desktop.base.terminal import one_line

log = logging.getLogger(__name__)

LEAST_RATE, MOST_RATE = 8_000, 192_000
"""Hz. Telephones have 8,000; the providers use 16,000 and 24,000."""
MOST_COUNT = 10**12
"""Of tokens, bytes or milliseconds in a usage."""
MOST_FIELDS = 100
"""Of a usage, the nested ones included. The longest known one has 15."""
DEEPEST = 4
"""Objects within one another in a usage."""
LONGEST_NAME = 100
"""Characters of a field's name or of its text."""
MOST_PRICE = 1e9
"""Of one figure in a price list, a threshold in tokens included. The dearest known is a few hundred."""
MOST_STEPS = 20
"""Figures in a list of a price list: one for each threshold. The longest known has three."""
DEEPEST_PRICE = 2
"""Objects within one another in a price list."""

USAGE_NAMES = ("usage", "usage_metadata", "usageMetadata", "token_usage")
_NOT_THE_SERVICES = frozenset({"tool_arguments", "tool_result", "arguments", "output", "item"})

_NONE = object()
_logged: set[str] = set()


def sample_rate(reported: object) -> int:
    """A sample rate in Hz, also from a text or a whole float; 0 for what can't be one."""
    rate = number(reported, MOST_RATE)
    if rate is not None and rate >= LEAST_RATE and rate == int(rate):
        return int(rate)
    if reported not in (None, 0, ""):
        _log_once("sample rate in Hz", reported)
    return 0


def number(reported: object, most: float) -> float | None:
    """A figure from 0 to `most`, also from a text; None for everything else, booleans included."""
    if isinstance(reported, str):
        try:
            reported = float(reported) if len(reported) <= LONGEST_NAME else None
        except ValueError:
            return None
    if isinstance(reported, bool) or not isinstance(reported, int | float):
        return None
    # Not a number is within nothing.
    return reported if 0 <= reported <= most else None


def seconds(reported: object, usual: float, most: float) -> float:
    """A time in seconds, `most` at the most; `usual` where there is none, and for what isn't above 0."""
    if isinstance(reported, bool) or not isinstance(reported, int | float) or not reported > 0:
        return usual
    return float(min(reported, most))


def usage(reported: object) -> dict[str, Any] | None:
    """A usage with its names as they came, and only numbers that can be counts; None if it is no object."""
    return _fields(reported, [MOST_FIELDS], DEEPEST) if isinstance(reported, dict) else None


def find_usage(frame: object) -> dict[str, Any] | None:
    """The usage in a frame, as `usage` gives it: under a name of one, however deep, else counts of its own.

    Not in what a model or a user may have written: arguments and results of tools aren't looked into.
    """
    places: list[object] = [frame]
    for _ in range(DEEPEST):
        objects = [place for place in places if isinstance(place, dict)][:MOST_FIELDS]
        for place in objects:
            for name in USAGE_NAMES:
                if found := usage(place.get(name)):
                    return found
        places = [
            value for place in objects for name, value in place.items() if name not in _NOT_THE_SERVICES
        ]
    counts = usage(frame) or {}
    own = {name: value for name, value in counts.items() if name.endswith("_tokens") and value is not None}
    return own or None


def pricing(reported: object) -> dict[str, Any]:
    """A price list with its names as they came; only figures that can be prices, short texts and flags.

    Empty if it is no object. A list with a figure that can't be one is left out whole: its figures belong
    together, one for each threshold.
    """
    return _prices(reported, [MOST_FIELDS], DEEPEST_PRICE) if isinstance(reported, dict) else {}


def _prices(reported: dict[Any, Any], room: list[int], deepest: int) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in reported.items():
        if room[0] <= 0:
            _log_once("price list with more fields than can be kept", len(reported))
            break
        room[0] -= 1
        read: Any = None
        if isinstance(value, dict):
            read = _prices(value, room, deepest - 1) if deepest > 1 else None
        elif isinstance(value, list | tuple):
            read = _steps(value)
        elif isinstance(value, bool):
            read = value
        elif isinstance(value, int | float):
            read = number(value, MOST_PRICE)
        elif isinstance(value, str):
            read = one_line(value, LONGEST_NAME)
        if read is not None:
            kept[one_line(str(name), LONGEST_NAME)] = read
        elif value is not None:
            _log_once("price", value if isinstance(value, int | float) else type(value).__name__)
    return kept


def _steps(reported: list[Any] | tuple[Any, ...]) -> list[float] | None:
    """The figures of a list; None if one of them can't be a price or a threshold."""
    if len(reported) > MOST_STEPS:
        return None
    figures = [number(value, MOST_PRICE) for value in reported]
    return None if None in figures else [figure for figure in figures if figure is not None]


def _fields(reported: dict[Any, Any], room: list[int], deepest: int) -> dict[str, Any]:
    """`room` has one number: the fields that may still come, here and in what is nested."""
    kept: dict[str, Any] = {}
    for name, value in reported.items():
        if _is_full(room, reported):
            break
        if (read := _field(value, room, deepest)) is not _NONE:
            kept[one_line(str(name), LONGEST_NAME)] = read
    return kept


def _field(value: object, room: list[int], deepest: int) -> Any:
    """What is kept of a value of a usage; `_NONE` for nothing. Some services list counts by modality."""
    if isinstance(value, dict | list) and deepest <= 1:
        return _NONE
    if isinstance(value, dict):
        return _fields(value, room, deepest - 1)
    if isinstance(value, list):
        return _items(value, room, deepest - 1)
    if isinstance(value, int | float) and not isinstance(value, bool) and not 0 <= value <= MOST_COUNT:
        _log_once("count", value)
        return _NONE
    if value is None or isinstance(value, bool | int | float):
        return value
    return one_line(value, LONGEST_NAME) if isinstance(value, str) else _NONE


def _items(reported: list[Any], room: list[int], deepest: int) -> list[Any]:
    kept: list[Any] = []
    for value in reported:
        if _is_full(room, reported):
            break
        if (read := _field(value, room, deepest)) is not _NONE:
            kept.append(read)
    return kept


def _is_full(room: list[int], reported: Sized) -> bool:
    """Whether no further field can be kept; if not, it takes the room of one."""
    if room[0] <= 0:
        _log_once("usage with more fields than can be kept", len(reported))
        return True
    room[0] -= 1
    return False


def _log_once(what: str, reported: object) -> None:
    if what not in _logged:
        _logged.add(what)
        # Python refuses to write out integers of thousands of digits.
        huge = isinstance(reported, int) and reported.bit_length() > 64
        figure = "more than 64 bits" if huge else one_line(repr(reported), LONGEST_NAME)
        log.info("the service reports a %s of %s, which is left out", what, figure)
