"""How a response ended, from every shape that `response.completed` and its kin are seen in.

OpenAI's is `response: {status, status_details: {type, reason, error: {type, code, message}}}`; its other
interface has `error` and `incomplete_details: {reason}` beside the status, and the fields may stand at the
top as well as under `response`. Whatever a service says there is cut to one line of plain text.
"""

from __future__ import annotations

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


def read(raw: Mapping[str, Any], usual: ResponseStatus = "completed") -> ResponseCompleted:
    """The end of a response in a frame. Never raises. `usual` is its status where the frame names none."""
    nested = raw.get("response")
    places = [raw, nested] if isinstance(nested, Mapping) else [raw]
    details = [found for place in places for name in _DETAILS if (found := _object(place.get(name)))]
    error = next(_errors([*places, *details]), None) or {}
    reason = _first([*details, *places], *_REASONS)
    status = _status([*places, *details], reason, usual, failed=bool(error))
    usages = [usage for place in places if (usage := service_figures.usage(place.get("usage"))) is not None]
    usage = usages[0] if usages else None
    if status == "completed":
        return ResponseCompleted(usage)
    code = one_line(_text(error.get("code")) or _text(error.get("type")), LONGEST_CODE)
    words = _text(error.get("message")) or _first([*details, *places], "message")
    return ResponseCompleted(
        usage, status, one_line(reason, LONGEST_CODE), code, one_line(words, LONGEST_MESSAGE)
    )


def _status(
    places: list[Mapping[str, Any]], reason: str, usual: ResponseStatus, *, failed: bool
) -> ResponseStatus:
    """What a place says first, else what follows from an error or from the reason."""
    for place in places:
        for name in ("status", "type"):
            value = place.get(name)
            if known := _known(value.get("type") if isinstance(value, Mapping) else value):
                return known
    if failed:
        return "failed"
    # A reason like "stop" is no status: only the words for a cut count.
    return _known(reason) or usual


def _known(word: object) -> ResponseStatus | None:
    return STATUSES.get(_text(word)[:LONGEST_CODE].strip().lower())


def _errors(places: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for place in places:
        error = place.get("error")
        if isinstance(error, list):
            error = next(iter(error), None)
        if isinstance(error, str) and error.strip():
            error = {"message": error}
        elif isinstance(error, int):
            error = {"code": error}
        if isinstance(error, Mapping) and any(_text(error.get(name)) for name in ("code", "type", "message")):
            yield error


def _first(places: list[Mapping[str, Any]], *names: str) -> str:
    """The first text under any of these names."""
    return next((text for place in places for name in names if (text := _text(place.get(name)))), "")


def _object(value: object) -> Mapping[str, Any]:
    """Details; a text instead of an object is the reason, or words where it is more than one."""
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, str) and value.strip():
        return {"message" if " " in value.strip() else "reason": value}
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    """A text, or a number as one: some codes are HTTP's."""
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9
    return str(value) if is_number else ""
