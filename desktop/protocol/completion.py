"""How a response ended, from every shape that `response.completed` and its kin are seen in.

OpenAI's is `response: {status, status_details: {type, reason, error: {type, code, message}}}`; its other
interface has `error` and `incomplete_details: {reason}` beside the status, and the fields may stand at the
top as well as under `response`. Whatever a service says there is cut to one line of plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from desktop.base.terminal import one_line
from desktop.protocol import service_figures
from desktop.protocol.events import ResponseCompleted, ResponseStatus

LONGEST_CODE = 100
LONGEST_MESSAGE = 500
"""Characters of the service's own words."""

STATUSES: dict[str, ResponseStatus] = {
    **dict.fromkeys(("completed", "complete", "done", "success", "succeeded", "ok"), "completed"),
    **dict.fromkeys(("failed", "failure", "error", "errored", "content_filter", "safety"), "failed"),
    **dict.fromkeys(("incomplete", "truncated", "max_tokens", "max_output_tokens", "length"), "incomplete"),
    **dict.fromkeys(("cancelled", "canceled", "aborted", "interrupted"), "cancelled"),
}
"""The statuses of OpenAI's list, and other words for the same."""

_DETAILS = ("status_details", "incomplete_details")
_REASONS = ("reason", "finish_reason", "stop_reason", "incomplete_reason")
_CODES = ("code", "type", "status", "reason")
_MESSAGES = ("message", "detail", "error")
_DEEPEST = 3
"""How many objects of the same name may stand in one another."""


def read(raw: Mapping[str, Any], usual: ResponseStatus = "completed") -> ResponseCompleted:
    """The end of a response in a frame. Never raises. `usual` is its status where the frame names none."""
    places = list(_nested(raw))
    details = [found for place in places for name in _DETAILS if (found := _object(place.get(name)))]
    errors = list(_errors([*places, *details]))
    said = (error for error in errors if _first([error], *_CODES, *_MESSAGES))
    error = next(said, errors[0] if errors else {})
    reason = _first([*details, *places], *_REASONS)
    status = _status([*places, *details], reason, usual, failed=bool(error))
    usages = [usage for place in places if (usage := service_figures.usage(place.get("usage"))) is not None]
    usage = usages[0] if usages else service_figures.find_usage(raw)
    if status == "completed":
        return ResponseCompleted(usage)
    code = one_line(_first([error], *_CODES) or _status_code(places), LONGEST_CODE)
    words = _first([error], *_MESSAGES) or _first([*details, *places], "message")
    return ResponseCompleted(
        usage, status, one_line(reason, LONGEST_CODE), code, one_line(words, LONGEST_MESSAGE)
    )


def _nested(raw: Mapping[str, Any], name: str = "response") -> Iterator[Mapping[str, Any]]:
    """The frame, and what stands in it under this name, and again in that."""
    place: object = raw
    for _ in range(_DEEPEST):
        if not isinstance(place, Mapping):
            return
        yield place
        place = _one(place.get(name))


def _status(
    places: list[Mapping[str, Any]], reason: str, usual: ResponseStatus, *, failed: bool
) -> ResponseStatus:
    """What a place says first, another word than completed before that one; else what follows from an error
    or from the reason."""
    values = [_one(place.get(name)) for place in places for name in ("status", "type")]
    words = [_known(value.get("type") if isinstance(value, Mapping) else value) for value in values]
    if said := [word for word in words if word]:
        return next((word for word in said if word != "completed"), said[0])
    if failed or _status_code(places):
        return "failed"
    # A reason like "stop" is no status: only the words for a cut count.
    return _known(reason) or usual


def _status_code(places: list[Mapping[str, Any]]) -> str:
    """An HTTP status of a failure in place of a word, empty if there is none."""
    numbers = (_text(_one(place.get("status"))) for place in places)
    return next((number for number in numbers if re.fullmatch("[45][0-9][0-9]", number)), "")


def _known(word: object) -> ResponseStatus | None:
    return STATUSES.get(_text(word)[:LONGEST_CODE].strip().lower())


def _errors(places: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for place in places:
        error = _one(place.get("error"))
        if isinstance(error, str) and error.strip():
            yield {"message": error}
        elif isinstance(error, int | float) and error:
            yield {"code": error}
        elif isinstance(error, Mapping) and any(error.values()):
            # An error in an error says more than the one around it.
            yield list(_nested(error, "error"))[-1]


def _first(places: list[Mapping[str, Any]], *names: str) -> str:
    """The first text under any of these names."""
    return next((text for place in places for name in names if (text := _text(place.get(name)))), "")


def _one(value: object) -> object:
    """What is meant: the first of a list."""
    for _ in range(_DEEPEST):
        if isinstance(value, list):
            value = next(iter(value), None)
    return value


def _object(value: object) -> Mapping[str, Any]:
    """Details; a text instead of an object is the reason, or words where it is more than one."""
    value = _one(value)
    if isinstance(value, str) and value.strip():
        return {"message" if " " in value.strip() else "reason": value}
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    """A text, or a whole number as one: some codes are HTTP's."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(int(value)) if abs(value) < 10**9 and value == int(value) else ""
