"""Why a server can't be used or a call failed, out of what the SDK raises: often groups within groups."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx2
from mcp.client.auth import OAuthFlowError
from mcp.shared.exceptions import MCPError

from desktop.base.redaction import redact
from desktop.base.terminal import one_line
from desktop.tools.mcp.messages import Reason
from desktop.tools.mcp.oauth import SignInError
from desktop.tools.mcp.stdio import TOO_LARGE

LONGEST = 300


def reason_of(error: BaseException) -> tuple[Reason, str]:
    """The reason, and its figure or words."""
    found = [_one(inner) for inner in _leaves(error)]
    telling = [one for one in found if one[0] not in ("error", "protocol")]
    return next(iter(telling or found), ("error", ""))


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    elif not isinstance(error, asyncio.CancelledError):
        yield error


def _one(error: BaseException) -> tuple[Reason, str]:
    words = redact(one_line(str(error), LONGEST)) or type(error).__name__
    match error:
        case SignInError():
            return error.reason, ""
        case OAuthFlowError():
            return "sign-in-refused", ""
        case FileNotFoundError():
            return "not-found", ""
        case PermissionError():
            return "not-allowed", ""
        case TimeoutError() | httpx2.TimeoutException():
            return "slow", ""
        case httpx2.HTTPStatusError():
            return reason_of_status(error.response.status_code)
        case httpx2.TransportError() | ConnectionError():
            return "refused", words
        case MCPError() if error.message.startswith(TOO_LARGE):
            return "too-large", error.message.removeprefix(TOO_LARGE)
        case MCPError():
            return _from_message(error.message, error.code)
        case OSError():
            return "error", error.strerror or words
        case _:
            return "error", words


def reason_of_status(code: int) -> tuple[Reason, str]:
    """The reason for a refusal with this HTTP code."""
    return ("unauthorized", str(code)) if code in (401, 403) else ("http", str(code))


def _from_message(message: str, code: int) -> tuple[Reason, str]:
    words = redact(one_line(message, LONGEST))
    lower = words.lower()
    if "redirect" in lower:
        return "redirected", words
    if "unauthorized" in lower or " 401" in lower or " 403" in lower:
        return "unauthorized", words
    if "connection closed" in lower:
        return "exited", ""
    if "timed out" in lower or "timeout" in lower:
        return "slow", ""
    return "protocol", words
