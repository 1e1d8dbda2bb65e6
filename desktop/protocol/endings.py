"""Why a session was ended: one table, by code first, by known words if there is no code.

A close frame has a number and a text, and the text says more: `of_close` looks at it first. Each reason has a
plain sentence, what the program does next, and the one thing that a user can do about it.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from desktop.base.message import Message, Text

Action = Literal[
    "",
    "top_up",
    "reconnect",
    "change_key",
    "check_address",
    "choose_model",
    "wait",
    "add_key",
    "show_last",
    "undo_reset",
    "go_on",
    "use_successor",
]
"""The one thing that helps, which a button offers. `wait`: try again, but not at once."""
Follows = Literal["stop", "rest", "again"]
"""Nothing; nothing until the user speaks or types; a new session at once."""


class Ending(msgspec.Struct, frozen=True):
    """What the end of a session means."""

    message: Message
    action: Action = "reconnect"
    follows: Follows = "stop"


SESSION_IDLE = Text(
    "session-idle", "Nobody spoke for a while, so the service closed the session. Press to talk again."
)
SESSION_EXPIRED = Text(
    "session-expired", "The session reached its maximum duration. Connect again to continue."
)
BALANCE_USED_UP = Text(
    "balance-used-up", "The project's balance is used up. Top it up on the platform, then connect again."
)
SESSIONS_FULL = Text(
    "sessions-full", "The project has too many sessions open. Close one, wait a moment, then try again."
)
KEY_REVOKED = Text("key-revoked", "The key is no longer accepted. Choose another one in the settings.")
MODEL_FORBIDDEN = Text(
    "model-forbidden", "This key isn't allowed to use this model. Use a key that is, or choose another model."
)
MODEL_UNKNOWN = Text("model-unknown", "The service doesn't offer this model. Choose another one.")
QUOTA_USED_UP = Text(
    "quota-used-up",
    "The project's quota at the provider is used up. Raise it on the platform or wait, then connect again.",
)
ASKED_TOO_OFTEN = Text(
    "asked-too-often", "The service has too many requests right now. Wait a moment, then connect again."
)
PLACE_NOT_SERVED = Text(
    "place-not-served",
    "The provider doesn't offer this model at your location. Choose another model.",
)
CONTENT_REFUSED = Text(
    "content-refused",
    "The provider ended the session because of its rules on content. Connect again, and say it differently.",
)
REQUEST_NOT_TAKEN = Text(
    "request-not-taken",
    "The provider didn't accept what was sent. Check the model and its settings, then connect again.",
)
SESSION_ENDED = Text("session-ended", "The service ended the session. Connect again to continue.")
SESSION_ENDED_SAYING = Text("session-ended-saying", "{words} Connect again to continue.")

IDLE = Ending(SESSION_IDLE(), "", "rest")
EXPIRED = Ending(SESSION_EXPIRED(), follows="again")
BALANCE = Ending(BALANCE_USED_UP(), "top_up")
BUSY = Ending(SESSIONS_FULL(), "wait")
KEY = Ending(KEY_REVOKED(), "change_key")
QUOTA = Ending(QUOTA_USED_UP(), "top_up")
RATE = Ending(ASKED_TOO_OFTEN(), "wait")
PLACE = Ending(PLACE_NOT_SERVED(), "choose_model")
CONTENT = Ending(CONTENT_REFUSED())
REQUEST = Ending(REQUEST_NOT_TAKEN(), "choose_model")
FORBIDDEN = Ending(MODEL_FORBIDDEN(), "change_key")
NO_MODEL = Ending(MODEL_UNKNOWN(), "choose_model")

CODES: dict[str, Ending] = {
    **dict.fromkeys(("idle", "idle_timeout", "inactivity_timeout", "session_idle_timeout"), IDLE),
    **dict.fromkeys(
        ("max_duration", "max_duration_exceeded", "max_session_duration", "session_expired"), EXPIRED
    ),
    **dict.fromkeys(
        ("402", "payment_required", "insufficient_balance", "insufficient_credits", "insufficient_quota"),
        BALANCE,
    ),
    **dict.fromkeys(("429", "concurrency_limit", "too_many_sessions", "rate_limit_exceeded"), BUSY),
    "quota_exceeded": QUOTA,
    **dict.fromkeys(("rate_limited", "resource_exhausted"), RATE),
    "unsupported_country_region_territory": PLACE,
    **dict.fromkeys(("content_policy_violation", "content_filter"), CONTENT),
    "invalid_argument": REQUEST,
    **dict.fromkeys(("401", "unauthorized", "invalid_api_key", "key_revoked"), KEY),
    **dict.fromkeys(("403", "forbidden", "permission_denied"), FORBIDDEN),
    **dict.fromkeys(("404", "model_not_found"), NO_MODEL),
}
"""The protocol page names the reasons and not how their codes are spelt: HTTP's statuses, the providers' own
codes (`session_expired`, `insufficient_quota`, `invalid_api_key`: OpenAI's list of errors), and the plain
spellings of the rest."""

WORDS: tuple[tuple[Ending, tuple[str, ...]], ...] = (
    (EXPIRED, ("maximum duration", "max duration", "longest duration", "duration limit", "time limit")),
    (EXPIRED, ("session expired", "session has expired")),
    (IDLE, ("idle", "inactive", "inactivity")),
    (BUSY, ("too many sessions", "concurrent", "concurrency")),
    (QUOTA, ("quota",)),
    (BALANCE, ("balance", "credits", "billing", "payment required")),
    (RATE, ("rate limit", "too many requests", "resource exhausted", "resource has been exhausted")),
    (PLACE, ("location is not supported", "country is not supported", "region is not supported")),
    (PLACE, ("unsupported country", "unsupported region", "unsupported location")),
    (PLACE, ("not available in your country", "not available in your region")),
    (KEY, ("api key", "unauthorized", "unauthenticated", "invalid token", "invalid credentials")),
    (FORBIDDEN, ("forbidden", "permission denied", "not allowed to use")),
    (NO_MODEL, ("model not found", "unknown model", "no such model", "not found for api version")),
    (CONTENT, ("content policy", "content filter", "usage policies", "prohibited content", "safety")),
    (REQUEST, ("invalid argument", "invalid request", "invalid payload")),
)
"""Whole words of reasons that carry no known code, in lower case and with spaces for underscores; the first
that is found counts. Sources: the protocol page's list of what ends a session; the texts of Gemini's and
OpenAI's close frames, as their users report them ("You exceeded your current quota", "Request
contains an invalid argument", "User location is not supported for the API use")."""
_PATTERNS = tuple((re.compile(rf"\b({'|'.join(map(re.escape, words))})\b"), known) for known, words in WORDS)

LONGEST_READ = 2_000
"""Characters of a message in which known words are looked for."""

CLOSE_CODES: dict[int, Ending] = {3000: KEY, 3003: FORBIDDEN}
"""What close codes say by themselves. Source: IANA's registry of them."""
STATUS_CODES = range(4400, 4600)
"""Close codes that many services make of an HTTP status: 4429 is 429."""
COMING_BACK = frozenset({1001, 1012})
"""Close codes of a server that goes away and has another in its place: they say nothing about the turn."""

FATAL = frozenset({"session_expired"})
"""Codes of an `error` event after which the session is over, though the connection stays open. Source:
OpenAI's "Your session hit the maximum duration of 60 minutes", as its users report."""


def ending(code: str, message: str) -> Ending:
    """What it means that a session was ended with this code and message."""
    known = reason(code, message)
    if known:
        return known
    words = message.strip()
    if not words:
        return Ending(SESSION_ENDED())
    return Ending(SESSION_ENDED_SAYING(words=words if words.endswith((".", "!", "?")) else f"{words}."))


def of_close(code: int, text: str) -> Ending | None:
    """The known reason that a close frame with this code and text is about, or None."""
    known = reason(text.strip().lower(), text) or CLOSE_CODES.get(code)
    return known or (CODES.get(str(code - 4000)) if code in STATUS_CODES else None)


def reason(code: str, message: str) -> Ending | None:
    """The known reason that this code or message is about, or None."""
    if code in CODES:
        return CODES[code]
    words = " ".join(message[:LONGEST_READ].lower().replace("_", " ").split())
    return next((known for pattern, known in _PATTERNS if pattern.search(words)), None)


def action_in_session(code: str) -> Action:
    """What a user can do about an error with this code while the session stays open, if that is known.

    Another session would change nothing about a service that is busy, or about what it refuses to say.
    """
    known = CODES[code].action if code in CODES else ""
    return known if known in ("top_up", "change_key", "choose_model") else ""
