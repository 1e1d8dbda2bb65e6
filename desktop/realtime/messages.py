"""The messages on why a session could not be opened or kept."""

from __future__ import annotations

from desktop.base.message import Message, Text

BASE_URL = Text("base-url", "base URL")
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
    "model-not-allowed", "This key may not use this model. Choose another model, or use a key that may."
)
NO_SERVICE = Text("no-service", "There is no realtime service at this address. Check the base URL.")
TOO_MANY_SESSIONS = Text(
    "too-many-sessions",
    "The project has too many sessions open. Close one, wait a little, then connect again.",
)
TICKET_REFUSED = Text(
    "ticket-refused",
    "The ticket was refused: it was used before, or is too old. Connect again for a new one.",
)
TICKET_MODEL_NOT_ALLOWED = Text(
    "ticket-model-not-allowed",
    "This ticket may not use this model. Choose another model, or ask whoever hands out the tickets.",
)
CONNECTION_REFUSED = Text("connection-refused", "The service refused the connection. Check the base URL.")
SERVICE_FAILED = Text("service-failed", "The service has a problem of its own. Try again in a minute.")
SAYING = Text("saying", "{message} It said: {words}")
ASKING_TO_WAIT = Text("asking-to-wait", "{message} It asks for a wait of {time}.")
MINUTES = Text("minutes", "{count} minutes")
HOURS = Text("hours", "{count} hours")

# The address, and the way there
NO_URL = Text("no-url", "The {address} is not one. It looks like https://api.opper.ai.")
NOT_ENCRYPTED = Text("not-encrypted", "The {address} must begin with https://, so that nobody can listen in.")
NAME_IN_URL = Text("name-in-url", "The {address} has a name or a password in it. Leave them out.")
KEY_NOT_ENCRYPTED = Text(
    "key-not-encrypted", "The base URL must begin with https://, so that the key travels encrypted."
)
HOST_NOT_FOUND = Text("host-not-found", "{host} was not found. Check the network and the {address}.")
NOTHING_ANSWERS = Text(
    "nothing-answers", "Nothing answers at {host}. Check the {address} and that the service runs."
)
NO_ANSWER_IN_TIME = Text(
    "no-answer-in-time", "{host} did not answer in time. Check the network and try again."
)
NOT_THE_SERVICE = Text(
    "not-the-service", "What answers at {host} is not the realtime service. Check the {address}."
)
NOT_ASKED_FOR = Text(
    "not-asked-for", "What answers at {host} is not what was asked for. Check the {address}."
)
UNREACHABLE = Text("unreachable", "{host} can't be reached. Check the network and try again.")
REDIRECTS_IN_A_CIRCLE = Text(
    "redirects-in-a-circle", "{host} sends requests in a circle. Check the {address}."
)
REDIRECTS_TO_THIS_COMPUTER = Text(
    "redirects-to-this-computer", "{host} sends requests on to this computer. Check the {address}."
)
ANSWER_TOO_LARGE = Text("answer-too-large", "{host} sends an answer that is too large to be one.")
PROXY_REFUSED = Text(
    "proxy-refused", "The network's proxy does not let {host} through. Check the proxy's settings."
)
SOCKS_PROXY = Text(
    "socks-proxy", "The network's SOCKS proxy can't be used. Set an HTTP proxy, or none (NO_PROXY)."
)

# The end of a connection; `reason` is empty, or the service's own word with a space and in brackets
CONNECTION_DROPPED = Text(
    "connection-dropped", "The connection dropped. Check the network; what you said is kept."
)
SESSION_CLOSED = Text("session-closed", "The service closed the session{reason}. Connect again.")
SESSION_BROKEN_OFF = Text("session-broken-off", "The service broke the session off{reason}. Connect again.")
SESSION_AGAINST_RULES = Text(
    "session-against-rules",
    "The service ended the session by its rules{reason}. Connect again to go on.",
)
FRAME_TOO_LARGE = Text(
    "frame-too-large", "The service sent a frame that is too large to be one. Connect again to go on."
)

# The start of a session
UNKNOWN_AUDIO_FORMAT = Text(
    "unknown-audio-format",
    "The service speaks the audio format {format}, and this program only pcm16. Choose another model.",
)
NO_SESSION_IN_TIME = Text(
    "no-session-in-time", "The service took the connection but opened no session. Try again."
)
CLOSED_BEFORE_SESSION = Text(
    "closed-before-session", "The connection was closed before the session was open."
)
SESSION_REFUSED = Text("session-refused", "The service refused the session.")
WITHOUT_SESSION = Text("without-session", "{message} It opened no session.")
SESSION_NOT_RENEWED = Text("session-not-renewed", "Another session could not be had.")

# The key and the ticket
NO_KEY = Text("no-key", "There is no key. Set OPPER_API_KEY, or use the model offline/demo.")
MANAGEMENT_KEY = Text(
    "management-key",
    "This is a management key (opmak-…). Sessions need a project's runtime key: make one on the platform.",
)
BROKEN_KEY = Text("broken-key", "The key has characters that no key has. Copy it again, without line breaks.")
BROKEN_TICKET = Text(
    "broken-ticket", "The ticket has characters that no ticket has. Tell whoever runs the ticket address."
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
