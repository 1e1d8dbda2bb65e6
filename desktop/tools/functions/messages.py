"""What the program and a file's process tell each other, a line of JSON each."""

from __future__ import annotations

from typing import Any

import msgspec


class Load(msgspec.Struct, frozen=True, tag="load"):
    """Run this file, and tell what is in it. Sent once, first."""

    path: str


class Call(msgspec.Struct, frozen=True, tag="call"):
    """Call a function; answered by `Returned` or `Raised` with the same id."""

    id: int
    function: str
    arguments: dict[str, Any]


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Nobody waits for this call any more."""

    id: int


Order = Load | Call | Cancel


class FunctionInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A function that is a tool."""

    name: str
    description: str
    schema: dict[str, Any]
    line: int


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong in the file, and in which line; 0 if that isn't known."""

    line: int
    words: str


class Loaded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="loaded"):
    """What the file holds."""

    functions: tuple[FunctionInfo, ...] = ()
    faults: tuple[Fault, ...] = ()
    timeout_s: float = 0.0
    """The file's own `TIMEOUT_S`; 0 without one."""


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    """A function's result."""

    id: int
    value: Any


class Raised(msgspec.Struct, frozen=True, tag="raised"):
    """A function had none."""

    id: int
    fault: Fault


Report = Loaded | Returned | Raised
