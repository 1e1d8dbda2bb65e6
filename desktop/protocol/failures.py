"""Why a response failed or was cut off: one table, by code or reason first, by known words if there is none.

The session stays open, so the sentences differ from those about its end (`protocol/endings.py`).
"""

from __future__ import annotations

import re

import msgspec

from desktop.base.message import Message, Text
from desktop.protocol import endings
from desktop.protocol.endings import Action
from desktop.protocol.events import ResponseCompleted

ANSWER_UNPAID = Text(
    "answer-unpaid",
    "The answer failed: the project's balance is used up. Top it up on the platform, then ask again.",
)
ANSWER_RATE_LIMITED = Text(
    "answer-rate-limited",
    "The answer failed: the service got too many requests at once. Wait a moment, then ask again.",
)
ANSWER_OVERLOADED = Text(
    "answer-overloaded", "The answer failed: the service is overloaded. Wait a moment, then ask again."
)
ANSWER_FILTERED = Text(
    "answer-filtered", "The service's content filter stopped the answer. Ask in another way."
)
ANSWER_TOO_LONG = Text(
    "answer-too-long", "The answer is cut off: it reached the model's length limit. Ask it to go on."
)
ANSWER_FAILED = Text("answer-failed", "The answer failed, and the service didn't say why. Ask again.")
ANSWER_FAILED_SAYING = Text("answer-failed-saying", "The answer failed. {words} Ask again.")
ANSWER_INCOMPLETE = Text(
    "answer-incomplete", "The answer is cut off, and the service didn't say why. Ask it to go on."
)
ANSWER_INCOMPLETE_SAYING = Text("answer-incomplete-saying", "The answer is cut off. {words} Ask it to go on.")
ANSWER_CANCELLED = Text("answer-cancelled", "The service stopped the answer. Ask again.")
ANSWER_CANCELLED_SAYING = Text(
    "answer-cancelled-saying", "The service stopped the answer. {words} Ask again."
)

TURN_DETECTED = "turn_detected"
"""The reason of a cancelled response to which the user began to speak."""


class Failure(msgspec.Struct, frozen=True):
    """What a response that isn't complete means to the user."""

    message: Message
    action: Action = ""


UNPAID = Failure(ANSWER_UNPAID(), "top_up")
RATE_LIMITED = Failure(ANSWER_RATE_LIMITED())
OVERLOADED = Failure(ANSWER_OVERLOADED())
FILTERED = Failure(ANSWER_FILTERED())
TOO_LONG = Failure(ANSWER_TOO_LONG())

CODES: dict[str, Failure] = {
    **{code: UNPAID for code, known in endings.CODES.items() if known is endings.BALANCE},
    **dict.fromkeys(("billing_hard_limit_reached", "quota_exceeded", "billing_error"), UNPAID),
    **{code: RATE_LIMITED for code, known in endings.CODES.items() if known is endings.BUSY},
    **dict.fromkeys(
        ("rate_limit", "rate_limit_error", "rate_limited", "too_many_requests", "resource_exhausted"),
        RATE_LIMITED,
    ),
    **dict.fromkeys(("503", "529", "overloaded", "overloaded_error", "service_unavailable"), OVERLOADED),
    **dict.fromkeys(("content_filter", "content_policy_violation", "content_policy", "moderation"), FILTERED),
    **dict.fromkeys(("safety", "prohibited_content", "blocklist", "recitation"), FILTERED),
    **dict.fromkeys(("max_output_tokens", "max_response_output_tokens", "max_tokens", "length"), TOO_LONG),
    **{
        code: Failure(known.message, known.action)
        for code, known in endings.CODES.items()
        if known in (endings.KEY, endings.FORBIDDEN, endings.NO_MODEL)
    },
}
"""The codes and reasons of OpenAI's `status_details`, Gemini's finish reasons in small letters, and HTTP's
statuses."""

TEXTS: tuple[tuple[str, Failure], ...] = (
    ("exceeded your current quota", UNPAID),
    ("balance", UNPAID),
    ("credits", UNPAID),
    ("rate limit", RATE_LIMITED),
    ("too many requests", RATE_LIMITED),
    ("overloaded", OVERLOADED),
    ("content filter", FILTERED),
    ("content policy", FILTERED),
    ("content management policy", FILTERED),
)
"""Whole words of failures that carry no known code."""
_PATTERNS = tuple((re.compile(rf"\b{re.escape(text)}\b"), known) for text, known in TEXTS)


def reason(code: str, why: str, message: str) -> Failure | None:
    """The known reason behind this code, this `reason` or these words; None if they are not known."""
    for name in (code.lower(), why.lower()):
        if name in CODES:
            return CODES[name]
    lower = message.lower()
    return next((known for pattern, known in _PATTERNS if pattern.search(lower)), None)


def failure(end: ResponseCompleted) -> Failure:
    """What it means that a response ended like this: its known reason, else the service's own words."""
    known = reason(end.code, end.reason, end.message)
    if known:
        return known
    words = end.message
    if words and not words.endswith((".", "!", "?", "…")):
        words = f"{words}."
    match end.status:
        case "incomplete":
            return Failure(ANSWER_INCOMPLETE_SAYING(words=words) if words else ANSWER_INCOMPLETE())
        case "cancelled":
            return Failure(ANSWER_CANCELLED_SAYING(words=words) if words else ANSWER_CANCELLED())
        case "failed" | "completed":
            return Failure(
                ANSWER_FAILED_SAYING(words=words) if words else ANSWER_FAILED(),
                endings.action_in_session(end.code),
            )
