"""The messages on why a session could not be opened or kept."""

from __future__ import annotations

from desktop.base.message import Message, Text

BASE_URL = Text("base-url", "service address")
TICKET_ADDRESS = Text("ticket-address", "ticket address")
SIGN_IN_PAGE = Text("sign-in-page", "sign-in page's address")
"""The user's word for an address, for the place `address`."""

# What the service answers to the upgrade
BAD_REQUEST = Text("bad-request", "The service did not accept the request. Check the model and the settings.")
KEY_REFUSED = Text(
    "key-refused",
    "The key was refused. Check that it is a project's runtime key and has not been revoked.",
)
NO_BALANCE = Text(
    "no-balance", "The project's balance is used up. Top it up on the platform, then connect again."
)
MODEL_NOT_ALLOWED = Text(
    "model-not-allowed",
    "This key isn't allowed to use this model. Choose another model, or use a key that is.",
)
NO_SERVICE = Text("no-service", "There is no realtime service at this address. Check the service address.")
TOO_MANY_SESSIONS = Text(
    "too-many-sessions",
    "The project has too many sessions open. Close one, wait a moment, then connect again.",
)
TICKET_REFUSED = Text(
    "ticket-refused",
    "The ticket was refused: it was already used or is too old. Connect again for a new one.",
)
TICKET_MODEL_NOT_ALLOWED = Text(
    "ticket-model-not-allowed",
    "This ticket isn't valid for this model. Choose another model, or ask whoever issues the tickets.",
)
CONNECTION_REFUSED = Text(
    "connection-refused", "The service refused the connection. Check the service address."
)
SERVICE_FAILED = Text("service-failed", "The service is having problems. Try again in a minute.")
SAYING = Text("saying", "{message} It said: {words}")
ASKING_TO_WAIT = Text("asking-to-wait", "{message} It asks you to wait {time}.")
MINUTES = Text("minutes", "{count} minutes")
HOURS = Text("hours", "{count} hours")

# The address, and the way there
NO_URL = Text("no-url", "The {address} isn't valid. Example: https://api.opper.ai.")
NOT_ENCRYPTED = Text("not-encrypted", "The {address} must begin with https://, so that nobody can listen in.")
NAME_IN_URL = Text("name-in-url", "The {address} contains a name or a password. Leave them out.")
KEY_NOT_ENCRYPTED = Text(
    "key-not-encrypted", "The service address must begin with https://, so that the key is sent encrypted."
)
HOST_NOT_FOUND = Text("host-not-found", "{host} was not found. Check the network and the {address}.")
NOTHING_ANSWERS = Text(
    "nothing-answers", "Nothing answers at {host}. Check the {address} and that the service is running."
)
NO_ANSWER_IN_TIME = Text(
    "no-answer-in-time", "{host} did not answer in time. Check the network and try again."
)
NOT_THE_SERVICE = Text(
    "not-the-service", "{host} answers, but is not the realtime service. Check the {address}."
)
NOT_ASKED_FOR = Text(
    "not-asked-for", "{host} sent something other than what was requested. Check the {address}."
)
UNREACHABLE = Text("unreachable", "{host} can't be reached. Check the network and try again.")
REDIRECTS_IN_A_CIRCLE = Text(
    "redirects-in-a-circle", "{host} redirects requests in a loop. Check the {address}."
)
REDIRECTS_TO_THIS_COMPUTER = Text(
    "redirects-to-this-computer", "{host} redirects requests to this computer. Check the {address}."
)
REDIRECTS_AWAY = Text(
    "redirects-away",
    "{host} redirects to {there}, and no key is sent there. If this network has a sign-in page, open a "
    "browser and sign in; otherwise check the {address}.",
)
REDIRECTS_NOWHERE = Text(
    "redirects-nowhere", "{host} redirects to an address that isn't valid. Check the {address}."
)
ANSWER_TOO_LARGE = Text("answer-too-large", "{host} sent an answer that is too large.")
# The end of a connection; `reason` is empty, or the service's own word with a space and in brackets
CONNECTION_DROPPED = Text(
    "connection-dropped", "The connection dropped. Check the network; what you said is kept."
)
SESSION_CLOSED = Text("session-closed", "The service closed the session{reason}.")
SESSION_BROKEN_OFF = Text("session-broken-off", "The service aborted the session{reason}.")
SESSION_AGAINST_RULES = Text(
    "session-against-rules",
    "The service ended the session under its rules{reason}. Connect again to continue.",
)
FRAME_TOO_LARGE = Text(
    "frame-too-large", "The service sent a frame that is too large. Connect again to continue."
)

CONNECT_AGAIN = Text("connect-again", "{message} Connect again to continue.")
ENDED_TWICE = Text(
    "ended-twice",
    "{message} It did so twice after the same words. They are kept: connect again to send them once more.",
)

# The start of a session
UNKNOWN_AUDIO_FORMAT = Text(
    "unknown-audio-format",
    "The service uses the audio format {format}; this program supports only pcm16. Choose another model.",
)
NO_SESSION_IN_TIME = Text(
    "no-session-in-time", "The service accepted the connection but opened no session. Try again."
)
CLOSED_BEFORE_SESSION = Text("closed-before-session", "The connection was closed before the session opened.")
SESSION_REFUSED = Text("session-refused", "The service refused the session.")
WITHOUT_SESSION = Text("without-session", "{message} No session was opened.")
SESSION_NOT_RENEWED = Text("session-not-renewed", "A new session could not be opened.")

# The key and the ticket
NO_KEY = Text(
    "no-key", "There is no key. Add one in the settings or set OPPER_API_KEY, or choose the offline demo."
)
MANAGEMENT_KEY = Text(
    "management-key",
    "This is a management key (opmak-…). Sessions need a project's runtime key: create one on the platform.",
)
BROKEN_KEY = Text("broken-key", "The key contains invalid characters. Copy it again, without line breaks.")
BROKEN_TICKET = Text(
    "broken-ticket",
    "The ticket is too long or contains invalid characters. Tell whoever issues the tickets.",
)

STATUS_MESSAGES: dict[int, Message] = {
    400: BAD_REQUEST(),
    401: KEY_REFUSED(),
    402: NO_BALANCE(),
    403: MODEL_NOT_ALLOWED(),
    404: NO_SERVICE(),
    429: TOO_MANY_SESSIONS(),
}
"""Source: the statuses that the protocol page names for the upgrade."""
TICKET_MESSAGES = STATUS_MESSAGES | {401: TICKET_REFUSED(), 403: TICKET_MODEL_NOT_ALLOWED()}
"""The same, where a ticket opened the connection."""
