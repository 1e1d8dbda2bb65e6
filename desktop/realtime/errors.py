"""What can go wrong with a session, each with a message and the next step.

RealtimeError
├── AddressError        the base URL can't be used
├── CredentialError     no key, or one that is refused before connecting
├── UnreachableError    nobody answers there: DNS, refused, timeout, TLS       (worth a retry)
├── RefusedError        the service said no, on the upgrade or to `session.start`
├── DroppedError        an open session was lost                               (worth a retry)
└── EndedError          the service ended the session for a known reason       (see `protocol.endings`)

`message` is for the user, and `action` is what helps. `code` is the raw code, which is shown small.
"""

from __future__ import annotations

import email.utils
import socket
import ssl
import time
from collections.abc import Iterable, Mapping

import msgspec
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.http11 import Response

from desktop.base.message import Message, MessageError, Text
from desktop.base.redaction import redact
from desktop.base.terminal import one_line
from desktop.protocol import endings
from desktop.protocol.endings import Action, Ending
from desktop.realtime import in_between, messages, tls
from desktop.realtime.messages import STATUS_MESSAGES, TICKET_MESSAGES

LONGEST_WAIT_S = 120.0
"""A longer wait than this is left to the user: nobody wants to watch a window reconnect for minutes."""
MOST_RETRY_AFTER_S = 24 * 3_600.0
"""What a `Retry-After` is cut to: longer ones come from clocks or headers that are wrong."""


EXPLAINED = frozenset({400, 403, 404, 422})
"""Statuses whose reason only the service knows: its own words are quoted."""
TRANSIENT = frozenset({408, 421, 425, 429})
"""Statuses that mean "not now"; those from 500 on do too."""
FINAL = frozenset({400, 401, 402, 422})
"""Statuses that only the service gives, for what another try won't change. Any other may come from something
in between, or from a service that starts again."""
LONGEST_EXPLANATION = 200
"""Characters of the service's own words in a sentence for the user."""


class RealtimeError(MessageError):
    """A session could not be opened or kept. `after_s` is how many seconds the other side asks to wait.

    `retry`: another try may go well. `may_pass`: it may once there was a session, for then the address and
    the key are right. `deliberate`: the service meant it: the same turn may meet the same end again.
    The message and the code may quote the service, and so what it was sent: secrets are redacted in both.
    """

    usual: Action = "reconnect"
    usually_passes = False

    def __init__(
        self,
        message: Message,
        *,
        code: str = "",
        retry: bool = False,
        may_pass: bool = False,
        deliberate: bool = False,
        after_s: float = 0.0,
        action: Action | None = None,
    ) -> None:
        super().__init__(message.mapped(redact))
        self.code = redact(code)
        self.retry = retry
        self.may_pass = retry or may_pass or self.usually_passes
        self.deliberate = deliberate
        self.after_s = after_s
        self.action = self.usual if action is None else action

    @property
    def unreachable(self) -> bool:
        """Whether nobody answered or the line broke: the network may be why."""
        return isinstance(self, UnreachableError) or self.code == "1006"

    def reword(self, text: Text) -> None:
        """Say it with this text, whose place `message` has what it said before."""
        self.message = text(message=self.message)
        self.args = (self.message,)


class AddressError(RealtimeError):
    """The base URL can't be used."""

    usual = "check_address"


class CredentialError(RealtimeError):
    """There is no key, or it can't be one."""

    usual = "change_key"


class UnreachableError(RealtimeError):
    """Nobody answers at the address, or something in between does."""

    usually_passes = True


class RefusedError(RealtimeError):
    """The service refused the connection or the session."""


class DroppedError(RealtimeError):
    """An open session was lost."""


class EndedError(RealtimeError):
    """The service ended the session, and said why. `rests`: no other is needed before the user speaks."""

    def __init__(self, ending: Ending, code: str) -> None:
        again = ending.follows == "again"
        super().__init__(ending.message, code=code, retry=again, deliberate=True, action=ending.action)
        self.rests = ending.follows == "rest"


STATUS_ACTIONS: dict[int, Action] = {
    400: "choose_model",
    401: "change_key",
    402: "top_up",
    403: "change_key",
    404: "check_address",
    429: "wait",
}
"""What helps with each."""
TICKET_ACTIONS: dict[int, Action] = STATUS_ACTIONS | {401: "reconnect", 403: "choose_model"}


def refused(
    status: int,
    texts: Mapping[int, Message] = STATUS_MESSAGES,
    *,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    host: str = "",
    address: Message | None = None,
) -> RefusedError | UnreachableError:
    """The error for an HTTP status, with its `Retry-After`, and what the body says where that helps.

    `texts` may have one under 500 for all 5xx, and one under 0 for any other failure. With the `host` that
    was asked, the page of something in between is told from an answer of the service's.
    """
    headers = list(headers)
    page = in_between.message(status, headers, body, host, address or messages.BASE_URL()) if host else None
    if page:
        return UnreachableError(page, code=str(status), retry=True)
    troubled = status >= 500 or status in TRANSIENT
    usual = messages.SERVICE_FAILED() if troubled else messages.CONNECTION_REFUSED()
    message = texts.get(status) or texts.get(500 if troubled else 0) or usual
    words = explanation(body) if status in EXPLAINED else ""
    if words:
        message = messages.SAYING(message=message, words=words)
    after_s = retry_after_s(headers)
    too_long = after_s > LONGEST_WAIT_S
    if too_long:
        message = messages.ASKING_TO_WAIT(message=message, time=_rounded(after_s))
    actions = TICKET_ACTIONS if texts is TICKET_MESSAGES else STATUS_ACTIONS
    usual_action: Action = "reconnect" if troubled else "check_address"
    return RefusedError(
        message,
        code=str(status),
        retry=troubled and not too_long,
        may_pass=status not in FINAL and not too_long,
        deliberate=bool(words),
        after_s=after_s,
        action=actions.get(status, usual_action),
    )


def explanation(body: bytes) -> str:
    """The message in an error's body, in one line and without secrets; empty if there is none."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return ""
    for name in ("error", "message", "detail", "message"):
        if isinstance(found, dict) and name in found:
            found = found[name]
    return one_line(redact(found), LONGEST_EXPLANATION) if isinstance(found, str) else ""


def retry_after_s(headers: Iterable[tuple[str, str]]) -> float:
    """The seconds that `Retry-After` asks for, a day at most; 0 where it asks for none.

    A date counts from the answer's own `Date`, where it has one: the clocks may differ.
    """
    values = {name.lower(): value for name, value in headers}
    retry_after = values.get("retry-after", "").strip()
    if retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after[:9]), MOST_RETRY_AFTER_S)
    until, now = _seconds(retry_after), _seconds(values.get("date", ""))
    if until is None:
        return 0.0
    return min(max(0.0, until - (time.time() if now is None else now)), MOST_RETRY_AFTER_S)


def _seconds(date: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(date).timestamp() if date else None
    except (ValueError, OverflowError):
        return None


def _rounded(seconds: float) -> Message:
    if seconds < 3_600:
        return messages.MINUTES(count=round(seconds / 60))
    return messages.HOURS(count=round(seconds / 3_600))


def unreachable(
    exc: Exception,
    host: str,
    texts: Mapping[int, Message] = STATUS_MESSAGES,
    address: Message | None = None,
) -> RealtimeError:
    """The error for what `websockets.connect` or a socket raised; `address` is what the user calls it."""
    address = address or messages.BASE_URL()
    if isinstance(exc, InvalidStatus):
        return _not_upgraded(exc.response, host, texts, address)
    if isinstance(exc, InvalidURI):
        return AddressError(messages.NO_URL(address=address))
    code = type(exc).__name__
    if isinstance(exc, ssl.SSLError):
        return UnreachableError(tls.message(exc, host), code=code)
    if isinstance(exc, socket.gaierror):
        message = messages.HOST_NOT_FOUND(host=host, address=address)
    elif isinstance(exc, ConnectionRefusedError):
        message = messages.NOTHING_ANSWERS(host=host, address=address)
    elif isinstance(exc, TimeoutError):
        message = messages.NO_ANSWER_IN_TIME(host=host)
    elif isinstance(exc, InvalidHandshake | EOFError):
        return UnreachableError(messages.NOT_THE_SERVICE(host=host, address=address), code=code)
    else:
        message = messages.UNREACHABLE(host=host)
    return UnreachableError(message, code=code, retry=True)


def _not_upgraded(
    answer: Response, host: str, texts: Mapping[int, Message], address: Message
) -> RefusedError | UnreachableError:
    headers, body = list(answer.headers.raw_items()), bytes(answer.body or b"")
    error = refused(answer.status_code, texts, headers=headers, body=body, host=host, address=address)
    if answer.status_code < 400 and isinstance(error, RefusedError):
        not_the_service = messages.NOT_THE_SERVICE(host=host, address=address)
        return UnreachableError(not_the_service, code=error.code, action="check_address")
    return error


def dropped(exc: ConnectionClosed) -> RealtimeError:
    """The error for a connection that ended although we didn't close it."""
    close = exc.rcvd
    if close is None:
        return DroppedError(messages.CONNECTION_DROPPED(), code="1006", retry=True)
    code = str(close.code)
    known = endings.of_close(close.code, close.reason)
    if known:
        return EndedError(known, code)
    words = one_line(close.reason, LONGEST_EXPLANATION)
    reason = f" ({words})" if words else ""
    if close.code == 1008:
        return DroppedError(messages.SESSION_AGAINST_RULES(reason=reason), code=code, deliberate=True)
    text = messages.SESSION_CLOSED if close.code == 1000 else messages.SESSION_BROKEN_OFF
    deliberate = close.code not in endings.COMING_BACK
    return DroppedError(text(reason=reason), code=code, retry=True, deliberate=deliberate)
