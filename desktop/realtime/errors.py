"""What can go wrong with a session, each with a plain sentence and the next step.

RealtimeError
├── AddressError        the base URL can't be used
├── CredentialError     no key, or one that is refused before connecting
├── UnreachableError    nobody answers there: DNS, refused, timeout, TLS       (worth a retry)
├── RefusedError        the service said no, on the upgrade or to `session.start`
├── DroppedError        an open session was lost                               (worth a retry)
└── EndedError          the service ended the session, and said why            (see `protocol.endings`)

`str(error)` is for the user, and `action` is what helps. `code` is the raw code, which is shown small.
"""

from __future__ import annotations

import email.utils
import socket
import ssl
import time
from collections.abc import Iterable, Mapping

import msgspec
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from desktop.base.redaction import redact
from desktop.protocol import endings
from desktop.protocol.endings import Action, Ending
from desktop.realtime import tls

LONGEST_WAIT_S = 120.0
"""A longer wait than this is left to the user: nobody watches a window reconnect for minutes."""


EXPLAINED = frozenset({400, 403, 404, 422})
"""Statuses whose reason only the service knows: its own words are quoted."""
LONGEST_EXPLANATION = 200
"""Characters of the service's own words in a sentence for the user."""


class RealtimeError(Exception):
    """A session could not be had or kept. `after_s` is how many seconds the other side asks to wait.

    The sentence and the code may quote the service, and so what it was sent: no secret stays in them.
    """

    usual: Action = "reconnect"

    def __init__(
        self,
        sentence: str,
        *,
        code: str = "",
        retry: bool = False,
        after_s: float = 0.0,
        action: Action | None = None,
    ) -> None:
        super().__init__(redact(sentence))
        self.code = redact(code)
        self.retry = retry
        self.after_s = after_s
        self.action = self.usual if action is None else action


class AddressError(RealtimeError):
    """The base URL can't be used."""

    usual = "check_address"


class CredentialError(RealtimeError):
    """There is no key, or it can't be one."""

    usual = "change_key"


class UnreachableError(RealtimeError):
    """Nobody answers at the address."""


class RefusedError(RealtimeError):
    """The service refused the connection or the session."""


class DroppedError(RealtimeError):
    """An open session was lost."""


class EndedError(RealtimeError):
    """The service ended the session, and said why. `rests`: nobody needs another before the user does."""

    def __init__(self, ending: Ending, code: str) -> None:
        super().__init__(ending.sentence, code=code, retry=ending.follows == "again", action=ending.action)
        self.rests = ending.follows == "rest"


STATUS_SENTENCES: dict[int, str] = {
    400: "The service did not accept the request. Check the model and the settings.",
    401: "The key was refused. Check that it is a project's runtime key and has not been revoked.",
    402: "The project's balance is used up. Top it up on the platform, then connect again.",
    403: "This key may not use this model. Choose another model, or use a key that may.",
    404: "There is no realtime service at this address. Check the base URL.",
    429: "The project has too many sessions open. Close one, wait a little, then connect again.",
}
"""Source: the statuses that the protocol page names for the upgrade."""
STATUS_ACTIONS: dict[int, Action] = {
    400: "choose_model",
    401: "change_key",
    402: "top_up",
    403: "change_key",
    404: "check_address",
    429: "wait",
}
"""What helps with each."""
TICKET_SENTENCES = STATUS_SENTENCES | {
    401: "The ticket was refused: it was used before, or is too old. Connect again for a new one.",
    403: "This ticket may not use this model. Choose another model, or ask whoever hands out the tickets.",
}
"""The same, where a ticket opened the connection."""
TICKET_ACTIONS: dict[int, Action] = STATUS_ACTIONS | {401: "reconnect", 403: "choose_model"}
OTHER_STATUS = "The service refused the connection. Check the base URL."


def refused(
    status: int,
    sentences: Mapping[int, str] = STATUS_SENTENCES,
    *,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
) -> RefusedError:
    """The error for an HTTP status, with its `Retry-After`, and what the body says where that helps.

    `sentences` may have one under 500 for all 5xx, and one under 0 for what else is no success.
    """
    usual = "The service has a problem of its own. Try again in a minute." if status >= 500 else OTHER_STATUS
    sentence = sentences.get(status) or sentences.get(500 if status >= 500 else 0) or usual
    if status in EXPLAINED and (words := explanation(body)):
        sentence = f"{sentence} It said: {words}"
    after_s = retry_after_s(headers)
    retry = status == 429 or status >= 500
    if after_s > LONGEST_WAIT_S:
        sentence, retry = f"{sentence} It asks for a wait of {_minutes(after_s)}.", False
    actions = TICKET_ACTIONS if sentences is TICKET_SENTENCES else STATUS_ACTIONS
    usual_action: Action = "reconnect" if status >= 500 else "check_address"
    return RefusedError(
        sentence, code=str(status), retry=retry, after_s=after_s, action=actions.get(status, usual_action)
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
    words = " ".join(redact(found).split()) if isinstance(found, str) else ""
    return words if len(words) <= LONGEST_EXPLANATION else words[:LONGEST_EXPLANATION] + "…"


def retry_after_s(headers: Iterable[tuple[str, str]]) -> float:
    """The seconds that `Retry-After` asks for, 0 where it asks for none.

    A date counts from the answer's own `Date`, where it has one: the clocks may differ.
    """
    values = {name.lower(): value for name, value in headers}
    retry_after = values.get("retry-after", "").strip()
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    until, now = _seconds(retry_after), _seconds(values.get("date", ""))
    return max(0.0, until - (time.time() if now is None else now)) if until is not None else 0.0


def _seconds(date: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(date).timestamp() if date else None
    except (ValueError, OverflowError):
        return None


def _minutes(seconds: float) -> str:
    return f"{round(seconds / 60)} minutes" if seconds < 3_600 else f"{round(seconds / 3_600)} hours"


def unreachable(
    exc: Exception,
    host: str,
    sentences: Mapping[int, str] = STATUS_SENTENCES,
    address: str = "base URL",
) -> RealtimeError:
    """The error for what `websockets.connect` or a socket raised; `address` is what the user calls it."""
    if isinstance(exc, InvalidStatus):
        answer = exc.response
        return refused(
            answer.status_code, sentences, headers=answer.headers.raw_items(), body=bytes(answer.body or b"")
        )
    if isinstance(exc, InvalidURI):
        return AddressError(f"The {address} is not one. It looks like https://api.opper.ai.")
    code = type(exc).__name__
    if isinstance(exc, ImportError):  # websockets names the package that it lacks for this kind of proxy
        sentence = "The network's SOCKS proxy can't be used. Set an HTTP proxy, or none (NO_PROXY)."
        return UnreachableError(sentence, code=code)
    if isinstance(exc, ssl.SSLError):
        return UnreachableError(tls.sentence(exc, host), code=code)
    if isinstance(exc, socket.gaierror):
        sentence = f"{host} was not found. Check the network and the {address}."
    elif isinstance(exc, ConnectionRefusedError):
        sentence = f"Nothing answers at {host}. Check the {address} and that the service runs."
    elif isinstance(exc, TimeoutError):
        sentence = f"{host} did not answer in time. Check the network and try again."
    elif isinstance(exc, InvalidHandshake | EOFError):
        sentence = f"What answers at {host} is not the realtime service. Check the {address}."
        return UnreachableError(sentence, code=code)
    else:
        sentence = f"{host} can't be reached. Check the network and try again."
    return UnreachableError(sentence, code=code, retry=True)


def dropped(exc: ConnectionClosed) -> RealtimeError:
    """The error for a connection that ended without being asked to."""
    close = exc.rcvd
    if close is None:
        sentence = "The connection dropped. Check the network; what you said is kept."
        return DroppedError(sentence, code="1006", retry=True)
    known = endings.reason("", close.reason) if close.code in (1000, 1008) else None
    if known:
        return EndedError(known, str(close.code))
    reason = f" ({close.reason})" if close.reason else ""
    if close.code == 1000:
        return DroppedError(
            f"The service closed the session{reason}. Connect again.", code="1000", retry=True
        )
    if close.code == 1008:
        sentence = f"The service ended the session by its rules{reason}. Connect again to go on."
        return DroppedError(sentence, code="1008")
    sentence = f"The service broke the session off{reason}. Connect again."
    return DroppedError(sentence, code=str(close.code), retry=True)
