"""What the program and the servers' process (`host`) tell each other, a line of JSON each."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class ServerSpec(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a server is reached: a command, or an address. No placeholders are left in it."""

    name: str
    command: str = ""
    args: tuple[str, ...] = ()
    env: dict[str, str] = {}
    cwd: str = ""
    url: str = ""
    headers: dict[str, str] = {}
    signed_in: str = ""
    """What was kept of a sign-in (`oauth`)."""

    def __repr__(self) -> str:
        return f"ServerSpec({self.name!r})"  # the rest may hold secrets


class Start(msgspec.Struct, frozen=True, tag="start"):
    """Start this server, in place of one of the same name."""

    server: ServerSpec
    sign_in: bool = False
    """The user wants to sign in: a page may be opened."""


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """End this server."""

    name: str


class Call(msgspec.Struct, frozen=True, tag="call"):
    """Call a tool; answered by `Result` or `Failure` with the same id, whatever happens."""

    id: int
    server: str
    tool: str
    arguments: dict[str, Any]
    timeout_s: float


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Nobody waits for this call any more; it gets no answer."""

    id: int


Order = Start | Stop | Call | Cancel

ServerPhase = Literal["off", "starting", "ready", "failed"]
Reason = Literal[
    "",
    "not-found",
    "not-allowed",
    "exited",
    "slow",
    "protocol",
    "garbage",
    "too-large",
    "refused",
    "unauthorized",
    "sign-in",
    "sign-in-refused",
    "sign-in-late",
    "http",
    "redirected",
    "error",
    "sdk",
]
"""Why a server doesn't run, or a call failed; `detail` has the figure or the words for it."""


class ToolInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tool as its server describes it. All of it is the server's word."""

    name: str
    title: str = ""
    description: str = ""
    input_schema: Any = None
    hints: tuple[str, ...] = ()
    """What the server claims of it: "read-only", "destructive", "idempotent", "open-world"."""


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="state"):
    """Where a server stands."""

    name: str
    phase: ServerPhase
    reason: Reason = ""
    detail: str = ""
    tools: tuple[ToolInfo, ...] = ()
    unlisted: int = 0
    """How many tools were left out: there were too many, or they could not be read."""
    stderr: tuple[str, ...] = ()
    """The last lines that it wrote."""
    retry_s: float = 0.0
    """When it is started again; 0: not by itself."""


class OpenPage(msgspec.Struct, frozen=True, tag="page"):
    """The user is to sign in to this server at this address, in the browser."""

    name: str
    url: str


class SignedIn(msgspec.Struct, frozen=True, tag="signed-in"):
    """What is to be kept of the sign-in to this server."""

    name: str
    kept: str

    def __repr__(self) -> str:
        return f"SignedIn({self.name!r})"  # it is a secret


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """How far a call is. `total` is 0 if the server doesn't say."""

    id: int
    done: float
    total: float
    words: str


class Picture(msgspec.Struct, frozen=True):
    """A picture of a result: base64."""

    mime: str
    data: str


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="result"):
    """What a tool gave."""

    id: int
    texts: tuple[str, ...] = ()
    structured: Any = None
    pictures: tuple[Picture, ...] = ()
    left_out: tuple[str, ...] = ()
    """What could not be passed on, in a few words each."""
    is_error: bool = False


class Failure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="failure"):
    """A call had no result."""

    id: int
    reason: Reason
    detail: str = ""


Report = State | OpenPage | SignedIn | Progress | Result | Failure
