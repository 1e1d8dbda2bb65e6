"""Signing in with the browser, which yields a key without copying one.

Source: the OAuth device flow (RFC 8628) as the service's protocol page has it: `POST /oauth/device` gives a
code to be entered on a web page, and `POST /oauth/device/token` is polled until that is done.
"""

from __future__ import annotations

import asyncio
import logging

import msgspec

from desktop.base import redaction
from desktop.base.host_name import HostError, web_url
from desktop.base.message import Text
from desktop.protocol.service_figures import seconds
from desktop.realtime import http_client, messages
from desktop.realtime.endpoint import LONGEST_SECRET, Endpoint
from desktop.realtime.errors import AddressError, RealtimeError, RefusedError, refused

log = logging.getLogger(__name__)

BEGIN_PATH = "/oauth/device"
TOKEN_PATH = "/oauth/device/token"

USUAL_INTERVAL_S = 5.0
"""Between two polls, where the service names none. Source: RFC 8628, 3.2."""
SLOWER_S = 5.0
"""Added when it says `slow_down`. Source: RFC 8628, 3.5."""
SHORTEST_INTERVAL_S = 1.0
LONGEST_INTERVAL_S = 60.0
USUAL_LIFE_S = 600.0
LONGEST_LIFE_S = 3_600.0
LONGEST_CODE = 40
"""Characters that a person can be expected to type."""

SIGN_IN_REFUSED = Text(
    "sign-in-refused", "The service doesn't allow this program to sign in. Paste a key instead."
)
NOT_REGISTERED = Text(
    "not-registered", "This program isn't registered with the service. Paste a key instead."
)
NO_SIGN_IN = Text(
    "no-sign-in", "You can't sign in at this address. Check the service address, or paste a key instead."
)
TOO_MANY_SIGN_INS = Text("too-many-sign-ins", "Too many sign-in attempts. Wait a moment, then try again.")
NO_CODE = Text("no-code", "{host} sent no code to sign in with. Paste a key instead.")
BROKEN_CODE = Text("broken-code", "{host} sent an invalid code. Paste a key instead.")
BROKEN_KEY = Text("sign-in-broken-key", "{host} sent an invalid key. Paste a key instead.")
SIGN_IN_DECLINED = Text("sign-in-declined", "The sign-in was declined in the browser. Nothing was changed.")
CODE_EXPIRED = Text("code-expired", "The code has expired. Sign in again for a new one.")

_STATUS = {
    0: SIGN_IN_REFUSED(),
    400: NOT_REGISTERED(),
    401: NOT_REGISTERED(),
    404: NO_SIGN_IN(),
    429: TOO_MANY_SIGN_INS(),
}


class SignInPrompt(msgspec.Struct, frozen=True):
    """What the user does: open `url` and enter `user_code`. `repr` shows neither code."""

    user_code: str
    url: str
    device_code: str
    life_s: float
    interval_s: float

    def __repr__(self) -> str:
        return f"SignInPrompt({self.url.partition('?')[0]!r})"


async def begin(base_url: str, client_id: str) -> SignInPrompt:
    """Ask for a code.

    Raises:
        RealtimeError: this service offers no sign-in.
    """
    url = Endpoint(base_url).http_url(BEGIN_PATH)
    answer = await http_client.request("POST", url, form={"client_id": client_id})
    if not 200 <= answer.status < 300:
        raise refused(answer.status, _STATUS, headers=answer.headers, host=answer.host)
    fields = answer.object() or {}
    user_code, device_code = fields.get("user_code"), fields.get("device_code")
    page = fields.get("verification_uri_complete") or fields.get("verification_uri")
    words = (user_code, device_code, page)
    if not all(isinstance(word, str) and word.isprintable() and word for word in words):
        raise RefusedError(NO_CODE(host=answer.host), code="no_code")
    if len(str(user_code)) > LONGEST_CODE or not _is_secret(str(device_code)):
        raise RefusedError(BROKEN_CODE(host=answer.host), code="no_code")
    http_client.check_url(str(page), messages.SIGN_IN_PAGE())
    try:
        page, _ = web_url(str(page))
    except HostError as exc:
        raise AddressError(messages.NO_URL(address=messages.SIGN_IN_PAGE())) from exc
    if len(str(device_code)) >= redaction.SHORTEST_SECRET:
        redaction.protect(str(device_code))
    return SignInPrompt(
        str(user_code),
        str(page),
        str(device_code),
        seconds(fields.get("expires_in"), USUAL_LIFE_S, LONGEST_LIFE_S),
        seconds(fields.get("interval"), USUAL_INTERVAL_S, LONGEST_INTERVAL_S),
    )


async def finish(base_url: str, client_id: str, prompt: SignInPrompt) -> str:
    """The key, as soon as the user has entered the code. Cancel it to give up.

    Raises:
        RealtimeError: the user declined, or took too long.
    """
    url = Endpoint(base_url).http_url(TOKEN_PATH)
    interval = max(prompt.interval_s, SHORTEST_INTERVAL_S)
    try:
        async with asyncio.timeout(prompt.life_s):
            while True:
                await asyncio.sleep(interval)
                polled = await _poll(url, {"device_code": prompt.device_code, "client_id": client_id})
                if isinstance(polled, _Key):
                    return polled.key
                interval += SLOWER_S if polled == "slow_down" else 0.0
    except TimeoutError:
        raise RefusedError(CODE_EXPIRED(), code="expired_token") from None


class _Key(msgspec.Struct, frozen=True):
    key: str


async def _poll(url: str, form: dict[str, str]) -> _Key | str:
    """The key, or why there is none yet. Raises RealtimeError when there will be none."""
    try:
        answer = await http_client.request("POST", url, form=form)
    except RealtimeError as exc:
        if not exc.retry:
            raise
        log.info("sign-in: %s", exc)
        return "unreachable"
    fields = answer.object() or {}
    key = fields.get("api_key")
    if isinstance(key, str) and key:
        if not _is_secret(key):
            raise RefusedError(BROKEN_KEY(host=answer.host), code="broken_key")
        if len(key) >= redaction.SHORTEST_SECRET:
            redaction.protect(key)
        return _Key(key)
    # The protocol page says `detail`, the RFC `error`.
    why = next((fields[name] for name in ("detail", "error") if isinstance(fields.get(name), str)), "")
    if why in ("authorization_pending", "slow_down"):
        return why
    if why == "access_denied":
        raise RefusedError(SIGN_IN_DECLINED(), code=why)
    if why == "expired_token":
        raise RefusedError(CODE_EXPIRED(), code=why)
    if answer.status >= 500 or answer.status == 429:
        return "slow_down"
    raise refused(answer.status if answer.status >= 400 else 400, _STATUS, headers=answer.headers)


def _is_secret(text: str) -> bool:
    """Whether a key or a code has the length and the characters of one: it goes into a header or a form."""
    return len(text) <= LONGEST_SECRET and text.isascii() and text.isprintable() and " " not in text
