"""Why a session was ended: one table, by code first, by known words if there is no code.

Each reason has a plain sentence, what the program does next, and the one thing that a user can do about it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from desktop.base.message import Message, Text

Action = Literal["", "top_up", "reconnect", "change_key", "check_address", "choose_model", "wait"]
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
SESSION_ENDED = Text("session-ended", "The service ended the session. Connect again to continue.")
SESSION_ENDED_SAYING = Text("session-ended-saying", "{words} Connect again to continue.")

IDLE = Ending(SESSION_IDLE(), "", "rest")
EXPIRED = Ending(SESSION_EXPIRED(), follows="again")
BALANCE = Ending(BALANCE_USED_UP(), "top_up")
BUSY = Ending(SESSIONS_FULL(), "wait")
KEY = Ending(KEY_REVOKED(), "change_key")
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
    **dict.fromkeys(("401", "unauthorized", "invalid_api_key", "key_revoked"), KEY),
    **dict.fromkeys(("403", "forbidden", "permission_denied"), FORBIDDEN),
    **dict.fromkeys(("404", "model_not_found"), NO_MODEL),
}
"""The protocol page names the reasons and not how their codes are spelt: HTTP's statuses, the providers' own
codes (`session_expired`, `insufficient_quota`, `invalid_api_key`: OpenAI's list of errors), and the plain
spellings of the rest."""

TEXTS: tuple[tuple[str, Ending], ...] = (
    ("idle", IDLE),
    ("inactiv", IDLE),
    ("maximum duration", EXPIRED),
    ("max duration", EXPIRED),
    ("longest duration", EXPIRED),
    ("balance", BALANCE),
    ("credits", BALANCE),
    ("too many sessions", BUSY),
    ("concurren", BUSY),
)
"""Words of reasons that carry no known code. Source: the protocol page's list of what ends a session."""

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


def reason(code: str, message: str) -> Ending | None:
    """The known reason that this code or message is about, or None."""
    if code in CODES:
        return CODES[code]
    lower = message.lower()
    return next((known for text, known in TEXTS if text in lower), None)


def action(code: str) -> Action:
    """What a user can do about an error with this code, if that is known."""
    return CODES[code].action if code in CODES else ""
