"""Where a secret may be sent: to the host that it was given for, and to those that the user has agreed to.

An address can come from many hands: an imported file, the environment, an organisation's answer. Whoever
changes it must not get the key with it. So another host is asked about once, and what was agreed to is kept
by the secret's fingerprint, apart from the settings: a copied settings file can't bring its own agreement.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Awaitable, Callable

import msgspec

from desktop.base import atomic_file, paths
from desktop.base.addresses import PORTS, origin_of
from desktop.base.daemon_thread import in_daemon
from desktop.base.host_name import HostError, ascii_host
from desktop.base.message import Message, Text
from desktop.base.plain_file import read_plain
from desktop.base.terminal import one_line
from desktop.protocol.endings import Action
from desktop.realtime import messages
from desktop.realtime.errors import AddressError, RealtimeError

log = logging.getLogger(__name__)

FILE = "key-hosts.json"
LARGEST_FILE = 100_000
"""Bytes."""
MOST_SECRETS, MOST_HOSTS = 50, 20
"""How many are remembered; the oldest goes first, and is asked about again."""
LONGEST_HOST = 100
"""Characters of a host in a question."""

KEY_ELSEWHERE = Text(
    "key-elsewhere", "The {secret} was given for {home}. Send it to {there} as well, from now on?"
)
SECRET_ANYWHERE = Text(
    "secret-anywhere", "The {secret} was not sent to {there} before. Send it there from now on?"
)
SESSION_ELSEWHERE = Text(
    "session-elsewhere", "{home} hands the session on to {there}. Send what you say to {there} from now on?"
)
KEY_NOT_SENT = Text(
    "key-not-sent",
    "The {secret} was given for {home} and was not sent to {there}. Check the addresses in the settings.",
)
SECRET_NOT_SENT = Text(
    "secret-not-sent", "The {secret} was not sent to {there}. Check the addresses in the settings."
)
SESSION_NOT_OPENED = Text(
    "session-not-opened",
    "{home} hands the session on to {there}, where it was not opened. Tell whoever runs it.",
)

Ask = Callable[[Message], Awaitable[bool]]
"""Asks the user; False is a no."""


class HostRefusedError(RealtimeError):
    """Nothing was sent to a host, because the user did not agree. `there` is that host."""

    usual: Action = "check_address"

    def __init__(self, message: Message, there: str) -> None:
        super().__init__(message, code="host_not_agreed")
        self.there = there


async def require_for_secret(secret: str, name: Message, home: str, there: str, ask: Ask | None) -> None:
    """Pass if this secret, which is called `name` and was given for `home` (a URL, maybe empty), may go
    `there`.

    Raises:
        HostRefusedError: the user did not agree, or nobody can be asked.
    """
    known = await in_daemon(lambda: _known(secret, home))
    first, host = (shown(known[0]) if known else ""), shown(_origin(there))
    if first:
        question = KEY_ELSEWHERE(secret=name, home=first, there=host)
        refusal = KEY_NOT_SENT(secret=name, home=first, there=host)
    else:
        question, refusal = SECRET_ANYWHERE(secret=name, there=host), SECRET_NOT_SENT(secret=name, there=host)
    await _require(secret, known, there, ask, question, refusal)


async def require_for_session(secret: str, home: str, there: str, ask: Ask | None) -> None:
    """Pass if a session that `home` grants may be opened `there`. `secret` is what was shown to `home`.

    Raises:
        HostRefusedError: as above.
    """
    known = await in_daemon(lambda: _known(secret, home))
    first, host = shown(_origin(home)), shown(_origin(there))
    question = SESSION_ELSEWHERE(home=first, there=host)
    refusal = SESSION_NOT_OPENED(home=first, there=host)
    await _require(secret, [*known, _origin(home)], there, ask, question, refusal)


def is_agreed(secret: str, home: str, there: str) -> bool:
    """Whether this secret may go `there` without a question. Reads a file."""
    return _allowed(_known(secret, home), there)


def give(secret: str, url: str) -> None:
    """This secret is new, and was given for the host of this URL alone. Writes a file."""
    _remember(secret, [_origin(url)])


def trust_for_this_run(*addresses: str) -> None:
    """The user has named these hosts (or URLs) for this run: everything may be sent there."""
    for address in addresses:
        # A bare host is meant however it is reached; the unencrypted way is for this computer only.
        urls = [address] if "://" in address else [f"https://{address}", f"http://{address}"]
        _trusted.update(filter(None, map(_origin, urls)))


def forget_this_run() -> None:
    """Forget what was agreed to for this run alone."""
    _trusted.clear()
    _of_this_run.clear()


def is_same_host(url: str, other: str) -> bool:
    """Whether both lead to one host and port, in one way."""
    return _origin(url) == _origin(other)


def host_shown(url: str) -> str:
    """A URL's host as it is named in questions."""
    return shown(_origin(url))


def shown(origin: str) -> str:
    """An origin's host, with its port if it isn't the usual one, so that look-alike letters show."""
    scheme, _, rest = origin.partition("://")
    host, _, port = rest.rpartition(":")
    return one_line(host if str(PORTS.get(scheme)) == port else rest, LONGEST_HOST)


async def _require(
    secret: str, known: list[str], there: str, ask: Ask | None, question: Message, refusal: Message
) -> None:
    if _allowed(known, there):
        return
    origin = _origin(there)
    if not origin:
        raise AddressError(messages.NO_URL(address=messages.BASE_URL()))
    if ask is None or not await ask(question):
        raise HostRefusedError(refusal, shown(origin))
    await in_daemon(lambda: _remember(secret, [*known, origin]))


def _allowed(known: list[str], there: str) -> bool:
    origin = _origin(there)
    return bool(origin) and (origin in known or origin in _trusted)


def _origin(url: str) -> str:
    """The origin as text, `wss://host:443`; empty for what has none."""
    try:
        scheme, host, port = origin_of(url.strip())
        return f"{scheme}://{ascii_host(host)}:{port}" if host else ""
    except (HostError, ValueError):
        return ""


def _known(secret: str, home: str) -> list[str]:
    kept = _read().get(_fingerprint(secret))
    usual = _origin(home)
    return kept or ([usual] if usual else [])


def _remember(secret: str, origins: list[str]) -> None:
    with _writing:
        kept, print_ = _read(), _fingerprint(secret)
        kept.pop(print_, None)
        kept[print_] = list(dict.fromkeys(filter(None, origins)))[-MOST_HOSTS:]
        newest = dict(list(kept.items())[-MOST_SECRETS:])
        _of_this_run.update(newest)
        try:
            atomic_file.write(paths.config() / FILE, msgspec.json.encode(newest), private=True)
        except OSError as exc:  # it is asked again at the next start
            log.info("what was agreed to can't be kept: %s", exc.strerror)


def _read() -> dict[str, list[str]]:
    try:
        content = read_plain(paths.config() / FILE, LARGEST_FILE)
        raw = msgspec.json.decode(content, type=dict[str, list[str]])
    except FileNotFoundError:
        raw = {}
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError) as exc:
        log.info("what was agreed to can't be read: %s", type(exc).__name__)
        raw = {}
    return _of_this_run | raw


def _fingerprint(secret: str) -> str:
    """64 bits of a digest: enough to know a secret again, too little to find it."""
    return hashlib.blake2b(secret.encode(), digest_size=8, person=b"presstalk").hexdigest()


_writing = threading.Lock()
_trusted: set[str] = set()
_of_this_run: dict[str, list[str]] = {}
"""What was agreed to, where no file keeps it."""
