"""Why a server or a call failed, in words: for the user as messages, for the model as plain English."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.base.message import Message, Text
from desktop.base.terminal import one_line
from desktop.tools.mcp.messages import Reason, State

NOT_FOUND = Text(
    "mcp-not-found", "Its command wasn't found. Check the name, or give the whole path of the program."
)
NOT_ALLOWED = Text("mcp-not-allowed", "This user may not run its command. Check the file's permissions.")
EXITED = Text("mcp-exited", "It ended by itself, with the code {code}. Its last lines may say why.")
ENDED = Text("mcp-ended", "It ended by itself. Its last lines may say why.")
SLOW = Text("mcp-slow", "It did not answer in time. Check whether it is an MCP server.")
GARBAGE = Text("mcp-garbage", "It keeps writing what isn't MCP. Check whether it is an MCP server.")
REFUSED = Text("mcp-refused", "It can't be reached ({words}). Check the address.")
UNAUTHORIZED = Text(
    "mcp-unauthorized", "It refused the sign-in (code {code}). Check the headers of its configuration."
)
SIGN_IN = Text("mcp-sign-in", "It wants you to sign in. Choose “Sign in” in the settings, on the page Tools.")
SIGN_IN_REFUSED = Text("mcp-sign-in-refused", "The sign-in was refused. Sign in again, or ask who runs it.")
SIGN_IN_LATE = Text("mcp-sign-in-late", "Nobody signed in within {minutes} minutes. Sign in again.")
NO_BROWSER = Text("mcp-no-browser", "The page of the sign-in can't be opened here: {address}")
NOT_KEPT = Text(
    "mcp-sign-in-not-kept", "The sign-in holds until Presstalk ends: the keychain didn't keep it ({reason})."
)
HTTP = Text("mcp-http", "It refused with the code {code}. Check the address.")
REDIRECTED = Text(
    "mcp-redirected", "It redirects elsewhere, which isn't followed. Use the address it names: {words}"
)
PROTOCOL = Text("mcp-protocol", "It answered with an error: {words}")
OTHER = Text("mcp-other", "It can't be used ({words}).")
NO_SDK = Text("mcp-no-sdk", "MCP isn't installed here. Install Presstalk with the extra “mcp”.")
HOST_ENDED = Text("mcp-host-ended", "The process of the servers ended. Restart the server.")
HOST_SAID = Text("mcp-host-said", "The process of the servers ended ({words}). Restart the server.")


def problem(state: State) -> Message | None:
    """Why a server doesn't run; None if it does, or is about to."""
    if state.phase != "failed":
        return None
    detail = one_line(state.detail, 300)
    match state.reason:
        case "not-found":
            return NOT_FOUND()
        case "not-allowed":
            return NOT_ALLOWED()
        case "exited":
            return EXITED(code=detail) if detail else ENDED()
        case "slow":
            return SLOW()
        case "garbage":
            return GARBAGE()
        case "refused":
            return REFUSED(words=detail)
        case "unauthorized":
            return UNAUTHORIZED(code=detail)
        case "sign-in":
            return SIGN_IN()
        case "sign-in-refused":
            return SIGN_IN_REFUSED()
        case "sign-in-late":
            return SIGN_IN_LATE(minutes=5)
        case "http":
            return HTTP(code=detail)
        case "redirected":
            return REDIRECTED(words=detail)
        case "protocol":
            return PROTOCOL(words=detail)
        case "sdk":
            return NO_SDK()
        case _:
            return OTHER(words=detail or "?")


def host_ended(lines: Sequence[str]) -> Message:
    """The servers' process died; these were its last words."""
    return HOST_SAID(words=one_line(lines[-1], 200)) if lines else HOST_ENDED()


def failed(server: str, reason: Reason, detail: str) -> str:
    """Why a call has no result, for the model."""
    match reason:
        case "exited":
            return f"The server {server!r} ended before it answered. It is being started again."
        case "slow":
            return f"The server {server!r} did not answer in time{f' ({detail} s)' if detail else ''}."
        case "too-large":
            return f"The server {server!r} answered with {detail} bytes, which is too much. Ask for less."
        case "http":
            return f"The server {server!r} refused the call (HTTP code {detail})."
        case "sign-in" | "sign-in-refused" | "sign-in-late":
            return f"The server {server!r} wants the user to sign in first, in Presstalk's settings."
        case "unauthorized":
            return f"The server {server!r} wants another sign-in; the user has to change its configuration."
        case _:
            return f"The server {server!r} answered with an error: {one_line(detail, 300) or reason}"


def not_running(server: str, retry_s: float) -> str:
    """A call can't be made, for the model."""
    again = " It is being started again: try once more in a while." if retry_s else ""
    return f"The server {server!r} is not running.{again}"
