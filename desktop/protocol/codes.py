"""What the server's errors mean to a client: one table, by code first, by known text where there is none."""

from __future__ import annotations

from enum import Enum

from desktop.base.message import Message, Text, verbatim
from desktop.protocol.events import Error


class Meaning(Enum):
    """How the turn takes an error."""

    BENIGN = "only for the event log"
    RESPONSE_ACTIVE = "a response runs already: ours must wait"
    NO_RESPONSE = "there was nothing to cancel"
    NOTHING_HEARD = "the committed buffer was too small"
    RESULT_LATE = "a tool's result came when nobody waited for it any more"
    ASIDE = "the user is told, and the response goes on"
    SHOWN = "the user is told"


CODES: dict[str, Meaning] = {
    "conversation_already_has_active_response": Meaning.RESPONSE_ACTIVE,
    "response_cancel_not_active": Meaning.NO_RESPONSE,
    "input_audio_buffer_commit_empty": Meaning.NOTHING_HEARD,
    "item_truncate_invalid_item_id": Meaning.BENIGN,
    "invalid_tool_call_id": Meaning.RESULT_LATE,
    "speech_unavailable": Meaning.ASIDE,
    "speech_failed": Meaning.ASIDE,
    "no_recognition_in_build": Meaning.ASIDE,
    "no_voice_in_build": Meaning.ASIDE,
}
"""Codes that providers send. Source: their realtime error lists, as seen in public clients' issues; the last
four are the offline provider's: it goes on in text."""

NO_RECOGNITION_IN_BUILD = Text(
    "no-recognition-in-build",
    "This small build has no speech recognition: type to the demo, or get the full build.",
)
NO_VOICE_IN_BUILD = Text(
    "no-voice-in-build", "This small build doesn't include the demo's voice: answers come as text only."
)
UNNAMED_ERROR = Text("unnamed-error", "The service reported an error without a message.")
MESSAGES: dict[str, Message] = {
    "no_recognition_in_build": NO_RECOGNITION_IN_BUILD(),
    "no_voice_in_build": NO_VOICE_IN_BUILD(),
}
"""Our own words for a code: those of the offline provider. For others the service's words are shown."""

TEXTS: tuple[tuple[str, Meaning], ...] = (
    ("already has an active response", Meaning.RESPONSE_ACTIVE),
    ("buffer too small", Meaning.NOTHING_HEARD),
    ("not found in conversation", Meaning.BENIGN),
    ("tool call id", Meaning.RESULT_LATE),
    ("cancel", Meaning.NO_RESPONSE),
)
"""Texts of errors that carry no code. Source: the protocol page's list of errors not to show."""

UPDATE_CODES = frozenset(
    {
        "cannot_update_voice",
        "model_change_refused",
        "session_update_error",
        "unsupported_field",
        "unsupported_turn_detection",
        "voice_not_found",
    }
)
"""Codes that refuse a `session.update`; else the text names the field. Source: as above, and the offline
provider's own."""

GENERIC = frozenset({"", "error", "invalid_request_error"})
"""Codes that say nothing: only then is the text looked at."""


def meaning(error: Error) -> Meaning:
    """What this error means: its code if the table has it, else the first known text in its message."""
    by_code = CODES.get(error.code)
    if by_code is not None:
        return by_code
    if error.code not in GENERIC:
        return Meaning.SHOWN
    message = error.message.lower()
    for text, known in TEXTS:
        if text in message:
            return known
    return Meaning.SHOWN


def message_of(error: Error) -> Message:
    """What the user is told: our own words where `MESSAGES` has the code, else the service's."""
    if error.code in MESSAGES:
        return MESSAGES[error.code]
    return verbatim(error.message) if error.message else UNNAMED_ERROR()
